//! Facts of recovery: one mistake, one message at its place; and everything well-formed around it is read.

use super::{parse, told};
use crate::ast::{File, Item, ItemKind, StatementKind};
use solc_source::Diagnostic;

/// What is said about `text`, a message a line.
#[track_caller]
fn check(text: &str, expect: &[&str]) -> File {
    let (file, diagnostics) = parse(text);
    assert_eq!(told(text, &diagnostics), expect, "{text}");
    file
}

/// The same for statements of a component, whose first line is line 2; and how many of them are kept.
#[track_caller]
fn check_body(body: &str, expect: &[&str], kept: usize) {
    let file = check(&format!("component X {{\n{body}\n}}\nlet after = 1\n"), expect);
    assert_eq!(file.items.len(), 2, "{body}");
    let ItemKind::Component(decl) = &file.items[0].kind else { panic!("{body}") };
    let read = decl.body.iter().filter(|s| !matches!(s.kind, StatementKind::Error)).count();
    assert_eq!(read, kept, "{body}: {:?}", decl.body);
}

/// The same for the value of a `let`, with a declaration after it that must be kept.
#[track_caller]
fn check_value(value: &str, expect: &[&str]) {
    let file = check(&format!("let x = {value}\nlet after = 1\n"), expect);
    assert!(
        matches!(file.items.as_slice(), [_, Item { kind: ItemKind::Let(decl), .. }] if decl.name.name == "after")
    );
}

#[test]
fn missing_values_are_located() {
    check_value("", &["1:8 [syntax-error] expected an expression, found end of line"]);
    check_value("1 +", &["1:12 [syntax-error] expected an expression, found end of line"]);
    check_value("not", &["1:12 [syntax-error] expected an expression, found end of line"]);
    check_value("a.", &["1:11 [syntax-error] expected a name after `.`, found end of line"]);
    check_value("(1 + )", &["1:14 [syntax-error] expected an expression, found `)`"]);
    check_value("f(a: )", &["1:14 [syntax-error] expected an expression, found `)`"]);
    check_value("if a then b", &["1:20 [syntax-error] expected `else`, found end of line"]);
    check_value("if a b else c", &["1:14 [syntax-error] expected `then`, found `b`"]);
    check_value("match a", &["1:16 [syntax-error] expected `{` and the arms, found end of line"]);
    check_value("match a { b => }", &["1:24 [syntax-error] expected an expression, found `}`"]);
    check_value("match a { b }", &["1:21 [syntax-error] expected `=>` and a value, found `}`"]);
    check_value("1.", &["1:11 [syntax-error] expected a digit after the point, found end of line"]);
    check_value("10.0.0.1", &["1:9 [syntax-error] an address range needs a prefix length"]);
    check_value("[x for x xs]", &["1:18 [syntax-error] expected `in`, found `xs`"]);
    check_value("a b", &["1:11 [syntax-error] expected the end of the declaration, found `b`"]);
}

#[test]
fn brackets_that_are_never_closed_are_pointed_at() {
    check_value("f(1, 2", &["1:10 [unclosed-delimiter] this `(` is never closed"]);
    check_value("[1, 2", &["1:9 [unclosed-delimiter] this `[` is never closed"]);
    check_value("f(g(1)", &["1:10 [unclosed-delimiter] this `(` is never closed"]);
    check_value("\"a ${b\"", &["1:12 [unclosed-delimiter] this `${` is never closed"]);
    check_value("f(1]", &["1:10 [unclosed-delimiter] this `(` is never closed"]);
    check_body(
        "  a = f(1,\n    2\n  b = [3\n  link x.y",
        &[
            "2:8 [unclosed-delimiter] this `(` is never closed",
            "4:7 [unclosed-delimiter] this `[` is never closed",
        ],
        3,
    );
    check_body("  a = {\n    b = 1\n  link x.y", &["2:7 [unclosed-delimiter] this `{` is never closed"], 2);
    check_body(
        "  a = match b {\n    c => 1\n  param d: Int",
        &["2:15 [unclosed-delimiter] this `{` is never closed"],
        2,
    );
    check_body("  type_of = { a = [ }", &["2:19 [unclosed-delimiter] this `[` is never closed"], 1);
}

