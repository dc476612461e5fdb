//! The book's diagnostics pages, embedded.

use solc_source::Diagnostic;
use solc_source::render::{self, Rule, Tool, View};
use std::io::{self, Write};

/// Where the book is published.
const BOOK: &str = "https://solution-lang.example/book";

/// Code and page, in the order of the codes.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// What the book says about a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) code: &'static str,
    pub(crate) text: &'static str,
}

impl Page {
    /// The page of a code.
    pub(crate) fn of(code: &str) -> Option<Self> {
        all().find(|page| page.code == code)
    }

    /// The first paragraph below the title, on one line.
    pub(crate) fn summary(self) -> String {
        let lines = self.text.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
        let paragraph: Vec<&str> = lines.map(str::trim).take_while(|line| !line.is_empty()).collect();
        paragraph.join(" ")
    }

    /// Where the page is published.
    pub(crate) fn uri(self) -> String {
        format!("{BOOK}/diagnostics/{}.html", self.code)
    }
}

/// All pages, by code.
pub(crate) fn all() -> impl Iterator<Item = Page> {
    PAGES.iter().map(|(code, text)| Page { code, text })
}

/// The diagnostics as SARIF, with the pages as the rules' help.
pub(crate) fn sarif(out: &mut dyn Write, view: &View<'_>, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let pages: Vec<(Page, String, String)> = all().map(|page| (page, page.summary(), page.uri())).collect();
    let rules: Vec<Rule<'_>> = pages
        .iter()
        .map(|(page, summary, uri)| Rule { code: page.code, summary, page: page.text, uri })
        .collect();
    let tool = Tool { version: env!("CARGO_PKG_VERSION"), information_uri: BOOK, rules: &rules };
    render::sarif(out, view, diagnostics, tool)
}

#[cfg(test)]
mod tests {
    use super::{Page, all};

    #[test]
    fn every_code_of_driver_and_command_line_has_a_page_and_its_title() {
        for code in solc_driver::codes::ALL.iter().chain(crate::codes::ALL) {
            let page = Page::of(code.0);
            assert!(page.is_some_and(|page| page.text.starts_with(&format!("# {code}\n"))), "{code}");
        }
    }

    #[test]
    fn every_page_begins_with_one_sentence_or_more() {
        for page in all() {
            let summary = page.summary();
            assert!(summary.ends_with('.') && summary.len() > 20, "{}: {summary}", page.code);
        }
    }
}
