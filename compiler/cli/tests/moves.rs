//! A component that is renamed and moved in its source, and what deploying makes of it: from `.sol` to the account.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test lays out files, and reads what was written")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ACCOUNT: &str = r#"account nonprod {
  id = "111122223333"
  region = "eu-central-1"
  zones = ["a", "b"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-registry" } }
}
"#;
const PRODUCT: &str = r#"product shop { domain = "shop.example" }
environment integration { stage = integration, account = nonprod, network = 10.10.0.0/16, release = continuous }
"#;
const CONFIG: &str = "[repository]\nlevel = \"product\"\nclass = \"development\"\n\n[paths]\naccounts = \"../accounts-config\"\n";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn run(folder: &Path, words: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_solc"));
    command.args(words).args(["--env", "integration"]).current_dir(folder).env_clear().stdin(Stdio::null());
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

/// The physical ids of every recorded stack.
fn account(folder: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder.join(".solc/local/state/integration")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".template.json") {
            continue;
        }
        let state: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let ids = serde_json::from_value(state["resources"].clone()).unwrap();
        found.insert(state["stack"].as_str().unwrap().to_owned(), ids);
    }
    found
}

#[test]
fn what_moves_in_the_source_stays_in_the_account() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "solc.toml", "[workspace]\nmembers = [\"accounts-config\", \"shop-config\"]\n");
    write(folder, "accounts-config/solc.toml", "[repository]\nlevel = \"account\"\n");
    write(folder, "accounts-config/nonprod.sol", ACCOUNT);
    write(folder, "shop-config/solc.toml", CONFIG);
    write(folder, "shop-config/product.sol", PRODUCT);
    let shop = |body: &str| {
        let text = format!("use std.data.Bucket\nuse std.messaging.Topic\n\nsolution shop {{\n{body}}}\n");
        write(folder, "shop-config/solutions/shop.sol", &text);
    };
    shop("  media: Bucket {}\n  receipts: Bucket {}\n  placed: Topic {}\n");
    let (code, said) = run(folder, &["deploy"]);
    assert_eq!(code, 0, "{said}");
    let before = account(folder);
    let data = &before["shop-integration-shop-data"];

    // One is renamed, one goes to another solution and keeps its versions longer from now on.
    shop("  pictures: Bucket { moved from \"shop.media\" }\n  placed: Topic {}\n");
    let archive = "use std.data.Bucket\n\nsolution archive {\n  vault: Bucket { keep_versions = 365d, moved from \"shop.receipts\" }\n}\n";
    write(folder, "shop-config/solutions/archive.sol", archive);
    let (code, said) = run(folder, &["plan", "--records", ".solc/local"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("> ShopMediaBucket → ShopPicturesBucket"), "{said}");
    assert!(said.contains("shop.receipts → archive.vault   shop-config/solutions/archive.sol:4:3"), "{said}");
    assert!(!said.contains("to be agreed to by name") && !said.contains("data at risk"), "{said}");
    // What the service would say of the stacks as they are is not what comes after the move.
    let (code, said) = run(folder, &["plan", "--backend", "local", "--online"]);
    assert!(code == 0 && said.contains("resources are moved first"), "{said}");
    assert!(!said.contains("to be agreed to by name") && !said.contains("not planned"), "{said}");
    let (code, said) = run(folder, &["rehearse", "--backend", "local"]);
    assert!(code == 0 && said.contains("0 findings"), "{said}");
    let (code, said) = run(folder, &["deploy"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("(move): changed"), "{said}");
    let after = account(folder);
    assert_eq!(after["shop-integration-shop-data"]["ShopPicturesBucket"], data["ShopMediaBucket"]);
    assert_eq!(after["shop-integration-archive-data"]["ArchiveVaultBucket"], data["ShopReceiptsBucket"]);
    assert!(!after["shop-integration-shop-data"].contains_key("ShopReceiptsBucket"));

    let (code, said) = run(folder, &["deploy"]);
    assert!(code == 0 && said.contains("nothing to change"), "{said}");
    assert_eq!(account(folder), after);

    // It was said once, everywhere: now it need not be said any longer.
    shop("  pictures: Bucket {}\n  placed: Topic {}\n");
    write(
        folder,
        "shop-config/solutions/archive.sol",
        &archive.replace(", moved from \"shop.receipts\"", ""),
    );
    let (code, said) = run(folder, &["deploy"]);
    assert!(code == 0 && said.contains("nothing to change"), "{said}");
}
