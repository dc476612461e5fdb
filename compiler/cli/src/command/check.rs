//! `solc check`: every solution in every environment, in one run.

use super::absolute;
use crate::args::Check;
use crate::output::{Exit, Output};
use solc_driver::{Disk, Request, compile};

pub(crate) fn run(check: &Check, output: &Output) -> Exit {
    let path = absolute(&check.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", check.path.display()));
        return Exit::Usage;
    }
    let compilation = compile(&Disk, &path, &Request::check());
    let exit = output.diagnostics(&compilation.sources, &compilation.root, &compilation.diagnostics);
    output.whisper(&format!("{} files", compilation.sources.iter().count()));
    if exit == Exit::Clean && output.talks() {
        let environments = compilation.environments.join(", ");
        output.tell(&match environments.as_str() {
            "" => "no errors".to_owned(),
            names => format!("no errors in {names}"),
        });
    }
    exit
}
