//! `solc init`: the repositories of a new product, with a first solution that compiles.
//!
//! Invariant: a file that exists is never touched; if there is one where one would be written, nothing is written.

use crate::args::Init;
use crate::output::{Exit, Output};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../templates/init/", $name))
    };
}

pub(crate) fn run(init: &Init, output: &Output) -> Exit {
    let product = match product_name(init) {
        Ok(product) => product,
        Err(message) => {
            output.say(&format!("error: {message}"));
            return Exit::Usage;
        }
    };
    let files = files(&product, init.production);
    let taken: Vec<PathBuf> =
        files.iter().map(|(path, _)| init.folder.join(path)).filter(|path| path.exists()).collect();
    if !taken.is_empty() {
        for path in taken {
            output.say(&format!("error: `{}` exists", path.display()));
        }
        output.say("nothing was written");
        return Exit::Usage;
    }
    for (path, text) in &files {
        let path = init.folder.join(path);
        if let Err(error) = create(&path, text) {
            output.say(&format!("error: cannot write `{}`: {error}", path.display()));
            return Exit::Usage;
        }
        output.tell(&format!("wrote {}", path.display()));
    }
    output.tell(&format!("now: solc check {}", init.folder.display()));
    Exit::Clean
}

/// The name given, or the folder's as a name of the language.
fn product_name(init: &Init) -> Result<String, String> {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if let Some(name) = &init.product {
        return if is_name(name) {
            Ok(name.clone())
        } else {
            Err(format!("`{name}` is no product's name: write it like `web_shop`"))
        };
    }
    let folder = super::absolute(&init.folder);
    let name: String = folder
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' })
        .collect();
    let name = name.trim_start_matches(|c: char| !c.is_ascii_lowercase()).trim_end_matches('_').to_owned();
    if is_name(&name) {
        Ok(name)
    } else {
        Err("say what the product is called with `--product NAME`".to_owned())
    }
}

/// Path and text of every file.
fn files(product: &str, production: bool) -> Vec<(String, String)> {
    let quoted =
        |names: &[String]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let mut members = vec!["accounts-config".to_owned(), format!("{product}-config")];
    let mut accounts = template!("accounts.sol").to_owned();
    let mut rows = "";
    if production {
        members.push(format!("{product}-production-config"));
        accounts.push_str(template!("accounts-production.sol"));
        rows = template!("production-rows.md");
    }
    // Domains and teams are written with `-`.
    let domain = product.replace('_', "-");
    let filled = |text: &str| {
        text.replace("{members}", &quoted(&members))
            .replace("{production}", rows)
            .replace("{product}", product)
            .replace("{domain}", &domain)
    };
    let infrastructure = |whose: &str| template!("infrastructure.md").replace("{whose}", whose);
    let mut files = vec![
        ("solc.toml".to_owned(), filled(template!("workspace.toml"))),
        ("README.md".to_owned(), filled(template!("README.md"))),
        (".gitattributes".to_owned(), template!("gitattributes").to_owned()),
        (".gitignore".to_owned(), template!("gitignore").to_owned()),
        (".editorconfig".to_owned(), template!("editorconfig").to_owned()),
        (".vscode/settings.json".to_owned(), template!("vscode.json").to_owned()),
        (".github/workflows/check.yml".to_owned(), template!("workflow.yml").to_owned()),
        ("accounts-config/solc.toml".to_owned(), template!("accounts.toml").to_owned()),
        ("accounts-config/accounts.sol".to_owned(), accounts),
        ("accounts-infrastructure/README.md".to_owned(), infrastructure("the accounts")),
        (format!("{product}-config/solc.toml"), filled(template!("development.toml"))),
        (format!("{product}-config/product.sol"), filled(template!("product.sol"))),
        (format!("{product}-config/environments.sol"), template!("environments.sol").to_owned()),
        (format!("{product}-config/solutions/{product}.sol"), filled(template!("solution.sol"))),
        (format!("{product}-infrastructure/README.md"), infrastructure(&format!("`{product}`"))),
    ];
    if production {
        let whose = format!("`{product}` in production");
        files.extend([
            (format!("{product}-production-config/solc.toml"), filled(template!("production.toml"))),
            (format!("{product}-production-config/environments.sol"), template!("production.sol").to_owned()),
            (format!("{product}-production-infrastructure/README.md"), infrastructure(&whose)),
        ]);
    }
    files
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // `create_new` keeps what appeared since the look.
    fs::File::create_new(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests;
