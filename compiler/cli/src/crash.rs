//! A panic is a bug of the compiler: it is caught, said so, and never shows a Rust backtrace.

use crate::output::{Exit, Output};
use solc_driver::codes::INTERNAL_ERROR;
use solc_source::{Diagnostic, Sources, Span};
use std::any::Any;
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Mutex;

/// Where the last panic was; the payload alone does not say.
static PLACE: Mutex<String> = Mutex::new(String::new());

/// Keeps the default hook from printing.
pub(crate) fn quiet() {
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        if let Ok(mut last) = PLACE.lock() {
            *last = place;
        }
    }));
}

/// Runs `work`; a panic in it is its message.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| message(payload.as_ref()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let said = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it gave no reason".to_owned());
    let place = PLACE.lock().map(|place| place.clone()).unwrap_or_default();
    if place.is_empty() { said } else { format!("{said} ({place})") }
}

/// Says that the compiler has a bug, with what is needed to find it.
pub(crate) fn report(output: &Output, words: &[OsString], bug: &str) -> Exit {
    let command: Vec<String> = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let diagnostic =
        Diagnostic::error(INTERNAL_ERROR, Span::NOWHERE, format!("the compiler has a bug: {bug}"))
            .note(format!("version {}, command `solc {}`", env!("CARGO_PKG_VERSION"), command.join(" ")))
            .help("report it with these lines and the source that makes it happen");
    output.diagnostics(&Sources::new(), Path::new("."), &[diagnostic]);
    Exit::Usage
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_is_its_message() {
        assert_eq!(caught(|| 3), Ok(3));
        assert!(caught(|| panic!("no {}", "way")).is_err_and(|bug: String| bug.starts_with("no way")));
    }
}
