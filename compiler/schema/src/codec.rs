//! The bytes of the tables: strings first, each once, then small numbers that point at them.
//!
//! Invariant: `decode(encode(x)) == x`; bytes that no `encode` wrote give `None`, never a panic.

mod iam;
mod read;
mod resource;
mod write;

pub(crate) use iam::decode as decode_service;
pub use iam::encode as encode_service;
pub use read::Reader;
pub(crate) use resource::decode as decode_resource;
pub use resource::encode as encode_resource;
pub use write::Writer;

#[cfg(test)]
mod tests;
