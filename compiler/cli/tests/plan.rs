//! `solc plan` on the example, against records of what might be deployed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test lays out files, and reads what was written")]

use serde_json::{Value, json};
use solc_cmdb::{StackState, States, sha256};
use solc_deploy::Release;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SOLC: &str = env!("CARGO_BIN_EXE_solc");

fn solc(words: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(SOLC);
    command.args(words).current_dir(root).env_clear().stdin(Stdio::null());
    command.output().unwrap()
}

fn plan(records: &Path, more: &[&str]) -> (i32, String) {
    let records = records.to_str().unwrap();
    let mut words = vec!["plan", "examples/shop", "--env", "integration", "--records", records];
    words.extend(more);
    let output = solc(&words);
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

/// Records the example as though it had been deployed, after `change` was made to each template.
fn recorded(change: impl Fn(&str, &mut Value)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("build");
    let built = solc(&["build", "examples/shop", "--env", "integration", "--out", out.to_str().unwrap()]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let files: BTreeMap<String, String> = fs::read_dir(out.join("integration"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path: PathBuf| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    let release = Release::read(&files).unwrap();
    let states = States::of(folder.path(), "integration");
    let mut outputs: BTreeMap<String, String> = BTreeMap::new();
    for stack in &release.stacks {
        let mut template = stack.content.clone();
        change(&stack.layer, &mut template);
        let text = format!("{template:#}\n");
        let own: BTreeMap<String, String> = template["Outputs"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, output)| {
                let value =
                    output["Value"].as_str().map_or_else(|| format!("value-of-{name}"), str::to_owned);
                (name.clone(), value)
            })
            .collect();
        outputs.extend(own.iter().map(|(name, value)| (format!("{}.{name}", stack.name), value.clone())));
        let from = |binding: &solc_deploy::release::Binding| format!("{}.{}", binding.stack, binding.output);
        let state = StackState {
            schema_version: States::schema_version(),
            stack: stack.name.clone(),
            id: format!("arn:aws:cloudformation:ap-southeast-2:111122223333:stack/{}/1", stack.name),
            status: "UPDATE_COMPLETE".to_owned(),
            depends_on: stack.depends_on.clone(),
            parameters: stack
                .parameters
                .iter()
                .map(|(p, b)| (p.clone(), outputs[&from(b)].clone()))
                .collect(),
            bindings: stack.parameters.iter().map(|(p, b)| (p.clone(), from(b))).collect(),
            outputs: own,
            tags: stack.tags.clone(),
            termination_protection: stack.termination_protection,
            template_sha256: sha256(text.as_bytes()),
            operation: "01".to_owned(),
            manifest_sha256: release.sha256.clone(),
            resources: BTreeMap::new(),
            retained: BTreeMap::new(),
        };
        states.put(&state, &text).unwrap();
    }
    folder
}

/// Something older than the example is: other images, another key, one rule and one grant less, one queue more.
fn older(layer: &str, template: &mut Value) {
    let resources = &mut template["Resources"];
    match layer {
        "data" => {
            let database = &mut resources["ShopDbDatabase"]["Properties"];
            database["DBName"] = json!("shop");
            database["MultiAZ"] = json!(true);
            database["MasterUserPassword"] = json!("canary-5f3a");
            let tags =
                json!([{ "Key": "component", "Value": "letters" }, { "Key": "solution", "Value": "shop" }]);
            resources["ShopLettersQueue"] =
                json!({ "Type": "AWS::SQS::Queue", "Properties": { "Tags": tags } });
        }
        "application" => {
            let task = &mut resources["ShopApiTask"]["Properties"]["ContainerDefinitions"][0];
            task["Image"] =
                json!("111122223333.dkr.ecr.ap-southeast-2.amazonaws.com/acme/shop-api@sha256:00");
            let carts = &mut resources["ShopApiToCartsWrite"]["Properties"]["PolicyDocument"];
            carts["Statement"][0]["Action"] = json!(["dynamodb:PutItem", "dynamodb:UpdateItem"]);
            resources.as_object_mut().unwrap().shift_remove("AnywhereToShopEntryGroup443Ingress");
        }
        _ => {}
    }
}

#[test]
fn what_is_recorded_already_changes_nothing() {
    let folder = recorded(|_, _| ());
    let (code, text) = plan(folder.path(), &["--detailed-exitcode"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("3 stacks unchanged\nnothing changes\n"), "{text}");
}

#[test]
fn a_first_deployment_creates_all_stacks() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = plan(folder.path(), &["--detailed-exitcode"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("3 stacks to create"), "{text}");
    assert!(text.contains("2. create shop-integration-shop-data   after step 1"), "{text}");
    assert!(text.contains("+ shop.network"), "{text}");
}

#[test]
fn a_change_is_told_with_its_reasons_gates_and_places() {
    let folder = recorded(older);
    let (code, text) = plan(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    for part in [
        "-/+ ShopDbDatabase   AWS::RDS::DBInstance   shop.db   examples/shop/shop-config/solutions/shop.sol:",
        "DBName: \"shop\" → \"app\"",
        "`DBName` cannot change in place",
        "MasterUserPassword: **** → –",
        "`ContainerDefinitions` cannot change in place",
        "TaskDefinition: `ShopApiTask` → known after `ShopApiTask`",
        "ContainerDefinitions[api].Environment[DB_HOST].Value: ",
        "sha256:00\" → ",
        "`ShopDbDatabaseRef` of `shop-integration-shop-data` are not known yet: `ShopDbDatabase` is replaced",
        "replace shop.db   data at risk: replacement",
        "delete shop.letters   data at risk: deletion",
        "widen shop.api   access widened",
        "`ShopApiRole` may `dynamodb:DeleteItem` on `shop-integration-shop-data.ShopCartsTableArn`",
        "expose shop.entry   exposed to everybody",
        "lower shop.db   availability lowered",
        "solc deploy --env integration --acknowledge \"replace shop.db\" --acknowledge \"delete shop.letters\"",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn each_format_is_one_document() {
    let folder = recorded(older);
    let (_, json) = plan(folder.path(), &["--format", "json"]);
    let read: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["summary"]["gates_required"], 2, "{}", read["summary"]);
    let (_, markdown) = plan(folder.path(), &["--format", "markdown"]);
    assert!(
        markdown.starts_with("### shop in integration: ") && markdown.contains("</details>"),
        "{markdown}"
    );
    let file = folder.path().join("plan.html");
    let (code, talk) = plan(folder.path(), &["--format", "html", "--out", file.to_str().unwrap()]);
    assert!(code == 0 && talk.starts_with("wrote "), "{talk}");
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    for text in [json, markdown, page] {
        assert!(!text.contains("canary") && text.contains("replace shop.db"));
    }
}

#[test]
fn mistakes_in_the_command_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = |words: &[&str], code: i32, part: &str| {
        let output = solc(words);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(code) && text.contains(part), "{:?}: {text}", output.status);
    };
    wrong(&["plan", "examples/shop", "--env", "integraton"], 2, "did you mean `integration`?");
    wrong(&["plan", "examples/shop", "--env", "integraton", "--detailed-exitcode"], 1, "did you mean");
    wrong(&["plan", "nowhere", "--env", "integration"], 2, "there is no file or folder `nowhere`");
    wrong(
        &["plan", "examples/shop", "--env", "integration", "--records", "nowhere"],
        2,
        "no folder `nowhere`",
    );
    wrong(&["plan", "examples/shop", "--env", "integration", "--format", "sarif"], 2, "a plan is no finding");
    wrong(&["check", "examples/shop", "--format", "html"], 2, "they are for `solc plan` alone");
    let state = folder.path().join("state/integration");
    fs::create_dir_all(&state).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"), state.join("a.json")).unwrap();
    let (code, text) = plan(folder.path(), &[]);
    assert!(code == 2 && text.contains("cannot read"), "{code}: {text}");
}
