//! Types: written, refined, cyclic.

use super::{accepts, check, explains};

#[test]
fn a_misspelt_type_is_corrected() {
    check(
        "let a: Stirng = \"x\"\nlet b: str = \"x\"\nlet c: integer = 1\nlet d: Nothing = 1",
        "unknown-type «Stirng»: there is no type `Stirng` => String
         unknown-type «str»: there is no type `str` => String
         unknown-type «integer»: there is no type `integer` => Int
         unknown-type «Nothing»: there is no type `Nothing`",
    );
}

#[test]
fn a_type_of_the_library_is_one_edit_away() {
    check(
        "component C { param a: Bucket }",
        "unknown-type «Bucket»: there is no type `Bucket` => use std.data.Bucket",
    );
}

#[test]
fn a_value_is_no_type_and_a_type_no_value() {
    check(
        "let n: Int = 1\nlet a: n = 1\nlet b: Int = Stage",
        "unknown-type «n»: `n` is a value, not a type
         type-mismatch «Stage»: `Stage` is a type, not a value",
    );
}

#[test]
fn only_grants_take_arguments() {
    check("let a: List<Int> = []", "unknown-type «List»: `List` takes no arguments");
}

#[test]
fn a_whole_number_is_a_number_and_no_other_type_is_another() {
    accepts("let a: Number = 1");
    check(
        "let a: Int = 1.5\nlet b: String = 1\nlet c: String = true\nlet d: Bool = 1",
        "type-mismatch «1.5»: expected a whole number, found a number
         type-mismatch «1»: expected a string, found a whole number => \"1\"
         type-mismatch «true»: expected a string, found a boolean
         type-mismatch «1»: expected a boolean, found a whole number",
    );
}

#[test]
fn a_literal_in_needless_quotes_loses_them() {
    check(
        "let a: Bool = \"true\"\nlet b: Int = \"12\"\nlet c: Duration = \"30s\"\nlet d: Range = \"1..3\"\nlet e: Int = \"many\"",
        "type-mismatch «\"true\"»: expected a boolean, found the string \"true\" => true
         type-mismatch «\"12\"»: expected a whole number, found the string \"12\" => 12
         type-mismatch «\"30s\"»: expected a duration, found the string \"30s\" => 30s
         type-mismatch «\"1..3\"»: expected a range, found the string \"1..3\" => 1..3
         type-mismatch «\"many\"»: expected a whole number, found the string \"many\"",
    );
}

#[test]
fn a_type_is_shown_where_it_was_declared() {
    explains(
        "let a: Int = \"x\"",
        "^ \"x\" | this is the string \"x\"
         - Int | declared here",
    );
}

#[test]
fn a_union_of_literals_takes_its_own() {
    accepts("let a: \"debug\" | \"info\" = \"info\"\nfn f(a: \"x\" | \"y\") -> String = a");
    check(
        "let a: \"debug\" | \"info\" = \"debgu\"\nlet b: \"debug\" | \"info\" = \"verbose\"\nfn f(a: String) -> \"x\" | \"y\" = a",
        "type-mismatch «\"debgu\"»: expected one of \"debug\" | \"info\", found the string \"debgu\" => \"debug\"
         type-mismatch «\"verbose\"»: expected one of \"debug\" | \"info\", found the string \"verbose\"
         type-mismatch «a»: expected one of \"x\" | \"y\", found a string",
    );
}

#[test]
fn only_literals_make_a_union_without_names() {
    check(
        "type T = \"a\" | Int",
        "type-mismatch «Int»: only strings can stand in a union of literals, not a whole number",
    );
}

