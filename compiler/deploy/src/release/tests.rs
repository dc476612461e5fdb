use super::Release;
use solc_cmdb::sha256;
use std::collections::BTreeMap;

const TEMPLATE: &str = "{\"Resources\":{}}";

fn files(manifest: &str) -> BTreeMap<String, String> {
    let manifest = manifest.replace("HASH", &sha256(TEMPLATE.as_bytes()));
    BTreeMap::from([
        ("manifest.json".to_owned(), manifest),
        ("a.template.json".to_owned(), TEMPLATE.to_owned()),
    ])
}

fn manifest(depends_on: &str, parameters: &str) -> String {
    format!(
        r#"{{"schema_version":1,"product":"p","environment":"e","stage":"integration","region":"r",
        "account":{{"id":"1","name":"n"}},"images":[],"outputs":[],"waivers":[],"stacks":[{{"name":"a",
        "solution":"s","layer":"data","depends_on":{depends_on},"parameters":{parameters},"outputs":[],
        "capabilities":[],"tags":{{}},"termination_protection":true,"template":"a.template.json",
        "sha256":"HASH"}}]}}"#
    )
}

#[track_caller]
fn refused(files: &BTreeMap<String, String>, why: &str) {
    let message = Release::read(files).expect_err("it is not whole").to_string();
    assert!(message.contains(why), "{message}");
}

#[test]
fn a_whole_release_is_read() {
    let release = Release::read(&files(&manifest("[]", "{}"))).expect("it is whole");
    assert_eq!(release.stack("a").map(|stack| stack.layer.as_str()), Some("data"));
    assert!(release.stack("b").is_none());
}

#[test]
fn what_is_missing_or_changed_is_refused() {
    let whole = files(&manifest("[]", "{}"));
    let mut changed = whole.clone();
    changed.insert("a.template.json".into(), "{}".into());
    refused(&changed, "is not what the manifest states");
    let mut missing = whole.clone();
    missing.remove("a.template.json");
    refused(&missing, "there is no `a.template.json`");
    refused(&BTreeMap::new(), "there is no `manifest.json`");
    let mut newer = whole.clone();
    newer.insert("manifest.json".into(), whole["manifest.json"].replace(":1,\"product", ":2,\"product"));
    refused(&newer, "has the form 2");
    refused(&files(&manifest(r#"["b"]"#, "{}")), "depends on `b`");
    refused(&files(&manifest("[]", r#"{"P":{"stack":"b","output":"O"}}"#)), "`b.O`, which is not there");
}

#[test]
fn what_has_moved_is_where_it_has_moved_to() {
    let moved = |id: &str| {
        manifest("[]", "{}").replace(
            "\"outputs\":[],\"waivers\"",
            &format!(
                "\"outputs\":[],\"moved\":[{{\"from\":\"s.x\",\"to\":\"s.y\",\"resources\":[{{\"from\":\"SX\",\
                 \"stack\":\"a\",\"to\":\"{id}\",\"type\":\"AWS::SNS::Topic\"}}]}}],\"waivers\""
            ),
        )
    };
    refused(&files(&moved("SY")), "`SX` has moved to `SY` of `a`, which is not there");
    let template = "{\"Resources\":{\"SY\":{\"Type\":\"AWS::SNS::Topic\"}}}";
    let mut whole = files(&moved("SY").replace("HASH", &sha256(template.as_bytes())));
    whole.insert("a.template.json".into(), template.into());
    let release = Release::read(&whole).expect("it is whole");
    assert_eq!(release.moved[0].resources[0].stack, "a");
}
