//! An edit that is offered mends the mistake: after it, nothing is said of the text any more.

use super::diagnose;

/// The text with the edits of the first fix that is offered.
#[track_caller]
fn mended(input: &str) -> String {
    let (found, _) = diagnose(input, false);
    let Some(fix) = found.iter().find_map(|d| d.fixes.first()) else {
        panic!("no fix for {input}");
    };
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.lo));
    let mut text = input.to_owned();
    for edit in edits {
        text.replace_range(edit.span.lo as usize..edit.span.hi as usize, &edit.replacement);
    }
    text
}

#[track_caller]
fn each_is(rows: &[(&str, &str)]) {
    for (wrong, right) in rows {
        assert_eq!(mended(wrong), *right);
        let (left, _) = diagnose(right, false);
        let left: Vec<&str> = left.iter().map(|d| d.message.as_str()).collect();
        assert!(left.is_empty(), "{right}\n{left:?}");
    }
}

#[test]
fn a_value_is_made_to_fit() {
    each_is(&[
        ("let a: Int = 30s", "let a: Int = 30s.seconds"),
        ("let a: [Int] = 3", "let a: [Int] = [3]"),
        ("let a: Duration = 30", "let a: Duration = 30s"),
        ("let a: Cidr = 10.0.0.1/16", "let a: Cidr = 10.0.0.0/16"),
        ("let a: Stage = \"test\"", "let a: Stage = test"),
        ("let a = \"${30s}\"", "let a = \"${30s.seconds}\""),
        ("let a: Int = \"x\".length()", "let a: Int = \"x\".length"),
        ("type A = Int where 10..1", "type A = Int where 1..10"),
        ("type R = { n: Int }\nfn f(r: R?) -> Int? = r.n", "type R = { n: Int }\nfn f(r: R?) -> Int? = r?.n"),
        ("fn f(s: String?) -> Int? = s.length", "fn f(s: String?) -> Int? = s?.length"),
        ("fn f(a: Int) -> Int = a ?? 0", "fn f(a: Int) -> Int = a"),
    ]);
}

#[test]
fn a_name_is_corrected_at_its_place() {
    each_is(&[
        ("let kept: Int = 1\nlet a: Int = kep + 1", "let kept: Int = 1\nlet a: Int = kept + 1"),
        (
            "use std.compute.Bucket\nsolution s { a: Bucket {} }",
            "use std.data.Bucket\nsolution s { a: Bucket {} }",
        ),
        ("solution s { a: Bucket {} }", "use std.data.Bucket\nsolution s { a: Bucket {} }"),
        ("component C { param a: Bucket }", "use std.data.Bucket\ncomponent C { param a: Bucket }"),
        ("type web_port = Int", "type WebPort = Int"),
        ("private let a: Int = 1", ""),
        ("fn f(a: Int) -> Int = 1", "fn f(_a: Int) -> Int = 1"),
        ("solution s { resource a: AWS.S3.Bukket {} }", "solution s { resource a: AWS.S3.Bucket {} }"),
    ]);
}

#[test]
fn a_statement_becomes_the_one_that_was_meant() {
    each_is(&[
        ("policy \"x\" { assert true }", "policy \"x\" { require true }"),
        ("test \"x\" { require 1 == 1 }", "test \"x\" { assert 1 == 1 }"),
        (
            "component C {}\nsolution s { a: C { moved from \"a\" } }",
            "component C {}\nsolution s { a: C {  } }",
        ),
        (
            "component C { param n: String }\nsolution s { a: C for k in [\"x\"] { n = k } }",
            "component C { param n: String }\nsolution s { a[k]: C for k in [\"x\"] { n = k } }",
        ),
        (
            "component C { param n: String }\nsolution s { a[x]: C for k in [\"x\"] { n = k } }",
            "component C { param n: String }\nsolution s { a[k]: C for k in [\"x\"] { n = k } }",
        ),
        (
            "solution s {\n resource a: AWS.EC2.VPC { CidrBlock = 10.0.0.0/16 }\n resource t: AWS.EC2.RouteTable { VpcId = a }\n}",
            "solution s {\n resource a: AWS.EC2.VPC { CidrBlock = 10.0.0.0/16 }\n resource t: AWS.EC2.RouteTable { VpcId = a.ref }\n}",
        ),
    ]);
}

#[test]
fn an_arm_that_is_never_reached_goes_with_what_joins_it() {
    let colour =
        |arms: &str| format!("enum Colour {{ red, green }}\nfn f(c: Colour) -> Int = match c {{\n{arms}\n}}");
    for (wrong, right) in [
        (" red | red => 1\n green => 2", " red => 1\n green => 2"),
        (" red => 1\n green | red => 2", " red => 1\n green => 2"),
        (" red => 1\n red | green => 2", " red => 1\n green => 2"),
    ] {
        each_is(&[(&colour(wrong), &colour(right))]);
    }
    assert_eq!(mended(&colour(" red => 1\n red => 2\n green => 3")), colour(" red => 1\n \n green => 3"));
}
