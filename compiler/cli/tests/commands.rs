//! The program as people and other programs see it: arguments, streams, exit codes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test lays out files, and reads what was written")]

use insta::assert_snapshot;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SOLC: &str = env!("CARGO_BIN_EXE_solc");

/// Runs `solc` in a folder, with an environment of its own.
fn run(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().unwrap()
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(SOLC);
    command.args(words).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// Exit code, then what stands on each stream.
fn shown(output: &Output) -> String {
    let part = |name: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        if text.is_empty() { String::new() } else { format!("--- {name}\n{text}") }
    };
    let code = output.status.code().unwrap();
    format!("exit {code}\n{}{}", part("out", &output.stdout), part("err", &output.stderr))
}

/// A repository of accounts with these further files.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = ("solc.toml", "[repository]\nlevel = \"account\"\n");
    for (name, text) in std::iter::once(&manifest).chain(files) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::File::create(&path).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    }
    folder
}

const BROKEN: (&str, &str) = ("facts.json", "{\n  \"a\": 1,\n}\n");

#[test]
fn a_finding_is_shown_with_its_place_and_ends_with_one() {
    let folder = repository(&[BROKEN]);
    assert_snapshot!(shown(&run(folder.path(), &["check"])), @r#"
exit 1
--- err
error[invalid-json]: invalid JSON: trailing commas are not allowed
  ┌─ facts.json:2:9
  │
2 │   "a": 1,
  │         ^

1 error
`solc explain invalid-json` says more
"#);
}

#[test]
fn nothing_wrong_ends_with_zero() {
    let folder = repository(&[]);
    assert_snapshot!(shown(&run(folder.path(), &["check"])), @"
exit 0
--- err
no errors
");
    assert_eq!(shown(&run(folder.path(), &["check", "--quiet"])), "exit 0\n");
}

#[test]
fn formats_for_programs_go_to_standard_output_alone() {
    let folder = repository(&[BROKEN]);
    for format in ["concise", "json", "sarif", "github"] {
        let output = run(folder.path(), &["check", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stderr.is_empty(), "{format}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("invalid-json"), "{format}");
    }
    assert_snapshot!(shown(&run(folder.path(), &["check", "--format", "concise"])), @"
exit 1
--- out
facts.json:2:9: error[invalid-json]: invalid JSON: trailing commas are not allowed
");
}

#[test]
fn names_are_shown_from_where_the_user_stands() {
    let folder = repository(&[BROKEN, ("deep/er/x.sol", "")]);
    let output = run(&folder.path().join("deep/er"), &["check", "--format", "concise"]);
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("../../facts.json:2:9: error"));
    let parent = folder.path().parent().unwrap();
    let output = run(parent, &["check", folder.path().to_str().unwrap(), "--format", "concise"]);
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(&format!("{name}/facts.json:2:9: error")));
}

#[test]
fn sarif_is_a_log_even_where_nothing_is_wrong() {
    let folder = repository(&[]);
    let output = run(folder.path(), &["check", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_folder_without_a_manifest_is_a_mistake_in_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("solc init DIR"));
    assert_eq!(run(folder.path(), &["check", "nowhere"]).status.code(), Some(2));
}

#[test]
fn a_wrong_argument_ends_with_two() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&["chek"][..], &["check", "--formt", "json"], &["check", "a", "b"], &[]] {
        assert_eq!(run(folder.path(), words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let folder = repository(&[BROKEN]);
    let coloured = |words: &[&str], variable: Option<(&str, &str)>| {
        let mut command = command(folder.path(), words);
        command.envs(variable);
        command.output().unwrap().stderr.contains(&0x1b)
    };
    assert!(!coloured(&["check"], None));
    assert!(coloured(&["check"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(coloured(&["check", "--color", "always"], None));
    assert!(coloured(&["check", "--color", "always"], Some(("NO_COLOR", "1"))));
    assert!(!coloured(&["check", "--color", "never"], Some(("CLICOLOR_FORCE", "1"))));
}

#[test]
fn a_reader_that_goes_away_is_no_mistake() {
    let folder = repository(&[]);
    for words in [&["explain", "--all"][..], &["completions", "bash"], &["check", "--format", "sarif"]] {
        let mut command = command(folder.path(), words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert!(output.stderr.is_empty(), "{words:?}");
    }
}

#[test]
fn calls_for_solidity_get_one_friendly_line() {
    let folder = repository(&[("Token.sol", "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\n")]);
    for words in [
        &["--standard-json"][..],
        &["--combined-json", "abi,bin", "Token.sol"],
        &["--combined-json=abi"],
        &["--abi", "Token.sol"],
        &["--bin", "x"],
        &["--lsp"],
        &["Token.sol"],
    ] {
        let output = run(folder.path(), words);
        assert_eq!(output.status.code(), Some(64), "{words:?}");
        assert!(output.stdout.is_empty());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("Solidity"), "{text}");
    }
}

#[test]
fn a_contract_among_the_sources_is_one_finding() {
    let folder = repository(&[("Token.sol", "pragma solidity ^0.8.0;\ncontract Token { }\n")]);
    let output = run(folder.path(), &["check", "--format", "concise"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("solidity-source"));
}

#[test]
fn the_version_is_not_mistaken_for_soliditys() {
    let folder = tempfile::tempdir().unwrap();
    let text = String::from_utf8(run(folder.path(), &["--version"]).stdout).unwrap();
    assert!(text.starts_with("solc ") && text.contains("Solution"));
    assert!(!text.to_lowercase().contains("solidity"));
}

#[test]
fn both_names_are_one_program() {
    let run = |binary: &str| Command::new(binary).arg("--version").output().unwrap().stdout;
    assert_eq!(run(SOLC), run(env!("CARGO_BIN_EXE_solution")));
}

#[test]
fn a_code_is_explained_and_a_misspelt_one_suggested() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["explain", "invalid-json"]);
    assert!(output.stdout.starts_with(b"# invalid-json\n"));
    assert_eq!(run(folder.path(), &["explain", "error[invalid-json]"]).stdout, output.stdout);
    assert_snapshot!(shown(&run(folder.path(), &["explain", "invalid-jsn"])), @"
exit 2
--- err
error: there is no code `invalid-jsn`; did you mean `invalid-json`?
");
    let all = run(folder.path(), &["explain", "--all", "--format", "json"]);
    let pages: serde_json::Value = serde_json::from_slice(&all.stdout).unwrap();
    assert!(pages.as_array().unwrap().iter().any(|page| page["code"] == "invalid-json"));
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(folder.path(), &["completions", shell]);
        assert!(
            output.status.success() && String::from_utf8_lossy(&output.stdout).contains("explain"),
            "{shell}"
        );
    }
    assert!(run(folder.path(), &["man", "--out", "man"]).status.success());
    assert!(folder.path().join("man/solc-build.1").exists());
    assert!(String::from_utf8_lossy(&run(folder.path(), &["man"]).stdout).contains(".TH solc 1"));
}

#[test]
fn init_lays_out_what_compiles_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["init", "web-shop", "--production"]);
    assert!(output.status.success(), "{}", shown(&output));
    assert!(folder.path().join("web-shop/.vscode/settings.json").exists());
    assert!(folder.path().join("web-shop/web_shop-production-config/solc.toml").exists());
    let output = run(folder.path(), &["check", "web-shop", "--format", "concise"]);
    assert!(output.status.success(), "{}", shown(&output));
    let again = run(folder.path(), &["init", "web-shop"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).ends_with("nothing was written\n"));
}

const UGLY: &str = "let  a=1\n// kept\nlet b = 2\n";
const PRETTY: &str = "let a = 1\n// kept\nlet b = 2\n";

fn with_input(words: &[&str], input: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), words);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn fmt_reads_standard_input_and_writes_standard_output() {
    assert_eq!(with_input(&["fmt", "-"], UGLY).stdout, PRETTY.as_bytes());
    assert_eq!(with_input(&["fmt", "-", "--check"], UGLY).status.code(), Some(1));
    assert_eq!(with_input(&["fmt", "-", "--check"], PRETTY).status.code(), Some(0));
    let broken = with_input(&["fmt", "-"], "let a =\n");
    assert_eq!(broken.status.code(), Some(1));
    assert!(broken.stdout.is_empty() && String::from_utf8_lossy(&broken.stderr).contains("<stdin>:1:"));
}

#[test]
fn fmt_checks_and_diffs_without_writing() {
    let folder = repository(&[("a.sol", UGLY), ("b.sol", PRETTY)]);
    let check = run(folder.path(), &["fmt", "--check", "--format", "concise"]);
    assert_snapshot!(shown(&check), @"
exit 1
--- out
a.sol:1:5: error[not-formatted]: `a.sol` is not formatted
");
    assert_snapshot!(shown(&run(folder.path(), &["fmt", "--diff"])), @"
exit 1
--- out
--- a.sol
+++ a.sol
@@ -1,3 +1,3 @@
-let  a=1
+let a = 1
 // kept
 let b = 2
--- err
1 of 2 files would change
");
    assert_eq!(
        fs::File::open(folder.path().join("a.sol")).unwrap().metadata().unwrap().len(),
        UGLY.len() as u64
    );
}

#[test]
fn fmt_writes_what_differs_and_leaves_what_is_broken() {
    let folder = repository(&[("a.sol", UGLY), ("deep/b.sol", PRETTY), ("c.sol", "let  c =\n")]);
    let first = run(folder.path(), &["fmt"]);
    assert_eq!(first.status.code(), Some(1), "{}", shown(&first));
    let text =
        |name: &str| std::io::read_to_string(fs::File::open(folder.path().join(name)).unwrap()).unwrap();
    assert_eq!((text("a.sol").as_str(), text("c.sol").as_str()), (PRETTY, "let  c =\n"));
    let second = run(folder.path(), &["fmt", "a.sol", "deep"]);
    assert_snapshot!(shown(&second), @"
exit 0
--- err
0 of 2 files changed
");
}

#[test]
fn what_init_lays_out_is_formatted() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init", "shop", "--production"]);
    let output = run(folder.path(), &["fmt", "shop", "--check", "--diff"]);
    assert!(output.status.success(), "{}", shown(&output));
}

/// A new product, laid out by `init`.
fn product() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(run(folder.path(), &["init", "shop"]).status.success());
    folder
}

fn names(folder: &Path) -> Vec<String> {
    #[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn build_writes_templates_and_a_manifest_for_each_environment() {
    let folder = product();
    let output = run(folder.path(), &["build", "shop"]);
    assert!(output.status.success(), "{}", shown(&output));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("integration: 3 stacks, ") && text.contains("preproduction: 3 stacks, "), "{text}");
    assert_eq!(names(&folder.path().join("build")), ["integration", "preproduction"]);
    let written = names(&folder.path().join("build/integration"));
    assert!(written.contains(&"manifest.json".to_owned()), "{written:?}");
    assert_eq!(written.iter().filter(|name| name.ends_with(".template.json")).count(), 3, "{written:?}");
    assert_eq!(shown(&run(folder.path(), &["build", "shop"])), shown(&output));
}

#[test]
fn build_writes_the_environments_that_are_named_where_it_is_told() {
    let folder = product();
    let output = run(folder.path(), &["build", "shop", "--env", "preproduction", "--out", "out/here"]);
    assert!(output.status.success(), "{}", shown(&output));
    assert_eq!(names(&folder.path().join("out/here")), ["preproduction"]);
}

#[test]
fn build_suggests_the_environment_that_was_meant() {
    let folder = product();
    let output = run(folder.path(), &["build", "shop", "--env", "preprodution"]);
    assert_snapshot!(shown(&output), @"
exit 2
--- err
error: there is no environment `preprodution`; did you mean `preproduction`?
");
    assert!(!folder.path().join("build").exists());
}

#[test]
fn build_writes_nothing_where_something_is_wrong() {
    let folder = product();
    let broken = folder.path().join("shop/shop-config/broken.sol");
    let mut file = fs::File::create(broken).unwrap();
    std::io::Write::write_all(&mut file, b"let x =\n").unwrap();
    let output = run(folder.path(), &["build", "shop"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was written"));
    assert!(!folder.path().join("build").exists());
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = product();
    let built = |jobs: &str, out: &str| {
        assert!(run(folder.path(), &["build", "shop", "--jobs", jobs, "--out", out]).status.success());
        let environment = folder.path().join(out).join("preproduction");
        let read =
            |name: &String| std::io::read_to_string(fs::File::open(environment.join(name)).unwrap()).unwrap();
        names(&environment).iter().map(read).collect::<Vec<_>>()
    };
    assert_eq!(built("1", "one"), built("7", "many"));
}

const COMPONENT: (&str, &str) =
    ("parts/part.sol", "/// Keeps things.\ncomponent Part {\n  /// How many.\n  param size: Int = 1\n}\n");

#[test]
fn a_reference_is_written_found_current_and_then_stale() {
    let folder = repository(&[COMPONENT]);
    let words = ["doc", "--markup", "markdown", "--no-library", "--out", "pages"];
    let check = || shown(&run(folder.path(), &[&words[..], &["--check"]].concat()));
    assert_snapshot!(shown(&run(folder.path(), &words)), @r"
exit 0
--- err
wrote 2 files to pages
");
    assert_eq!(check(), "exit 0\n");
    let pages = folder.path().join("pages");
    fs::rename(pages.join("parts.md"), pages.join("old.md")).unwrap();
    let text = fs::read_to_string(pages.join("index.md")).unwrap();
    fs::write(pages.join("index.md"), text.replace("Part", "Parts")).unwrap();
    fs::write(pages.join("mine.md"), "# Mine\n").unwrap();
    assert_snapshot!(check(), @r"
exit 1
--- err
error[stale-reference]: `pages/index.md` is not what the sources say
 = help: run `solc doc` again, with the same options and without `--check`

error[stale-reference]: `pages/parts.md` is missing
 = help: run `solc doc` again, with the same options and without `--check`

error[stale-reference]: `pages/old.md` is left over
 = help: run `solc doc` again, with the same options and without `--check`

3 errors
`solc explain stale-reference` says more
");
    assert!(run(folder.path(), &words).status.success());
    assert!(!pages.join("old.md").exists(), "what is left over goes");
    assert!(pages.join("mine.md").exists(), "what is not ours stays");
    assert_eq!(check(), "exit 0\n");
}

#[test]
fn a_broken_sample_is_a_finding_and_nothing_is_written() {
    let text = "/// ```sol\n/// let x: Int = \"one\"\n/// ```\ncomponent Part {}\n";
    let folder = repository(&[("parts/part.sol", text)]);
    assert_snapshot!(shown(&run(folder.path(), &["doc"])), @r#"
exit 1
--- err
error[type-mismatch]: expected a whole number, found the string "one"
  ┌─ parts/part.sol:2:18
  │
2 │ /// let x: Int = "one"
  │            ---   ^^^^^ this is the string "one"
  │            │      
  │            declared here
  │
  = note: this is the sample of a doc comment, compiled as a file of its own beside the project's components
  = note: mark the block `sol,fragment` where it shows a piece

1 error
`solc explain type-mismatch` says more
nothing was written
"#);
    assert!(!folder.path().join("doc").exists());
}

#[test]
fn the_librarys_reference_needs_no_project() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["doc", "--library", "--out", "pages", "-q"]);
    assert_eq!(shown(&output), "exit 0\n");
    let page = fs::read_to_string(folder.path().join("pages/std.data.html")).unwrap();
    assert!(page.contains("<h2>Bucket</h2>"), "{page}");
    assert!(page.contains("<a href=\"std.security.html#Key\">Key</a>"));
}

#[test]
fn why_says_who_wins_and_what_would_be_without() {
    let folder = product();
    let shown = shown(&run(folder.path(), &["why", "product.domain", "shop", "--env", "integration"]));
    assert!(shown.starts_with("exit 0\n--- out\n"), "{shown}");
    assert!(shown.contains("shop.domain = "), "{shown}");
    assert!(shown.contains("set by product `shop`"), "{shown}");
}

#[test]
fn why_ends_with_two_where_the_question_makes_no_sense() {
    let folder = product();
    for (words, expect) in [
        (["why", "integration.availabilty", "shop"].as_slice(), "did you mean `availability`?"),
        (&["why", "product.domain", "shop", "--env", "integratoin"], "did you mean `integration`?"),
        (&["why", "product.domain", "nowhere"], "there is no file or folder `nowhere`"),
        (&["why", "product.domain", "shop", "--format", "sarif"], "an explanation is no finding"),
    ] {
        let output = run(folder.path(), words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(expect), "{words:?}: {said}");
    }
}

#[test]
fn why_ends_with_one_where_something_is_broken_and_still_answers() {
    let folder = product();
    fs::write(
        folder.path().join("shop/shop-config/solutions/other.sol"),
        "solution other { a: Nothing {} }\n",
    )
    .unwrap();
    let output = run(folder.path(), &["why", "product.domain", "shop"]);
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("shop.domain = "));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is 1 error"));
}

#[test]
fn why_writes_json_of_its_schema() {
    let folder = product();
    let output = run(folder.path(), &["why", "integration.availability", "shop", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let value = &document["answers"][0]["values"][0];
    assert_eq!(value["path"], "integration.availability");
    assert_eq!(value["value"], value["candidates"][0]["value"]);
    assert_eq!(value["candidates"][0]["by"]["kind"], "declaration");
    assert_eq!(value["reads"][0]["path"], "integration.stage");
    assert_eq!(document["schema_version"], "1.0");
}

/// The product of `init`, with a claim that holds in one environment only.
fn tested() -> tempfile::TempDir {
    let folder = product();
    let path = folder.path().join("shop/shop-config/tests.sol");
    let text = "test \"all zones\" {\n  assert env.availability == multi_az\n}\n\n\
                test \"somewhere\" for preproduction {\n  assert count(resources()) > 0\n}\n";
    let mut file = fs::File::create(path).unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    folder
}

#[test]
fn tests_are_told_for_each_environment_and_fail_with_one() {
    let folder = tested();
    assert_snapshot!(shown(&run(folder.path(), &["test", "shop"])), @r#"
    exit 1
    --- out
    failed integration    all zones (1 assertion)
    ok     preproduction  all zones (1 assertion)
    ok     preproduction  somewhere (1 assertion)
    --- err
    error[failed-assertion]: the test `all zones` fails
      ┌─ shop/shop-config/tests.sol:2:10
      │
    2 │   assert env.availability == multi_az
      │          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      │          │
      │          does not hold
      │          this is single_az
      │
      = in: integration

    1 error
    `solc explain failed-assertion` says more
    2 tests in 3 runs: 1 failed
    "#);
}

#[test]
fn tests_are_picked_by_environment_and_by_name() {
    let folder = tested();
    let output = run(folder.path(), &["test", "shop", "--env", "preproduction", "--filter", "ALL"]);
    assert_snapshot!(shown(&output), @"
    exit 0
    --- out
    ok     preproduction  all zones (1 assertion)
    --- err
    1 test in 1 run: all hold
    ");
    let output = run(folder.path(), &["test", "shop", "--filter", "nothing like it"]);
    assert_eq!(shown(&output), "exit 2\n--- err\nerror: no test's name holds `nothing like it`\n");
    assert_eq!(run(folder.path(), &["test", "shop", "--env", "nowhere"]).status.code(), Some(2));
}

#[test]
fn test_reports_are_one_object_a_line_or_one_document() {
    let folder = tested();
    let output = run(folder.path(), &["test", "shop", "--format", "json"]);
    let lines: Vec<serde_json::Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let passed: Vec<_> =
        lines.iter().filter(|l| l.get("test").is_some()).map(|l| l["passed"] == true).collect();
    assert_eq!(passed, [false, true, true]);
    assert_eq!(lines.last().unwrap()["code"], "failed-assertion");
    let output = run(folder.path(), &["test", "shop", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="solc test" tests="3" skipped="0" failures="1" errors="0">
        <testsuite name="integration" tests="1" skipped="0" errors="0" failures="1">
            <testcase name="all zones" classname="shop/shop-config/tests.sol" assertions="1">
                <failure message="the test `all zones` fails" type="failed-assertion">error[failed-assertion]: the test `all zones` fails
      ┌─ shop/shop-config/tests.sol:2:10
      │
    2 │   assert env.availability == multi_az
      │          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      │          │
      │          does not hold
      │          this is single_az
      │
      = in: integration</failure>
            </testcase>
        </testsuite>
        <testsuite name="preproduction" tests="2" skipped="0" errors="0" failures="0">
            <testcase name="all zones" classname="shop/shop-config/tests.sol" assertions="1"/>
            <testcase name="somewhere" classname="shop/shop-config/tests.sol" assertions="1"/>
        </testsuite>
    </testsuites>
    "#);
    assert_eq!(run(folder.path(), &["check", "shop", "--format", "junit"]).status.code(), Some(2));
}

#[test]
fn what_hinders_the_tests_is_an_error_of_the_report() {
    let folder = tested();
    let broken = folder.path().join("shop/shop-config/broken.sol");
    let mut file = fs::File::create(broken).unwrap();
    std::io::Write::write_all(&mut file, b"let x: Int = \"one\"\n").unwrap();
    let output = run(folder.path(), &["test", "shop", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(report.contains("<testsuite name=\"check\" tests=\"1\" skipped=\"0\" errors=\"1\""), "{report}");
    assert!(report.contains("type=\"type-mismatch\""), "{report}");
}
