//! Where everything that the program says goes.
//!
//! Invariant: a closed pipe is no mistake, and colours are decided once for each stream.

use crate::args::{Format, Global, When};
use crate::pages;
use anstream::{AutoStream, ColorChoice};
use solc_driver::file_system::relative;
use solc_source::render::{self, Colour, View};
use solc_source::{Diagnostic, Sources, Span};
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing to complain about.
    Clean,
    /// Errors in what was checked.
    Findings,
    /// The arguments make no sense, or the compiler has a bug.
    Usage,
    /// Something would change, where that was asked for.
    Changes,
    /// What is planned cannot be carried out.
    Refused,
    /// Called as though it were Solidity's compiler.
    Solidity,
    /// A deployment that did not end well: the book's table of its exit codes.
    Deploy(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage | Exit::Changes => 2,
            Exit::Refused => 3,
            Exit::Solidity => 64,
            Exit::Deploy(code) => code,
        })
    }
}

/// The two streams, and how to write to them.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    talk_colour: Colour,
    data_colour: Colour,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let decide = |auto: ColorChoice| match (global.color, auto) {
            (When::Always, _) => Colour::Always,
            (When::Never, _) | (When::Auto, ColorChoice::Never) => Colour::Never,
            (When::Auto, ColorChoice::Always | ColorChoice::AlwaysAnsi | ColorChoice::Auto) => Colour::Always,
        };
        Self {
            format: global.format,
            quiet: global.quiet,
            verbose: global.verbose,
            talk_colour: decide(AutoStream::choice(&io::stderr())),
            data_colour: decide(AutoStream::choice(&io::stdout())),
        }
    }

    /// Whether people read what is said, rather than a program.
    pub(crate) fn talks(&self) -> bool {
        match self.format {
            Format::Human | Format::Narrated | Format::Junit | Format::Markdown | Format::Html => true,
            Format::Concise | Format::Json | Format::Sarif | Format::Github => false,
        }
    }

    /// Whether colours go to standard output.
    pub(crate) fn colours_data(&self) -> bool {
        self.data_colour == Colour::Always
    }

    /// Says a line to people.
    pub(crate) fn say(&self, line: &str) {
        // There is nobody to tell when standard error is gone.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Clears the screen that people look at, if it is one.
    pub(crate) fn clear(&self) {
        if self.talks() && io::stderr().is_terminal() {
            let _ = write!(io::stderr().lock(), "\x1b[2J\x1b[3J\x1b[H");
        }
    }

    /// Says a line to people who did not ask for quiet.
    pub(crate) fn tell(&self, line: &str) {
        if !self.quiet {
            self.say(line);
        }
    }

    /// Says a line that only `--verbose` shows.
    pub(crate) fn whisper(&self, line: &str) {
        if self.verbose {
            self.say(line);
        }
    }

    /// Prints data. A reader who went away has had enough.
    pub(crate) fn print(&self, text: &str) -> Exit {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Exit::Clean,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean,
            Err(error) => {
                self.say(&format!("error: cannot write to standard output: {error}"));
                Exit::Usage
            }
        }
    }

    /// Shows diagnostics in the chosen format, and says how the run ends because of them.
    pub(crate) fn diagnostics(&self, sources: &Sources, root: &Path, diagnostics: &[Diagnostic]) -> Exit {
        let view = View::with_names(sources, shown_names(root));
        let mut text = Vec::new();
        let written = match self.format {
            // A report is one document; what it says is said to people beside it.
            Format::Human | Format::Junit | Format::Markdown | Format::Html => {
                render::human(&mut text, &view, diagnostics, self.talk_colour)
            }
            Format::Narrated => render::narrated(&mut text, &view, diagnostics),
            Format::Concise => render::concise(&mut text, &view, diagnostics),
            Format::Json => render::json(&mut text, &view, diagnostics),
            Format::Sarif => pages::sarif(&mut text, &view, diagnostics),
            Format::Github => render::github(&mut text, &view, diagnostics),
        };
        let talk = self.talks();
        let sent = written.and_then(|()| {
            if talk { io::stderr().lock().write_all(&text) } else { io::stdout().lock().write_all(&text) }
        });
        match sent {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.say(&format!("error: cannot write the findings: {error}"));
                return Exit::Usage;
            }
            Ok(()) | Err(_) => {}
        }
        if talk {
            self.summary(diagnostics);
        }
        exit_of(diagnostics)
    }

    /// A diagnostic as plain text, with its excerpts.
    pub(crate) fn plain(&self, sources: &Sources, root: &Path, diagnostic: &Diagnostic) -> String {
        let view = View::with_names(sources, shown_names(root));
        let mut text = Vec::new();
        match render::human(&mut text, &view, std::slice::from_ref(diagnostic), Colour::Never) {
            Ok(()) => String::from_utf8_lossy(&text).trim_end().to_owned(),
            // Writing to memory does not fail; the sentence is better than nothing.
            Err(_) => diagnostic.message.clone(),
        }
    }

    /// The file of a place as its name is shown, and the line.
    pub(crate) fn place(&self, sources: &Sources, root: &Path, span: Span) -> (String, usize) {
        sources.get(span.file).map_or_else(
            || (String::new(), 0),
            |file| (shown_names(root)(file.name()), file.position(span.range().start).line),
        )
    }

    fn summary(&self, diagnostics: &[Diagnostic]) {
        if let Some(summary) = render::summary(diagnostics) {
            let codes: Vec<_> = diagnostics.iter().filter(|d| d.is_error()).map(|d| d.code.0).collect();
            self.tell(&summary);
            if let Some(first) = codes.first() {
                self.tell(&format!("`solc explain {first}` says more"));
            }
        }
    }
}

fn exit_of(diagnostics: &[Diagnostic]) -> Exit {
    use solc_driver::codes::{INTERNAL_ERROR, NO_MANIFEST};
    if diagnostics.iter().any(|d| d.code == INTERNAL_ERROR || d.code == NO_MANIFEST) {
        Exit::Usage
    } else if diagnostics.iter().any(Diagnostic::is_error) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

/// Names relative to the workspace, as paths from where the user stands; the library's names stay.
pub(crate) fn shown_names(root: &Path) -> impl Fn(&str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let root: PathBuf = root.to_path_buf();
    move |name| {
        if name.starts_with("std:") || name.starts_with('<') {
            return name.to_owned();
        }
        let path = solc_driver::file_system::normalized(&root.join(name));
        relative(&path, &here)
    }
}

pub(crate) fn print_help(error: &clap::Error) -> Exit {
    // `clap` chooses the stream, and a closed pipe is no mistake.
    let _ = error.print();
    Exit::Clean
}

pub(crate) fn print_usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    Exit::Usage
}
