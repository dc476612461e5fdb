//! `solc explain`: the book's page about a code.

use crate::args::{Explain, Format};
use crate::output::{Exit, Output};
use crate::pages::{self, Page};
use serde_json::{Value, json};
use solc_source::suggest::nearest;

pub(crate) fn run(explain: &Explain, output: &Output) -> Exit {
    let Some(code) = &explain.code else {
        return all(output);
    };
    // People paste what they see.
    let name = code.rsplit('[').next().unwrap_or(code).trim_end_matches(']');
    match Page::of(name) {
        Some(page) if output.format == Format::Json => output.print(&format!("{:#}\n", object(page))),
        Some(page) => output.print(page.text),
        None => {
            let known = pages::all().map(|page| page.code);
            let meant = nearest(name, known).map_or_else(
                || "`solc explain --all` lists them".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            output.say(&format!("error: there is no code `{name}`; {meant}"));
            Exit::Usage
        }
    }
}

fn all(output: &Output) -> Exit {
    if output.format == Format::Json {
        let objects: Vec<Value> = pages::all().map(object).collect();
        return output.print(&format!("{:#}\n", Value::Array(objects)));
    }
    let width = pages::all().map(|page| page.code.len()).max().unwrap_or_default();
    let lines: Vec<String> =
        pages::all().map(|page| format!("{:width$}  {}\n", page.code, page.summary())).collect();
    output.print(&lines.concat())
}

fn object(page: Page) -> Value {
    json!({ "code": page.code, "summary": page.summary(), "page": page.text, "uri": page.uri() })
}
