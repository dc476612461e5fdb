//! What holds of the compiler and of this repository as a whole; one module for each kind of fact.

mod access;
mod availability;
mod claims;
mod determinism;
mod products;
mod robustness;
mod tidy;
mod warnings;
mod why;