#[test]
fn a_declaration_in_the_first_column_ends_an_unclosed_body() {
    let text = "component A {\n  param x: Int = 1\n  resource r: AWS.S3.Bucket {\n    Name = \"x\"\n\n/// Doc.\ncomponent B {\n  param y: Int\n}\n";
    let file = check(
        text,
        &[
            "1:13 [unclosed-delimiter] this `{` is never closed",
            "3:29 [unclosed-delimiter] this `{` is never closed",
        ],
    );
    let [Item { kind: ItemKind::Component(a), .. }, Item { kind: ItemKind::Component(b), docs, .. }] =
        file.items.as_slice()
    else {
        panic!("{file:?}")
    };
    assert_eq!((a.body.len(), b.body.len(), docs.lines.len()), (2, 1, 1));
}

#[test]
fn lets_in_the_first_column_leave_an_unclosed_body() {
    let text = "component A {\n  let a = 1\n  x = {\n    y = 1\n\n/// Doc.\nprivate let b = 2\nlet c = 3\n\ncomponent D { }\n";
    let (file, diagnostics) = parse(text);
    assert_eq!(diagnostics.len(), 2);
    let kinds: Vec<_> =
        file.items.iter().map(|i| (matches!(i.kind, ItemKind::Let(_)), i.private.is_some())).collect();
    assert_eq!(kinds, [(false, false), (true, true), (true, false), (false, false)]);
}

#[test]
fn strings_end_with_their_line() {
    let file = check(
        "let a = \"hello\nlet b = r\"raw\nlet c = \"\"\"\nlet d = 1\n",
        &[
            "1:9 [unclosed-string] this string is never closed",
            "2:9 [unclosed-string] this string is never closed",
            "3:9 [unclosed-string] this string is never closed",
        ],
    );
    assert_eq!(file.items.len(), 4);
    check_value(
        r#""\q \u{zz} \u{110000} ok\n""#,
        &[
            r"1:10 [unknown-escape] unknown escape `\q`",
            r"1:13 [unknown-escape] unknown escape `\u{zz}`",
            r"1:20 [unknown-escape] unknown escape `\u{110000}`",
        ],
    );
    check_value("\"x ${} y\"", &["1:14 [syntax-error] expected an expression, found `}`"]);
    check_value("\"x ${1 + } y\"", &["1:18 [syntax-error] expected an expression, found `}`"]);
    check_value("\"x ${a b} y\"", &["1:16 [syntax-error] expected `}`, found `b`"]);
}

#[test]
fn operators_of_other_languages_are_translated() {
    check_value("a && b", &["1:11 [wrong-operator] `&&` is not an operator here: `and` is"]);
    check_value("a || b", &["1:11 [wrong-operator] `||` is not an operator here: `or` is"]);
    check_value("!a", &["1:9 [wrong-operator] `!` is not an operator here: `not` is"]);
    check_value("a === b", &["1:11 [wrong-operator] `===` is not an operator here: `==` is"]);
    check_value("a !== b", &["1:11 [wrong-operator] `!==` is not an operator here: `!=` is"]);
    check_value("1..=2", &["1:10 [wrong-operator] `..=` is not an operator here: `..` is"]);
    check_value("a % b", &["1:11 [wrong-operator] there is no operator `%`"]);
    check_value("a ? b : c", &["1:11 [wrong-operator] there is no operator `?`"]);
    check_value("a = b", &["1:11 [wrong-operator] `=` gives a value; `==` compares"]);
    check_value("a < b < c", &["1:15 [chained-comparison] comparisons do not chain"]);
    check_value("1..2..3", &["1:13 [chained-comparison] a range has two ends"]);
}

