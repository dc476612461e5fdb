//! Writes the templates of random valid products, for the peers to look at: `products COUNT DIR`.
//!
//! Invariant: the same products on every machine; one that does not build fails the program.

use solc_tests::{product, project, workspace};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(Ok(count)), Some(folder)) =
        (arguments.first().map(|count| count.parse::<usize>()), arguments.get(1))
    else {
        eprintln!("usage: products COUNT DIR");
        return ExitCode::from(2);
    };
    let mut whole = true;
    for (number, files) in product::drawn(count, 12).into_iter().enumerate() {
        let compilation = project::build(&files);
        let source = Path::new(folder).join(format!("{number}/source"));
        let out = Path::new(folder).join(format!("{number}/templates"));
        let written = workspace::write(&source, &files)
            .and_then(|()| workspace::write(&out, &project::output(&compilation)));
        if let Err(error) = written {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
        for said in project::said(&compilation) {
            whole = false;
            println!("product {number}: {said}");
        }
    }
    println!("{count} products");
    if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
