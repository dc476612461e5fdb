//! Facts of declarations, statements and types: which words make which tree.

use super::{bare, parse, shape, told};
use crate::ast::{Item, ItemKind, Statement, StatementKind, TestScope, TypeBody};

fn items(text: &str) -> Vec<Item> {
    let (file, diagnostics) = parse(text);
    assert_eq!(told(text, &diagnostics), Vec::<String>::new(), "{text}");
    file.items
}

fn statements(text: &str) -> Vec<Statement> {
    let mut items = items(&format!("component X {{\n{text}\n}}\n"));
    match items.remove(0).kind {
        ItemKind::Component(decl) => decl.body,
        other => panic!("{other:?}"),
    }
}

/// The tree of one statement contains `expect`, in the notation of `Debug` without spans.
fn check(input: &str, expect: &[&str]) {
    assert_eq!(statements(input).len(), 1, "{input}");
    let tree = bare(&format!("component X {{\n{input}\n}}\n"));
    for part in expect {
        assert!(tree.contains(part), "{input}: no {part} in\n{tree}");
    }
}

fn check_type(input: &str, expect: &str) {
    let text = format!("type X = {input}\n");
    let items = items(&text);
    let [item] = items.as_slice() else { panic!("{input}") };
    let ItemKind::Type(decl) = &item.kind else { panic!("{input}") };
    let found = match &decl.body {
        TypeBody::Alias(ty) => shape::ty(ty),
        TypeBody::Cases(cases) => {
            let case = |c: &crate::ast::CaseDecl| format!("{}({})", c.name.name, shape::fields(&c.fields));
            cases.iter().map(case).collect::<Vec<_>>().join(" | ")
        }
    };
    assert_eq!(found, expect, "{input}");
}

#[test]
fn types_bind_as_the_reference_says() {
    check_type("deferred String?", "(deferred String)?");
    check_type("deferred secret [String]", "(deferred (secret [String]))");
    check_type("\"a\" | \"b\"", "(\"a\" | \"b\")");
    check_type("Int where 1..65535", "(Int where 1..65535)");
    check_type("Duration where 1s..15min", "(Duration where 1's..15'min)");
    check_type("Int where -5..5", "(Int where (-5)..5)");
    check_type("String where /^[a-z\\/]+$/", "(String where /^[a-z/]+$/)");
    check_type("{String: [Int]}", "{String -> [Int]}");
    check_type("{std.cmdb.Stage: Int}", "{std.cmdb.Stage -> Int}");
    check_type("{ a: Int, b: String? = none }", "{ a: Int, b: String? = none }");
    check_type("{ a: Int }", "{ a: Int }");
    check_type("Grant<consume>", "Grant<consume>");
    check_type("Grant<path | host, { priority: Int }>?", "Grant<(path | host), { priority: Int }>?");
    check_type("std.cmdb.Environment", "std.cmdb.Environment");
    check_type("(\"a\" | \"b\")?", "(\"a\" | \"b\")?");
    check_type("[{ a: Int where 1..5, b: {String: Int} }]", "[{ a: (Int where 1..5), b: {String -> Int} }]");
}

#[test]
fn lower_case_alternatives_are_cases() {
    check_type(
        "path { pattern: String } | host { name: String } | fallback",
        "path(pattern: String) | host(name: String) | fallback()",
    );
    check_type("\n  | a\n  | b { c: Int }", "a() | b(c: Int)");
    check_type("only", "only()");
    check_type("a | b", "a() | b()");
}

#[test]
fn every_kind_of_declaration_has_its_tree() {
    let text = "use a.b.C\nuse a.b.{C, D as E}\nuse a.b.C as D\norganisation o { }\naccount a { }\nteam t { }\nproduct p { }\n\
                environment e { }\nsolution s { }\ncomponent C { }\ninterface I { a: Int, grant b }\ntype T = Int\nenum E { a < b }\n\
                fn f() -> Int = 1\nlet l = 1\ntest \"t\" { }\npolicy \"p\" { }\n";
    let kinds: Vec<&str> = items(text)
        .iter()
        .map(|item| match &item.kind {
            ItemKind::Use(_) => "use",
            ItemKind::Block(decl) => decl.kind.word(),
            ItemKind::Solution(_) => "solution",
            ItemKind::Component(_) => "component",
            ItemKind::Interface(_) => "interface",
            ItemKind::Type(_) => "type",
            ItemKind::Enum(_) => "enum",
            ItemKind::Fn(_) => "fn",
            ItemKind::Let(_) => "let",
            ItemKind::Test(_) => "test",
            ItemKind::Policy(_) => "policy",
            ItemKind::Error => "error",
        })
        .collect();
    let expect = "use use use organisation account team product environment solution component interface type enum fn let test policy";
    assert_eq!(kinds.join(" "), expect);
}