#[test]
fn notations_of_other_languages_are_translated() {
    check_value("null", &["1:9 [wrong-notation] `null` is written `none`"]);
    check_value("'a'", &["1:9 [wrong-notation] strings are written in double quotes"]);
    check_value("if a then b elif c then d else e", &["1:21 [wrong-notation] `elif` is written `else if`"]);
    check_value("f(a = 1)", &["1:13 [wrong-notation] an argument's label ends with `:`"]);
    check_value("fn(x) => x", &["1:15 [wrong-notation] there are no functions without a name"]);
    check_value("xs.map(x => x + 1)", &["1:18 [wrong-notation] there are no functions without a name"]);
    check_value("|x| x", &["1:9 [wrong-notation] there are no functions without a name"]);
    check_value(
        "{ a: 1, b => 2 }",
        &[
            "1:12 [wrong-notation] a field's value follows `=`, not `:`",
            "1:19 [wrong-notation] a field's value follows `=`, not `=>`",
        ],
    );
    check_value("match a { b -> 1 }", &["1:21 [wrong-notation] an arm is written `case => value`"]);
    check_value(
        "[x for x of xs]",
        &["1:18 [wrong-notation] `in` stands between the names and what is run over, not `of`"],
    );
    check_value("1;", &["1:10 [wrong-notation] a new line or a comma ends an entry, not `;`"]);
    check_value("1 # why", &["1:11 [wrong-notation] comments begin with `//`"]);
    check_value("1 /* why */ + 2", &["1:11 [wrong-notation] comments begin with `//`"]);
    check_value("[for x in xs: x]", &["1:10 [syntax-error] expected `,`, a new line or `]`, found `for`"]);
    check_value("(1, 2)", &["1:11 [syntax-error] expected `)`, found `,`"]);
    check("let m := 1\n", &["1:7 [wrong-notation] a value follows `=`, not `:=`"]);
    check("enum E { a | b }\n", &["1:12 [wrong-notation] the cases of an enum stand between commas"]);
    check(
        "type T = { a?: Int }\n",
        &["1:13 [wrong-notation] the `?` of an optional field belongs to its type"],
    );
    check(
        "fn f(a: Int) -> Int { a }\n",
        &["1:21 [wrong-notation] a function's body is one expression after `=`"],
    );
}

#[test]
fn commas_too_many_and_too_few_are_told_apart() {
    check_value("[1 2]", &["1:12 [misplaced-comma] expected a comma before `2`"]);
    check_value(
        "f(1, , 2)",
        &["1:14 [misplaced-comma] expected an entry, found a comma after another comma"],
    );
    check_value(
        "[, 1]",
        &["1:10 [misplaced-comma] expected an entry, found a comma after an opening bracket"],
    );
    check_value("f(a\n  b)", &["2:3 [misplaced-comma] expected a comma before `b`"]);
    check_value("{ a = 1 b = 2 }", &["1:17 [misplaced-comma] expected a comma before `b`"]);
    check_body("  a = 1 b = 2", &["2:9 [misplaced-comma] expected a comma before `b`"], 2);
    check_body("  a: Key b: Key", &["2:10 [misplaced-comma] expected a comma before `b`"], 2);
}

#[test]
fn misspelt_words_are_corrected_and_their_names_kept() {
    let file = check(
        "componnt Foo { param x: Int }\nlet y = 2\n",
        &["1:1 [unknown-declaration] no declaration begins with `componnt`"],
    );
    assert!(
        matches!(&file.items[0].kind, ItemKind::Component(decl) if decl.name.name == "Foo" && decl.body.len() == 1)
    );
    let file = check(
        "enviroment e { stage = x }\n",
        &["1:1 [unknown-declaration] no declaration begins with `enviroment`"],
    );
    assert!(matches!(&file.items[0].kind, ItemKind::Block(_)));
    check("import a.b\nlet y = 2\n", &["1:1 [unknown-declaration] no declaration begins with `import`"]);
    check(
        "resource x: A.B { }\nlet y = 2\n",
        &["1:1 [unknown-declaration] no declaration begins with `resource`"],
    );
    check_body("  parm x: Int = 1", &["2:3 [unknown-declaration] no statement begins with `parm`"], 1);
    check_body("  var x = 1", &["2:3 [unknown-declaration] no statement begins with `var`"], 1);
    check_body("  lnk a.b", &["2:3 [unknown-declaration] no statement begins with `lnk`"], 0);
    check_body("  return 5", &["2:3 [unknown-declaration] no statement begins with `return`"], 0);
}

