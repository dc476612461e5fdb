use super::{names, whole_lines};
use solc_source::SourceFile;

/// The text without the part between `«` and `»`, widened.
fn check(marked: &str, expected: &str) {
    let (before, rest) = marked.split_once('«').unwrap();
    let (part, after) = rest.split_once('»').unwrap();
    let text = format!("{before}{part}{after}");
    let range = whole_lines(&SourceFile::new("a.sol", &text), before.len()..before.len() + part.len());
    assert_eq!(format!("{}{}", text.get(..range.start).unwrap(), text.get(range.end..).unwrap()), expected);
}

#[test]
fn a_line_of_which_nothing_is_left_goes_whole() {
    check("a\n«b»\nc\n", "a\nc\n");
    check("a\n  «b\n  c»  \nd", "a\nd");
    check("a\r\n«b»\r\nc\r\n", "a\r\nc\r\n");
    check("«b»", "");
}

#[test]
fn what_shares_a_line_goes_alone() {
    check("use a.{«B, »C}\n", "use a.{C}\n");
    check("x «y» // why\n", "x  // why\n");
    check("\u{feff}«use a.B»\nc\n", "\u{feff}\nc\n");
}

#[test]
fn a_doc_comment_and_one_blank_line_go_with_their_declaration() {
    check("a\n\n/// One.\n/// Two.\n«b»\n\nc\n", "a\n\nc\n");
    check("// Kept.\n«b»\nc\n", "// Kept.\nc\n");
}

#[test]
fn names_stand_in_code_and_in_holes_and_nowhere_else() {
    let text = "let ab = ab // ab\nx = \"ab ${ab + { ab }} ab\" r\"${ab}\" \"\"\"\n ab ${ab}\n\"\"\"\nab.c abc \"open\nab";
    let found: Vec<usize> = names(text)
        .into_iter()
        .filter(|range| text.get((*range).clone()) == Some("ab"))
        .map(|range| range.start)
        .collect();
    let expected: Vec<usize> = text
        .match_indices("ab")
        .map(|(at, _)| at)
        .enumerate()
        .filter(|(nth, _)| [0, 1, 4, 5, 9, 10, 12].contains(nth))
        .map(|(_, at)| at)
        .collect();
    assert_eq!(found, expected);
}
