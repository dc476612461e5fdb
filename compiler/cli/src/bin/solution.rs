//! The binary `solution`.

fn main() -> std::process::ExitCode {
    solc_cli::main()
}
