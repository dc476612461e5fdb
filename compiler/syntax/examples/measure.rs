//! Measures the parser on a file: `cargo run --release -p solc-syntax --example measure -- FILE`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for people"
)]
fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let megabytes = text.len() as f64 / 1e6;
    let timed = |name: &str, run: &dyn Fn() -> usize| {
        let best = (0..5)
            .map(|_| {
                let start = std::time::Instant::now();
                let n = run();
                (start.elapsed().as_secs_f64(), n)
            })
            .fold((f64::MAX, 0), |a, b| if a.0 < b.0 { a } else { b });
        println!("{name}: {:.1} MB/s ({:.1} ms, {})", megabytes / best.0, best.0 * 1e3, best.1);
    };
    timed("lex", &|| solc_syntax::lexer::lex(&text).tokens.len());
    timed("declared names", &|| solc_syntax::declared_names(&text).len());
    timed("parse to AST", &|| {
        let (f, d) = solc_syntax::parse(solc_source::FileId(0), &text);
        f.items.len() + d.len()
    });
    timed("format", &|| solc_syntax::format(&text).map_or(0, |t| t.len()));
}