#[test]
fn colons_and_equals_are_told_apart() {
    check_body(
        "  port: 80\n  name: \"x\"\n  t: [1]\n  u: env.x",
        &[
            "2:7 [wrong-notation] a field's value follows `=`, not `:`",
            "3:7 [wrong-notation] a field's value follows `=`, not `:`",
            "4:4 [wrong-notation] a field's value follows `=`, not `:`",
            "5:4 [wrong-notation] a field's value follows `=`, not `:`",
        ],
        4,
    );
    check_body(
        "  db Postgres { a = 1 }",
        &["2:6 [syntax-error] expected `:` before the component, found `Postgres`"],
        1,
    );
    check_body("  param y Int", &["2:11 [syntax-error] expected `:` before the type, found `Int`"], 1);
    check_body("  db:", &["2:6 [syntax-error] expected a component, found end of line"], 1);
    check_body("  p -> 3", &["2:5 [wrong-notation] a field's value follows `=`, not `->`"], 1);
}

#[test]
fn incomplete_statements_are_kept() {
    check_body("  param", &["2:8 [syntax-error] expected the name of the parameter, found end of line"], 1);
    check_body("  param z: = 3", &["2:12 [syntax-error] expected a type, found `=`"], 1);
    check_body("  attribute a = b.Arn", &["2:15 [syntax-error] expected `:` and a type, found `=`"], 1);
    check_body("  attribute a: Arn", &["2:19 [syntax-error] expected `=` and a value, found end of line"], 1);
    check_body("  link", &["2:7 [syntax-error] expected a grant, found end of line"], 1);
    check_body("  moved \"x\"", &["2:9 [syntax-error] expected `from`, found a string"], 1);
    check_body("  waive availability", &["2:21 [syntax-error] expected `because`, found end of line"], 1);
    check_body(
        "  ensure a > b",
        &["2:15 [syntax-error] expected `else` and a message, found end of line"],
        1,
    );
    check_body("  allow s3 on x", &["2:12 [syntax-error] expected `.` and an action, found `on`"], 1);
    check_body("  allow on x", &["2:12 [syntax-error] expected `.` and an action, found `x`"], 1);
    check_body("  connect tcp to x", &["2:15 [syntax-error] expected a port, found `to`"], 1);
    check_body("  connect 443 to x", &["2:11 [syntax-error] expected `tcp` or `udp`, found `443`"], 1);
    check_body("  connect tcp 443 x", &["2:19 [syntax-error] expected `to` or `from`, found `x`"], 1);
    check_body("  encrypt k", &["2:11 [syntax-error] expected `with`, found `k`"], 1);
    check_body("  resource r { }", &["2:14 [syntax-error] expected `:` and a resource type, found `{`"], 1);
    check_body("  resource r per zon: A.B { }", &["2:18 [syntax-error] expected `zone`, found `zon`"], 1);
    check_body("  resource r: A.B after x { }", &["2:25 [syntax-error] expected a list after `after`"], 1);
    check_body("  default { }", &["2:11 [syntax-error] expected a component, found `{`"], 1);
    check_body("  principal p { }", &["2:15 [syntax-error] expected `for` and a service, found `{`"], 1);
    check_body("  grant g", &["2:10 [syntax-error] expected `{`, found end of line"], 1);
    check_body(
        "  for x of y { }",
        &["2:9 [wrong-notation] `in` stands between the names and what is run over, not `of`"],
        1,
    );
    check_body("  allow s3.A on a on b", &["2:19 [syntax-error] `on` stands twice in one statement"], 1);
}

