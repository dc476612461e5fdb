//! Enums, unions, `match`: cases are found by type.

use super::{accepts, check, explains};

const COLOUR: &str = "enum Colour { red, green, blue }\n";
const ROUTE: &str =
    "type Route = path { pattern: String, weight: Int = 1 } | host { name: String } | anywhere\n";

#[track_caller]
fn colour(input: &str, expect: &str) {
    check(&format!("{COLOUR}{input}"), expect);
}

#[track_caller]
fn route(input: &str, expect: &str) {
    check(&format!("{ROUTE}{input}"), expect);
}

#[test]
fn a_case_is_found_by_the_type_that_is_expected() {
    colour(
        "let a: Colour = red\nfn f(c: Colour) -> Bool = c == red or c in [green, blue]\nfn g(c: Colour?) -> Colour = c ?? red\n\
         fn h(c: Colour) -> Colour = if c == red then blue else c",
        "",
    );
}

#[test]
fn a_misspelt_case_is_corrected() {
    colour(
        "let a: Colour = gren\nlet b: Colour = purple\nfn f(c: Colour) -> Bool = c == bleu",
        "unknown-case «gren»: `Colour` has no case `gren` => green
         unknown-case «purple»: `Colour` has no case `purple`
         unknown-case «bleu»: `Colour` has no case `bleu` => blue",
    );
}

#[test]
fn a_case_in_quotes_loses_them() {
    colour(
        "let a: Colour = \"red\"\nfn f(c: Colour) -> Bool = c == \"green\"\nfn g(c: Colour) -> Int = match c {\n \"red\" => 1\n _ => 2\n}",
        "type-mismatch «\"red\"»: expected `Colour`, found the string \"red\" => red
         type-mismatch «==»: `Colour` cannot be compared with the string \"green\" => green
         type-mismatch «\"red\"»: expected `Colour`, found the string \"red\" => red",
    );
}

#[test]
fn without_an_expected_type_a_case_is_no_name() {
    explains(
        &format!("{COLOUR}let a = red"),
        "^ red | not found
         note: `red` is a case of `Colour`; a case can stand only where its type is expected",
    );
    colour(
        "let a: Bool = red == green",
        "ambiguous-comparison «red == green»: nothing says what these two names mean",
    );
}

#[test]
fn a_name_that_hides_a_case_is_reported_where_it_matters() {
    colour(
        "fn f(red: Int) -> Int = red\nfn g(red: Int) -> Colour = red",
        "hidden-case «red»: `red` is a case of `Colour`, and also a name in scope",
    );
}

#[test]
fn cases_have_an_order_where_it_is_declared() {
    accepts(
        "enum Level { low < high }\nfn f(l: Level) -> Bool = l >= high\nfn g(l: Stage) -> Bool = l < production",
    );
    colour("fn f(c: Colour) -> Bool = c < green", "unordered-enum «<»: the cases of `Colour` have no order");
    check("let a: Bool = \"a\" < \"b\"", "type-mismatch «<»: a string has no order");
}

