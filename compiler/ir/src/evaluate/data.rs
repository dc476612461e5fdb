//! Values of data files (TOML, JSON) by the type that is declared for them.
//!
//! Enums are strings, a union case is `{ case = { … } }`, and what has a unit is a string: `"30s"`.
//!
//! Invariant: what does not fit is said at the data file's own token.

use super::value::{Map, Value};
use super::{Evaluation, cidr};
use crate::codes;
use solc_check::hir::{Quantity, Record, RecordField, Refinement, Ty};
use solc_source::data::{Entry, Node, Value as Data};
use solc_source::{Code, Diagnostic, Name, Span};
use std::sync::Arc;

/// Why a value of a data file does not fit.
pub(crate) struct Misfit {
    pub(crate) span: Span,
    /// "must be …"
    pub(crate) wanted: String,
    pub(crate) candidates: Vec<Name>,
}

impl Evaluation<'_> {
    /// The facts of an environment.
    pub(crate) fn facts(&mut self, environment: &str, ty: &Ty) -> Value {
        static NOTHING: Node = Node {
            span: Span { file: solc_source::FileId(0), lo: 0, hi: 0 },
            value: Data::Table(Vec::new()),
        };
        let inputs = self.inputs;
        let node = inputs.documents.facts.get(environment).unwrap_or(&NOTHING);
        let before = self.diagnostics.len();
        self.check_facts(node, ty);
        if self.diagnostics.len() > before {
            return Value::Missing;
        }
        self.convert(node, ty).unwrap_or(Value::Missing)
    }

    /// Reports each fact that does not fit, at its own token: one wrong fact does not hide the next.
    fn check_facts(&mut self, node: &Node, ty: &Ty) {
        let fields = match ty {
            Ty::Record(id) => self.project.records.get(id.index()).map(|r| r.fields.as_slice()),
            _ => None,
        };
        match (&node.value, ty, fields) {
            (Data::Table(entries), _, Some(fields)) => {
                for entry in entries {
                    match fields.iter().find(|f| f.name == entry.key) {
                        Some(field) => self.check_facts(&entry.node, &field.ty),
                        None => self.unknown_fact(entry, fields),
                    }
                }
            }
            (Data::Table(entries), Ty::Map(inner), None) => {
                entries.iter().for_each(|entry| self.check_facts(&entry.node, inner));
            }
            _ => {
                if let Err(misfit) = self.convert(node, ty) {
                    self.misfit(codes::INVALID_FACT, "this fact", &misfit, None);
                }
            }
        }
    }

    fn unknown_fact(&mut self, entry: &Entry, fields: &[RecordField]) {
        let nearest = solc_source::suggest::nearest(&entry.key, fields.iter().map(|f| f.name.as_str()));
        let mut diagnostic = Diagnostic::error(
            codes::INVALID_FACT,
            entry.key_span,
            format!("there is no fact `{}`", entry.key),
        )
        .label("nothing reads it");
        if let Some(nearest) = nearest {
            diagnostic =
                diagnostic.fix(format!("write `{nearest}`"), entry.key_span, format!("\"{nearest}\""));
        } else {
            let known: Vec<String> = fields.iter().map(|f| format!("`{}`", f.name)).collect();
            diagnostic = diagnostic.help(format!("use one of {}", known.join(", ")));
        }
        if let Some(field) = fields.first() {
            diagnostic = diagnostic.because(field.span, "facts are declared here");
        }
        self.report(diagnostic);
    }

    /// Reports a value that does not fit; `declared` is where its type is written.
    pub(crate) fn misfit(
        &mut self,
        code: Code,
        what: &str,
        misfit: &Misfit,
        declared: Option<(Span, String)>,
    ) {
        let mut diagnostic = Diagnostic::error(code, misfit.span, format!("{what} {}", misfit.wanted))
            .label("does not fit")
            .help(format!("give a value that {}", misfit.wanted.replacen("must be", "is", 1)));
        if let Some((span, label)) = declared {
            diagnostic = diagnostic.because(span, label);
        }
        let text: Vec<&str> = misfit.candidates.iter().map(Name::as_str).collect();
        if let [only] = text.as_slice() {
            diagnostic = diagnostic.fix(format!("write `\"{only}\"`"), misfit.span, format!("\"{only}\""));
        }
        self.report(diagnostic);
    }

    /// A value of the type.
    pub(crate) fn convert(&mut self, node: &Node, ty: &Ty) -> Result<Value, Misfit> {
        let misfit =
            |wanted: &str| Misfit { span: node.span, wanted: wanted.to_owned(), candidates: Vec::new() };
        match (ty, &node.value) {
            // What could not be read was reported.
            (Ty::Error, _) | (_, Data::Null) => Ok(Value::Missing),
            (Ty::None, _) => Ok(Value::None),
            (Ty::Optional(inner) | Ty::Deferred(inner) | Ty::Secret(inner), _) => self.convert(node, inner),
            (Ty::Bool, Data::Bool(b)) => Ok(Value::Bool(*b)),
            (Ty::Bool, _) => Err(misfit("must be `true` or `false`")),
            (Ty::Int, Data::Int(n)) => Ok(Value::Int(*n)),
            (Ty::Int, _) => Err(misfit("must be a whole number")),
            (Ty::Number, Data::Int(n)) => Ok(Value::Int(*n)),
            (Ty::Number, Data::Number(n)) => Ok(Value::Number(*n)),
            (Ty::Number, _) => Err(misfit("must be a number")),
            (Ty::String, Data::String(text)) => Ok(Value::Text(text.clone())),
            (Ty::String, _) => Err(misfit("must be a string")),
            (Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu | Ty::Cidr | Ty::Range, _) => {
                let text = node.as_str();
                text.and_then(|t| unit_value(ty, t)).ok_or_else(|| misfit(unit_form(ty)))
            }
            (Ty::Literals(allowed), _) => choose(node, allowed.iter()).map(Value::Text),
            (Ty::Enum(id), _) => {
                let cases =
                    self.project.enums.get(id.index()).map(|e| e.cases.as_slice()).unwrap_or_default();
                let name = choose(node, cases.iter())?;
                let case = cases.iter().position(|c| *c == name).and_then(|c| u32::try_from(c).ok());
                Ok(case.map_or(Value::Missing, |c| Value::Enum(*id, c)))
            }
            (Ty::Union(_), _) => self.convert_union(node, ty),
            (Ty::Alias(id), _) => {
                let Some(alias) = self.project.aliases.get(id.index()) else { return Ok(Value::Missing) };
                let value = self.convert(node, &alias.base)?;
                let checked = self.conform(ty, value, node.span);
                Ok(checked)
            }
            (Ty::List(inner), Data::List(items)) => {
                Ok(Value::List(items.iter().map(|i| self.convert(i, inner)).collect::<Result<_, _>>()?))
            }
            (Ty::List(_), _) => Err(misfit("must be a list")),
            (Ty::Map(inner), Data::Table(entries)) => {
                let mut map = Map::default();
                for entry in entries {
                    map.insert(entry.key.clone(), self.convert(&entry.node, inner)?);
                }
                Ok(Value::Map(Arc::new(map)))
            }
            (Ty::Map(_), _) => Err(misfit("must be a table")),
            (Ty::Record(id), Data::Table(_)) => match self.project.records.get(id.index()) {
                Some(record) => self.convert_record(node, record),
                None => Ok(Value::Missing),
            },
            (Ty::Record(_) | Ty::Anonymous(_), _) => Err(misfit("must be a table")),
            (Ty::Json | Ty::Node(..), _) => Ok(json(node)),
            (
                Ty::Peer
                | Ty::ZoneMap { .. }
                | Ty::Component(_)
                | Ty::Interface(_)
                | Ty::Resource(_)
                | Ty::Grant { .. }
                | Ty::Block(_)
                | Ty::View(_),
                _,
            ) => Err(misfit("must be of a type that data files can hold")),
        }
    }

    fn convert_union(&mut self, node: &Node, ty: &Ty) -> Result<Value, Misfit> {
        let Ty::Union(id) = ty else { return Ok(Value::Missing) };
        let Some(union) = self.project.unions.get(id.index()) else { return Ok(Value::Missing) };
        let (name, fields) = match node.entries() {
            [entry] => {
                (Node { span: entry.key_span, value: Data::String(entry.key.clone()) }, Some(&entry.node))
            }
            _ => (node.clone(), None),
        };
        let chosen = choose(&name, union.cases.iter().map(|c| &c.name))?;
        let Some(index) = union.cases.iter().position(|c| c.name == chosen) else {
            return Ok(Value::Missing);
        };
        let case = u32::try_from(index).unwrap_or(u32::MAX);
        let record =
            union.cases.get(index).and_then(|c| c.record).and_then(|r| self.project.records.get(r.index()));
        match (record, fields) {
            (None, _) => Ok(Value::Union(*id, case, None)),
            (Some(record), Some(fields)) => match self.convert_record(fields, record)? {
                Value::Map(map) => Ok(Value::Union(*id, case, Some(map))),
                _ => Ok(Value::Missing),
            },
            (Some(_), None) => Err(Misfit {
                span: node.span,
                wanted: format!("must be `{{ {chosen} = {{ … }} }}`"),
                candidates: Vec::new(),
            }),
        }
    }

    fn convert_record(&mut self, node: &Node, record: &Record) -> Result<Value, Misfit> {
        let mut given = Map::default();
        for entry in node.entries() {
            let Some(field) = record.fields.iter().find(|f| f.name == entry.key) else {
                let known: Vec<&str> = record.fields.iter().map(|f| f.name.as_str()).collect();
                let nearest = solc_source::suggest::nearest(&entry.key, known.iter().copied());
                let hint = nearest.map(|n| format!("; did you mean `{n}`")).unwrap_or_default();
                return Err(Misfit {
                    span: entry.key_span,
                    wanted: format!("must be one of the fields {}{hint}", known.join(", ")),
                    candidates: Vec::new(),
                });
            };
            given.insert(entry.key.clone(), self.convert(&entry.node, &field.ty)?);
        }
        for field in &record.fields {
            if field.default.is_none() && !given.contains_key(&field.name) {
                match &field.ty {
                    Ty::Map(_) => {
                        given.insert(field.name.clone(), Value::Map(Arc::new(Map::default())));
                    }
                    Ty::List(_) => {
                        given.insert(field.name.clone(), Value::List(Arc::from([])));
                    }
                    Ty::Optional(_) => {}
                    _ => {
                        return Err(Misfit {
                            span: node.span,
                            wanted: format!("must be a table with `{}`", field.name),
                            candidates: Vec::new(),
                        });
                    }
                }
            }
        }
        let record = self.project.records.iter().find(|r| std::ptr::eq(*r, record));
        Ok(record.map_or(Value::Missing, |r| self.complete(r, given)))
    }

    /// The case of an enum or union without fields, or the text, by name.
    pub(crate) fn case_named(&self, ty: &Ty, name: &str) -> Option<Value> {
        match ty {
            Ty::Enum(id) => {
                let case = self.project.enums.get(id.index())?.cases.iter().position(|c| c == name)?;
                Some(Value::Enum(*id, u32::try_from(case).ok()?))
            }
            Ty::Union(id) => {
                let case = self.project.unions.get(id.index())?.cases.iter().position(|c| c.name == name)?;
                Some(Value::Union(*id, u32::try_from(case).ok()?, None))
            }
            Ty::Alias(id) => match self.project.aliases.get(id.index())?.refinement {
                Refinement::Nothing
                | Refinement::Int(..)
                | Refinement::Number(..)
                | Refinement::Quantity(..)
                | Refinement::Regex(_) => Some(Value::text(name)),
            },
            Ty::Optional(inner) => self.case_named(inner, name),
            _ => Some(Value::text(name)),
        }
    }
}

