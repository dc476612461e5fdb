//! Final values of properties against the rules of their resource type.
//!
//! Names and shapes are the checker's; here is what depends on values: enums, patterns, lengths, bounds,
//! properties that turn out to be `none`, and properties that must or must not stand together.
//!
//! Invariant: a value that is only known when deploying breaks no rule.

mod describe;

use crate::codes;
use crate::evaluate::tree::{Kind, Tree};
use crate::model::Value;
use rustc_hash::FxHashSet;
use solc_schema::{Node, NodeId, ObjectRules, ResourceType, StringRules};
use solc_source::{Code, Diagnostic, Name, Span};

/// A broken rule.
#[derive(Debug)]
pub(crate) struct Finding {
    code: Code,
    span: Span,
    message: String,
    label: String,
    help: String,
    fix: Option<(String, String)>,
    /// Of the wrong shape: the checker's to report; decides between alternatives.
    shape: bool,
}

impl Finding {
    /// As people see it.
    pub(crate) fn diagnostic(self, ty: &ResourceType, declared: Span) -> Diagnostic {
        let mut diagnostic =
            Diagnostic::error(self.code, self.span, self.message).label(self.label).help(self.help);
        if declared != self.span {
            diagnostic = diagnostic.because(declared, format!("in this `{}`", ty.name.replace("::", ".")));
        }
        match self.fix {
            Some((title, replacement)) => diagnostic.fix(title, self.span, replacement),
            None => diagnostic,
        }
    }
}

/// Checks values against one type; keeps what matched.
#[derive(Default)]
pub(crate) struct Rules {
    /// Texts that matched already, by where the pattern stands in the schema: most come from one declaration.
    matched: FxHashSet<(usize, Name)>,
}

impl Rules {
    /// Everything that the properties of a resource break.
    pub(crate) fn check(&mut self, ty: &'static ResourceType, properties: &Tree) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.node(ty, ty.root, properties, Path::ROOT, &mut findings);
        findings.retain(|f| !f.shape);
        findings
    }

    fn node(
        &mut self,
        ty: &'static ResourceType,
        id: NodeId,
        tree: &Tree,
        path: Path<'_>,
        out: &mut Vec<Finding>,
    ) {
        if matches!(tree.kind, Kind::Missing | Kind::Absent) || deferred(tree) {
            return;
        }
        match (ty.node(id), &tree.kind) {
            (Node::Json, _) => {}
            (Node::AnyOf(options), _) => self.any_of(ty, options, tree, path, out),
            (Node::Object(rules), Kind::Object(entries)) => {
                self.object(ty, rules, entries, tree.span, path, out);
            }
            (Node::Map(inner), Kind::Object(entries)) => {
                for (key, _, value) in entries {
                    self.node(ty, *inner, value, path.to(key), out);
                }
            }
            (Node::Array { items, min, max, unique }, Kind::List(elements)) => {
                describe::length(path, tree.span, "elements", elements.len(), (*min, *max), out);
                if *unique {
                    unique_elements(path, elements, out);
                }
                for element in elements {
                    self.node(ty, *items, element, path, out);
                }
            }
            (Node::Boolean, Kind::Leaf(Value::Bool(_))) => {}
            (Node::Integer { min, max, allowed }, Kind::Leaf(Value::Int(n))) => {
                if !allowed.is_empty() && !allowed.contains(n) {
                    let known: Vec<String> = allowed.iter().map(i64::to_string).collect();
                    out.push(describe::not_allowed(path, tree.span, &n.to_string(), &known, None));
                }
                describe::bounds(
                    path,
                    tree.span,
                    *n as f64,
                    (min.map(|m| m as f64), max.map(|m| m as f64)),
                    out,
                );
            }
            (Node::Number { min, max }, Kind::Leaf(Value::Int(n))) => {
                describe::bounds(path, tree.span, *n as f64, (*min, *max), out);
            }
            (Node::Number { min, max }, Kind::Leaf(Value::Number(n))) => {
                describe::bounds(path, tree.span, *n, (*min, *max), out);
            }
            (Node::String(rules), Kind::Leaf(Value::String(text))) => {
                self.string(rules, text, tree, path, out);
            }
            (
                Node::Boolean
                | Node::Integer { .. }
                | Node::Number { .. }
                | Node::String(_)
                | Node::Array { .. }
                | Node::Object(_)
                | Node::Map(_),
                _,
            ) => out.push(describe::shape(path, tree.span)),
        }
    }

