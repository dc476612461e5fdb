//! Settings: declared in instances, set in `settings/<environment>/<solution>/<component>.toml`.
//!
//! Candidates are ordered as for parameters, with the data file where an instance's field would be.
//! What links publish joins them as `<TARGET>_<NAME>`.
//!
//! Invariant: a declaration without a value and a value without a declaration are both reported, with the
//! environment nowhere in the text, so that one mistake in several environments is one diagnostic.

use super::profiles::{Candidate, in_order};
use super::value::{Map, Value};
use super::{Evaluation, Frame};
use crate::codes;
use crate::inputs::PathDocument;
use crate::model::InstanceId;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use solc_check::hir::{ProfileTarget, SettingDecl};
use solc_source::data::{Entry, Node};
use solc_source::{Diagnostic, Name, Severity, Span};
use std::sync::Arc;

/// Data files of one environment by dotted path.
#[derive(Default)]
pub(crate) struct Documents<'a> {
    pub(crate) settings: IndexMap<Name, &'a PathDocument, FxBuildHasher>,
    pub(crate) credentials: IndexMap<Name, &'a PathDocument, FxBuildHasher>,
    pub(crate) images: IndexMap<Name, &'a PathDocument, FxBuildHasher>,
}

/// Path components joined by dots, as instances spell their paths.
pub(crate) fn dotted(path: &[Name]) -> Name {
    match path {
        [single] => single.clone(),
        _ => Name::from(path.iter().map(Name::as_str).collect::<Vec<_>>().join(".")),
    }
}

