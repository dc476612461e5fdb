//! Parses a file and prints what is wrong with it, or its tree: `cargo run -p solc-syntax --example parse -- FILE [tree]`.
#![expect(clippy::print_stdout, clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "a tool for people")]
fn main() {
    let mut args = std::env::args().skip(1);
    let text = std::fs::read_to_string(args.next().unwrap()).unwrap();
    let (file, diagnostics) = solc_syntax::parse(solc_source::FileId(0), &text);
    let source = solc_source::SourceFile::new("x", &text);
    if args.next().is_some() { println!("{file:#?}"); }
    for d in &diagnostics {
        let at = source.position(d.span().lo as usize);
        println!("{}:{} [{}] {} | {} | {:?} | {:?}", at.line, at.column, d.code, d.message, d.labels[0].message, d.help, d.fixes.first().map(|f| &f.title));
    }
}