#[test]
fn unreadable_lines_lose_only_themselves() {
    check_body("  a = 1\n  @foo\n  b = 2", &["3:3 [syntax-error] `@` has no meaning here"], 2);
    check_body(
        "  a = true false\n  b = 2",
        &["2:12 [syntax-error] expected the end of the line, found `false`"],
        2,
    );
    check_body("  a = 1\n  :\n  b = 2", &["3:3 [syntax-error] expected a statement, found `:`"], 2);
    check_body("  a.b = 3\n  b = 2", &["2:4 [syntax-error] expected `=`, `:` or a new line, found `.`"], 1);
    check_body(
        "  ...x\n  b = 2",
        &["2:3 [syntax-error] a spread stands in records and lists, not in bodies"],
        1,
    );
    check_body(
        "  a = foo { x = 1 } { y = 2 }",
        &["2:21 [syntax-error] expected the end of the line, found `{`"],
        1,
    );
    check(
        "let a = foo(1))\nlet b = ]\nlet c = 1\n",
        &[
            "1:15 [syntax-error] this `)` closes nothing",
            "2:9 [syntax-error] expected an expression, found `]`",
        ],
    );
    check("let a = 1\n}\nlet b = 2\n", &["2:1 [syntax-error] this `}` closes nothing"]);
    check(
        "some random words here\nlet d = 4\n",
        &["1:1 [unknown-declaration] no declaration begins with `some`"],
    );
    check("let é = 1\n", &["1:5 [syntax-error] expected a name, found `é`"]);
}

#[test]
fn incomplete_types_are_kept() {
    check("type A = { a: , b: Int }\n", &["1:15 [syntax-error] expected a type, found `,`"]);
    check("type A =\nlet b = 1\n", &["1:9 [syntax-error] expected a type, found end of line"]);
    check(
        "type A = Int where\nlet b = 1\n",
        &["1:19 [syntax-error] expected a range or a regular expression, found end of line"],
    );
    check(
        "type A = String where /abc\n",
        &["1:23 [unclosed-string] this regular expression is never closed"],
    );
    check(
        "type A = Int where 5\n",
        &["1:20 [syntax-error] expected a range or a regular expression after `where`"],
    );
    check("type A = [Int\nlet b = 1\n", &["1:10 [unclosed-delimiter] this `[` is never closed"]);
    check("type A = Grant<a\nlet b = 1\n", &["1:15 [unclosed-delimiter] this `<` is never closed"]);
    check(
        "type A = a { x: Int } |\nlet b = 1\n",
        &["1:24 [syntax-error] expected a case, found end of line"],
    );
    check("type A = List<Int>\n", &[]);
    check("enum E { a < b, c }\n", &["1:12 [syntax-error] an ordered enum has `<` between all of its cases"]);
    check("fn f(a: Int b: Int) -> Int = a\n", &["1:13 [misplaced-comma] expected a comma before `b`"]);
    check("fn f(a: Int) = a\n", &["1:14 [syntax-error] expected `->` and a type, found `=`"]);
}

#[test]
fn declarations_without_their_parts_do_not_swallow_the_next() {
    for (word, what) in [
        ("let", "a name"),
        ("fn", "the name of the function"),
        ("component", "the name of the component"),
        ("use", "a module"),
        ("type", "the name of the type"),
        ("test", "a string"),
        ("account", "the name of the account"),
    ] {
        let expect = format!("1:{} [syntax-error] expected {what}, found end of line", word.len() + 1);
        let file = check(&format!("{word}\nlet ok = 1\n"), &[&expect]);
        assert_eq!(file.items.len(), 2, "{word}");
    }
}