#[test]
fn uses_split_into_module_and_names() {
    let shown = |text: &str| match &items(text)[0].kind {
        ItemKind::Use(decl) => {
            let path: Vec<_> = decl.path.iter().map(|p| p.name.to_string()).collect();
            let name = |n: &crate::ast::UseName| {
                n.alias.as_ref().map_or(n.name.name.to_string(), |a| format!("{} as {}", n.name.name, a.name))
            };
            format!("{}: {}", path.join("."), decl.names.iter().map(name).collect::<Vec<_>>().join(", "))
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(shown("use a.b.C"), "a.b: C");
    assert_eq!(shown("use a.b.C as D"), "a.b: C as D");
    assert_eq!(shown("use a.b.{C, D as E}"), "a.b: C, D as E");
    assert_eq!(shown("use a.{\n  // why\n  B\n  C,\n}"), "a: B, C");
    assert_eq!(shown("use a"), ": a");
}

#[test]
fn enums_are_ordered_by_their_signs() {
    for (text, ordered) in [
        ("enum E { a < b < c }", true),
        ("enum E { a, b, c }", false),
        ("enum E {\n  a\n  b\n  c\n}", false),
        ("enum E {\n  a <\n  b <\n  c\n}", true),
    ] {
        let ItemKind::Enum(decl) = &items(text)[0].kind else { panic!("{text}") };
        assert_eq!((decl.cases.len(), decl.ordered), (3, ordered), "{text}");
    }
}

#[test]
fn tests_say_where_they_run() {
    let scope = |text: &str| match &items(text)[0].kind {
        ItemKind::Test(decl) => decl.scope.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(scope("test \"t\" { }"), TestScope::All);
    assert_eq!(scope("test \"t\" for any environment { }"), TestScope::Any);
    assert!(matches!(scope("test \"t\" for a, b { }"), TestScope::Named(names) if names.len() == 2));
}

#[test]
fn doc_comments_attach_to_what_follows_them() {
    let text = "/// One.\n///  Two.\ncomponent X {\n  /// A field.\n  a = 1 /// not a doc of b\n  b = 2\n\n  /// Far.\n\n  c = 3\n}\n";
    let items = items(text);
    assert_eq!(items[0].docs.lines, ["One.", " Two."]);
    let ItemKind::Component(decl) = &items[0].kind else { panic!() };
    let docs: Vec<usize> = decl.body.iter().map(|s| s.docs.lines.len()).collect();
    assert_eq!(docs, [1, 0, 0]);
}

#[test]
fn private_is_noted_where_it_stands() {
    let items = items("private let a = 1\nprivate component B { private let c = 1 }\n");
    assert!(items.iter().all(|item| item.private.is_some()));
    let ItemKind::Component(decl) = &items[1].kind else { panic!() };
    assert!(matches!(&decl.body[0].kind, StatementKind::Let(decl) if decl.private.is_some()));
}

#[test]
fn words_before_a_sign_are_names() {
    for word in [
        "layer", "resource", "link", "env", "default", "param", "stateful", "on", "for", "if", "let",
        "private", "type",
    ] {
        check(&format!("{word} = 1"), &["kind: Field(", &format!("name: \"{word}\"")]);
    }
    for word in ["key", "link", "secret", "default"] {
        check(&format!("{word}: Key"), &["kind: Instance(", &format!("name: \"{word}\"")]);
    }
    for word in ["layer", "env", "secret", "setting", "default", "network"] {
        check(word, &["kind: Field(", "punned: true"]);
    }
}

#[test]
fn fields_may_be_quoted() {
    check("\"a b\" = 1", &["quoted: true", "name: \"a b\""]);
}

#[test]
fn instances_take_clauses_in_any_order() {
    check(
        "api[k]: Service for k in xs if c { a = 1 }",
        &["key: Some(", "each: Some(", "condition: Some(", "kind: Field("],
    );
    check("api: Service if c for k in xs", &["key: None", "each: Some(", "condition: Some("]);
    check("db: std.data.Postgres", &["Ident { name: \"std\", span: _ }, Ident { name: \"data\""]);
    check("db: Postgres { x = 1\n  y = 2 }", &["kind: Instance("]);
}

#[test]
fn resources_take_clauses_in_any_order() {
    check("resource r: A.B.C", &["body: []", "per_zone: None"]);
    check("resource r per zone: A.B.C { }", &["per_zone: Some(All("]);
    check(
        "resource r per active zone: A.B.C if c after [x, y.z] { a = 1 }",
        &["per_zone: Some(Active(", "condition: Some(", "after: [Expr"],
    );
    check(
        "resource r: A.B.C after [x] for k, v in m if c { }",
        &["each: Some(", "condition: Some(", "after: [Expr"],
    );
}

#[test]
fn access_takes_clauses_in_any_order_and_on_lines_of_their_own() {
    let all = ["to: Some(Everyone(", "on: Some(", "when: Some(", "condition: Some(", "because: Some("];
    check("deny s3.All to everyone on a when { b = \"c\" } if d because \"e\"", &all);
    check("deny s3.All\n  because \"e\"\n  if d\n  when { b = \"c\" }\n  on a\n  to everyone", &all);
    check(
        "allow a.B, c.D on [x, \"${y}*\"]",
        &["service: Ident { name: \"a\"", "action: Ident { name: \"D\"", "kind: List("],
    );
    check("permit sqs.Send to \"sns.amazonaws.com\" on q", &["to: Some(Service("]);
    assert_eq!(statements("allow a.B\non network x\nallow a.B on y\n  on = 1").len(), 4);
}

#[test]
fn connections_have_a_way() {
    check("connect tcp 5432 to sg", &["direction: To", "Int(5432)"]);
    check(
        "connect udp 1..2 from 0.0.0.0/0 if c because \"d\"",
        &["direction: From", "Range {", "Cidr(", "condition: Some(", "because: Some("],
    );
    check("connect tcp port to aws(\"s3\")\n  because \"d\"", &["Name(\"port\")", "because: Some("]);
}

#[test]
fn the_other_statements_have_their_trees() {
    check("param x: Int where 1..5 = 3", &["kind: Param {", "default: Some("]);
    check("let x: Int = 1", &["kind: Let(", "ty: Some("]);
    check("layer data", &["kind: Layer("]);
    check("stateful", &["kind: Stateful"]);
    check("attribute a: deferred Arn = b.Arn", &["kind: Attribute {"]);
    check("output a = b", &["kind: Output {", "ty: None"]);
    check("output a: Int = b", &["ty: Some("]);
    check("accepts link, setting,\n  secret", &["kind: Accepts(["]);
    check("on network a.b", &["kind: OnNetwork {", "network: None"]);
    check("on network a in b.c", &["network: Some("]);
    check("ensure a > b else \"c\"", &["kind: Ensure {"]);
    check("ensure a > b\n  else \"c\"", &["kind: Ensure {"]);
    check("encrypt with k", &["Crypt { encrypt: true"]);
    check("decrypt with k", &["Crypt { encrypt: false"]);
    check("env A = b", &["kind: Env {"]);
    check("setting A: \"b\" | \"c\" = \"b\"", &["kind: Setting {", "Union("]);
    check("secret A", &["kind: Secret("]);
    check("link a.b(c: d) as e", &["kind: Link {", "alias: Some("]);
    check("link a.b", &["alias: None"]);
    check("moved from \"x\"", &["kind: Moved("]);
    check("default tags { \"a\" = 1 }", &["mode: Default", "name: \"tags\""]);
    check("enforce Service { a = 1 }", &["mode: Enforce"]);
    check("waive availability because \"x\"", &["kind: Waive {"]);
    check("assert a == b", &["kind: Assert("]);
    check("require a", &["kind: Require {", "message: None"]);
    check("require a else \"b\"", &["message: Some("]);
    check("for k, v in m() if v { assert k }", &["kind: For {", "condition: Some("]);
}

#[test]
fn grants_and_principals_have_heads_and_bodies() {
    check("grant g { }", &["kind: Grant(", "params: []", "consumer: None"]);
    check(
        "grant g(a: Int = 1, b: String) for c: Poller { env A = a }",
        &["consumer: Some(", "kind: Env {", "default: Some("],
    );
    check(
        "principal role for \"x\" when { a = \"b\" } if c { allow d.E }",
        &["when: Some(", "condition: Some(", "kind: Allow("],
    );
    check("principal role for \"x\"\n  when { a = \"b\" }\n  if c { }", &["when: Some(", "condition: Some("]);
}

#[test]
fn functions_have_labelled_parameters_and_a_result() {
    let items = items("fn f(a: Int, b: [String] = []) -> Int? = a\n");
    let ItemKind::Fn(decl) = &items[0].kind else { panic!() };
    assert_eq!(decl.params.len(), 2);
    assert_eq!(shape::ty(&decl.result), "Int?");
    assert_eq!(shape::expr(&decl.body), "a");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_white_space() {
    let unix = "component A {\n  a = 1\n\n  /// Doc.\n  b = \"x\"\n}\nlet c =\n  2\n";
    let windows = format!("\u{FEFF}{}", unix.replace('\n', "\r\n"));
    assert_eq!(bare(unix), bare(&windows));
    assert!(parse(&windows).1.is_empty());
}
