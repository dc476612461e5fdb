//! Facts of the formatter.

use crate::parse::tests::{SAMPLES, bare};

/// Formats, and checks that the result is a fixed point with the same tree and the same comments.
pub(crate) fn formatted(text: &str) -> String {
    let once = super::format(text).unwrap_or_else(|d| panic!("does not parse: {d:#?}\n{text}"));
    let twice = super::format(&once).unwrap_or_else(|d| panic!("result does not parse: {d:#?}\n{once}"));
    assert_eq!(once, twice, "not a fixed point");
    let (before, after) = (bare(text), bare(&once));
    let same = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let near =
        |tree: &str| tree.get(same.saturating_sub(80)..).map(|t| t.chars().take(200).collect::<String>());
    assert_eq!(near(&before), near(&after), "another tree:\n{text}\n----\n{once}");
    assert_eq!(before.len(), after.len(), "another tree:\n{text}\n----\n{once}");
    assert_eq!(comments(text), comments(&once), "other comments:\n{once}");
    once
}

fn comments(text: &str) -> Vec<String> {
    let tokens = crate::lexer::lex(text).tokens.into_iter();
    let comments =
        tokens.filter(|t| matches!(t.kind, crate::lexer::TokenKind::Comment | crate::lexer::TokenKind::Doc));
    comments.map(|t| t.text(text).trim_end().to_owned()).collect()
}

fn check(text: &str, expect: &str) {
    assert_eq!(formatted(text), expect);
}

/// The text is laid out as it should be already.
fn keeps(text: &str) {
    check(text, text);
}

#[test]
fn samples_keep_tree_and_comments() {
    for (_, text) in SAMPLES {
        let out = formatted(text);
        assert!(out.lines().all(|line| line.chars().count() <= super::WIDTH), "{out}");
    }
}

#[test]
fn an_empty_file_stays_empty() {
    check("", "");
    check("\n\n", "");
    check("// a\n", "// a\n");
    check("\u{FEFF}let x = 1", "let x = 1\n");
}

#[test]
fn a_file_with_mistakes_is_refused() {
    assert!(super::format("let x = \n").is_err_and(|d| d.len() == 1));
    assert!(super::format("let x = 1;\n").is_err());
}

#[test]
fn tokens_get_their_spaces() {
    check("let  x=1+2*-3 - (a.b)?.c [ 0 ]( d , e:f )..g", "let x = 1 + 2 * -3 - (a.b)?.c[0](d, e: f)..g\n");
    check("let x=not a and b==c or-d<e", "let x = not a and b == c or -d < e\n");
    check("let x={a=1,\"b\"=2,c,...d}", "let x = { a = 1, \"b\" = 2, c, ...d }\n");
    check("let x=[ 1,2 ,...y , ]", "let x = [1, 2, ...y]\n");
    check("let x={k : v for k,v in m if p(k)}", "let x = {k: v for k, v in m if p(k)}\n");
    check("let x=if(a)then(b)else[c]", "let x = if (a) then (b) else [c]\n");
    check("let x=match y{a|b{c,d:e}=>-1,_=>2}", "let x = match y { a | b { c, d: e } => -1, _ => 2 }\n");
    check("type X=Grant< a|b ,{c:Int} > ?", "type X = Grant<a | b, { c: Int }>?\n");
    check("type X={String:[Int]}", "type X = {String: [Int]}\n");
    check("type X=deferred  String?", "type X = deferred String?\n");
    check("type X=Int where 1 .. 5", "type X = Int where 1..5\n");
    check("type X=a{b:Int}|c", "type X = a { b: Int } | c\n");
    check("enum E{a<b<c}", "enum E { a < b < c }\n");
    check("fn f(a:Int,b:Int=1)->Int=a", "fn f(a: Int, b: Int = 1) -> Int = a\n");
    check("use a.{ B,C as D }", "use a.{B, C as D}\n");
    check("component X{a [k]:B for k in xs{}}", "component X { a[k]: B for k in xs {} }\n");
    check(
        "component X{resource r:A.B after[x]if c{}}",
        "component X { resource r: A.B after [x] if c {} }\n",
    );
    check("component X{link a.b( c : 1 )as d}", "component X { link a.b(c: 1) as d }\n");
    check("let x = 0.25   vcpu", "let x = 0.25   vcpu\n");
    check("let x = \"a ${ b+c }\"", "let x = \"a ${ b+c }\"\n");
}

#[test]
fn bodies_on_one_line_stay_while_they_fit() {
    keeps("component X { a = 1, b = 2 }\n");
    keeps("component X {\n  a = 1\n}\n");
    check("component X { a = 1\n}", "component X {\n  a = 1\n}\n");
    check("component X {\n}", "component X {}\n");
    let long = "x".repeat(100);
    check(
        &format!("component X {{ a = 1, b = \"{long}\" }}\n"),
        &format!("component X {{\n  a = 1\n  b = \"{long}\"\n}}\n"),
    );
}

