//! Secrets: declared in instances, referred to in `credentials/<environment>/<solution>/<component>.toml`.
//!
//! ```toml
//! STRIPE_KEY = { secrets_manager = "shop/stripe" }
//! TOKEN      = { parameter_store = "/shop/token" }
//! ```
//! Invariant: the value of a secret is nowhere; a text in its place is an error.

use super::value::Value;
use super::{Evaluation, builtins::record};
use crate::codes;
use crate::model::InstanceId;
use solc_check::hir::SecretDecl;
use solc_source::data::{Node, Value as Data};
use solc_source::{Diagnostic, Name, Severity};
use std::sync::Arc;

/// Where a secret is.
#[derive(Clone)]
struct Reference {
    store: &'static str,
    arn: String,
    policy_arn: String,
}

const FORMS: &str = "`{ secrets_manager = \"name or ARN\" }` or `{ parameter_store = \"/path\" }`";

impl<'a> Evaluation<'a> {
    /// `secrets` of an instance: references, sorted by name.
    pub(crate) fn secrets(&mut self, instance: Option<InstanceId>) -> Value {
        let Some(id) = instance else { return Value::Missing };
        if let Some((known, turns)) = self.known_secrets.get(&id) {
            let (known, turns) = (known.clone(), *turns);
            self.read(turns);
            return known;
        }
        let (value, turns) = self.tracked(|this| this.work_out_secrets(id));
        self.known_secrets.insert(id, (value.clone(), turns));
        value
    }

    fn work_out_secrets(&mut self, id: InstanceId) -> Value {
        let Some(of) = self.instance(id) else { return Value::Missing };
        let declared: &'a [SecretDecl] = of.decl.map(|d| d.secrets.as_slice()).unwrap_or_default();
        let path = of.path.clone();
        let shared = self.shared_path(id);
        let own = self.documents.credentials.get(&path).copied();
        let common = shared.and_then(|s| self.documents.credentials.get(&s).copied());
        for document in [own, common].into_iter().flatten() {
            self.undeclared_secrets(&document.node, declared, &path);
        }
        let mut all: Vec<&SecretDecl> = declared.iter().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let mut references = Vec::with_capacity(all.len());
        for secret in all {
            let entry = [own, common]
                .into_iter()
                .flatten()
                .find_map(|d| super::settings::entry_of(&d.node, &secret.name));
            let reference = match entry {
                Some(entry) => self.reference(&secret.name, &entry.node),
                None => {
                    self.missing_secret(secret, &path);
                    // A place that may be read by nobody keeps the rest checked.
                    Some(self.secrets_manager(&format!("missing/{}", secret.name)))
                }
            };
            references.push(match reference {
                Some(reference) => self.secret_value(&secret.name, &reference),
                None => Value::Missing,
            });
        }
        references.retain(|r| *r != Value::Missing);
        Value::List(references.into())
    }

    /// A secret of an instance as a dynamic reference.
    pub(crate) fn instance_secret(&mut self, instance: InstanceId, name: &Name) -> Value {
        let Value::List(references) = self.secrets(Some(instance)) else { return Value::Missing };
        let found = references.iter().find_map(|r| match r {
            Value::Map(map) if map.get("name") == Some(&Value::Text(name.clone())) => Some(Arc::clone(map)),
            _ => None,
        });
        let Some(map) = found else { return Value::Missing };
        let store = map.get("store").and_then(|s| self.key_of(s)).unwrap_or_default();
        match map.get("arn") {
            Some(Value::Text(arn)) if store == "parameter_store" => {
                let path = arn.split_once(":parameter").map_or(arn.as_str(), |(_, p)| p);
                Value::text(format!("{{{{resolve:ssm-secure:{path}}}}}"))
            }
            Some(Value::Text(arn)) => Value::text(format!("{{{{resolve:secretsmanager:{arn}}}}}")),
            _ => Value::Missing,
        }
    }

    fn secret_value(&mut self, name: &Name, reference: &Reference) -> Value {
        let declared =
            self.record_names.get("SecretReference").and_then(|r| self.project.records.get(r.index()));
        let mut fields = record([
            ("name", Value::Text(name.clone())),
            ("store", Value::text(reference.store)),
            ("arn", Value::text(reference.arn.as_str())),
            ("policy_arn", Value::text(reference.policy_arn.as_str())),
        ]);
        if let Some(declared) = declared {
            let ty = declared.fields.iter().find(|f| f.name == "store").map(|f| &f.ty);
            if let Some(case) = ty.and_then(|t| self.case_named(t, reference.store)) {
                fields.insert(Name::new_static("store"), case);
            }
            return self.complete(declared, fields);
        }
        Value::Map(Arc::new(fields))
    }