#[test]
fn a_refinement_fits_its_type() {
    accepts(
        "type A = Int where 1..10\ntype B = Duration where 1s..1h\ntype C = String where /^[a-z]+$/\ntype D = Number where 0.5..2\n\
         type E = Size where 1MiB..1GiB\ntype F = Percent where 0%..100%\nlet a: A = 3\nlet b: Int = a",
    );
    check(
        "type A = Int where 10..1\ntype B = Int where 1s..3s\ntype C = String where 1..3\ntype D = Int where /x/\n\
         type E = String where /[/",
        "invalid-refinement «10..1»: nothing lies in the range `10..1` => 1..10
         invalid-refinement «1s..3s»: this range cannot refine a whole number
         invalid-refinement «1..3»: this range cannot refine a string
         invalid-refinement «/x/»: a regular expression cannot refine a whole number
         invalid-refinement «/[/»: this is not a regular expression",
    );
}

#[test]
fn a_refinement_without_a_name_is_shown_as_written() {
    check(
        "component C { param a: Duration where 1min..14d }\nsolution s { c: C { a = 3 } }",
        "type-mismatch «3»: expected `Duration where 1min..14d`, found a whole number => 3min",
    );
}

#[test]
fn a_type_does_not_contain_itself() {
    check(
        "type A = A\ntype B = [B]\ntype C = { d: D }\ntype D = { c: C }",
        "cyclic-type «A»: the type `A` is defined by itself
         cyclic-type «B»: the type `B` is defined by itself
         cyclic-type «c»: the type `D` is defined by itself",
    );
    accepts(
        "type Tree = { left: Tree?, children: [Tree], name: String }\ntype Rule = all | not_this { rule: Rule }",
    );
}

#[test]
fn the_keys_of_a_map_are_strings() {
    check(
        "let a: {Int: String} = {}",
        "type-mismatch «Int»: a map's key is a string, not a whole number => String",
    );
}

#[test]
fn a_type_that_takes_the_name_of_a_builtin_one_is_the_only_mistake() {
    check(
        "enum Size { small, large }\nlet a: Size = small\nfn f(s: Size) -> Int = match s {\n small => 1\n large => 2\n}",
        "duplicate-name «Size»: `Size` already has a meaning in every file",
    );
}

#[test]
fn a_refinement_holds_both_its_ends_and_says_how_it_is_written() {
    accepts(
        "type A = Int where 3..3\ntype B = Number where 1..1.5\ntype C = Duration where 1s..1s\ntype D = Vcpu where 0.25 vcpu..1 vcpu",
    );
    for (base, example, ends) in [
        ("Int", "1..10", "whole numbers"),
        ("Number", "0.5..2", "numbers"),
        ("Duration", "1s..5min", "durations"),
        ("Size", "1MiB..1GiB", "sizes"),
        ("Percent", "10%..90%", "percentages"),
        ("Vcpu", "0.25 vcpu..4 vcpu", "numbers of vCPUs"),
    ] {
        explains(
            &format!("type A = {base} where \"a\"..\"b\""),
            &format!(
                "^ \"a\"..\"b\" | both ends must be {ends}, known as they stand
                 - {base} | the type that is refined
                 help: write it like `{example}`"
            ),
        );
    }
    check(
        "type A = Duration where 2s..1s\ntype B = Size where 2GiB..1MiB\ntype C = Vcpu where 2 vcpu..1 vcpu\ntype D = Percent where 9%..1%\n\
         type E = Number where 2..0.5\ntype F = Duration where 1s..2MiB\ntype G = Int where -1..-3",
        "invalid-refinement «2s..1s»: nothing lies in the range `2s..1s` => 1s..2s
         invalid-refinement «2GiB..1MiB»: nothing lies in the range `2GiB..1MiB` => 1MiB..2GiB
         invalid-refinement «2 vcpu..1 vcpu»: nothing lies in the range `2 vcpu..1 vcpu` => 1 vcpu..2 vcpu
         invalid-refinement «9%..1%»: nothing lies in the range `9%..1%` => 1%..9%
         invalid-refinement «2..0.5»: nothing lies in the range `2..0.5` => 0.5..2
         invalid-refinement «1s..2MiB»: this range cannot refine a duration
         invalid-refinement «-1..-3»: nothing lies in the range `-1..-3` => -3..-1",
    );
}

#[test]
fn a_field_of_a_type_stands_once() {
    accepts("type R = { a: Int, b: Int }");
    check("type R = { a: Int, a: String }", "duplicate-name «a»: `a` is declared twice");
}

#[test]
fn a_text_loses_its_quotes_only_where_what_is_left_is_of_the_type() {
    check(
        "let a: Number = \"1.5\"\nlet b: Number = \"+1\"\nlet c: Number = \"inf\"\nlet d: Size = \"1MiB\"\nlet e: Percent = \"5%\"\nlet f: Cidr = \"10.0.0.0/33\"\n\
         let g: Range = \"1..x\"\nlet h: Duration = \"1MiB\"\nlet i: Bool = \"yes\"\nlet j: Int = \"+5\"\nlet k: Range = \"1..+2\"",
        "type-mismatch «\"1.5\"»: expected a number, found the string \"1.5\" => 1.5
         type-mismatch «\"+1\"»: expected a number, found the string \"+1\"
         type-mismatch «\"inf\"»: expected a number, found the string \"inf\"
         type-mismatch «\"1MiB\"»: expected a size in bytes, found the string \"1MiB\" => 1MiB
         type-mismatch «\"5%\"»: expected a percentage, found the string \"5%\" => 5%
         type-mismatch «\"10.0.0.0/33\"»: expected an address range, found the string \"10.0.0.0/33\"
         type-mismatch «\"1..x\"»: expected a range, found the string \"1..x\"
         type-mismatch «\"1MiB\"»: expected a duration, found the string \"1MiB\"
         type-mismatch «\"yes\"»: expected a boolean, found the string \"yes\"
         type-mismatch «\"+5\"»: expected a whole number, found the string \"+5\"
         type-mismatch «\"1..+2\"»: expected a range, found the string \"1..+2\"",
    );
}
