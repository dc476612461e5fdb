//! `image("shop-api")`: what the environment's image record names.
//!
//! Invariant: a missing image still has a value (a digest of zeros), so that everything else is checked.

use super::value::{Map, Value};
use super::{Evaluation, builtins::record};
use crate::codes;
use crate::model;
use solc_check::hir::Ty;
use solc_source::data::{Node, Value as Data};
use solc_source::{Diagnostic, Name, Severity, Span};
use std::sync::Arc;

const NO_DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

impl Evaluation<'_> {
    pub(crate) fn image(&mut self, unit: &Name, format: Option<Name>, span: Span) -> Value {
        let format = format.unwrap_or_else(|| Name::new_static("docker"));
        let image = self.image_record(unit, &format, span);
        self.images.insert(unit.clone(), image.clone());
        let Some(fields) = self.locate(&image, span) else { return Value::Missing };
        let declared = self.record_names.get("Image").and_then(|r| self.project.records.get(r.index()));
        match declared {
            Some(declared) => {
                let format_ty = declared.fields.iter().find(|f| f.name == "format").map(|f| &f.ty);
                let mut fields = fields;
                if let Some(case) = format_ty.and_then(|ty: &Ty| self.case_named(ty, &image.format)) {
                    fields.insert(Name::new_static("format"), case);
                }
                fields.retain(|name, _| declared.fields.iter().any(|f| f.name == *name));
                self.complete(declared, fields)
            }
            None => Value::Map(Arc::new(fields)),
        }
    }

    fn image_record(&mut self, unit: &Name, format: &Name, span: Span) -> model::Image {
        let placeholder = model::Image {
            unit: unit.clone(),
            format: format.clone(),
            commit: Name::new_static("0000000000000000000000000000000000000000"),
            digest: Name::new_static(NO_DIGEST),
        };
        if let Some(document) = self.documents.images.get(unit.as_str()).copied() {
            return self.read_image(&document.node, placeholder);
        }
        if self.with_infrastructure {
            let severity = if self.strict { Severity::Error } else { Severity::Warning };
            let nearest = solc_source::suggest::nearest(unit, self.documents.images.keys().map(Name::as_str))
                .map(str::to_owned);
            let mut diagnostic = Diagnostic::new(
                codes::MISSING_IMAGE,
                severity,
                span,
                format!("no image of `{unit}` is recorded"),
            )
            .label("this needs to know which image to run")
            .help(format!("run `solc image use {unit} COMMIT --env ENVIRONMENT`"));
            if let Some(name) = nearest {
                diagnostic = diagnostic.note(format!("there is an image of `{name}`"));
            }
            self.report(diagnostic);
        }
        placeholder
    }

    fn read_image(&mut self, node: &Node, placeholder: model::Image) -> model::Image {
        if node.value == Data::Null {
            // What could not be read was reported.
            return placeholder;
        }
        let text = |key: &str| node.get(key).and_then(Node::as_str);
        let digest = text("digest");
        let wrong = if digest.is_none_or(|d| !is_digest(d)) {
            Some(("digest", "`sha256:` and 64 hexadecimal digits"))
        } else if text("commit").is_none_or(|c| c.is_empty() || !c.bytes().all(|b| b.is_ascii_hexdigit())) {
            Some(("commit", "a git commit in hexadecimal digits"))
        } else if text("format").is_some_and(|f| f != placeholder.format) {
            Some(("format", "the format that the solution asks for"))
        } else if text("unit").is_some_and(|u| u != placeholder.unit) {
            Some(("unit", "the name of the file"))
        } else {
            None
        };
        if let Some((key, wanted)) = wrong {
            let span = node.get(key).map_or(node.span, |n| n.span);
            self.report(
                Diagnostic::error(
                    codes::INVALID_IMAGE,
                    span,
                    format!("the image reference's `{key}` must be {wanted}"),
                )
                .label("does not fit")
                .help(format!(
                    "run `solc image use {} COMMIT --env ENVIRONMENT` to write it again",
                    placeholder.unit
                )),
            );
            return placeholder;
        }
        model::Image {
            commit: text("commit").map_or(placeholder.commit, Name::from),
            digest: digest.map_or(placeholder.digest, Name::from),
            ..placeholder
        }
    }

    /// Where the image lies: in the account's registry for its format.
    fn locate(&mut self, image: &model::Image, span: Span) -> Option<Map> {
        let Value::Block(account) = self.block.map_or(Value::Missing, |b| self.block_field(b, "account"))
        else {
            return None;
        };
        let docker = image.format == "docker";
        let key = if docker { "docker" } else { "files" };
        let registry = match self.block_field(account, "registries") {
            Value::Map(map) => map.get(key).cloned(),
            Value::None => None,
            _ => return None,
        };
        let fields = match registry {
            Some(Value::Union(_, _, Some(fields)) | Value::Map(fields)) => fields,
            Some(Value::Missing) => return None,
            _ => {
                let name = self.environment.account.clone();
                let example = if docker {
                    "docker = ecr { prefix = \"…\" }"
                } else {
                    "files = s3 { bucket = \"…\" }"
                };
                let at = self.field_span(account, "registries");
                self.report(
                    Diagnostic::error(
                        codes::MISSING_REGISTRY,
                        span,
                        format!("account `{name}` has no registry for `{}` images", image.format),
                    )
                    .label(format!("needs an image of format `{}`", image.format))
                    .because(at, "the registries of the account")
                    .help(format!("add `{example}` to the account's `registries`")),
                );
                return None;
            }
        };
        let text = |name: &str| match fields.get(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => Name::default(),
        };
        let environment = &self.environment;
        let (partition, region, id) = (&environment.partition, &environment.region, &environment.account_id);
        let unit = &image.unit;
        let digest = &image.digest;
        let repository = match text("prefix") {
            prefix if prefix.is_empty() => unit.to_string(),
            prefix => format!("{prefix}/{unit}"),
        };
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let bucket = text("bucket");
        let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
        let path = format!(
            "{}/{}/{unit}/{}/{hex}.{}",
            image.format, environment.product, image.commit, image.format
        );
        let mut map = record([
            ("unit", Value::Text(unit.clone())),
            ("format", Value::Text(image.format.clone())),
            ("commit", Value::Text(image.commit.clone())),
            ("digest", Value::Text(digest.clone())),
        ]);
        let (uri, repository_arn, key, bucket_arn) = if docker {
            (
                format!("{id}.dkr.ecr.{region}.{suffix}/{repository}@{digest}"),
                format!("arn:{partition}:ecr:{region}:{id}:repository/{repository}"),
                String::new(),
                String::new(),
            )
        } else {
            (String::new(), String::new(), path, format!("arn:{partition}:s3:::{bucket}"))
        };
        map.extend(record([
            ("uri", Value::text(uri)),
            ("repository_arn", Value::text(repository_arn)),
            ("key", Value::text(key)),
            ("bucket", Value::Text(bucket)),
            ("bucket_arn", Value::text(bucket_arn)),
        ]));
        Some(map)
    }
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}
