//! The binary `solc`.

fn main() -> std::process::ExitCode {
    solc_cli::main()
}
