//! `solc completions` and `solc man`: what is made from the command line's own definition.

use crate::args::Arguments;
use crate::output::{Exit, Output};
use clap::CommandFactory as _;
use clap_complete::Shell;
use std::path::Path;

pub(crate) fn completions(shell: Shell, output: &Output) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "solc", &mut text);
    output.print(&String::from_utf8_lossy(&text))
}

pub(crate) fn man(folder: Option<&Path>, output: &Output) -> Exit {
    let result = match folder {
        Some(folder) => std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
            .map(|()| Exit::Clean),
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Arguments::command())
                .render(&mut text)
                .map(|()| output.print(&String::from_utf8_lossy(&text)))
        }
    };
    result.unwrap_or_else(|error| {
        output.say(&format!("error: cannot write the manual: {error}"));
        Exit::Usage
    })
}
