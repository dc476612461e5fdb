//! Deploying as people see it: the example on the embedded CloudFormation, from the command line.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test lays out files, and reads what was written")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_solc"));
    command.args(words).args(["--env", "integration"]).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

fn run(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command(folder, words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name() == ".solc" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn example() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop"), folder.path());
    folder
}

/// The results that were recorded.
fn results(folder: &Path) -> Vec<String> {
    let mut folders: Vec<PathBuf> = vec![folder.join(".solc/local/audit")];
    let mut found = Vec::new();
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("2-result.json") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_example_is_deployed_looked_at_and_destroyed() {
    let folder = example();
    let (code, _, said) = run(folder.path(), &["status"]);
    assert!(code == 2 && said.contains("solc deploy"), "{said}");

    let (code, _, said) = run(folder.path(), &["deploy"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("3 stacks changed") && said.contains("shop.address"), "{said}");
    assert_eq!(results(folder.path()).len(), 1);

    let (code, data, said) = run(folder.path(), &["deploy", "--format", "jsonl"]);
    assert_eq!(code, 0, "{said}");
    let lines: Vec<serde_json::Value> =
        data.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["counts"]["unchanged"], 3, "{data}");
    assert!(lines.iter().enumerate().all(|(n, line)| line["seq"] == n + 1), "{data}");

    let (code, data, _) = run(folder.path(), &["status"]);
    assert!(code == 0 && data.lines().count() == 3 && data.contains("  protected"), "{data}");
    let (code, data, _) = run(folder.path(), &["outputs"]);
    assert!(code == 0 && data.contains("https://"), "{data}");
    let (code, data, said) = run(folder.path(), &["drift"]);
    assert_eq!((code, data.as_str()), (0, ""), "{said}");

    let state = folder.path().join(".solc/local/state/integration/shop-integration-shop-data.json");
    let before = fs::read_to_string(&state).unwrap();
    fs::write(&state, "broken").unwrap();
    let (code, _, said) = run(folder.path(), &["deploy"]);
    assert!(code == 2 && said.contains("solc refresh"), "{said}");
    assert_eq!(run(folder.path(), &["refresh"]).0, 0);
    let after: serde_json::Value = serde_json::from_str(&fs::read_to_string(&state).unwrap()).unwrap();
    let before: serde_json::Value = serde_json::from_str(&before).unwrap();
    assert_eq!((&after["resources"], &after["bindings"]), (&before["resources"], &before["bindings"]));

    let (code, _, said) = run(folder.path(), &["destroy", "--yes"]);
    assert!(code == 3 && said.contains("--acknowledge \"delete shop-integration-shop-data\""), "{said}");
    let names =
        ["application", "data", "foundation"].map(|layer| format!("delete shop-integration-shop-{layer}"));
    let mut words = vec!["destroy", "--yes"];
    words.extend(names.iter().flat_map(|name| ["--acknowledge", name.as_str()]));
    let (code, _, said) = run(folder.path(), &words);
    assert_eq!(code, 0, "{said}");
    let (_, data, _) = run(folder.path(), &["status"]);
    assert!(data.contains("no stacks"), "{data}");
}

#[test]
fn a_killed_deployment_is_resumed_and_a_damaged_journal_adopted() {
    let folder = example();
    let mut child = command(folder.path(), &["deploy"]).stderr(Stdio::null()).spawn().unwrap();
    let deploys = folder.path().join(".solc/deploys");
    let journal = || -> Option<PathBuf> {
        let path = fs::read_dir(&deploys).ok()?.next()?.ok()?.path().join("journal");
        (fs::metadata(&path).ok()?.len() > 2_000).then_some(path)
    };
    for _ in 0..1_200 {
        if journal().is_some() || child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let path = journal().unwrap();
    let whole = fs::read(&path).unwrap();

    let mut damaged = whole.clone();
    damaged[40] ^= 1;
    fs::write(&path, damaged).unwrap();
    let (code, _, said) = run(folder.path(), &["deploy"]);
    assert!(code == 75 && said.contains("damaged-journal") && said.contains("--adopt"), "{said}");

    fs::write(&path, whole).unwrap();
    let (code, _, said) = run(folder.path(), &["deploy", "--resume"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(results(folder.path()).len(), 1);

    let mut damaged = fs::read(&path).unwrap();
    damaged[40] ^= 1;
    fs::write(&path, damaged).unwrap();
    let (code, _, said) = run(folder.path(), &["deploy", "--adopt"]);
    assert!(code == 0 && said.contains("adopted 3 stacks") && said.contains("nothing to change"), "{said}");
}

/// One stack with data, and one that takes a value of it.
const SOLUTION: &str = include_str!("two-stacks.sol");

/// A product of its own, with that solution.
fn demo() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let laid = Command::new(env!("CARGO_BIN_EXE_solc"))
        .args(["init", ".", "--product", "demo"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(laid.status.success());
    let solution = folder.path().join("demo-config/solutions/demo.sol");
    fs::write(&solution, SOLUTION).unwrap();
    (folder, solution)
}

#[test]
fn a_stack_goes_with_its_last_component_and_before_what_it_took_values_of() {
    let (folder, solution) = demo();
    let (code, _, said) = run(folder.path(), &["deploy"]);
    assert!(code == 0 && said.contains("2 stacks changed"), "{said}");
    fs::write(&solution, SOLUTION.replace("  news: News { of = store.arn }\n", "")).unwrap();
    let (code, _, said) = run(folder.path(), &["deploy"]);
    assert!(code == 0 && said.contains("demo-integration-demo-application: deleted"), "{said}");
    let (_, data, _) = run(folder.path(), &["status"]);
    assert_eq!(data.lines().count(), 1, "{data}");
}

#[test]
fn a_rehearsal_finds_the_data_that_a_change_would_lose_and_changes_nothing() {
    let (folder, solution) = demo();
    let (code, _, said) = run(folder.path(), &["rehearse"]);
    assert!(code == 0 && said.contains("with 2 failures") && said.contains("0 findings"), "{said}");
    assert!(!folder.path().join(".solc").exists());

    assert_eq!(run(folder.path(), &["deploy"]).0, 0);
    let (code, _, said) = run(folder.path(), &["rehearse", "--backend", "local"]);
    assert!(code == 0 && said.contains("it changes nothing"), "{said}");

    // A queue under another name is another queue, and what stands in the old one goes with it.
    let queue = |name: &str| {
        format!(
            "component Line {{\n  layer data\n  resource queue: AWS.SQS.Queue {{}}\n}}\n\n\
             solution demo {{\n  {name}: Line {{}}\n}}\n"
        )
    };
    fs::write(&solution, queue("line")).unwrap();
    let acknowledged = ["--acknowledge", "delete demo.store", "--acknowledge", "delete demo.news"];
    let (code, _, said) = run(folder.path(), &[&["deploy"], acknowledged.as_slice()].concat());
    assert_eq!(code, 0, "{said}");
    fs::write(&solution, queue("other")).unwrap();
    let (code, data, said) = run(folder.path(), &["rehearse", "--backend", "local"]);
    assert!(
        code == 1 && data.contains("data would be lost: demo-integration-demo-data/DemoLineQueue"),
        "{data}{said}"
    );
    let (code, data, _) = run(folder.path(), &["rehearse", "--backend", "local", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!((code, &told["findings"][0]["kind"]), (1, &"data-lost".into()), "{data}");
    let (_, status, _) = run(folder.path(), &["status"]);
    assert!(status.lines().all(|line| line.contains("_COMPLETE")), "{status}");
}

#[test]
fn options_of_aws_are_refused_where_they_mean_nothing() {
    let (folder, _) = demo();
    let (code, _, said) = run(folder.path(), &["deploy", "--profile", "mine"]);
    assert!(code == 2 && said.contains("--backend"), "{said}");
    let (code, _, said) = run(folder.path(), &["deploy", "--backend", "local", "--profile", "mine"]);
    assert!(code == 2 && said.contains("`--backend local` has no use for --profile mine"), "{said}");
}

#[test]
fn what_was_deployed_on_this_machine_is_planned_against_when_it_is_asked_for() {
    let (folder, _) = demo();
    assert_eq!(run(folder.path(), &["deploy"]).0, 0);
    let (code, data, said) = run(folder.path(), &["plan"]);
    assert!(
        code == 0 && data.contains("2 stacks to create") && said.contains("--backend local"),
        "{data}{said}"
    );
    let (code, data, _) = run(folder.path(), &["plan", "--backend", "local"]);
    assert!(code == 0 && data.contains("nothing changes"), "{data}");
}

#[test]
fn the_service_is_asked_what_it_would_do_where_that_is_wanted() {
    let (folder, solution) = demo();
    assert_eq!(run(folder.path(), &["deploy"]).0, 0);
    fs::write(&solution, SOLUTION.replace("DisplayName = of", "DisplayName = \"of ${of}\"")).unwrap();
    let (code, data, said) = run(folder.path(), &["plan", "--backend", "local", "--online"]);
    assert!(
        code == 0 && data.contains("the service says") && !data.contains("does not change"),
        "{data}{said}"
    );
    let (code, _, said) = run(folder.path(), &["plan", "--online"]);
    assert!(code == 2 && said.contains("--backend"), "{said}");
    let (code, _, said) = run(folder.path(), &["plan", "--backend", "aws", "--profile", "mine"]);
    assert!(code == 2 && said.contains("--online"), "{said}");
}

#[test]
fn where_two_products_have_the_environment_one_must_be_named() {
    let (folder, _) = demo();
    let (other, _) = demo();
    copy(&other.path().join("demo-config"), &folder.path().join("more-config"));
    copy(&other.path().join("demo-infrastructure"), &folder.path().join("more-infrastructure"));
    let replace = |name: &str, from: &str, to: &str| {
        let path = folder.path().join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    replace("solc.toml", "\"demo-config\"", "\"demo-config\", \"more-config\"");
    replace("more-config/solc.toml", "demo-infrastructure", "more-infrastructure");
    replace("more-config/product.sol", "product demo", "product more");
    replace("more-config/environments.sol", "10.10.0.0", "10.30.0.0");
    replace("more-config/environments.sol", "10.20.0.0", "10.40.0.0");
    for words in [&["plan"][..], &["deploy"], &["status", "--backend", "aws"]] {
        let (code, _, said) = run(folder.path(), words);
        assert!(code == 2 && said.contains("several products have an environment `integration`"), "{said}");
    }
    assert!(!folder.path().join(".solc").exists());
    let (code, _, said) = run(folder.path(), &["deploy", "more-config"]);
    assert!(code == 0 && said.contains("deploying more to integration"), "{said}");
}