#[test]
fn blank_lines_are_kept_one_at_a_time_and_not_at_the_ends() {
    check(
        "\n\nuse a.B\n\n\n\ncomponent X {\n\n  a = 1\n\n\n  b = 2\n\n}\n\n",
        "use a.B\n\ncomponent X {\n  a = 1\n\n  b = 2\n}\n",
    );
}

#[test]
fn comments_stay_where_they_stood() {
    keeps(
        "// top\n\n/// doc\ncomponent X { // open\n  // above\n  a = 1 // beside\n\n  // apart\n\n  b = [\n    1 // one\n    // two\n  ]\n  // end\n}\n// last\n",
    );
    keeps("let x = a // one\n  and b // two\n  // three\n  or c\n");
    check("let x = f(a, // one\n  b)\n", "let x = f(\n  a, // one\n  b,\n)\n");
    check("component X {a = 1, // one\nb = 2}", "component X {\n  a = 1 // one\n  b = 2\n}\n");
    keeps("component X {\n  // only this\n}\n");
    keeps("let x = [\n  // only this\n]\n");
    keeps("type X =\n  /// One.\n  | a\n  /// Two.\n  | b\n");
    check("let x = // why\n  1\n", "let x = // why\n  1\n");
}

#[test]
fn neighbouring_fields_and_instances_stand_in_columns() {
    check(
        "component X {\na = 1\nlonger = 2\n\nalone = 3\n// apart\nb = 4\nab = [\n1\n]\n}",
        "component X {\n  a      = 1\n  longer = 2\n\n  alone = 3\n  // apart\n  b = 4\n  ab = [\n    1\n  ]\n}\n",
    );
    check(
        "solution s {\na: Network { x = 1 }\nlonger: Key\nb: B { y }\n}",
        "solution s {\n  a:      Network { x = 1 }\n  longer: Key\n  b:      B       { y }\n}\n",
    );
    check(
        "product p {\ndefault A { x = 1 }\nenforce Longer { x = 1 }\n}",
        "product p {\n  default A      { x = 1 }\n  enforce Longer { x = 1 }\n}\n",
    );
    keeps("let x = {\n  a = 1\n  longer = 2\n}\n");
}

#[test]
fn lists_and_calls_break_where_they_did_or_do_not_fit() {
    keeps("let x = [\n  1\n  2\n]\n");
    check("let x = [1,\n  2]\n", "let x = [1, 2]\n");
    keeps("let x = f(\n  a,\n  b: c,\n)\n");
    keeps("let x = f(a, {\n  b = 1\n})\n");
    keeps("let x = [{\n  b = 1\n}]\n");
    keeps("let x = (\n  a\n)\n");
    let name = "n".repeat(60);
    check(&format!("let x = f({name}, {name})\n"), &format!("let x = f(\n  {name},\n  {name},\n)\n"));
    check(&format!("let x = [{name}, {name}]\n"), &format!("let x = [\n  {name}\n  {name}\n]\n"));
}

#[test]
fn an_entry_that_does_not_fit_breaks_at_its_weakest_places() {
    let name = "n".repeat(45);
    check(
        &format!("let x = if {name} then {name} else {name}\n"),
        &format!("let x = if {name}\n  then {name}\n  else {name}\n"),
    );
    check(
        &format!("let x = {name} and {name} or {name}\n"),
        &format!("let x = {name}\n  and {name}\n  or {name}\n"),
    );
    check(
        &format!(
            "component X {{\n  allow s3.GetObject on {name} when {{ a = \"b\" }} because \"{name}\"\n}}\n"
        ),
        &format!(
            "component X {{\n  allow s3.GetObject\n    on {name}\n    when {{ a = \"b\" }}\n    because \"{name}\"\n}}\n"
        ),
    );
}

#[test]
fn breaks_that_the_writer_made_are_kept() {
    keeps("let x = a\n  .b\n  ?.c\n");
    keeps("let x = a +\n  b\n");
    keeps("let x = if a\n  then b\n  else c\n");
    keeps("let x = [\n  f(x)\n    for x in xs\n    for y in ys\n]\n");
    check("let x =\n  1\n", "let x = 1\n");
    keeps("type X =\n  | a\n  | b\n");
}

#[test]
fn strings_are_not_touched() {
    keeps("let x = \"\"\"\n      deep\n    text\n  \"\"\"\n");
    keeps("component X {\n  a = \"\"\"\n    ${f( 1,2 )}\n  \"\"\"\n}\n");
    keeps("let x = r\"a\\b\"\n");
}
