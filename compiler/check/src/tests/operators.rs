//! Operators and what they take.

use super::{accepts, check, explains};

#[test]
fn operators_take_what_they_are_for() {
    accepts(
        "let a: Int = 1 + 2 * 3 - 4 / 2\nlet b: Number = 1.5 * 2\nlet c: Bool = not true or 1 < 2 and 2 >= 1\n\
         let d: String = \"a\" + \"b\"\nlet e: [Int] = [1] + [2]\nlet f: {String: Int} = { a = 1 } + { b = 2 }\nlet g: Bool = \"a\" in [\"a\"]",
    );
    check(
        "let a: Int = true + 1\nlet b: Int = -\"x\"\nlet c: Bool = not 3\nlet d: Bool = 1 and true\nlet e: Int = 4 / 2s\nlet f: Bool = 1 in \"x\"",
        "type-mismatch «+»: `+` cannot take a boolean and a whole number
         type-mismatch «\"x\"»: `-` takes a number, found the string \"x\"
         type-mismatch «3»: `not` takes a boolean, found a whole number
         type-mismatch «1»: `and` takes a boolean, found a whole number
         type-mismatch «/»: `/` cannot take a whole number and a duration
         type-mismatch «1 in \"x\"»: a whole number cannot be in the string \"x\"",
    );
}

#[test]
fn a_number_joins_a_string_by_interpolation() {
    explains(
        "let a: String = \"n\" + 1",
        "^ + | these do not go together
         - \"n\" | this is the string \"n\"
         - 1 | this is a whole number
         help: put the value into the string: `\"… ${value}\"`",
    );
    accepts("let a: String = \"n${1}\"");
}

#[test]
fn both_sides_of_a_comparison_are_of_one_type() {
    check(
        "let a: Bool = \"a\" == 1\nlet b: Bool = 1 != none",
        "type-mismatch «==»: the string \"a\" cannot be compared with a whole number",
    );
}

#[test]
fn a_condition_is_a_boolean() {
    check(
        "let a: Int = if 1 then 1 else 2\nlet b: [Int] = [x for x in [1] if x]",
        "type-mismatch «1»: `if` takes a boolean, found a whole number
         type-mismatch «x»: `if` takes a boolean, found a whole number",
    );
}