impl<'a> Evaluation<'a> {
    /// Files the environment's documents by path.
    pub(crate) fn collect_documents(&mut self) {
        let inputs = self.inputs;
        let environment = self.environment.name.clone();
        let of = |documents: &'a [PathDocument]| {
            documents.iter().filter(|d| d.environment == environment).map(|d| (dotted(&d.path), d)).collect()
        };
        self.documents = Documents {
            settings: of(&inputs.documents.settings),
            credentials: of(&inputs.documents.credentials),
            images: of(&inputs.documents.images),
        };
    }

    /// `settings` of an instance: declared ones and what links publish, by name.
    pub(crate) fn settings(&mut self, instance: Option<InstanceId>) -> Value {
        let Some(id) = instance else { return Value::Missing };
        if let Some((known, turns)) = self.known_settings.get(&id) {
            let (known, turns) = (known.clone(), *turns);
            self.read(turns);
            return known;
        }
        let (value, turns) = self.tracked(|this| this.work_out_settings(id));
        self.known_settings.insert(id, (value.clone(), turns));
        value
    }

    fn work_out_settings(&mut self, id: InstanceId) -> Value {
        let mut all: Vec<(Name, Value)> = self.declared_settings(id);
        let mut sources: Vec<(Name, Span)> =
            self.instance(id).and_then(|i| i.decl).map_or_else(Vec::new, |d| {
                let settings = d.settings.iter().map(|s| (s.name.clone(), s.span));
                settings.chain(d.secrets.iter().map(|s| (s.name.clone(), s.span))).collect()
            });
        for link in self.links_of(id).iter() {
            for (name, value) in &link.environment {
                if let Some((_, known)) = all.iter().find(|(n, _)| n == name)
                    && known == value
                    && !self
                        .instance(id)
                        .and_then(|i| i.decl)
                        .is_some_and(|d| d.settings.iter().any(|s| s.name == *name))
                {
                    continue;
                }
                if let Some((_, first)) = sources.iter().find(|(n, _)| n == name) {
                    let diagnostic = Diagnostic::error(
                        codes::SETTING_COLLISION,
                        link.span,
                        format!("`{}` gets two settings named `{name}`", self.path(id)),
                    )
                    .label(format!("this link publishes `{name}`"))
                    .because(*first, "the other one comes from here")
                    .help("rename what the link publishes: `link … as other_name`");
                    self.report(diagnostic);
                    continue;
                }
                sources.push((name.clone(), link.span));
                all.push((name.clone(), value.clone()));
            }
        }
        all.sort_by(|a, b| a.0.cmp(&b.0));
        Value::Map(Arc::new(all.into_iter().collect::<Map>()))
    }

    fn declared_settings(&mut self, id: InstanceId) -> Vec<(Name, Value)> {
        let Some(instance) = self.instance(id) else { return Vec::new() };
        let path = instance.path.clone();
        let declared: &'a [SettingDecl] = instance.decl.map(|d| d.settings.as_slice()).unwrap_or_default();
        for document in self.setting_files(id) {
            self.undeclared(&document.node, declared, &path);
        }
        let mut all = Vec::with_capacity(declared.len());
        for setting in declared {
            let value = self.setting(id, setting);
            let text = match self.text_of(&value) {
                Some(text) => Value::from_parts(vec![text]),
                None if matches!(value, Value::None) => continue,
                None => self.json(&value),
            };
            all.push((setting.name.clone(), text));
        }
        all
    }

    /// The path of the file that all occurrences of an instance share.
    pub(crate) fn shared_path(&self, id: InstanceId) -> Option<Name> {
        let instance = self.instance(id)?;
        let key = instance.key.as_ref()?;
        instance.path.strip_suffix(key.as_str()).and_then(|p| p.strip_suffix('.')).map(Name::from)
    }

    /// All that may set a setting, the winner first.
    pub(crate) fn setting_candidates(&self, id: InstanceId, setting: &'a SettingDecl) -> Vec<Candidate<'a>> {
        let Some(root) = self.instance(id).map(|i| i.root) else { return Vec::new() };
        let setters = self.setters_of(root, ProfileTarget::Settings, &setting.name);
        let files = self.setting_files(id).into_iter().filter_map(|d| entry_of(&d.node, &setting.name));
        in_order(&setters, files.map(Candidate::File), setting.default).collect()
    }

    /// The data files that set an instance's settings, the more specific first.
    fn setting_files(&self, id: InstanceId) -> Vec<&'a PathDocument> {
        let own = self.documents.settings.get(&self.path(id)).copied();
        let common = self.shared_path(id).and_then(|s| self.documents.settings.get(&s).copied());
        own.into_iter().chain(common).collect()
    }

    /// The value that a candidate gives a setting, and where it is written.
    pub(crate) fn setting_value(
        &mut self,
        id: InstanceId,
        setting: &'a SettingDecl,
        candidate: Candidate<'a>,
    ) -> (Value, Span) {
        let (value, span) = match candidate {
            Candidate::Enforced(setter) | Candidate::Preset(setter) => {
                let root = self.instance(id).map(|i| i.root);
                self.set_by(setter, root)
            }
            Candidate::File(entry) => {
                let value = match self.convert(&entry.node, &setting.ty) {
                    Ok(value) => value,
                    Err(misfit) => {
                        let declared = Some((setting.span, format!("`{}` is declared here", setting.name)));
                        self.misfit(codes::SETTING_TYPE, &format!("`{}`", setting.name), &misfit, declared);
                        Value::Missing
                    }
                };
                return (value, entry.node.span);
            }
            Candidate::Declared(default) => {
                let mut frame = self.outer_frame(id);
                let value = self.eval(&mut frame, default);
                (value, frame.body.expr(default).span)
            }
            // An instance declares settings; it does not set them.
            Candidate::Given(field) => (Value::Missing, field.span),
        };
        (self.conform(&setting.ty, value, span), span)
    }

    fn setting(&mut self, id: InstanceId, setting: &'a SettingDecl) -> Value {
        let candidates = self.setting_candidates(id, setting);
        if let Some((winner, rest)) = candidates.split_first() {
            let (value, span) = self.setting_value(id, setting, *winner);
            if let Candidate::Enforced(setter) = winner {
                let who = format!("`{}` sets `{}`", self.path(id), setting.name);
                for file in rest.iter().filter(|c| matches!(c, Candidate::File(_))) {
                    let (found, at) = self.setting_value(id, setting, *file);
                    self.enforced_otherwise(&who, *setter, (&value, span), (&found, at));
                }
            }
            return value;
        }
        if super::expr::is_optional(&setting.ty) {
            return Value::None;
        }
        let path = self.path(id);
        let severity = if self.strict { Severity::Error } else { Severity::Warning };
        self.report(
            Diagnostic::new(
                codes::MISSING_SETTING,
                severity,
                setting.span,
                format!("the setting `{}` of `{path}` has no value", setting.name),
            )
            .label("declared without a default")
            .help(format!(
                "add `{} = …` to `settings/ENVIRONMENT/{}.toml`",
                setting.name,
                path.replace('.', "/")
            )),
        );
        Value::Missing
    }

    /// The frame in which what an instance's declaration says is evaluated: its parent's, with its occurrence.
    pub(crate) fn outer_frame(&mut self, id: InstanceId) -> Frame<'a> {
        self.read(self.instance(id).map(|i| i.locals_turn).unwrap_or_default());
        let (parent, locals) = self.instance(id).map_or((None, Vec::new()), |i| (i.parent, i.locals.clone()));
        let mut frame = self.frame(parent.unwrap_or(id));
        frame.locals = locals;
        frame
    }

    fn undeclared(&mut self, node: &'a Node, declared: &[SettingDecl], path: &str) {
        for entry in node.entries() {
            if declared.iter().any(|d| d.name == entry.key) {
                continue;
            }
            let names: Vec<&str> = declared.iter().map(|d| d.name.as_str()).collect();
            let nearest = solc_source::suggest::nearest(&entry.key, names.iter().copied());
            let known = match names.as_slice() {
                [] => format!("`{path}` declares no settings"),
                _ => format!("`{path}` declares {}", names.join(", ")),
            };
            let mut diagnostic = Diagnostic::error(
                codes::UNDECLARED_SETTING,
                entry.key_span,
                format!("`{path}` has no setting `{}`", entry.key),
            )
            .label(known)
            .suggest(entry.key_span, nearest);
            if nearest.is_none() {
                diagnostic = diagnostic
                    .help(format!("remove it, or declare `setting {}: String` in the instance", entry.key));
            }
            self.report(diagnostic);
        }
    }
}

/// The entry of a table.
pub(crate) fn entry_of<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    node.entries().iter().find(|e| e.key == key)
}
