//! What the tests of the whole share: the corpus, projects in memory, expectations, mutations, generated products.
//!
//! Invariant: one module, `project`, touches the driver; everything else works on text.

pub mod case;
pub mod child;
pub mod corpus;
pub mod expectation;
pub mod frame;
pub mod markdown;
pub mod mutate;
pub mod planned;
pub mod product;
pub mod project;
pub mod random;
pub mod synthetic;
pub mod workspace;
