//! Each code is raised by an input, and every help and fix begins with a verb.

use super::diagnose;
use crate::codes;
use std::collections::BTreeSet;

/// One input for each code: the smallest that gives it.
const INPUTS: &[(&str, &str)] = &[
    ("unknown-name", "let a: Int = b"),
    ("unknown-type", "let a: Nothing = 1"),
    ("unknown-module", "use nowhere.at.all.Thing"),
    ("unknown-import", "use std.data.Nothing"),
    ("private-import", "use c.days\n//- c\nprivate let days: Int = 1"),
    ("duplicate-name", "let a: Int = 1\nlet a: Int = 2"),
    ("duplicate-field", "let a: {String: Int} = { x = 1, x = 2 }"),
    ("unknown-field", "let a: { x: Int } = { x = 1, far_away = 2 }"),
    ("missing-field", "let a: { x: Int } = {}"),
    ("type-mismatch", "let a: Int = \"x\""),
    ("unknown-unit", "let a: Duration = 3fortnights"),
    ("unknown-case", "let a: Stage = nowhere"),
    ("hidden-case", "fn f(test: Int) -> Stage = test"),
    ("ambiguous-comparison", "let a: Bool = test == production"),
    ("unordered-enum", "fn f(a: SecretStore) -> Bool = a < secrets_manager"),
    ("not-exhaustive", "fn f(a: Bool) -> Int = match a {\n true => 1\n}"),
    ("unreachable-arm", "fn f(a: Int) -> Int = match a {\n _ => 1\n 1 => 2\n}"),
    ("unknown-resource-type", "solution s { resource r: AWS.S3.Bukket {} }"),
    ("unknown-property", "solution s { resource r: AWS.S3.Bucket { Nothing = 1 } }"),
    ("read-only-property", "solution s { resource r: AWS.SQS.Queue { Arn = \"x\" } }"),
    ("missing-property", "solution s { resource r: AWS.EC2.RouteTable {} }"),
    (
        "invalid-property-value",
        "solution s { resource r: AWS.S3.Bucket { VersioningConfiguration = { Status = \"on\" } } }",
    ),
    ("unknown-attribute", "solution s { resource r: AWS.S3.Bucket {}\n let a = r.Nothing }"),
    ("unknown-action", "component C { grant g { allow s3.Nothing on \"x\" } }"),
    ("unlimited-action", "component C { grant g { allow s3.GetObject } }"),
    ("missing-reason", "component C { connect tcp 443 to 10.0.0.0/8 }"),
    ("access-outside-link", "solution s { resource r: AWS.IAM.Role {} }"),
    ("unknown-link-verb", "use std.data.Bucket\nsolution s { b: Bucket {}\n let a = b.publish() }"),
    ("not-linkable", "component C { accepts link }\nsolution s { c: C { link 3 } }"),
    ("unknown-component", "solution s { a: Nothing {} }"),
    ("not-accepted", "component C {}\nsolution s { c: C { secret KEY } }"),
    ("misplaced-statement", "solution s { stateful }"),
    (
        "deferred-value",
        "solution s { resource r: AWS.S3.Bucket {}\n let a = if r.ref == \"x\" then 1 else 2 }",
    ),
    ("secret-leak", "component C { accepts secret }\nsolution s { c: C { secret KEY }\n output a = c.KEY }"),
    ("optional-value", "fn f(a: Int?) -> Int = a"),
    ("not-callable", "let a: Int = 1\nlet b: Int = a(2)"),
    ("unknown-argument", "fn f() -> Int = 1\nlet a: Int = f(2)"),
    ("missing-argument", "fn f(a: Int) -> Int = a\nlet a: Int = f()"),
    ("invalid-move", "component C {}\nsolution s { a: C { moved from \"b\" }\n b: C {} }"),
    ("reserved-tag", "solution s { default tags { stage = \"x\" } }"),
    ("recursive-function", "fn f(a: Int) -> Int = f(a)"),
    ("recursive-component", "component C { c: C {} }"),
    ("cyclic-type", "type T = T"),
    (
        "type-too-large",
        "let a = { x = 1, y = 2 }\n\
         let b = { x = a, y = a }\n\
         let c = { x = b, y = b }\n\
         let d = { x = c, y = c }\n\
         let e = { x = d, y = d }\n\
         let f = { x = e, y = e }\n\
         let g = { x = f, y = f }\n\
         let h = { x = g, y = g }\n\
         let i = { x = h, y = h }\n\
         let j = { x = i, y = i }\n\
         let k = { x = j, y = j }\n\
         let l = { x = k, y = k }\n\
         let m = { x = l, y = l }\n\
         let n = { x = m, y = m }",
    ),
    ("cyclic-let", "let a = a"),
    ("invalid-refinement", "type T = Int where 2..1"),
    (
        "interface-not-satisfied",
        "interface I { x: Int }\ncomponent C {}\nfn f(i: I) -> Int = i.x\nsolution s { c: C {}\n let a = f(c) }",
    ),
    ("naming", "type port = Int"),
    ("unused-declaration", "private let a: Int = 1"),
    ("question-outside-test", "solution s {\n let a = count(resources())\n}"),
    ("empty-claim", "policy \"x\" {\n let a = 1\n}"),
];

#[test]
fn every_code_is_raised() {
    for (code, input) in INPUTS {
        let (found, _) = diagnose(input, false);
        let found: Vec<&str> = found.iter().map(|d| d.code.0).collect();
        assert_eq!(found, [*code], "{input}");
    }
    // Only where repositories are left out, which the driver's tests do.
    let elsewhere = codes::NOT_CHECKED_HERE.0;
    let claimed: BTreeSet<&str> = INPUTS.iter().map(|(code, _)| *code).chain([elsewhere]).collect();
    let declared: BTreeSet<&str> = codes::ALL.iter().map(|code| code.0).collect();
    assert_eq!(claimed, declared);
}

#[test]
fn headlines_are_one_lower_case_sentence() {
    for (_, input) in INPUTS {
        for diagnostic in diagnose(input, false).0 {
            let message = &diagnostic.message;
            let first = message.chars().next().unwrap();
            assert!(!message.ends_with('.'), "{message}");
            assert!(
                !first.is_ascii_uppercase()
                    || message.starts_with("CloudFormation")
                    || message.starts_with("IAM"),
                "{message}"
            );
            assert!(
                diagnostic.labels.iter().any(|l| l.primary && !l.message.is_empty()),
                "{message}: no label"
            );
        }
    }
}

#[test]
fn helps_begin_with_a_verb() {
    const VERBS: &[&str] = &[
        "add", "call", "choose", "compare", "compute", "count", "declare", "decide", "give", "import",
        "index", "iterate", "link", "list", "make", "move", "name", "pass", "publish", "put", "remove",
        "rename", "say", "take", "use", "write",
    ];
    for (_, input) in INPUTS {
        for diagnostic in diagnose(input, false).0 {
            let help = diagnostic.help.iter().chain(diagnostic.fixes.iter().map(|f| &f.title));
            for text in help {
                let verb = text.split([' ', ':']).next().unwrap();
                assert!(VERBS.contains(&verb), "{}: {text}", diagnostic.code);
            }
        }
    }
}
