//! Bytes to text, and what can be wrong before a parser sees it.

use crate::codes;
use crate::file_system::{FileSystem, LARGEST_FILE, ReadError};
use solc_source::{Code, Diagnostic, FileId, Span};
use solc_syntax::codes::FILE_TOO_LARGE;
use std::path::Path;

/// Why a file is not, or not wholly, text.
#[derive(Clone, Debug)]
pub struct Problem {
    code: Code,
    message: String,
    note: Option<String>,
    offset: usize,
}

impl Problem {
    /// The diagnostic, now that the file has an id.
    #[must_use]
    pub fn at(self, file: FileId) -> Diagnostic {
        let diagnostic =
            Diagnostic::error(self.code, Span::new(file, self.offset, self.offset), self.message);
        match self.note {
            Some(note) => diagnostic.note(note),
            None => diagnostic,
        }
    }
}

/// The text of a file, as far as it is text; what is not is reported.
#[must_use]
pub fn read_text(files: &dyn FileSystem, path: &Path, name: &str) -> (String, Option<Problem>) {
    let problem = |code, message, note, offset| Some(Problem { code, message, note, offset });
    match files.read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                // Up to there it is text; what follows would only garble a terminal.
                let readable = error.as_bytes().get(..offset).unwrap_or_default();
                let text = String::from_utf8_lossy(readable).into_owned();
                let message = format!("`{name}` is not UTF-8 text");
                let note = format!("the byte at offset {offset} begins no character");
                (text, problem(codes::NOT_UTF8, message, Some(note), offset))
            }
        },
        Err(ReadError::TooLarge(size)) => {
            let message = format!("`{name}` is too large: {size} bytes");
            let note = format!("a file may have {LARGEST_FILE} bytes");
            (String::new(), problem(FILE_TOO_LARGE, message, Some(note), 0))
        }
        Err(ReadError::Io(error)) => {
            let message = format!("cannot read `{name}`: {error}");
            (String::new(), problem(codes::UNREADABLE_FILE, message, None, 0))
        }
    }
}
