//! Lists, comprehensions, indexing.

use super::{accepts, check};

#[test]
fn a_list_holds_values_of_one_type() {
    accepts(
        "let a: [Int] = [1, 2, ...[3]]\nlet b: [Number] = [1, 1.5]\nlet c = [1, none]\nlet d: Int = a[0]\nlet e: Int? = a.first",
    );
    check(
        "let a: [Int] = [1, \"x\"]\nlet b = [1, \"x\"]\nlet c = [1, ...2]\nlet d: [Int] = 3",
        "type-mismatch «\"x\"»: expected a whole number, found the string \"x\"
         type-mismatch «\"x\"»: a list holds values of one type: a whole number, and here the string \"x\"
         type-mismatch «2»: only a list can be spread into a list, not a whole number
         type-mismatch «3»: expected a list `[Int]`, found a whole number => […]",
    );
}

#[test]
fn a_comprehension_runs_over_lists_maps_and_ranges() {
    accepts(
        "let m: {String: Int} = { a = 1 }\nlet a: [Int] = [x * 2 for x in 1..3 if x > 1]\nlet b: [String] = [k for k, v in m if v == 1]\n\
         let c: {String: Int} = {k: v + 1 for k, v in m}\nlet d: [Int] = [i for i, x in [\"a\"]]\nlet e: [Int] = [x + y for x in [1] for y in [2]]",
    );
    check(
        "let a = [x for x in 3]\nlet b = [k for k, v in { a = 1 }]\nlet c = {x: 1 for x in [1]}",
        "type-mismatch «3»: cannot iterate over a whole number
         type-mismatch «{ a = 1 }»: cannot iterate over a record `{ a: Int }`
         type-mismatch «x»: a map's key is a string, not a whole number",
    );
}

#[test]
fn the_name_of_a_comprehension_ends_with_it() {
    check(
        "let a: [Int] = [item for item in [1]]\nlet b: Int = item",
        "unknown-name «item»: nothing here is called `item`",
    );
}

#[test]
fn an_index_is_of_its_kind() {
    check(
        "let a: Int = [1][\"x\"]\nlet m: {String: Int} = { a = 1 }\nlet b: Int = m[0]\nlet c = 3[0]",
        "type-mismatch «\"x\"»: expected a whole number, found the string \"x\"
         type-mismatch «0»: expected a string, found a whole number => \"0\"
         type-mismatch «3»: cannot index a whole number",
    );
}

#[test]
fn a_list_of_known_values_is_known_where_deferred_ones_may_stand() {
    accepts("let a: String = join([\"a\", \"b\"], \",\")\nlet b: String = join([x for x in [\"a\"]], \",\")");
}

#[test]
fn what_is_expected_of_a_list_or_map_is_expected_of_its_elements() {
    accepts(
        "enum E { x, y }\nlet a: [E] = [x, y]\nlet b: [E]? = [x]\nlet c: {String: E} = { k = x }\nlet d: {String: E}? = { k = x }\nlet e: [E] = [x for n in [1]]\n\
         let f: {String: E} = {\"${n}\": x for n in [1]}\nlet g: [[E]] = [[x], [y]]\nfn h(all: [E]) -> Bool = x in all\nlet i: [E] = [...a, y]",
    );
    check(
        "let a: [Int] = [...[\"x\"]]\nlet b: [Int] = [n for n in [\"x\"]]\nlet c: {String: Int} = {n: n for n in [\"x\"]}",
        "type-mismatch «\"x\"»: expected a whole number, found the string \"x\"
         type-mismatch «n»: expected a whole number, found the string \"x\"
         type-mismatch «n»: expected a whole number, found the string \"x\"",
    );
}

#[test]
fn keys_of_a_map_are_strings_and_cases() {
    accepts(
        "enum E { x, y }\nfn f(all: [E]) -> [Int] = {e: 1 for e in all}.values\nlet a = {\"a\": 1 for n in [1]}",
    );
    check(
        "type R = { n: Int }\nfn f(all: [R]) -> [Int] = {r: 1 for r in all}.values\nlet a = {true: 1 for n in [1]}",
        "type-mismatch «r»: a map's key is a string, not a record `R`
         type-mismatch «true»: a map's key is a string, not a boolean",
    );
}
