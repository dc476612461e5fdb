//! What holds of the compiler and of this repository as a whole; one module for each kind of fact.

mod robustness;
mod tidy;
