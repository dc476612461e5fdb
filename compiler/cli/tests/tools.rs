//! What stands around the checker, as real processes: fixing, watching, fetching, checking alone.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test lays out files, and reads what was written")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

const SOLC: &str = env!("CARGO_BIN_EXE_solc");
const ACCOUNT: &str = "[repository]\nlevel = \"account\"\n";

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(SOLC);
    command.args(words).current_dir(folder).stdin(Stdio::null()).env("NO_COLOR", "1");
    command
}

fn run(folder: &Path, words: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = command(folder, words).output().unwrap();
    let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.code().unwrap(), text)
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in std::iter::once(&("solc.toml", ACCOUNT)).chain(files) {
        write(folder.path(), name, text);
    }
    folder
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

const WRONG: &str = "let limit: Int = 3\r\nprivate let spare: Int = limt\r\nlet a: Int = limt\r\n";
const RIGHT: &str = "let limit: Int = 3\r\nlet a: Int = limit\r\n";

#[test]
fn fixing_writes_the_file_and_says_what_it_did() {
    let folder = repository(&[("a.sol", WRONG)]);
    let (code, said) = run(folder.path(), &["check", "--fix"]);
    assert_eq!((code, text(folder.path(), "a.sol").as_str()), (0, RIGHT), "{said}");
    assert!(
        said.contains("a.sol:3:14: unknown-name: write `limit`") && said.contains("1 file changed"),
        "{said}"
    );
    assert_eq!(run(folder.path(), &["check", "--deny-warnings"]).0, 0);
}

