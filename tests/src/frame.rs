//! The product that a short sample stands in: accounts, a product, three environments.
//!
//! Invariant: a file that the sample brings itself takes the place of the frame's; the frame alone is clean.
//!
//! A sample names its files as someone in the product's repository would: `solutions/shop.sol`,
//! `settings/production/shop/api.toml`. What lies in another repository is told by its first folder: `accounts-config/…`,
//! `shop-infrastructure/…`; `credentials/…` and `references/…` are the infrastructure repository's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A project: files by path from the workspace's root.
pub type Files = BTreeMap<String, String>;

/// The environments of the frame.
pub const ENVIRONMENTS: [&str; 3] = ["integration", "preproduction", "production"];

/// The file that a sample without a `// file:` line is.
pub const SAMPLE: &str = "shop-config/solutions/shop.sol";

const WORKSPACE: &str = "[workspace]\nmembers = [\"accounts-config\", \"shop-config\"]\n";

const ACCOUNTS_MANIFEST: &str = "[repository]\nlevel = \"account\"\n";

const PRODUCT_MANIFEST: &str = r#"[repository]
level = "product"
class = "development"

[paths]
accounts = "../accounts-config"
infrastructure = "../shop-infrastructure"
"#;

const ACCOUNTS: &str = r#"account nonprod {
  id = "111122223333"
  region = "ap-southeast-2"
  zones = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-nonprod-registry" } }
}

account prod {
  id = "444455556666"
  region = "ap-southeast-2"
  zones = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-prod-registry" } }
}
"#;

const PRODUCT: &str = r#"product shop {
  domain = "shop.example"
  teams = { developers = github("acme/shop-dev"), releasers = github("acme/shop-release") }
}
"#;

const ENVIRONMENT_BLOCKS: &str = r"environment integration {
  stage = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}

environment preproduction {
  stage = preproduction
  account = nonprod
  network = 10.20.0.0/16
  release = manual { approvers = [releasers], from = integration }
}

environment production {
  stage = production
  account = prod
  network = 10.30.0.0/16
  release = manual { approvers = [releasers], from = preproduction }
}
";

const FACTS: &str = r#"{
  "hosted_zones": { "shop.example": "Z0123456789ABCDEFGHIJ" },
  "prefix_lists": { "s3": "pl-6ca54005", "dynamodb": "pl-62a5400b" }
}
"#;