fn choose<'n>(node: &Node, allowed: impl Iterator<Item = &'n Name>) -> Result<Name, Misfit> {
    let allowed: Vec<&Name> = allowed.collect();
    let given = node.as_str();
    if let Some(found) = allowed.iter().find(|a| Some(a.as_str()) == given) {
        return Ok((*found).clone());
    }
    let listed: Vec<String> = allowed.iter().map(|a| format!("\"{a}\"")).collect();
    let nearest = given.and_then(|g| solc_source::suggest::nearest(g, allowed.iter().map(|a| a.as_str())));
    Err(Misfit {
        span: node.span,
        wanted: format!("must be one of {}", listed.join(", ")),
        candidates: nearest.into_iter().map(Name::from).collect(),
    })
}

fn json(node: &Node) -> Value {
    match &node.value {
        Data::Null => Value::Missing,
        Data::Bool(b) => Value::Bool(*b),
        Data::Int(n) => Value::Int(*n),
        Data::Number(n) => Value::Number(*n),
        Data::String(text) => Value::Text(text.clone()),
        Data::List(items) => Value::list(items.iter().map(json)),
        Data::Table(entries) => Value::map(entries.iter().map(|e| (e.key.clone(), json(&e.node)))),
    }
}

fn unit_form(ty: &Ty) -> &'static str {
    match ty {
        Ty::Duration => "must be a duration like \"30s\", \"5min\" or \"4d\"",
        Ty::Size => "must be a size like \"512MiB\" or \"50GiB\"",
        Ty::Percent => "must be a percentage like \"40%\"",
        Ty::Vcpu => "must be a number of vCPUs like \"0.25 vcpu\"",
        Ty::Cidr => "must be a network range like \"10.0.0.0/16\"",
        _ => "must be a range like \"2..10\"",
    }
}