#[test]
fn a_diff_writes_nothing() {
    let folder = repository(&[("a.sol", WRONG)]);
    let (code, said) = run(folder.path(), &["check", "--fix", "--diff"]);
    assert_eq!((code, text(folder.path(), "a.sol").as_str()), (1, WRONG));
    assert!(said.contains("-let a: Int = limt") && said.contains("+let a: Int = limit"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_workspace_is_not_written_through_and_the_mode_of_a_file_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "b.sol", "private let spare: Int = 1\n");
    let folder = repository(&[("a.sol", WRONG)]);
    std::os::unix::fs::symlink(outside.path().join("b.sol"), folder.path().join("b.sol")).unwrap();
    fs::set_permissions(folder.path().join("a.sol"), fs::Permissions::from_mode(0o640)).unwrap();
    let (code, said) = run(folder.path(), &["check", "--fix"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("outside the workspace"), "{said}");
    assert_eq!(text(outside.path(), "b.sol"), "private let spare: Int = 1\n");
    assert_eq!(fs::metadata(folder.path().join("a.sol")).unwrap().permissions().mode() & 0o777, 0o640);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing is left beside: {names:?}");
}

#[test]
fn a_warning_ends_with_one_only_where_warnings_are_denied() {
    let folder = repository(&[("a.sol", "private let spare: Int = 1\n")]);
    assert_eq!(run(folder.path(), &["check"]).0, 0);
    assert_eq!(run(folder.path(), &["check", "--deny-warnings"]).0, 1);
}

fn git(folder: &Path, words: &[&str]) -> String {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").args(identity).args(words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "x"]);
}

#[test]
fn a_library_is_fetched_once_locked_and_verified() {
    let library = tempfile::tempdir().unwrap();
    git(library.path(), &["init", "-q"]);
    write(library.path(), "solc.toml", "[repository]\nlevel = \"library\"\n");
    write(library.path(), "numbers.sol", "let three: Int = 3\n");
    commit(library.path());
    git(library.path(), &["tag", "v1"]);
    let url = format!("file://{}", library.path().display());
    let manifest = format!("{ACCOUNT}[dependencies]\ncommon = {{ git = \"{url}\", rev = \"v1\" }}\n");
    let folder = repository(&[("a.sol", "use common.numbers.three\nlet four: Int = three + 1\n")]);
    write(folder.path(), "solc.toml", &manifest);

    let (code, said) = run(folder.path(), &["check"]);
    assert!(code == 1 && said.contains("unfetched-dependency") && said.contains("solc fetch"), "{said}");
    let (code, said) = run(folder.path(), &["fetch"]);
    assert!(code == 0 && said.contains("1 of 1 library fetched"), "{said}");
    let lock = text(folder.path(), "solc.lock");
    let revision = git(library.path(), &["rev-parse", "v1"]);
    assert!(lock.contains(revision.trim()) && lock.contains("digest = \"sha256:"), "{lock}");
    assert_eq!(run(folder.path(), &["check"]).0, 0);
    assert!(run(folder.path(), &["fetch"]).1.contains("0 of 1 library fetched"));

    let fetched = fs::read_dir(folder.path().join(".solc/git")).unwrap().next().unwrap().unwrap().path();
    write(&fetched, "numbers.sol", "let three: Int = 4\n");
    let (code, said) = run(folder.path(), &["check"]);
    assert!(code == 1 && said.contains("changed-dependency"), "{said}");
    assert_eq!(run(folder.path(), &["fetch"]).0, 0);
    assert_eq!(run(folder.path(), &["check"]).0, 0);

    // The tag moves: the recorded commit stays until somebody asks.
    write(library.path(), "numbers.sol", "let three: Int = 33\n");
    commit(library.path());
    git(library.path(), &["tag", "-f", "v1"]);
    fs::remove_dir_all(folder.path().join(".solc")).unwrap();
    assert_eq!(run(folder.path(), &["fetch"]).0, 0);
    assert_eq!(text(folder.path(), "solc.lock"), lock);
    assert_eq!(run(folder.path(), &["fetch", "--update"]).0, 0);
    assert_ne!(text(folder.path(), "solc.lock"), lock);

    write(folder.path(), "solc.toml", manifest.replace("v1", "v9"));
    let (code, said) = run(folder.path(), &["fetch"]);
    assert!(code == 1 && said.contains("cannot-fetch") && said.contains("no `v9`"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_library_with_a_symbolic_link_is_refused() {
    let library = tempfile::tempdir().unwrap();
    git(library.path(), &["init", "-q"]);
    write(library.path(), "solc.toml", "[repository]\nlevel = \"library\"\n");
    std::os::unix::fs::symlink("/etc/hostname", library.path().join("numbers.sol")).unwrap();
    commit(library.path());
    let url = format!("file://{}", library.path().display());
    let folder = repository(&[]);
    let manifest = format!("{ACCOUNT}[dependencies]\ncommon = {{ git = \"{url}\", rev = \"HEAD\" }}\n");
    write(folder.path(), "solc.toml", manifest);
    let (code, said) = run(folder.path(), &["fetch"]);
    assert!(code == 1 && said.contains("symbolic link"), "{said}");
    assert!(!folder.path().join("solc.lock").exists());
}

#[test]
fn alone_a_repository_needs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[repository]\nlevel = \"product\"\nclass = \"development\"\n[paths]\naccounts = \"../nowhere\"\ninfrastructure = \"../nowhere\"\n";
    write(folder.path(), "solc.toml", manifest);
    let environment = "product shop {\n  domain = \"shop.example\"\n  teams = { developers = github(\"acme/dev\") }\n}\nenvironment integration {\n  stage = integration\n  account = nonprod\n  network = 10.0.0.0/16\n  release = continuous\n}\n";
    write(folder.path(), "a.sol", environment);
    assert_eq!(run(folder.path(), &["check"]).0, 1);
    let (code, said) = run(folder.path(), &["check", "--isolated", "--format", "concise"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("not-checked-here") && said.lines().count() == 1, "{said}");
    write(folder.path(), "b.sol", "let a: Int = \"x\"\n");
    assert_eq!(run(folder.path(), &["check", "--isolated"]).0, 1);
}

/// A process that is ended whatever becomes of the test.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watching {
    fn start(folder: &Path) -> Self {
        let mut child = command(folder, &["check", "--watch"]).stderr(Stdio::piped()).spawn().unwrap();
        let (send, lines) = mpsc::channel();
        let stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// What is said until it waits again, in the first round that holds `part`.
    #[track_caller]
    fn says(&self, part: &str) {
        let mut all = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(60)) {
            let done = line.starts_with("watching");
            all.push(line);
            if done && all.iter().any(|line| line.contains(part)) {
                return;
            }
        }
        panic!("`{part}` was not said, but:\n{}", all.join("\n"));
    }
}

#[cfg(unix)]
#[test]
fn watching_survives_what_happens_to_files_and_ends_when_interrupted() {
    let folder = repository(&[("a.sol", "let a: Int = 1\n")]);
    let root = folder.path();
    let mut watching = Watching::start(root);
    watching.says("no errors");
    // As an editor saves: beside, and renamed.
    write(root, ".a.sol.swp", "let a: Int = x\n");
    fs::rename(root.join(".a.sol.swp"), root.join("a.sol")).unwrap();
    watching.says("unknown-name");
    write(root, "solc.toml", "[repository\n");
    watching.says("invalid-toml");
    write(root, "solc.toml", ACCOUNT);
    watching.says("unknown-name");
    write(root, "more/b.sol", "let b: Int = \"text\"\n");
    watching.says("type-mismatch");
    fs::remove_dir_all(root.join("more")).unwrap();
    write(root, "a.sol", "let a: Int = 2\n");
    watching.says("no errors");
    fs::remove_dir_all(root).unwrap();
    watching.says("no-manifest");
    write(root, "solc.toml", ACCOUNT);
    watching.says("no errors");
    let interrupted = Command::new("kill").args(["-INT", &watching.child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(watching.child.wait().unwrap().code(), Some(0));
}
