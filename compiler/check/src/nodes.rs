//! Resource properties against CloudFormation's schemas.
//!
//! Invariant: a name that the schema does not have is reported at its own token, with what it probably meant.

use crate::assign::Mismatch;
use crate::body::{BodyChecker, Want};
use crate::codes;
use crate::hir::{ExprId, ExprKind, FieldValue, Ty};
use rustc_hash::FxHashMap;
use solc_schema::{Node, NodeId, ObjectRules, ResourceType};
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast;

/// Properties that give access, and so cannot be written by hand: type, property, what to do instead.
const ACCESS_PROPERTIES: &[(&str, &str, &str)] = &[
    ("AWS::EC2::SecurityGroup", "SecurityGroupIngress", "open a port with `connect` in a grant or component"),
    ("AWS::EC2::SecurityGroup", "SecurityGroupEgress", "open a port with `connect` in a grant or component"),
    (
        "AWS::KMS::Key",
        "KeyPolicy",
        "say who may use the key with `permit`, or with `encrypt with` and `decrypt with` in a grant",
    ),
    ("AWS::KMS::ReplicaKey", "KeyPolicy", "say who may use the key with `permit`"),
    ("AWS::ECR::Repository", "RepositoryPolicyText", "say who may pull with `permit`"),
    ("AWS::EFS::FileSystem", "FileSystemPolicy", "say who may mount with `permit`"),
    ("AWS::DynamoDB::Table", "ResourcePolicy", "say who may read with `permit`"),
    ("AWS::Kinesis::Stream", "ResourcePolicy", "say who may read with `permit`"),
    ("AWS::OpenSearchService::Domain", "AccessPolicies", "say who may search with a grant"),
    ("AWS::Elasticsearch::Domain", "AccessPolicies", "say who may search with a grant"),
    ("AWS::ApiGateway::RestApi", "Policy", "say who may call with a grant"),
    ("AWS::Events::EventBus", "Policy", "say who may publish with a grant"),
    ("AWS::SNS::Topic", "DataProtectionPolicy", "say who may publish with a grant"),
];

/// Resource types that exist only to give access.
const ACCESS_TYPES: &[&str] = &[
    "AWS::S3::BucketPolicy",
    "AWS::S3::AccessPoint",
    "AWS::SQS::QueuePolicy",
    "AWS::SQS::QueueInlinePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SNS::TopicInlinePolicy",
    "AWS::Lambda::Permission",
    "AWS::Lambda::LayerVersionPermission",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::Events::EventBusPolicy",
    "AWS::Logs::ResourcePolicy",
    "AWS::ECR::RegistryPolicy",
    "AWS::SSM::ResourcePolicy",
    "AWS::KMS::Grant",
    "AWS::Kinesis::ResourcePolicy",
    "AWS::RAM::Permission",
    "AWS::RAM::ResourceShare",
];

/// Whether the compiler writes a property, and nobody else.
fn ours(rt: &ResourceType, name: &Name, root: bool) -> bool {
    root && ACCESS_PROPERTIES.iter().any(|(t, p, _)| *t == rt.name && *p == *name)
}

/// Whether a resource type exists only to give access.
pub(crate) fn gives_access(name: &str) -> bool {
    name.starts_with("AWS::IAM::") || ACCESS_TYPES.contains(&name)
}

