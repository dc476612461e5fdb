//! The pages as HTML: one file each and a style sheet, readable without a script, on a phone and in the dark.
//!
//! Invariant: made from the pages' Markdown alone; every link to a page of the reference leads to its `.html`.

use crate::{Group, MARK, OutputFile, Page};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

const STYLE: &str = include_str!("style.css");
const STYLE_NAME: &str = "style.css";

pub(crate) fn files(pages: &[Page]) -> Vec<OutputFile> {
    let mut files: Vec<OutputFile> = pages
        .iter()
        .map(|page| OutputFile { name: format!("{}.html", page.name), content: document(page, pages) })
        .collect();
    files.push(OutputFile { name: STYLE_NAME.to_owned(), content: format!("/* {MARK} */\n{STYLE}") });
    files
}

fn document(page: &Page, pages: &[Page]) -> String {
    let site = pages.first().map_or("", |index| index.title.as_str());
    let title =
        if page.group == Group::Index { page.title.clone() } else { format!("{} · {site}", page.title) };
    format!(
        "<!doctype html>\n<!-- {MARK} -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"{STYLE_NAME}\">\n</head>\n<body>\n{}<main>\n{}</main>\n\
         <footer>Written by <code>solc doc</code> from the source's own comments and types.</footer>\n\
         </body>\n</html>\n",
        text(&title),
        navigation(page, pages),
        body(&page.text)
    )
}

fn navigation(here: &Page, pages: &[Page]) -> String {
    let mut out = String::from("<nav aria-label=\"Pages\">\n<details open>\n<summary>Pages</summary>\n");
    for (group, title) in [
        (Group::Index, ""),
        (Group::Solutions, "Solutions"),
        (Group::Configuration, "Product"),
        (Group::Modules, "Modules"),
        (Group::Library, "Standard library"),
    ] {
        let mut listed = pages.iter().filter(|page| page.group == group).peekable();
        if listed.peek().is_none() {
            continue;
        }
        if !title.is_empty() {
            out.push_str(&format!("<h2>{title}</h2>\n"));
        }
        out.push_str("<ul>\n");
        for page in listed {
            let current = if page.name == here.name { " aria-current=\"page\"" } else { "" };
            out.push_str(&format!(
                "<li><a href=\"{}.html\"{current}>{}</a></li>\n",
                page.name,
                text(&page.title)
            ));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</details>\n</nav>\n");
    out
}

fn text(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn body(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(markdown, options).flat_map(|event| match event {
        // A wide table scrolls by itself, and not the page.
        Event::Start(Tag::Table(columns)) => {
            vec![Event::Html("<div class=\"table\">".into()), Event::Start(Tag::Table(columns))]
        }
        Event::End(TagEnd::Table) => {
            vec![Event::End(TagEnd::Table), Event::Html("</div>\n".into())]
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            vec![Event::Start(Tag::Link { link_type, dest_url: to_html(dest_url), title, id })]
        }
        other => vec![other],
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// `std.data.md#Bucket` as `std.data.html#Bucket`; addresses elsewhere stay.
fn to_html(url: CowStr<'_>) -> CowStr<'_> {
    if url.contains("://") || url.contains('/') {
        return url;
    }
    let (page, anchor) = url.split_once('#').map_or((url.as_ref(), None), |(page, at)| (page, Some(at)));
    let Some(name) = page.strip_suffix(".md") else { return url };
    let anchor = anchor.map_or_else(String::new, |anchor| format!("#{anchor}"));
    format!("{name}.html{anchor}").into()
}