    fn any_of(
        &mut self,
        ty: &'static ResourceType,
        options: &[NodeId],
        tree: &Tree,
        path: Path<'_>,
        out: &mut Vec<Finding>,
    ) {
        let mut best: Option<Vec<Finding>> = None;
        for option in options {
            let mut found = Vec::new();
            self.node(ty, *option, tree, path, &mut found);
            if found.is_empty() {
                return;
            }
            let better = best.as_ref().is_none_or(|b| rank(&found) < rank(b));
            if better {
                best = Some(found);
            }
        }
        out.extend(best.unwrap_or_default());
    }

    fn object(
        &mut self,
        ty: &'static ResourceType,
        rules: &ObjectRules,
        entries: &[(Name, Span, Tree)],
        span: Span,
        path: Path<'_>,
        out: &mut Vec<Finding>,
    ) {
        let there = |name: &Name| entries.iter().find(|(n, _, _)| n == name);
        let present = |name: &Name| there(name).is_some_and(|(_, _, v)| !matches!(v.kind, Kind::Absent));
        for name in &rules.required {
            match there(name) {
                Some((_, at, Tree { kind: Kind::Absent, .. })) => {
                    out.push(describe::missing(path.to(name), *at));
                }
                // The checker sees what is not written at all; alternatives are told apart by it here.
                None => out.push(describe::shape(path.to(name), span)),
                Some(_) => {}
            }
        }
        describe::together(rules, &present, entries, span, path, out);
        for (name, _, value) in entries {
            match rules.property(name) {
                Some(node) => self.node(ty, node, value, path.to(name), out),
                None if rules.open => {}
                None => out.push(describe::shape(path.to(name), value.span)),
            }
        }
    }

    fn string(
        &mut self,
        rules: &StringRules,
        text: &Name,
        tree: &Tree,
        path: Path<'_>,
        out: &mut Vec<Finding>,
    ) {
        let span = tree.span;
        if !rules.allows(text) {
            if tree.known.text {
                out.push(describe::shape(path, span));
                return;
            }
            let known: Vec<String> = rules.allowed.iter().map(|a| format!("\"{a}\"")).collect();
            let nearest = solc_source::suggest::nearest(text, rules.allowed.iter().map(Name::as_str));
            out.push(describe::not_allowed(path, span, &format!("\"{text}\""), &known, nearest));
            return;
        }
        describe::length(path, span, "characters", text.chars().count(), (rules.min, rules.max), out);
        if let Some(pattern) = &rules.pattern {
            let key = pattern.as_ptr().addr();
            let known = (key, text.clone());
            if self.matched.contains(&known) {
                return;
            }
            // A pattern that cannot be read is left to the service.
            if solc_schema::pattern_matches(pattern, text) != Some(false) {
                self.matched.insert(known);
            } else {
                out.push(describe::pattern(path, span, text, pattern));
            }
        }
    }
}

/// Fewer broken rules are better, and a wrong shape is the worst.
fn rank(findings: &[Finding]) -> (bool, usize) {
    (findings.iter().any(|f| f.shape), findings.len())
}

fn deferred(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Leaf(value) if value.is_deferred())
}

/// A dotted path that is written only when there is something to say of it.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    above: Option<&'p Path<'p>>,
    name: &'p str,
}

impl<'p> Path<'p> {
    const ROOT: Path<'static> = Path { above: None, name: "" };

    fn to(&'p self, name: &'p str) -> Self {
        Self { above: Some(self), name }
    }
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(above) = self.above
            && !above.name.is_empty()
        {
            write!(f, "{above}.")?;
        }
        f.write_str(self.name)
    }
}

fn unique_elements(path: Path<'_>, elements: &[Tree], out: &mut Vec<Finding>) {
    for (index, element) in elements.iter().enumerate() {
        let Kind::Leaf(value) = &element.kind else { continue };
        let twice = elements.iter().take(index).any(|e| matches!(&e.kind, Kind::Leaf(v) if v == value));
        if twice {
            out.push(Finding {
                code: codes::shared::INVALID_PROPERTY_VALUE,
                span: element.span,
                message: format!("`{path}` takes every element once"),
                label: "this is there already".to_owned(),
                help: "remove one of the two".to_owned(),
                fix: None,
                shape: false,
            });
        }
    }
}
