//! Messages in prose are what the compiler prints: a block marked `shown`, and the `text` block below it.

use crate::example::split;
use crate::{base, prose};
use solc_driver::{Request, compile};
use solc_source::render::{Colour, View, human};
use solc_tests::markdown::blocks;
use solc_tests::workspace::text;
use std::path::Path;

/// What `solc check` prints for a sample, without colours.
fn printed(sample: &str) -> String {
    let mut memory = base();
    for (path, content) in split(sample) {
        memory.insert(&path, content.as_str());
    }
    let compilation = compile(&memory, Path::new(""), &Request::check());
    let mut out = Vec::new();
    human(&mut out, &View::new(&compilation.sources), &compilation.diagnostics, Colour::Never)
        .expect("a vector takes everything");
    let printed = String::from_utf8(out).expect("messages are text");
    printed.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[test]
fn every_message_shown_is_what_is_printed() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in prose() {
        let blocks = blocks(&text(&page));
        for (index, block) in blocks.iter().enumerate().filter(|(_, block)| block.has("shown")) {
            count += 1;
            let shown = blocks.get(index + 1).filter(|next| next.is("text"));
            let shown = shown.map(|next| next.text.trim().to_owned()).unwrap_or_default();
            let printed = printed(&block.text);
            if shown != printed {
                wrong.push(format!("{}:{}:\n{printed}\n", page.display(), block.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} are otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 20, "only {count} messages are shown");
}
