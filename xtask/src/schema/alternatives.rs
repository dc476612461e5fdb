//! Alternatives between properties: `oneOf` and `anyOf` of `required`, `requiredXor`, `requiredOr`.
//!
//! Invariant: every set follows from the published rule (a necessary condition), so no valid object is refused.

use std::collections::BTreeSet;

use serde_json::Value;

use super::flat::{Flat, strings};

/// Most clauses that one rule may expand to; the origin needs 12 at most.
const CLAUSES: usize = 16;

/// Which properties must be there.
#[derive(Default)]
pub(super) struct Required {
    pub required: BTreeSet<String>,
    pub exactly_one: Vec<Vec<String>>,
    pub at_least_one: Vec<Vec<String>>,
}

/// Whether every variant is an object with a single property, which it requires: AWS's way to write a union.
pub(super) fn is_tagged_union(variants: &[Flat]) -> bool {
    variants.len() > 1
        && variants.iter().all(|variant| {
            let properties = variant.get("properties").and_then(Value::as_object);
            let required = strings(variant.get("required"));
            properties.is_some_and(|p| {
                p.len() == 1 && required.len() == 1 && required.iter().all(|name| p.contains_key(name))
            })
        })
}

impl Required {
    /// `requiredXor` and `requiredOr` of a schema.
    pub(super) fn add_sets(&mut self, flat: &Flat) {
        for (key, sets) in [("required_xor", &mut self.exactly_one), ("required_or", &mut self.at_least_one)]
        {
            let names = strings(flat.get(key));
            if !names.is_empty() && !sets.contains(&names) {
                sets.push(names);
            }
        }
    }

    /// What the variants of an object require.
    pub(super) fn add_variants(&mut self, variants: &[Flat], exclusive: bool) {
        let sets: Vec<BTreeSet<String>> =
            variants.iter().map(|v| strings(v.get("required")).into_iter().collect()).collect();
        let Some((first, others)) = sets.split_first() else { return };
        let common: BTreeSet<String> =
            first.iter().filter(|name| others.iter().all(|set| set.contains(*name))).cloned().collect();
        let rest: Vec<BTreeSet<String>> =
            sets.iter().map(|set| set.difference(&common).cloned().collect()).collect();
        self.required.extend(common);
        if rest.iter().any(BTreeSet::is_empty) {
            return;
        }
        let single = rest.iter().all(|set| set.len() == 1);
        let names: BTreeSet<String> = rest.iter().flatten().cloned().collect();
        // Two variants that require the same property differ in something the model does not hold.
        let distinct = names.len() == rest.len();
        let pure = variants.iter().all(|v| v.keys().all(|k| matches!(k.as_str(), "required" | "type")))
            || is_tagged_union(variants);
        if single && exclusive && distinct && pure && rest.len() > 1 {
            self.exactly_one.push(names.into_iter().collect());
            return;
        }
        self.at_least_one.extend(clauses(&rest));
    }
}

/// "All of one of these sets" as "at least one of each of those": conjunctive normal form, shortest clauses only.
fn clauses(sets: &[BTreeSet<String>]) -> Vec<Vec<String>> {
    let mut result: BTreeSet<BTreeSet<String>> = BTreeSet::from([BTreeSet::new()]);
    for set in sets {
        result = result
            .iter()
            .flat_map(|clause| set.iter().map(|name| clause.iter().cloned().chain([name.clone()]).collect()))
            .collect();
        if result.len() > 256 {
            return Vec::new();
        }
    }
    let shortest: Vec<Vec<String>> = result
        .iter()
        .filter(|clause| {
            clause.len() > 1 && !result.iter().any(|other| other != *clause && other.is_subset(clause))
        })
        .map(|clause| clause.iter().cloned().collect())
        .collect();
    if shortest.len() > CLAUSES { Vec::new() } else { shortest }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Required;
    use crate::schema::flat::Flat;

    fn of(variants: &serde_json::Value, exclusive: bool) -> Required {
        let flats: Vec<Flat> =
            variants.as_array().unwrap().iter().map(|v| v.as_object().unwrap().clone()).collect();
        let mut required = Required::default();
        required.add_variants(&flats, exclusive);
        required
    }

    #[test]
    fn one_of_single_properties_is_exactly_one() {
        let required = of(&json!([{"required": ["A"]}, {"required": ["B"]}]), true);
        assert_eq!(required.exactly_one, [["A", "B"]]);
        assert!(required.at_least_one.is_empty() && required.required.is_empty());
    }

    #[test]
    fn what_every_variant_requires_is_required() {
        let required = of(&json!([{"required": ["Name", "A"]}, {"required": ["Name", "B"]}]), true);
        assert!(required.required.contains("Name") && required.required.len() == 1);
        assert_eq!(required.exactly_one, [["A", "B"]]);
    }

    #[test]
    fn any_of_sets_is_at_least_one_of_each_choice() {
        let required = of(&json!([{"required": ["A"]}, {"required": ["B", "C"]}]), false);
        assert_eq!(required.at_least_one, [["A", "B"], ["A", "C"]]);
    }

    #[test]
    fn a_variant_that_requires_nothing_asks_for_nothing() {
        let required = of(&json!([{}, {"required": ["A", "B"]}]), true);
        assert!(required.exactly_one.is_empty() && required.at_least_one.is_empty());
    }
}
