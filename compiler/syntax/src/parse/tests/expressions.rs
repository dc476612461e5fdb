//! Facts of expressions: what binds to what, where a line ends, what a string holds.

use super::{parse, shape, told};
use crate::ast::ItemKind;

/// The shape of `let x = {input}`, which has no mistakes.
fn check(input: &str, expect: &str) {
    let text = format!("let x = {input}\n");
    let (file, diagnostics) = parse(&text);
    assert_eq!(told(&text, &diagnostics), Vec::<String>::new(), "{input}");
    let [item] = file.items.as_slice() else { panic!("{input}: {:?}", file.items) };
    let ItemKind::Let(decl) = &item.kind else { panic!("{input}") };
    assert_eq!(shape::expr(&decl.value), expect, "{input}");
    assert_eq!(&text[decl.value.span.range()], input, "the span is what was written");
}

#[test]
fn precedence_is_that_of_the_reference() {
    check(
        "a ?? b or c and not d == e..f + g * -h.i",
        "(a ?? (b or (c and (not (d == (e..(f + (g * (-h.i)))))))))",
    );
    check("-a.b * c + d..e < f and g or h ?? i", "((((((((-a.b) * c) + d)..e) < f) and g) or h) ?? i)");
    check("a - b - c / d / e", "((a - b) - ((c / d) / e))");
    check("not a and not b", "((not a) and (not b))");
    check("not not a", "(not (not a))");
    check("- -1", "(-(-1))");
    check("a in b", "(a in b)");
    check("a != b or c <= d or e >= f or g > h", "((((a != b) or (c <= d)) or (e >= f)) or (g > h))");
    check("(a or b) and c", "(<(a or b)> and c)");
    check("a ?? b ?? c", "((a ?? b) ?? c)");
}

#[test]
fn postfixes_bind_tightest() {
    check("a.b?.c[d](e, f: g).h", "a.b?.c[d](e, f: g).h");
    check("30s.seconds", "30's.seconds");
    check("f()[0]", "f()[0]");
    check("[1][0]", "[1][0]");
    check("f(a,)", "f(a)");
}

#[test]
fn numbers_keep_their_units() {
    check("1_000", "1000");
    check("0.5", "0.5");
    check("30s", "30's");
    check("512MiB", "512'MiB");
    check("0.25 vcpu", "0.25'vcpu");
    check("0.25vcpu", "0.25'vcpu");
    check("40%", "40'%");
    check("1.5GiB", "1.5'GiB");
    check("10.0.0.0/16", "cidr 10.0.0.0/16");
    check("2..10", "(2..10)");
    check("9223372036854775807", "9223372036854775807");
    check("a / b", "(a / b)");
}

#[test]
fn strings_resolve_escapes_and_interpolations() {
    check(r#""a${b.c}d${"e${f}"}""#, r#""a"${b.c}"d"${"e"${f}}"#);
    check(r#""\n\t\r\"\\\$\u{41}""#, r#""\n\t\r\"\\$A""#);
    check(r#""$5 and $""#, r#""$5 and $""#);
    check(r#""\${a}""#, r#""${a}""#);
    check(r#"r"\d+${no}""#, r#""\\d+${no}""#);
    check(r#""""#, r#""""#);
    check(r#""${ { a = "}" }.a }""#, r#"${{ a = "}" }.a}"#);
    check("\"${\n  a\n}\"", "${a}");
}

#[test]
fn indentation_of_multi_line_strings_is_removed() {
    check("\"\"\"\n    a\n      b\n\n    c\n    \"\"\"", r#""a\n  b\n\nc""#);
    check("\"\"\"\n    a\n  \"\"\"", r#""  a""#);
    check("\"\"\"one line\"\"\"", r#""one line""#);
    check("\"\"\"\n  ${a}\n    ${b} c\n  \"\"\"", "${a}\"\\n  \"${b}\" c\"");
    check("\"\"\"\n  \\n\"quoted\" \\${x}\n  \"\"\"", r#""\n\"quoted\" ${x}""#);
    check("\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", r#""a\nb""#);
}

#[test]
fn lists_and_records_take_commas_newlines_spreads_and_puns() {
    check("[1, 2\n  3,\n]", "[1, 2, 3]");
    check("[...a, b]", "[...a, b]");
    check("{ a = 1, \"b c\" = 2, d, ...e }", "{ a = 1, \"b c\" = 2, d!, ...e }");
    check("{ a = 1\n  b = 2\n}", "{ a = 1, b = 2 }");
    check("{}", "{  }");
    check("manual { from = integration }", "case manual { from = integration }");
    check("c { }", "case c {  }");
    check("[\n  // nothing\n]", "[]");
}

#[test]
fn comprehensions_keep_their_clauses() {
    check("[f(x) for x in xs if p(x) for y in x.ys]", "[f(x) for x in xs if p(x) for y in x.ys]");
    check("{k: v + 1 for k, v in m if k != none}", "{k: (v + 1) for k, v in m if (k != none)}");
    check("[\n  x\n  for x in xs\n  if x\n]", "[x for x in xs if x]");
    check("{\"${k}\": v for k, v in m}", "{${k}: v for k, v in m}");
}

#[test]
fn conditions_and_matches_are_expressions() {
    check("if a then b else if c then d else e", "(if a then b else (if c then d else e))");
    check("if a\n  then b\n  else c", "(if a then b else c)");
    check("1 + if a then b else c + 2", "(1 + (if a then b else (c + 2)))");
    check("if a then c { x = 1 } else d", "(if a then case c { x = 1 } else d)");
    check(
        "match x {\n  a | b => 1\n  c { d, e: f } => 2,\n  \"s\" => 3\n  -1 => 4\n  none => 5\n  _ => 6\n}",
        "match x { a | b => 1, c { d, e: f } => 2, \"s\" => 3, (-1) => 4, none => 5, _ => 6 }",
    );
    check("match (c { a = 1 }) { _ => b }", "match <case c { a = 1 }> { _ => b }");
}

#[test]
fn a_line_goes_on_where_the_reference_says_so() {
    check("a\n  .b\n  ?.c\n  ?? d\n  and e\n  or f", "(a.b?.c ?? ((d and e) or f))");
    check("a +\n  b *\n  c", "(a + (b * c))");
    check("(a\n  + b\n  - c)", "<((a + b) - c)>");
    check("f(\n  a,\n  b: c\n    + d,\n)", "f(a, b: (c + d))");
    check("a // why\n  and b", "(a and b)");
}

#[test]
fn a_value_may_begin_on_the_line_after_its_sign() {
    let (file, diagnostics) = parse("let x =\n  1\nlet y = 2\n");
    assert!(diagnostics.is_empty());
    assert_eq!(file.items.len(), 2);
}

#[test]
fn words_of_statements_are_names_in_expressions() {
    check("on.to(when, because, from, allow, param)", "on.to(when, because, from, allow, param)");
    check("{ if = 1, match = 2 }", "{ if = 1, match = 2 }");
    check("a.if.then", "a.if.then");
    check("inner + notes + formula + order", "(((inner + notes) + formula) + order)");
}