impl<'a> BodyChecker<'_, 'a> {
    /// The node among alternatives that an object with these keys is.
    pub(crate) fn object_node(
        &self,
        rt: &'static ResourceType,
        node: NodeId,
        keys: &[&Name],
    ) -> Option<NodeId> {
        match rt.node(node) {
            Node::Object(_) | Node::Map(_) => Some(node),
            Node::AnyOf(nodes) => {
                let mut best: Option<(usize, NodeId)> = None;
                for candidate in nodes.iter().filter_map(|n| self.object_node(rt, *n, keys)) {
                    let unknown = match rt.node(candidate) {
                        Node::Object(rules) => keys.iter().filter(|k| rules.property(k).is_none()).count(),
                        _ => 0,
                    };
                    if best.is_none_or(|(b, _)| unknown < b) {
                        best = Some((unknown, candidate));
                    }
                }
                best.map(|(_, n)| n)
            }
            Node::Boolean
            | Node::Integer { .. }
            | Node::Number { .. }
            | Node::String(_)
            | Node::Array { .. }
            | Node::Json => None,
        }
    }

    /// The entries of an object: every name known, every value fitting, nothing required left out.
    pub(crate) fn properties(
        &mut self,
        rt: &'static ResourceType,
        node: NodeId,
        fields: &[&'a ast::FieldEntry],
        complete: bool,
        at: Span,
        root: bool,
    ) -> Vec<FieldValue> {
        let empty = ObjectRules { open: true, ..ObjectRules::default() };
        let rules: &ObjectRules = match rt.node(node) {
            Node::Object(rules) => rules,
            _ => &empty,
        };
        let mut given: Vec<FieldValue> = Vec::with_capacity(fields.len());
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        let mut unknown: Vec<&'a ast::FieldEntry> = Vec::new();
        for field in fields {
            let name = &field.name;
            if name.name.is_empty() {
                continue;
            }
            if let Some(first) = seen.insert(name.name.clone(), name.span) {
                self.duplicate_field(name, first);
                continue;
            }
            if root && self.forbidden_property(rt, name) {
                continue;
            }
            let Some(property) = rules.property(&name.name) else {
                if rules.open {
                    let value = self.check(&field.value, &Want::of(Ty::Json));
                    given.push(FieldValue { name: name.name.clone(), span: name.span, value });
                } else {
                    unknown.push(field);
                }
                continue;
            };
            let required = rules.required.contains(&name.name);
            let value = self.property_value(rt, property, &field.value, required);
            given.push(FieldValue { name: name.name.clone(), span: name.span, value });
        }
        let required = rules.required.iter().filter(|r| !seen.contains_key(*r) && !ours(rt, r, root));
        let missing: Vec<Name> = if complete { required.cloned().collect() } else { Vec::new() };
        for field in unknown {
            if let Some(meant) = self.unknown_property(rt, rules, &field.name, &missing, root) {
                seen.insert(meant, field.name.span);
            }
            self.infer(&field.value, Some(&Ty::Error));
        }
        if complete {
            self.missing_properties(rt, rules, &given, &seen, at, root);
        }
        given
    }

    fn property_value(
        &mut self,
        rt: &'static ResourceType,
        property: NodeId,
        value: &'a ast::Expr,
        required: bool,
    ) -> ExprId {
        let want = Ty::Node(rt, property);
        let id = self.infer(value, Some(&want));
        if !required {
            // A property that need not be there takes `none`, and is then left out.
            match self.ty(id) {
                Ty::None => return id,
                Ty::Optional(inner) => {
                    if self.cx.assignable(&inner, &want).is_err() {
                        self.expect_type(id, &inner, &Want::of(want));
                    }
                    return id;
                }
                _ => {}
            }
        }
        self.expect(id, &Want::of(want));
        id
    }

    /// As `expect`, for a type that differs from the expression's own.
    fn expect_type(&mut self, id: ExprId, actual: &Ty, want: &Want) {
        if let Some(slot) = self.body.types.get_mut(id.index()) {
            let own = std::mem::replace(slot, actual.clone());
            self.expect(id, want);
            if let Some(slot) = self.body.types.get_mut(id.index())
                && !matches!(slot, Ty::Error)
            {
                *slot = own;
            }
        }
    }

    fn forbidden_property(&mut self, rt: &ResourceType, name: &ast::Ident) -> bool {
        let Some((_, _, instead)) =
            ACCESS_PROPERTIES.iter().find(|(t, p, _)| *t == rt.name && *p == name.name)
        else {
            return false;
        };
        self.report(
            Diagnostic::error(
                codes::ACCESS_OUTSIDE_LINK,
                name.span,
                format!("`{}` gives access, and cannot be written by hand", name.name),
            )
            .label("access exists only through links, so that every permission has its reason")
            .help(*instead),
        );
        true
    }

    /// Says that there is no such property; returns the one that was meant.
    fn unknown_property(
        &mut self,
        rt: &ResourceType,
        rules: &ObjectRules,
        name: &ast::Ident,
        missing: &[Name],
        root: bool,
    ) -> Option<Name> {
        let shown = rt.name.replace("::", ".");
        if root && rt.read_only.contains(&name.name) {
            self.report(
                Diagnostic::error(
                    codes::READ_ONLY_PROPERTY,
                    name.span,
                    format!("only CloudFormation sets `{}` of `{shown}`", name.name),
                )
                .label("can be read, not written")
                .help("remove it; read it as an attribute of the resource"),
            );
            return None;
        }
        if root && name.name == "Tags" {
            self.report(
                Diagnostic::error(codes::UNKNOWN_PROPERTY, name.span, format!("`{shown}` takes no tags"))
                    .label("not a property of this type")
                    .help("remove it; the compiler tags what can be tagged"),
            );
            return None;
        }
        let names: Vec<Name> = rules.properties.iter().map(|(n, _)| Name::from(n.as_str())).collect();
        let near = crate::body::records::meant(&name.name, &names, missing);
        let what = if root { format!("`{shown}`") } else { format!("this object of `{shown}`") };
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_PROPERTY,
            name.span,
            format!("{what} has no property `{}`", name.name),
        )
        .label("not in CloudFormation's schema")
        .suggest(name.span, near);
        if near.is_none() {
            diagnostic = diagnostic.help(format!("use one of {}", crate::body::quote(&names)));
        }
        self.report(diagnostic);
        near.map(Name::from)
    }

    fn missing_properties(
        &mut self,
        rt: &ResourceType,
        rules: &ObjectRules,
        given: &[FieldValue],
        seen: &FxHashMap<Name, Span>,
        at: Span,
        root: bool,
    ) {
        let shown = rt.name.replace("::", ".");
        let what = if root { format!("`{shown}`") } else { format!("this object of `{shown}`") };
        let missing: Vec<Name> =
            rules.required.iter().filter(|r| !seen.contains_key(*r) && !ours(rt, r, root)).cloned().collect();
        if !missing.is_empty() {
            self.report(
                Diagnostic::error(
                    codes::MISSING_PROPERTY,
                    at,
                    format!("{what} needs {}", crate::body::quote(&missing)),
                )
                .label(format!("without {}", crate::body::quote(&missing)))
                .note("CloudFormation's schema requires it"),
            );
        }
        for group in rules.exactly_one.iter().chain(&rules.at_least_one) {
            if group.iter().all(|n| !seen.contains_key(n)) {
                self.report(
                    Diagnostic::error(
                        codes::MISSING_PROPERTY,
                        at,
                        format!("{what} needs one of {}", crate::body::quote(group)),
                    )
                    .label("none of them is given")
                    .note("CloudFormation's schema requires it"),
                );
            }
        }
        let definite = |this: &Self, name: &Name| {
            given.iter().any(|f| {
                f.name == *name && !matches!(this.body.ty(f.value), Ty::None | Ty::Optional(_) | Ty::Error)
            })
        };
        for group in &rules.exactly_one {
            let both: Vec<&Name> = group.iter().filter(|n| definite(self, n)).collect();
            if let [first, second, ..] = both.as_slice() {
                let span = seen.get(*second).copied().unwrap_or(at);
                let other = seen.get(*first).copied().unwrap_or(at);
                self.report(
                    Diagnostic::error(
                        codes::INVALID_PROPERTY_VALUE,
                        span,
                        format!("`{second}` cannot stand beside `{first}`"),
                    )
                    .label("only one of the two")
                    .because(other, "the other one"),
                );
            }
        }
    }

    /// Says in the schema's terms why a value does not fit; false where there is nothing better than the general message.
    pub(crate) fn explain_node(
        &mut self,
        id: ExprId,
        actual: &Ty,
        rt: &'static ResourceType,
        node: NodeId,
        mismatch: &Mismatch,
    ) -> bool {
        if *mismatch != Mismatch::Type {
            return false;
        }
        let span = self.span(id);
        let rules = match rt.node(node) {
            Node::String(rules) => rules,
            Node::AnyOf(nodes) => match nodes.iter().find_map(|n| match rt.node(*n) {
                Node::String(rules) if !rules.allowed.is_empty() => Some(rules),
                _ => None,
            }) {
                Some(rules) => rules,
                None => return false,
            },
            _ => return false,
        };
        let text = match (&self.body.expr(id).kind, actual) {
            (ExprKind::String(text), _) => text.clone(),
            (_, Ty::Literals(names)) => match names.iter().find(|n| !rules.allowed.contains(n)) {
                Some(name) => name.clone(),
                None => return false,
            },
            _ => return false,
        };
        let near = suggest::nearest(&text, rules.allowed.iter().map(Name::as_str));
        let mut diagnostic = Diagnostic::error(
            codes::INVALID_PROPERTY_VALUE,
            span,
            format!("CloudFormation does not take \"{text}\" here"),
        )
        .label(format!("`{}` takes one of a fixed set", rt.name.replace("::", ".")));
        diagnostic = match near {
            Some(near) => diagnostic.fix(format!("write `\"{near}\"`"), span, format!("\"{near}\"")),
            None => {
                let known: Vec<Name> = rules.allowed.clone();
                diagnostic.help(format!("use one of {}", crate::body::quote(&known)))
            }
        };
        self.report(diagnostic);
        true
    }
}
