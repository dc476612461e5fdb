//! What a spec case says that the compiler will say: `// error: [code] "text" in production, preproduction`.
//!
//! Invariant: an expectation that cannot be read is a failure of the case, never silently nothing.
//!
//! At the end of a line it speaks of that line; on a line of its own as `//^ error: …` (`#^` in TOML and JSON) of
//! the last line above that is not such a comment.

use std::collections::BTreeSet;

/// One expected diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The code.
    pub code: String,
    /// Must stand in the message or in the primary label.
    pub text: String,
    /// The environments it concerns, exactly; empty where it depends on none.
    pub environments: BTreeSet<String>,
    /// The file.
    pub file: String,
    /// The line, from one.
    pub line: usize,
}

/// The environments that `in all` stands for.
pub const ALL_ENVIRONMENTS: [&str; 3] = ["integration", "preproduction", "production"];

/// Reads the expectations of a file; returns them with the text that the compiler is to see.
///
/// # Errors
/// Where a comment looks like an expectation and cannot be read as one.
pub fn read(file: &str, text: &str) -> Result<(Vec<Expectation>, String), String> {
    let mut found = Vec::new();
    let mut seen = String::with_capacity(text.len());
    let mut target = 0;
    for (index, line) in text.lines().enumerate() {
        let own = line.trim_start();
        let above = own.strip_prefix("//^").or_else(|| own.strip_prefix("#^"));
        if let Some(comment) = above {
            found.push(one(file, target, comment.trim()).map_err(|e| format!("{file}:{}: {e}", index + 1))?);
            seen.push('\n');
            continue;
        }
        target = index + 1;
        for opening in ["// ", "# "] {
            for severity in ["error: [", "warning: [", "note: ["] {
                if let Some((_, comment)) = line.split_once(&format!("{opening}{severity}")) {
                    let comment = format!("{severity}{comment}");
                    let expectation = one(file, target, &comment);
                    found.push(expectation.map_err(|e| format!("{file}:{target}: {e}"))?);
                }
            }
        }
        seen.push_str(line);
        seen.push('\n');
    }
    Ok((found, seen))
}

fn one(file: &str, line: usize, comment: &str) -> Result<Expectation, String> {
    let (severity, rest) =
        comment.split_once(": [").ok_or("an expectation reads `error: [code] \"text\"`")?;
    if !matches!(severity, "error" | "warning" | "note") {
        return Err(format!("`{severity}` is no severity"));
    }
    let (code, rest) = rest.split_once(']').ok_or("the code has no `]`")?;
    let rest = rest.trim();
    let (text, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.rsplit_once('"').ok_or("the text has no closing quote")?,
        None => ("", rest),
    };
    let environments = match rest.trim().strip_prefix("in ") {
        Some("all") => ALL_ENVIRONMENTS.into_iter().map(str::to_owned).collect(),
        Some(names) => names.split(',').map(|name| name.trim().to_owned()).collect(),
        None if rest.trim().is_empty() => BTreeSet::new(),
        None => return Err(format!("`{}` says nothing", rest.trim())),
    };
    Ok(Expectation {
        severity: severity.to_owned(),
        code: code.to_owned(),
        text: text.to_owned(),
        environments,
        file: file.to_owned(),
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_comment_at_the_end_speaks_of_its_line() {
        let (found, text) = read("a.sol", "x\ny = 1 // error: [wrong-type] \"a `Size`\" in all\n").unwrap();
        assert_eq!(
            (found[0].line, found[0].code.as_str(), found[0].text.as_str()),
            (2, "wrong-type", "a `Size`")
        );
        assert_eq!(found[0].environments.len(), 3);
        assert!(text.starts_with("x\ny = 1"));
    }

    #[test]
    fn comments_of_their_own_speak_of_the_line_above_and_vanish() {
        let (found, text) =
            read("a.json", "{\n  x\n#^ error: [a]\n#^ warning: [b] in production\n}\n").unwrap();
        assert_eq!((found[0].line, found[1].line), (2, 2));
        assert_eq!(found[1].environments.iter().collect::<Vec<_>>(), ["production"]);
        assert_eq!(text, "{\n  x\n\n\n}\n");
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        assert!(read("a.sol", "x // error: [a] nonsense").is_err());
        assert!(read("a.sol", "//^ eror: [a]").is_err());
    }
}