fn unit_value(ty: &Ty, text: &str) -> Option<Value> {
    let scaled = |text: &str, unit: f64| {
        let n: f64 = text.trim().parse().ok()?;
        let scaled = n * unit;
        // Exact, and small enough for the conversion to be.
        (scaled.fract() == 0.0 && (0.0..9.0e15).contains(&scaled)).then_some(scaled as i64)
    };
    let suffixed = |units: &[(&str, f64)]| {
        units.iter().find_map(|(suffix, size)| {
            let n = text.strip_suffix(suffix)?;
            n.ends_with(|c: char| c.is_ascii_digit()).then(|| scaled(n, *size)).flatten()
        })
    };
    match ty {
        Ty::Duration => suffixed(&[
            ("ms", 1.0),
            ("min", 60_000.0),
            ("s", 1000.0),
            ("h", 3_600_000.0),
            ("d", 86_400_000.0),
        ])
        .map(|n| Value::Quantity(Quantity::Duration(n))),
        Ty::Size => suffixed(&[
            ("KiB", 1024.0),
            ("MiB", 1_048_576.0),
            ("GiB", 1_073_741_824.0),
            ("TiB", 1_099_511_627_776.0),
            ("B", 1.0),
        ])
        .map(|n| Value::Quantity(Quantity::Size(n))),
        Ty::Percent => {
            text.strip_suffix('%').and_then(|n| scaled(n, 1e6)).map(|n| Value::Quantity(Quantity::Percent(n)))
        }
        Ty::Vcpu => {
            text.strip_suffix("vcpu").and_then(|n| scaled(n, 1e6)).map(|n| Value::Quantity(Quantity::Vcpu(n)))
        }
        Ty::Cidr => cidr::parse(text).map(|(address, prefix)| Value::Cidr(address, prefix)),
        Ty::Range => {
            let (lo, hi) = text.split_once("..")?;
            let (lo, hi): (i64, i64) = (lo.parse().ok()?, hi.parse().ok()?);
            (lo <= hi).then_some(Value::Range(lo, hi))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::unit_value;
    use crate::evaluate::value::Value;
    use solc_check::hir::{Quantity, Ty};

    #[test]
    fn units_are_read_as_in_source() {
        let check =
            |ty: &Ty, text: &str, expect: Option<Value>| assert_eq!(unit_value(ty, text), expect, "{text}");
        check(&Ty::Duration, "30s", Some(Value::Quantity(Quantity::Duration(30_000))));
        check(&Ty::Duration, "5min", Some(Value::Quantity(Quantity::Duration(300_000))));
        check(&Ty::Duration, "250ms", Some(Value::Quantity(Quantity::Duration(250))));
        check(&Ty::Duration, "30", None);
        check(&Ty::Duration, "s", None);
        check(&Ty::Size, "512MiB", Some(Value::Quantity(Quantity::Size(512 << 20))));
        check(&Ty::Vcpu, "0.25 vcpu", Some(Value::Quantity(Quantity::Vcpu(250_000))));
        check(&Ty::Percent, "40%", Some(Value::Quantity(Quantity::Percent(40_000_000))));
        check(&Ty::Range, "2..10", Some(Value::Range(2, 10)));
        check(&Ty::Range, "10..2", None);
        check(&Ty::Cidr, "10.0.0.0/16", Some(Value::Cidr(0x0a00_0000, 16)));
    }
}
