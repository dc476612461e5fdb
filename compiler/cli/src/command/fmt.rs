//! `solc fmt`: one way to lay out a file.
//!
//! Invariant: a file with a mistake in its syntax is reported and left as it is; `--check` and `--diff` write
//! nothing.

use super::absolute;
use super::build::write_whole;
use crate::args::Fmt;
use crate::codes::{CANNOT_WRITE, NOT_FORMATTED};
use crate::output::{Exit, Output};
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use similar::{ChangeTag, TextDiff};
use solc_driver::file_system::Kind;
use solc_driver::load::text::read_text;
use solc_driver::{Disk, FileSystem};
use solc_source::{Diagnostic, FileId, SourceFile, Sources, Span};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The name of what comes from standard input.
const STANDARD_INPUT: &str = "<stdin>";

pub(crate) fn run(fmt: &Fmt, output: &Output) -> Exit {
    if fmt.paths.iter().any(|path| path.as_os_str() == "-") {
        return if fmt.paths.len() == 1 {
            standard_input(fmt, output)
        } else {
            output.say("error: `-` stands alone");
            Exit::Usage
        };
    }
    let here = absolute(Path::new("."));
    let mut paths = Vec::new();
    for path in &fmt.paths {
        match find(path) {
            Ok(found) => paths.extend(found),
            Err(message) => {
                output.say(&format!("error: {message}"));
                return Exit::Usage;
            }
        }
    }
    paths.sort();
    paths.dedup();
    let files: Vec<Formatted> = paths.into_par_iter().map(|path| format(path, &here)).collect();
    let mut sources = Sources::new();
    let mut diagnostics = Vec::new();
    let mut diff = String::new();
    let mut changed = 0;
    let all = files.len();
    for file in files {
        let id = sources.add(SourceFile::new(&file.name, &file.text));
        match &file.result {
            Ok(new) if *new == file.text => {}
            Ok(new) => {
                changed += 1;
                if fmt.diff {
                    diff.push_str(&unified(&file.name, &file.text, new, output.colours_data()));
                }
                if fmt.check {
                    diagnostics.push(not_formatted(id, &file, new));
                } else if !fmt.diff {
                    diagnostics.extend(write(&file, new));
                }
            }
            Err(problem) => diagnostics.extend(problem.at(id, &file.text)),
        }
    }
    let shown = output.print(&diff);
    let exit = output.diagnostics(&sources, &here, &diagnostics);
    if output.talks() {
        let verb = if fmt.check || fmt.diff { "would change" } else { "changed" };
        output.tell(&format!("{changed} of {all} files {verb}"));
    }
    match (shown, exit) {
        (Exit::Clean, Exit::Clean) if fmt.diff && changed > 0 => Exit::Findings,
        (Exit::Clean, exit) => exit,
        (other, _) => other,
    }
}

/// A file, and what the formatter makes of it.
struct Formatted {
    path: PathBuf,
    name: String,
    text: String,
    result: Result<String, Problem>,
}

/// Why a file cannot be formatted.
enum Problem {
    Unreadable(solc_driver::load::text::Problem),
    Syntax,
}

impl Problem {
    fn at(&self, file: FileId, text: &str) -> Vec<Diagnostic> {
        match self {
            Self::Unreadable(problem) => vec![problem.clone().at(file)],
            Self::Syntax => solc_syntax::parse(file, text).1,
        }
    }
}

fn format(path: PathBuf, here: &Path) -> Formatted {
    let name = solc_driver::file_system::relative(&absolute(&path), here);
    let (text, problem) = read_text(&Disk, &path, &name);
    let result = match problem {
        Some(problem) => Err(Problem::Unreadable(problem)),
        None => solc_syntax::format(&text).map_err(|_| Problem::Syntax),
    };
    Formatted { path, name, text, result }
}

/// The `.sol` files that a path stands for.
fn find(path: &Path) -> Result<Vec<PathBuf>, String> {
    match Disk.kind(path) {
        Kind::File => Ok(vec![path.to_path_buf()]),
        Kind::Folder => {
            let listed =
                Disk.list(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            let is_ours = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "sol");
            Ok(listed.into_iter().filter(is_ours).map(|file| path.join(file)).collect())
        }
        Kind::Missing => Err(format!("there is no file or folder `{}`", path.display())),
    }
}

fn write(file: &Formatted, new: &str) -> Option<Diagnostic> {
    let parent = file.path.parent().filter(|parent| !parent.as_os_str().is_empty());
    // A link is written through, not replaced.
    let target = std::fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
    let folder = target.parent().or(parent).unwrap_or(Path::new(".")).to_path_buf();
    let error = write_whole(&folder, &target, new).err()?;
    Some(Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, format!("cannot write `{}`: {error}", file.name)))
}

fn not_formatted(id: FileId, file: &Formatted, new: &str) -> Diagnostic {
    let same = file.text.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let at = file.text.floor_char_boundary(same);
    Diagnostic::error(NOT_FORMATTED, Span::new(id, at, at), format!("`{}` is not formatted", file.name))
        .label("the first difference")
        .help("run `solc fmt`")
}

/// What changes, as a patch.
pub(super) fn unified(name: &str, old: &str, new: &str, colours: bool) -> String {
    let diff = TextDiff::from_lines(old, new);
    let plain = diff.unified_diff().context_radius(3).header(name, name).to_string();
    if !colours {
        return plain;
    }
    let mut text = String::new();
    for line in plain.split_inclusive('\n') {
        let colour = match line.chars().next() {
            _ if line.starts_with("---") || line.starts_with("+++") => "1",
            Some('-') => "31",
            Some('+') => "32",
            Some('@') => "36",
            Some(_) | None => "",
        };
        let content = line.trim_end_matches('\n');
        // A line that is the same needs no escape.
        let _ = match colour {
            "" => writeln!(text, "{content}"),
            colour => writeln!(text, "\x1b[{colour}m{content}\x1b[0m"),
        };
    }
    text
}

fn standard_input(fmt: &Fmt, output: &Output) -> Exit {
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        output.say(&format!("error: cannot read standard input: {error}"));
        return Exit::Usage;
    }
    let mut sources = Sources::new();
    let Ok(text) = String::from_utf8(bytes) else {
        output.say("error: standard input is not UTF-8 text");
        return Exit::Findings;
    };
    let id = sources.add(SourceFile::new(STANDARD_INPUT, &text));
    let new = match solc_syntax::format(&text) {
        Ok(new) => new,
        Err(_) => {
            let mistakes = solc_syntax::parse(id, &text).1;
            return output.diagnostics(&sources, Path::new("."), &mistakes);
        }
    };
    let differs = TextDiff::from_lines(text.as_str(), new.as_str())
        .iter_all_changes()
        .any(|c| c.tag() != ChangeTag::Equal);
    if fmt.diff {
        output.print(&unified(STANDARD_INPUT, &text, &new, output.colours_data()));
    } else if !fmt.check {
        return output.print(&new);
    }
    if differs { Exit::Findings } else { Exit::Clean }
}
