//! The pest grammar of `grammar/*.pest`, as rules.
//!
//! Invariant: `Rule::file` accepts every text; what it cannot read becomes `error_*` and `missing_*` nodes.

use pest_derive::Parser;

/// The generated parser.
#[derive(Parser)]
#[grammar = "../../../grammar/trivia.pest"]
#[grammar = "../../../grammar/literals.pest"]
#[grammar = "../../../grammar/expressions.pest"]
#[grammar = "../../../grammar/types.pest"]
#[grammar = "../../../grammar/statements.pest"]
#[grammar = "../../../grammar/declarations.pest"]
#[grammar = "../../../grammar/recovery.pest"]
pub(crate) struct Grammar;

/// A node of the parse tree.
pub(crate) type Pair<'t> = pest::iterators::Pair<'t, Rule>;
