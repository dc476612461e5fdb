//! Data files that belong to nothing.
//!
//! Invariant: a settings or credentials file that no component reads is reported, with the name it most likely meant.

use crate::codes;
use crate::evaluate::Evaluation;
use crate::evaluate::settings::dotted;
use solc_source::{Diagnostic, Name};

impl Evaluation<'_> {
    /// Notes what files the instances at hand may have.
    pub(crate) fn note_paths(&mut self) {
        for id in self.instances.ids() {
            let shared = self.shared_path(id);
            self.known_paths.insert(self.path(id));
            self.known_paths.extend(shared);
        }
    }

    /// Reports the environment's files for components that do not exist.
    pub(crate) fn check_files(&mut self) {
        let known = std::mem::take(&mut self.known_paths);
        let mut paths: Vec<&str> = known.iter().map(Name::as_str).collect();
        paths.sort_unstable();
        let inputs = self.inputs;
        let environment = self.environment.name.clone();
        let mut found = Vec::new();
        for document in inputs.documents.settings.iter().chain(&inputs.documents.credentials) {
            let path = dotted(&document.path);
            if document.environment != environment || known.contains(&path) {
                continue;
            }
            let nearest = solc_source::suggest::nearest(&path, paths.iter().copied());
            let diagnostic = Diagnostic::error(
                codes::UNKNOWN_COMPONENT_FILE,
                document.node.span.start(),
                format!("this file is for `{path}`, which does not exist"),
            )
            .label("no component reads it");
            found.push(match nearest {
                Some(name) => {
                    diagnostic.help(format!("rename the file to `{}.toml`", name.replace('.', "/")))
                }
                None => diagnostic.help("remove the file, or add the component"),
            });
        }
        found.into_iter().for_each(|d| self.report(d));
    }
}
