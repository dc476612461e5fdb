//! Records and maps.

use super::{accepts, check, explains};

const RULE: &str = "type Rule = { days: Int, prefix: String = \"\" }\n";

#[track_caller]
fn rule(input: &str, expect: &str) {
    check(&format!("{RULE}{input}"), expect);
}

#[test]
fn a_record_has_the_fields_of_its_type() {
    rule(
        "let a: Rule = { days = 1 }\nlet b: Rule = { ...a, days = 2 }\nlet c: Int = b.days\nlet days: Int = 3\nlet d: Rule = { days }",
        "",
    );
}

#[test]
fn a_misspelt_field_is_one_mistake() {
    rule(
        "let a: Rule = { day = 1 }\nlet b: [Rule] = [{ days = 1 }, { dayz = 2 }]\nlet c: Rule = { days = 1, prefixes = \"x\" }",
        "unknown-field «day»: `Rule` has no field `day` => days
         unknown-field «dayz»: `Rule` has no field `dayz` => days
         unknown-field «prefixes»: `Rule` has no field `prefixes` => prefix",
    );
}

#[test]
fn a_field_that_is_missing_is_told_from_one_that_is_misspelt() {
    rule(
        "let a: Rule = { prefx = \"x\" }",
        "missing-field «{ prefx = \"x\" }»: `Rule` needs `days`
         unknown-field «prefx»: `Rule` has no field `prefx` => prefix",
    );
    explains(
        &format!("{RULE}let a: Rule = {{}}"),
        "^ {} | without `days`
         - days | declared here without a default
         help: add `days = …`, a whole number",
    );
}

#[test]
fn the_only_field_that_is_missing_is_what_was_meant() {
    check(
        "let a: { cidr: Cidr } = { network = 10.0.0.0/8 }",
        "unknown-field «network»: `{ cidr: Cidr }` has no field `network` => cidr",
    );
}

#[test]
fn a_field_is_given_once_and_of_its_type() {
    rule(
        "let a: Rule = { days = 1, days = 2 }\nlet b: Rule = { days = \"x\" }\nlet c: {String: Int} = { x = 1, x = 2 }",
        "duplicate-field «days»: `days` is given twice
         type-mismatch «\"x\"»: expected a whole number, found the string \"x\"
         duplicate-field «x»: `x` is given twice",
    );
}

#[test]
fn a_field_that_is_not_there_is_not_read() {
    rule(
        "let a: Rule = { days = 1 }\nlet b: Int = a.dys\nlet c: Int = { x = 1 }[\"x\"]",
        "unknown-field «dys»: a record `Rule` has no `dys` => days
         type-mismatch «{ x = 1 }»: cannot index a record `{ x: Int }`",
    );
}

#[test]
fn braces_are_a_map_where_one_is_expected() {
    accepts(
        "let a: {String: Int} = { x = 1, \"y-z\" = 2 }\nlet b: Int = a[\"x\"]\nlet c: Int? = a.get(\"x\")\nlet d: [String] = a.keys",
    );
    check(
        "let a: {String: Int} = { x = 1, y = \"2\" }\nlet b: {String: Int} = [1]\nlet c: [String] = { x = 1 }",
        "type-mismatch «\"2\"»: expected a whole number, found the string \"2\" => 2
         type-mismatch «[1]»: expected a map `{String: Int}`, found a list `[Int]`
         type-mismatch «{ x = 1 }»: expected a list `[String]`, found a record `{ x: Int }`",
    );
}

#[test]
fn an_optional_field_may_be_left_out() {
    accepts("type R = { a: Int?, b: Int = 2 }\nlet r: R = {}\nlet n: Int = r.a ?? r.b");
}

#[test]
fn json_takes_what_json_can_say() {
    accepts(
        "type R = { a: Int, b: [String] }\ncomponent C { param j: Json }\nlet r: R = { a = 1, b = [] }\n\
         solution s {\n a: C { j = { x = 1, y = [1, \"a\", none], z = { deep = true } } }\n b: C { j = r }\n c: C { j = [r, 1] }\n}",
    );
    check(
        "component C { param j: Json }\nsolution s {\n a: C { j = { x = 3s, y = 1 } }\n b: C { j = 1MiB }\n c: C { j = { x = { y = [1h] } } }\n}",
        "type-mismatch «3s»: expected `Json`, found a duration => .seconds
         type-mismatch «1MiB»: expected `Json`, found a size in bytes => .mib
         type-mismatch «1h»: expected `Json`, found a duration => .seconds",
    );
    check(
        "type R = { a: Duration }\nlet r: R = { a = 1s }\ncomponent C { param j: Json }\nsolution s { a: C { j = r } }",
        "type-mismatch «r»: expected `Json`, found a record `R`",
    );
}

#[test]
fn a_default_sees_the_fields_above_it() {
    accepts("type R = { a: Int, b: Int = a + 1 }\nlet r: R = { a = 1 }");
    check(
        "type R = { a: Int = b, b: Int }\ntype S = { a: Int = \"x\" }",
        "unknown-name «b»: nothing here is called `b`
         type-mismatch «\"x\"»: expected a whole number, found the string \"x\"",
    );
}

#[test]
fn a_spread_brings_its_fields_and_what_is_not_one_is_told() {
    rule(
        "let both: { days: Int, prefix: String } = { days = 1, prefix = \"x\" }\nlet a: Rule = { ...both }\nlet b = { ...both, x = 1 }\nlet c: Int = b.days + b.x",
        "",
    );
    rule(
        "let a: Rule = { ...3 }\nlet b: Rule = { ...{ days = \"x\" } }\nlet c: {String: Int} = { ...{ x = \"1\" } }",
        "type-mismatch «3»: only a record can be spread into a record, not a whole number
         type-mismatch «\"x\"»: expected a whole number, found the string \"x\"
         type-mismatch «\"1\"»: expected a whole number, found the string \"1\" => 1",
    );
}
