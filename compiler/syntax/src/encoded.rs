//! Syntax trees as bytes, so that what never changes need not be parsed again.
//!
//! Invariant: `decode(&encode(file))` is `file`, spans and all; bytes of another version give `None`.

use crate::ast;

/// The tree as bytes; empty where it cannot be written, which `decode` refuses.
#[must_use]
pub fn encode(file: &ast::File) -> Vec<u8> {
    postcard::to_stdvec(file).unwrap_or_default()
}

/// The tree that `encode` wrote.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<ast::File> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::parse;
    use solc_source::FileId;

    #[test]
    fn a_tree_comes_back_with_its_spans() {
        let text = "/// D\ncomponent C {\n  param p: Int where 1..5 = 2\n  let x = \"a ${p} b\"\n  ensure p > 1 else \"no\"\n}\n";
        let (file, found) = parse(FileId(7), text);
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(decode(&encode(&file)), Some(file));
    }

    #[test]
    fn other_bytes_are_no_tree() {
        assert_eq!(decode(&[]), None);
        assert_eq!(decode(&[255; 40]), None);
    }
}