#[test]
fn a_union_is_made_of_its_cases() {
    route(
        "let a: Route = path { pattern = \"/\" }\nlet b: Route = host { name = \"x\" }\nlet c: Route = anywhere\nlet d: String = a.name",
        "",
    );
    route(
        "let a: Route = pth { pattern = \"/\" }\nlet b: Route = path { patern = \"/\" }\nlet c: Route = path\n\
         let d: Route = anywhere { x = 1 }\nlet e: Route = path(\"/\")\nlet f = host { name = \"x\" }\nlet g: String = a.pattern",
        "unknown-case «pth»: `Route` has no case `pth` => path
         unknown-field «patern»: the case `path` has no field `patern` => pattern
         missing-field «path»: the case `path` needs `pattern`
         unknown-field «x»: the case `anywhere` has no fields
         not-callable «path(\"/\")»: the case `path` is not called
         unknown-case «host»: nothing says what the case `host` belongs to
         unknown-field «pattern»: `Route` has no `pattern`",
    );
}

#[test]
fn match_takes_every_case() {
    colour(
        "fn f(c: Colour) -> Int = match c {\n red => 1\n green | blue => 2\n}\nfn g(c: Colour) -> Int = match c {\n red => 1\n _ => 2\n}\n\
         fn h(c: Colour?) -> Int = match c {\n none => 0\n _ => 1\n}\nfn i(b: Bool) -> Int = match b {\n true => 1\n false => 2\n}\n\
         fn j(s: \"a\" | \"b\") -> Int = match s {\n \"a\" => 1\n \"b\" => 2\n}",
        "",
    );
    colour(
        "fn f(c: Colour) -> Int = match c {\n red => 1\n}\nfn g(b: Bool) -> Int = match b {\n true => 1\n}\n\
         fn h(s: \"a\" | \"b\") -> Int = match s {\n \"a\" => 1\n}\nfn i(c: Colour?) -> Int = match c {\n red | green | blue => 1\n}\n\
         fn j(n: Int) -> Int = match n {\n 1 => 1\n}",
        "not-exhaustive «c»: this `match` leaves out `green` and `blue`
         not-exhaustive «b»: this `match` leaves out `false`
         not-exhaustive «s»: this `match` leaves out `\"b\"`
         not-exhaustive «c»: this `match` leaves out `none`
         not-exhaustive «n»: this `match` does not cover every value",
    );
}

#[test]
fn match_binds_the_fields_of_a_case() {
    route(
        "fn f(r: Route) -> String = match r {\n path { pattern } => pattern\n host { name: n } => n\n anywhere => \"\"\n}",
        "",
    );
    route(
        "fn f(r: Route) -> String = match r {\n path { patern } => \"\"\n host => \"\"\n anywhere => \"\"\n}",
        "unknown-field «patern»: the case `path` has no field `patern` => pattern",
    );
}

#[test]
fn a_misspelt_case_in_a_pattern_is_the_only_mistake() {
    colour(
        "fn f(c: Colour) -> Int = match c {\n gren => 1\n red => 2\n}\nfn g(s: String) -> Int = match s {\n red => 1\n _ => 2\n}",
        "unknown-case «gren»: `Colour` has no case `gren` => green
         unknown-case «red»: a string has no case `red`",
    );
}

#[test]
fn an_arm_that_is_never_reached_is_a_warning() {
    colour(
        "fn f(c: Colour) -> Int = match c {\n red => 1\n red => 2\n _ => 3\n green => 4\n}",
        "warning unreachable-arm «red»: this arm is never reached => nothing
         warning unreachable-arm «green»: this arm is never reached => nothing",
    );
}

#[test]
fn arms_and_branches_are_of_one_type() {
    colour(
        "fn f(c: Colour) -> Int = match c {\n red => 1\n _ => \"x\"\n}\nlet a = if true then 1 else \"x\"",
        "type-mismatch «\"x\"»: the branches differ: a whole number, and here the string \"x\"
         type-mismatch «\"x\"»: the branches differ: a whole number, and here the string \"x\"",
    );
}

#[test]
fn match_takes_literals_once_and_of_their_type() {
    accepts(
        "fn f(n: Int) -> Int = match n {\n 1 => 1\n 2 => 2\n _ => 3\n}\nfn g(s: String) -> Int = match s {\n \"a\" => 1\n _ => 2\n}\n\
             fn h(b: Bool?) -> Int = match b {\n true => 1\n false => 2\n none => 3\n}",
    );
    check(
        "fn f(n: Int) -> Int = match n {\n 1 => 1\n 1 => 2\n \"x\" => 4\n _ => 3\n}\nfn g(b: Bool?) -> Int = match b {\n true => 1\n none => 2\n none => 3\n}\n\
         fn h(s: String) -> Int = match s {\n 3 => 1\n _ => 2\n}",
        "warning unreachable-arm «1»: this arm is never reached => nothing
         type-mismatch «\"x\"»: expected a whole number, found the string \"x\"
         not-exhaustive «b»: this `match` leaves out `false`
         warning unreachable-arm «none»: this arm is never reached => nothing
         type-mismatch «3»: expected a string, found a whole number",
    );
}

#[test]
fn a_case_without_fields_binds_nothing() {
    colour(
        "fn f(c: Colour) -> Int = match c {\n red { x } => 1\n _ => 2\n}",
        "unknown-field «x»: the case `red` has no fields",
    );
    explains(
        &format!("{ROUTE}fn f(r: Route) -> String = r.pattern"),
        "^ pattern | not found
         help: use `match` to reach the fields of a case",
    );
}