    fn secrets_manager(&self, name: &str) -> Reference {
        if name.starts_with("arn:") {
            return Reference { store: "secrets_manager", arn: name.to_owned(), policy_arn: name.to_owned() };
        }
        let environment = &self.environment;
        let arn = format!(
            "arn:{}:secretsmanager:{}:{}:secret:{name}",
            environment.partition, environment.region, environment.account_id
        );
        // Secrets Manager adds a dash and six characters of its own to the name.
        Reference { store: "secrets_manager", policy_arn: format!("{arn}-??????"), arn }
    }

    fn reference(&mut self, name: &Name, node: &'a Node) -> Option<Reference> {
        let invalid = |label: &str| {
            Diagnostic::error(
                codes::INVALID_SECRET_REFERENCE,
                node.span,
                format!("the reference for `{name}` cannot be used"),
            )
            .label(label.to_owned())
            .help(format!("write {FORMS}"))
        };
        let found = match (&node.value, node.entries()) {
            // What could not be read was reported.
            (Data::Null, _) => return None,
            (Data::String(_), _) => Err(Diagnostic::error(
                codes::CLEAR_TEXT_SECRET,
                node.span,
                format!("the secret `{name}` is written down in clear text"),
            )
            .label("this is in the repository's history now: replace the secret itself")
            .help(format!("store it, and write {FORMS}"))),
            (_, [entry]) => match (entry.key.as_str(), entry.node.as_str()) {
                ("secrets_manager", Some(text)) if is_secret_name(text) => Ok(self.secrets_manager(text)),
                ("secrets_manager", _) => Err(invalid("must be the name or the ARN of a secret")),
                ("parameter_store", Some(path)) if is_parameter(path) => {
                    let environment = &self.environment;
                    let arn = format!(
                        "arn:{}:ssm:{}:{}:parameter{path}",
                        environment.partition, environment.region, environment.account_id
                    );
                    Ok(Reference { store: "parameter_store", policy_arn: arn.clone(), arn })
                }
                ("parameter_store", _) => Err(invalid("must be the path of a parameter, beginning with `/`")),
                ("sops", _) => Err(Diagnostic::error(
                    codes::UNSUPPORTED_SECRET_STORE,
                    entry.key_span,
                    format!("the secret `{name}` is encrypted with SOPS, which this version cannot deploy"),
                )
                .label("not available yet")
                .help(format!("write {FORMS}"))),
                (other, _) => {
                    let nearest =
                        solc_source::suggest::nearest(other, ["secrets_manager", "parameter_store"]);
                    let label = format!("there is no store `{other}`");
                    Err(invalid(&label).suggest(entry.key_span, nearest))
                }
            },
            _ => Err(invalid("must name one store")),
        };
        match found {
            Ok(reference) => Some(reference),
            Err(diagnostic) => {
                self.report(diagnostic);
                None
            }
        }
    }

    fn missing_secret(&mut self, secret: &SecretDecl, path: &str) {
        if !self.with_infrastructure {
            return;
        }
        let severity = if self.strict { Severity::Error } else { Severity::Warning };
        self.report(
            Diagnostic::new(
                codes::MISSING_SECRET,
                severity,
                secret.span,
                format!("the secret `{}` of `{path}` has no reference", secret.name),
            )
            .label("declared here")
            .help(format!(
                "add `{} = {{ secrets_manager = \"…\" }}` to `credentials/ENVIRONMENT/{}.toml`",
                secret.name,
                path.replace('.', "/")
            )),
        );
    }

    fn undeclared_secrets(&mut self, node: &Node, declared: &[SecretDecl], path: &str) {
        for entry in node.entries() {
            if declared.iter().any(|d| d.name == entry.key) {
                continue;
            }
            let nearest = solc_source::suggest::nearest(&entry.key, declared.iter().map(|d| d.name.as_str()));
            let mut diagnostic = Diagnostic::error(
                codes::UNDECLARED_SECRET,
                entry.key_span,
                format!("`{path}` has no secret `{}`", entry.key),
            )
            .label("nobody declares it")
            .suggest(entry.key_span, nearest);
            if nearest.is_none() {
                diagnostic =
                    diagnostic.help(format!("remove it, or declare `secret {}` in the instance", entry.key));
            }
            self.report(diagnostic);
        }
    }
}

fn is_secret_name(text: &str) -> bool {
    let name = text.starts_with("arn:") && text.contains(":secretsmanager:") || !text.starts_with("arn:");
    name && !text.is_empty()
        && text.len() <= 512
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-:".contains(&b))
}

fn is_parameter(text: &str) -> bool {
    text.starts_with('/')
        && text.len() > 1
        && text.len() <= 1011
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_.-".contains(&b))
}
