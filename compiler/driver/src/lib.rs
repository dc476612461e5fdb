//! From a folder to a compilation: repositories, files, and the pipeline as the body of one function.
//!
//! Invariant: the compiler reads through [`FileSystem`] and nothing else, and nothing it returns depends on the
//! order of directory entries, on the number of threads, or on where the workspace lies.

pub mod codes;
mod compile;
pub mod data;
mod edits;
pub mod facts;
pub mod file_system;
pub mod library;
pub mod load;
mod locks;
mod mend;
pub mod why;
pub mod workspace;

pub use compile::{BuiltEnvironment, Compilation, OutputFile, Request, compile};
pub use facts::{Facts, Reader, RepositoryFacts, facts};
pub use file_system::{Disk, FileSystem, Memory};
pub use load::{Loaded, load};
pub use mend::{Mended, MendedFile, Outcome, mend};
pub use solc_ir::ask::TestResult;
pub use why::{Why, why};
pub use workspace::{Neighbours, Workspace, discover};