#[test]
fn an_opening_brace_on_its_own_line_is_read_and_reported() {
    let file = check(
        "environment x\n{\n  stage = test\n}\n",
        &["2:1 [syntax-error] an opening brace stands on the line of what it belongs to"],
    );
    assert!(matches!(&file.items[0].kind, ItemKind::Block(decl) if decl.body.len() == 1));
}

#[test]
fn numbers_beyond_64_bits_are_reported() {
    check_value("9223372036854775808", &["1:9 [number-too-large] this number does not fit 64 bits"]);
}

#[test]
fn a_smart_contract_gets_one_friendly_answer() {
    let expect = |place: &str| {
        format!("{place} [solidity-source] this is a Solidity contract, and this `solc` compiles Solution")
    };
    check("pragma solidity ^0.8.0;\ncontract X { uint a; }\n", &[&expect("1:1")]);
    check("// SPDX-License-Identifier: MIT\n\ncontract Token is ERC20 {\n}\n", &[&expect("3:1")]);
}

/// Applies the first fix of a diagnostic.
fn mended(text: &str, diagnostic: &Diagnostic) -> Option<String> {
    let mut edits = diagnostic.fixes.first()?.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.lo));
    let mut out = text.to_owned();
    for edit in edits {
        out.replace_range(edit.span.range(), &edit.replacement);
    }
    Some(out)
}

#[test]
fn fixes_mend_what_they_are_offered_for() {
    for text in [
        "let x = a && b\n",
        "let x = a||b\n",
        "let x = !a\n",
        "let x = a === b\n",
        "let x = 1..=2\n",
        "let x = a < b < c\n",
        "let x = null\n",
        "let x = 'it\"s'\n",
        "let x = if a then b elif c then d else e\n",
        "let x = f(a = 1)\n",
        "let x = { a: 1 }\n",
        "let x = { a : 1 }\n",
        "let x = match a { b -> 1 }\n",
        "let x = [y for y of ys]\n",
        "let x = 1;\n",
        "let x = 1; let y = 2\n",
        "let x = 1 # why\n",
        "/* one\n * two\n */\nlet x = 1\n",
        "let x = [1 2]\n",
        "let x = f(1, , 2)\n",
        "let x := 1\n",
        "let x = \"\\q\"\n",
        "let x = 10.0.0.1\n",
        "let x = 1)\n",
        "let x = y = z\n",
        "type T = { a?: Int }\n",
        "enum E { a | b }\n",
        "fn f(a Int) -> Int = a\n",
        "componnt X { }\n",
        "import a.B\n",
        "component X {\n  parm a: Int\n}\n",
        "component X {\n  db Postgres { }\n}\n",
        "component X {\n  port: 80\n}\n",
        "component X {\n  a = 1 b = 2\n}\n",
        "component X\n{\n}\n",
    ] {
        let (_, before) = parse(text);
        assert_eq!(before.len(), 1, "{text}: {before:?}");
        let fixed = mended(text, &before[0]).unwrap_or_else(|| panic!("no fix: {text}"));
        let (_, after) = parse(&fixed);
        // A comma at the top of a file is read, but is no way to write two declarations.
        assert_eq!(told(&fixed, &after), Vec::<String>::new(), "{text} became {fixed}");
    }
}

#[test]
fn mistakes_are_counted_one_by_one() {
    let text = "use std.data.{Bucket Queue}\n\nsolution s {\n  a: Bucket { versioned = }\n  b: Queue { retention = 4d, }\n  c = [1, 2\n  d = \
                1 && 2\n  e: Bucket { x = f(1 }\n  g = \"open\n  parm h: Int\n  i = 1 2\n}\n\ncomponent K {\n  param l: \n  link\n  m = n.\n}\n";
    let (file, diagnostics) = parse(text);
    assert_eq!(diagnostics.len(), 11, "{:#?}", told(text, &diagnostics));
    let ItemKind::Solution(decl) = &file.items[1].kind else { panic!() };
    assert_eq!((file.items.len(), decl.body.len()), (3, 8));
}
