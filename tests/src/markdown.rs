//! Fenced blocks of Markdown, with the lines they stand on.
//!
//! Invariant: a block's first line is where its content starts, so that a mistake in it is shown at its own place.

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The words after the fence, `sol,error` as `["sol", "error"]`.
    pub words: Vec<String>,
    /// What stands in it.
    pub text: String,
    /// Line of its first content, from one.
    pub line: usize,
    /// The nearest heading above it.
    pub heading: String,
}

impl Block {
    /// Whether its first word is `language`.
    #[must_use]
    pub fn is(&self, language: &str) -> bool {
        self.words.first().is_some_and(|word| word == language)
    }

    /// Whether it is marked with `word`.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().skip(1).any(|w| w == word)
    }
}

/// All fenced blocks of a page, in order.
#[must_use]
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut heading = String::new();
    let mut lines = page.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if let Some(title) = line.strip_prefix('#') {
            title.trim_start_matches('#').trim().clone_into(&mut heading);
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let fence: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        if fence.len() < 3 {
            continue;
        }
        let words = line.trim().trim_start_matches('`');
        let words = words.split([',', ' ']).filter(|w| !w.is_empty()).map(str::to_owned).collect();
        let mut block = Block { words, text: String::new(), line: 0, heading: heading.clone() };
        for (number, line) in lines.by_ref() {
            if block.line == 0 {
                block.line = number + 1;
            }
            if line.trim() == fence {
                break;
            }
            let margin = line.len() - line.trim_start().len();
            block.text.push_str(line.get(indent.min(margin)..).unwrap_or_default());
            block.text.push('\n');
        }
        blocks.push(block);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn a_block_knows_its_words_its_line_and_its_heading() {
        let page = "# A\n\ntext\n\n```sol,error\none\ntwo\n```\n\n## B\n\n```toml\nx = 1\n```\n";
        let found = blocks(page);
        assert_eq!(found.len(), 2);
        assert!(found[0].is("sol") && found[0].has("error"));
        assert_eq!(
            (found[0].text.as_str(), found[0].line, found[0].heading.as_str()),
            ("one\ntwo\n", 6, "A")
        );
        assert_eq!((found[1].line, found[1].heading.as_str()), (13, "B"));
    }

    #[test]
    fn a_longer_fence_holds_shorter_ones() {
        let found = blocks("````md\n```sol\n```\n````\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "```sol\n```\n");
    }
}
