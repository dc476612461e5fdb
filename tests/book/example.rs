//! Examples in Markdown: fenced blocks, taken apart into the files that they stand for.

use solc_tests::markdown::{Block, blocks};

/// The file that a `sol` block is where it does not say otherwise.
const SOLUTION: &str = "shop-config/solutions/shop.sol";

/// One block, as files.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Example {
    /// Line of its first content, from one.
    pub(crate) line: usize,
    /// Whether it is marked `error`.
    pub(crate) shows_the_finding: bool,
    /// Paths in the workspace, and texts.
    pub(crate) files: Vec<(String, String)>,
}

/// The examples of a page, in order.
pub(crate) fn examples(page: &str) -> Vec<Example> {
    blocks(page).iter().filter_map(example).collect()
}

fn example(block: &Block) -> Option<Example> {
    let names_a_file = || block.text.lines().next().and_then(file).is_some();
    let is_ours = block.is("sol") || (block.is("toml") || block.is("json")) && names_a_file();
    if !is_ours || block.has("fragment") || block.has("shown") {
        return None;
    }
    Some(Example { line: block.line, shows_the_finding: block.has("error"), files: split(&block.text) })
}

/// The files of a block.
pub(crate) fn split(text: &str) -> Vec<(String, String)> {
    let mut files = vec![(SOLUTION.to_owned(), String::new())];
    for line in text.lines() {
        match (file(line), files.last_mut()) {
            (Some(path), _) => files.push((path.to_owned(), String::new())),
            (None, Some((_, content))) => {
                content.push_str(line);
                content.push('\n');
            }
            (None, None) => {}
        }
    }
    // What begins with a file says nothing of the solution.
    files.retain(|(_, content)| !content.trim().is_empty());
    files
}

/// The path in `# file: path` or `// file: path`.
fn file(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("// "))?;
    rest.strip_prefix("file: ").map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::{Example, examples};

    fn files(example: &Example) -> Vec<(&str, &str)> {
        example.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
    }

    #[test]
    fn a_block_is_the_solution_and_further_files() {
        let found = examples("```sol,error\na\n// file: x/y.toml\nb\n```\n");
        assert!(found[0].shows_the_finding);
        assert_eq!(files(&found[0]), [("shop-config/solutions/shop.sol", "a\n"), ("x/y.toml", "b\n")]);
    }

    #[test]
    fn data_is_an_example_only_where_it_names_its_file() {
        assert!(examples("```toml\na = 1\n```\n").is_empty());
        let found = examples("```toml\n# file: solc.toml\na = 1\n```\n");
        assert_eq!(files(&found[0]), [("solc.toml", "a = 1\n")]);
    }

    #[test]
    fn a_fragment_is_no_example() {
        assert!(examples("```sol,fragment\na\n```\n```console\n$ x\n```\n").is_empty());
    }
}
