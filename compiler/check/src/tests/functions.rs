//! Functions: of the file, of the language, of values.

use super::{accepts, check, explains};

const TWICE: &str = "fn twice(n: Int, by: Int = 2) -> Int = n * by\n";

#[track_caller]
fn twice(input: &str, expect: &str) {
    check(&format!("{TWICE}{input}"), expect);
}

#[test]
fn arguments_come_by_place_or_by_name() {
    twice(
        "let a: Int = twice(1)\nlet b: Int = twice(1, 3)\nlet c: Int = twice(by: 3, n: 1)\nlet d: Int = twice(1, by: 3)",
        "",
    );
}

#[test]
fn arguments_are_neither_missing_nor_too_many() {
    twice(
        "let a: Int = twice()\nlet b: Int = twice(1, bi: 2)\nlet c: Int = twice(1, 2, 3)\nlet d: Int = twice(1, n: 2)\nlet e: Int = twice(\"x\")",
        "missing-argument «twice()»: `twice` needs `n`
         unknown-argument «bi»: `twice` takes no `bi` => by
         unknown-argument «3»: `twice` takes 2 arguments
         duplicate-field «n»: `n` is given twice
         type-mismatch «\"x\"»: expected a whole number, found the string \"x\"",
    );
}

#[test]
fn a_misspelt_function_is_corrected() {
    twice("let a: Int = twise(1)", "unknown-name «twise»: there is no function `twise` => twice");
}

#[test]
fn only_functions_are_called_and_functions_only_called() {
    twice(
        "let a: Int = twice\nlet b: Int = a(1)\nlet c: Int = \"x\".length()\nlet d: Int = 3(4)",
        "type-mismatch «twice»: `twice` is a function, not a value
         not-callable «a»: a whole number cannot be called
         not-callable «length»: `length` of the string \"x\" is not called => nothing
         not-callable «3»: a whole number cannot be called",
    );
}

#[test]
fn a_function_does_not_reach_itself() {
    check(
        "fn f(n: Int) -> Int = g(n)\nfn g(n: Int) -> Int = h(n)\nfn h(n: Int) -> Int = f(n)\nfn i(n: Int) -> Int = i(n)",
        "recursive-function «f»: `h` reaches itself
         recursive-function «i»: `i` reaches itself",
    );
    explains(
        "fn f(n: Int) -> Int = g(n)\nfn g(n: Int) -> Int = f(n)",
        "^ f | this call leads back
         - g | declared here
         note: the chain: `g` → `f` → `g`
         help: iterate with a comprehension: every program of this language ends",
    );
}

#[test]
fn a_value_is_not_defined_by_itself() {
    check(
        "let a: Int = b\nlet b: Int = a\ncomponent C {\n let x = y\n let y = x\n}",
        "cyclic-let «a»: `a` is defined by itself
         cyclic-let «x»: `x` is defined by itself",
    );
}

#[test]
fn the_functions_of_the_language_take_their_types() {
    accepts(
        "let a: Int = count([1, 2])\nlet b: String = join([\"a\"], \",\")\nlet c: [Int] = flatten([[1], [2]])\nlet d: Duration = max(1s, 2min)\n\
         let e: {String: Int} = merge({ a = 1 }, { b = 2 })\nlet f: [String] = sort(unique([\"b\", \"a\"]))\nlet g: Image = image(\"api\", format: zip)",
    );
    check(
        "let a: Int = count(3)\nlet b: Int = count([1], [2])\nlet c: Int = min(1, 2s)\nlet d: String = join([1], \",\")\nlet e: [Int] = flatten([1])\n\
         let f: String = join([\"a\"])\nlet g: Image = image(\"a\", format: tar)",
        "type-mismatch «3»: expected a list, found a whole number
         unknown-argument «count»: `count` takes one list
         type-mismatch «min(1, 2s)»: `min` takes two numbers of one type, found a whole number and a duration
         type-mismatch «1»: expected a string, found a whole number => \"1\"
         type-mismatch «[1]»: expected a list of lists, found a list `[Int]`
         missing-argument «join([\"a\"])»: `join` needs `separator`
         unknown-case «tar»: `ImageFormat` has no case `tar` => jar",
    );
}

#[test]
fn texts_have_functions_of_their_own() {
    accepts(
        "let a: Bool = \"abc\".starts_with(\"a\") and \"abc\".ends_with(\"c\") and \"abc\".contains(\"b\")\nlet b: [String] = \"a,b\".split(\",\")\n\
         let c: String = \"abc\".replace(\"a\", \"b\").slice(0, 1).upper\nlet d: Int = \"abc\".length",
    );
    check(
        "let a: Bool = \"abc\".startswith(\"a\")\nlet b: Int = \"abc\".lenght",
        "not-callable «startswith»: the string \"abc\" has no function `startswith` => starts_with
         unknown-field «lenght»: the string \"abc\" has no `lenght` => length",
    );
}

#[test]
fn a_call_says_how_many_arguments_it_has_and_how_many_it_takes() {
    explains("let a = count([1], [2])", "^ count | called with 2 arguments");
    explains("let a = sum()", "^ sum | called with nothing");
    explains("let a = max(1)", "^ max(1) | called with 1 argument");
    check(
        "fn one(n: Int) -> Int = n\nlet a = one(1, 2)\nlet b = one(n: 1, n: 2)\nlet c = \"x\".replace(\"a\")\nlet d = \"x\".replace(\"a\", \"b\", \"c\")\nlet e = [1].nothing()\nlet f = x(1)",
        "unknown-argument «2»: `one` takes 1 argument
         duplicate-field «n»: `n` is given twice
         missing-argument «\"x\".replace(\"a\")»: `replace` needs `to`
         unknown-argument «\"c\"»: `replace` takes 2 arguments
         not-callable «nothing»: a list `[Int]` has no function `nothing`
         unknown-name «x»: there is no function `x`",
    );
    explains(
        "fn one(n: Int) -> Int = n\nlet a = one()",
        "^ one() | without `n`
         - n | declared as `Int`
         help: add `n: …`, a whole number",
    );
    explains(
        "let a = \"x\".pad_left(3)",
        "^ \"x\".pad_left(3) | without `fill`
         help: add `fill: …`, a string",
    );
}