/// The frame without a sample.
#[must_use]
pub fn frame() -> Files {
    let files = [
        ("solc.toml", WORKSPACE),
        ("accounts-config/solc.toml", ACCOUNTS_MANIFEST),
        ("accounts-config/accounts.sol", ACCOUNTS),
        ("shop-config/solc.toml", PRODUCT_MANIFEST),
        ("shop-config/product.sol", PRODUCT),
        ("shop-config/environments.sol", ENVIRONMENT_BLOCKS),
        ("shop-config/facts.json", FACTS),
        ("shop-infrastructure/README.md", "Credentials and references.\n"),
    ];
    files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

/// Splits a sample at its `// file: path` lines; `(path from the root, line of its first line, text)`.
#[must_use]
pub fn split(sample: &str) -> Vec<(String, usize, String)> {
    let mut files: Vec<(String, usize, String)> = vec![(SAMPLE.to_owned(), 1, String::new())];
    for (index, line) in sample.lines().enumerate() {
        let named = line.strip_prefix("// file: ").or_else(|| line.strip_prefix("# file: "));
        if let Some(path) = named {
            files.push((from_root(path.trim()), index + 2, String::new()));
        } else if let Some((_, _, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    files.retain(|(path, _, text)| path != SAMPLE || !text.trim().is_empty());
    files
}

fn from_root(path: &str) -> String {
    let first = path.split('/').next().unwrap_or_default();
    match first {
        "solc.toml" => path.to_owned(),
        "credentials" | "references" => format!("shop-infrastructure/{path}"),
        _ if first.ends_with("-config") || first.ends_with("-infrastructure") => path.to_owned(),
        _ => format!("shop-config/{path}"),
    }
}

/// The frame around files; images that they name exist in every environment unless they bring references.
#[must_use]
pub fn around(sample: impl IntoIterator<Item = (String, String)>) -> Files {
    let mut files = frame();
    files.extend(sample);
    let own_references = files.keys().any(|path| path.starts_with("shop-infrastructure/references/"));
    if !own_references {
        let environments = environments(&files);
        let units: Vec<(String, String)> = files
            .iter()
            .filter(|(path, _)| path.ends_with(".sol"))
            .flat_map(|(_, text)| images(text))
            .collect();
        for (unit, format) in units {
            for environment in &environments {
                let path = format!("shop-infrastructure/references/{environment}/{unit}.json");
                files.insert(path, reference(&unit, &format));
            }
        }
    }
    files
}

/// The environments that the files declare.
fn environments(files: &Files) -> Vec<String> {
    let lines = files.iter().filter(|(path, _)| path.ends_with(".sol")).flat_map(|(_, text)| text.lines());
    let heads = lines.filter_map(|line| line.strip_prefix("environment ")?.split_whitespace().next());
    heads.map(str::to_owned).collect()
}

/// The record of an image that a build made.
#[must_use]
pub fn reference(unit: &str, format: &str) -> String {
    // Any 64 digits do; these differ between units.
    let mut digest = String::new();
    for byte in unit.bytes().cycle().take(32) {
        let _ = write!(digest, "{byte:02x}");
    }
    format!(
        "{{\n  \"commit\": \"0123456789abcdef0123456789abcdef01234567\",\n  \"digest\": \"sha256:{digest}\",\n  \
         \"format\": \"{format}\",\n  \"unit\": \"{unit}\"\n}}\n"
    )
}

/// The units that a text names as `image("unit", format: zip)`.
fn images(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split("image(\"").skip(1) {
        let Some((unit, rest)) = part.split_once('"') else { continue };
        let arguments = rest.split_once(')').map_or("", |(arguments, _)| arguments);
        let format = arguments.split_once("format:").map_or("docker", |(_, format)| format.trim());
        if !unit.is_empty() && unit.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            found.push((unit.to_owned(), format.trim_end_matches(',').to_owned()));
        }
    }
    found
}

/// The imports of the standard library that a text needs: a `use` for each module of which it names something.
#[must_use]
pub fn imports(text: &str) -> String {
    const MODULES: [(&str, &[&str]); 5] = [
        ("compute", &["Function", "Service", "Task"]),
        ("data", &["Bucket", "Postgres"]),
        ("messaging", &["Queue", "Topic"]),
        ("network", &["Gateway", "Network"]),
        ("security", &["Key"]),
    ];
    let names = |name: &&&str| text.contains(&format!(": {name} {{"));
    let mut uses = String::new();
    for (module, known) in MODULES {
        match known.iter().filter(names).copied().collect::<Vec<_>>().as_slice() {
            [] => {}
            [one] => drop(writeln!(uses, "use std.{module}.{one}")),
            several => drop(writeln!(uses, "use std.{module}.{{{}}}", several.join(", "))),
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::{around, images, split};

    #[test]
    fn a_sample_without_file_lines_is_one_file() {
        let files = split("solution a {}\n");
        assert_eq!(files, [("shop-config/solutions/shop.sol".to_owned(), 1, "solution a {}\n".to_owned())]);
    }

    #[test]
    fn file_lines_split_and_say_where_each_lies() {
        let files = split("// file: solutions/a.sol\nx\n# file: credentials/production/a/b.toml\ny\n");
        let places: Vec<(&str, usize)> = files.iter().map(|(path, line, _)| (path.as_str(), *line)).collect();
        assert_eq!(
            places,
            [("shop-config/solutions/a.sol", 2), ("shop-infrastructure/credentials/production/a/b.toml", 4)]
        );
    }

    #[test]
    fn images_that_are_named_exist() {
        assert_eq!(
            images("a = image(\"shop-api\")\nb = image(\"biller\", format: zip)"),
            [("shop-api".into(), "docker".into()), ("biller".into(), "zip".into())]
        );
        let files = around([("shop-config/a.sol".to_owned(), "x = image(\"api\")".to_owned())]);
        assert!(files.contains_key("shop-infrastructure/references/production/api.json"));
    }
}
