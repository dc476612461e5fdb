use super::differences;
use serde_json::{Value, json};

fn check(before: &Value, after: &Value, expect: &[&str]) {
    let found: Vec<String> = differences(Some(before), Some(after))
        .iter()
        .map(|change| {
            let shown = |side: &Option<Value>| side.as_ref().map_or("–".to_owned(), Value::to_string);
            format!("{}: {} → {}", change.path, shown(&change.before), shown(&change.after))
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn properties_are_told_by_their_paths() {
    check(
        &json!({ "A": { "B": 1, "C": true }, "D": "x", "Gone": [1] }),
        &json!({ "A": { "B": 2, "C": true }, "D": "x", "New": "y" }),
        &["A.B: 1 → 2", "Gone: [1] → –", "New: – → \"y\""],
    );
}

#[test]
fn elements_that_have_names_are_told_by_them() {
    check(
        &json!({ "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }] }),
        &json!({ "Tags": [{ "Key": "b", "Value": "3" }, { "Key": "c", "Value": "4" }] }),
        &[
            r#"Tags[a]: {"Key":"a","Value":"1"} → –"#,
            r#"Tags[b].Value: "2" → "3""#,
            r#"Tags[c]: – → {"Key":"c","Value":"4"}"#,
        ],
    );
    let (ab, ba) = (json!([{ "Key": "a" }, { "Key": "b" }]), json!([{ "Key": "b" }, { "Key": "a" }]));
    assert_eq!(differences(Some(&ab), Some(&ba)).len(), 1, "another order is another list");
}

#[test]
fn functions_are_told_whole() {
    check(
        &json!({ "A": { "Ref": "X" } }),
        &json!({ "A": { "Ref": "Y" } }),
        &[r#"A: {"Ref":"X"} → {"Ref":"Y"}"#],
    );
}

#[test]
fn secrets_are_never_told() {
    let canary = "canary-7d1f";
    let secrets = |text: &str| {
        json!({
            "MasterUserPassword": text,
            "SecretString": { "Fn::Join": ["", [text, { "Ref": "P" }, format!("{{{{resolve:ssm-secure:{text}}}}}")]] },
            "Environment": [{ "Name": "DB_PASSWORD", "Value": text }, { "Name": "API_TOKEN", "Value": text }],
            "Variables": { "GITHUB_TOKEN": text },
            "Url": format!("{{{{resolve:secretsmanager:{text}:SecretString:password}}}}"),
            "Hidden": { "NoEcho": text },
            "List": [format!("{{{{resolve:secretsmanager:{text}}}}}"), text.len()],
        })
    };
    let changes = differences(Some(&secrets(canary)), Some(&secrets(&format!("{canary}-2"))));
    let text = serde_json::to_string(&changes).expect("JSON");
    assert!(!text.contains(canary), "{text}");
    assert_eq!(text.matches("****").count() / 2, 8, "{text}");
}

#[test]
fn where_a_secret_is_kept_is_told_where_it_is_an_arn() {
    let arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x";
    check(&json!({ "TOKEN": arn }), &json!({}), &[&format!("TOKEN: \"{arn}\" → –")]);
}
