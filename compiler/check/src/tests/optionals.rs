//! Values that may be `none`, and how it is shown that they are not.

use super::{accepts, check, explains};

#[test]
fn a_value_that_may_be_none_needs_another_for_that_case() {
    accepts("fn f(a: Int?) -> Int = a ?? 0\nfn g(a: Int?, b: Int?) -> Int? = a ?? b");
    explains(
        "fn f(a: Int?) -> Int = a",
        "^ a | this is `Int?`
         - Int | `f` gives `Int`
         help: give a value for that case: `… ?? <value>`",
    );
}

#[test]
fn a_condition_shows_that_a_value_is_there() {
    accepts(
        "fn a(x: Int?) -> Int = if x != none then x else 0\nfn b(x: Int?) -> Int = if x == none then 0 else x\n\
         fn c(x: Int?) -> Int = if x != none and x > 3 then x else 0\nfn d(x: Int?) -> Int = if x == none or x < 3 then 0 else x\n\
         fn e(x: Int?) -> Int = if not (x == none) then x else 0",
    );
    check(
        "fn a(x: Int?) -> Int = if x == none then x else 0\nfn b(x: Int?, y: Int?) -> Int = if x != none or y != none then x else 0",
        "optional-value «if x == none then x else 0»: expected a whole number, found a value that may be `none`
         optional-value «if x != none or y != none then x else 0»: expected a whole number, found a value that may be `none`",
    );
}

#[test]
fn a_condition_shows_that_a_field_is_there() {
    accepts("type R = { inner: { n: Int }? }\nfn f(r: R) -> Int = if r.inner != none then r.inner.n else 0");
}

#[test]
fn a_name_that_is_bound_later_is_another_one() {
    check(
        "fn f(x: Int?, all: [Int?]) -> [Int] = if x != none then [x + 1 for x in all] else []",
        "optional-value «x»: `+` cannot take a value that may be `none`",
    );
}

#[test]
fn what_is_shown_in_a_condition_holds_for_the_resource() {
    accepts(
        "component C {\n param zone_name: String?\n resource a: AWS.EC2.VPC if zone_name != none { CidrBlock = \"10.0.0.0/16\" }\n\
         resource t: AWS.EC2.RouteTable if a != none { VpcId = a.ref }\n}",
    );
}

#[test]
fn a_field_of_an_optional_is_read_with_a_question_mark() {
    accepts("type R = { n: Int }\nfn f(r: R?) -> Int? = r?.n\nfn g(s: String?) -> Int = s?.length ?? 0");
    check(
        "type R = { n: Int }\nfn f(r: R?) -> Int = r.n\nfn g(s: String?) -> Int = s.length",
        "optional-value «n»: this is read from a value that may be `none` => ?.
         optional-value «length»: this is read from a value that may be `none` => ?.",
    );
}

#[test]
fn none_takes_part_in_nothing_else() {
    check(
        "fn a(x: [Int]?) -> [Int] = [i for i in x]\nfn b(x: [Int]?) -> Int = x[0]\nfn c(x: Int?) -> String = \"${x}\"\n\
         fn d(x: Int?) -> Int = x + 1\nfn e(x: Int?) -> Bool = not x",
        "optional-value «x»: cannot iterate over what may be `none`
         optional-value «x»: cannot index what may be `none`
         optional-value «x»: a value that may be `none` cannot stand in a string
         optional-value «x»: `+` cannot take a value that may be `none`
         type-mismatch «x»: `not` takes a boolean, found a whole number that may be `none`",
    );
}

#[test]
fn a_value_that_is_always_there_needs_no_other() {
    check("fn f(a: Int) -> Int = a ?? 0", "warning optional-value «a»: this is never `none` => nothing");
    check(
        "fn f(a: Int?) -> Int = a ?? \"x\"",
        "type-mismatch «\"x\"»: expected a whole number, found the string \"x\"",
    );
}

#[test]
fn what_a_condition_shows_holds_through_brackets_and_both_ways_round() {
    accepts(
        "type R = { inner: { n: Int }?, m: Int? }\nfn a(x: Int?) -> Int = if (x != none) then x else 0\nfn b(x: Int?) -> Int = if none != x then x else 0\n\
         fn c(x: Int?) -> Int = if none == x then 0 else x\nfn d(x: Int?, y: Int?) -> Int = if x == none or y == none then 0 else x + y\n\
         fn e(r: R) -> Int = if (r.inner) != none then r.inner.n else 0\nfn f(x: Int?) -> Bool = x == none or x > 3",
    );
    check(
        "type R = { m: Int?, n: Int? }\nfn a(r: R) -> Int = if r.m != none then r.n else 0\nfn b(x: Int?, y: Int?) -> Int = if x == none and y == none then 0 else x\n\
         fn c(x: Int?) -> Int = if x != none or true then x else 0\nfn d(x: Int?) -> Int = if not (x != none) then x else 0\nfn e(x: Int?) -> Bool = x != none or x > 3",
        "optional-value «if r.m != none then r.n else 0»: expected a whole number, found a value that may be `none`
         optional-value «if x == none and y == none then 0 else x»: expected a whole number, found a value that may be `none`
         optional-value «if x != none or true then x else 0»: expected a whole number, found a value that may be `none`
         optional-value «if not (x != none) then x else 0»: expected a whole number, found a value that may be `none`
         type-mismatch «>»: a whole number that may be `none` has no order",
    );
}

#[test]
fn one_of_two_that_may_be_none_shows_neither() {
    check(
        "fn f(x: Int?, y: Int?) -> Int = if x == none or y == none then x else 0\nfn g(x: Int?, y: Int?) -> Int = if not (x != none and y != none) then x else 0",
        "optional-value «if x == none or y == none then x else 0»: expected a whole number, found a value that may be `none`
         optional-value «if not (x != none and y != none) then x else 0»: expected a whole number, found a value that may be `none`",
    );
}
