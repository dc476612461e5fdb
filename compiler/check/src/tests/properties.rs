//! What the language gives to its own types: properties, functions of values, and their results.

use super::{accepts, check};

/// Each of `rows` is a type, what is read of a value `x` of it, and the type of that; none other would do.
#[track_caller]
fn each_gives(rows: &[(&str, &str, &str)]) {
    let functions = |result: &dyn Fn(&str) -> String| {
        let mut text = String::from(
            "enum Colour { red < green }\ntype Route = path { at: String } | home\ntype Map = {String: Bool}\ntype Ints = {String: Int}\n",
        );
        for (index, (of, read, ty)) in rows.iter().enumerate() {
            text.push_str(&format!("fn f{index}(x: {of}) -> {} = {read}\n", result(ty)));
        }
        text
    };
    accepts(&functions(&|ty| ty.to_owned()));
    let wrong = functions(&|_| "Peer".to_owned());
    let (found, sources) = super::diagnose(&wrong, false);
    let refused: Vec<&str> = found.iter().map(|d| sources.text(d.span())).collect();
    let expected: Vec<&str> = rows.iter().map(|(_, read, _)| *read).collect();
    assert_eq!(refused, expected);
}

#[test]
fn quantities_are_read_in_their_units() {
    each_gives(&[
        ("Duration", "x.milliseconds", "Int"),
        ("Duration", "x.seconds", "Int"),
        ("Duration", "x.minutes", "Int"),
        ("Duration", "x.hours", "Int"),
        ("Duration", "x.days", "Int"),
        ("Size", "x.bytes", "Int"),
        ("Size", "x.kib", "Int"),
        ("Size", "x.mib", "Int"),
        ("Size", "x.gib", "Int"),
        ("Vcpu", "x.cpu_units", "Int"),
        ("Percent", "x.whole", "Int"),
        ("Range", "x.min", "Int"),
        ("Range", "x.max", "Int"),
    ]);
}

#[test]
fn lists_maps_and_texts_have_properties() {
    each_gives(&[
        ("[Bool]", "x.count", "Int"),
        ("{String: Bool}", "x.count", "Int"),
        ("[Bool]", "x.first", "Bool?"),
        ("[Bool?]", "x.first", "Bool?"),
        ("[Bool]", "x.last", "Bool?"),
        ("{String: Bool}", "x.first", "Bool?"),
        ("[Bool]", "x.reverse", "[Bool]"),
        ("{String: Bool}", "x.keys", "[String]"),
        ("{String: Bool}", "x.values", "[Bool]"),
        ("String", "x.length", "Int"),
        ("String", "x.upper", "String"),
        ("String", "x.lower", "String"),
        ("String", "x.trim", "String"),
        ("String", "x.int", "Int?"),
        ("String", "x.base64", "String"),
        ("String", "x.sha256", "String"),
        ("\"a\" | \"b\"", "x.length", "Int"),
        ("Cidr", "x.netmask", "String"),
        ("Cidr", "x.prefix", "Int"),
        ("Cidr", "x.address", "String"),
        ("Colour", "x.name", "String"),
        ("Route", "x.name", "String"),
    ]);
}

#[test]
fn values_have_functions() {
    each_gives(&[
        ("String", "x.replace(\"a\", \"b\")", "String"),
        ("String", "x.starts_with(\"a\")", "Bool"),
        ("String", "x.ends_with(\"a\")", "Bool"),
        ("String", "x.contains(\"a\")", "Bool"),
        ("String", "x.split(\",\")", "[String]"),
        ("String", "x.slice(0, 1)", "String"),
        ("String", "x.index_of(\"a\")", "Int?"),
        ("String", "x.pad_left(3, \"0\")", "String"),
        ("\"a\" | \"b\"", "x.contains(\"a\")", "Bool"),
        ("[Bool]", "x.contains(true)", "Bool"),
        ("[Bool]", "x.index_of(true)", "Int?"),
        ("[Bool]", "x.take(1)", "[Bool]"),
        ("[Bool]", "x.skip(1)", "[Bool]"),
        ("{String: Bool}", "x.get(\"a\")", "Bool?"),
        ("{String: Bool?}", "x.get(\"a\")", "Bool?"),
        ("Cidr", "x.host(1)", "String"),
        ("Cidr", "x.contains(10.0.0.0/8)", "Bool"),
        ("Cidr", "x.subnet(4, 1)", "Cidr"),
    ]);
}

#[test]
fn functions_of_the_language_give_what_they_are_given() {
    each_gives(&[
        ("[Bool]", "count(x)", "Int"),
        ("{String: Bool}", "count(x)", "Int"),
        ("[Bool]", "unique(x)", "[Bool]"),
        ("[Bool]", "all(x)", "Bool"),
        ("[Bool]", "any(x)", "Bool"),
        ("[[Bool]]", "flatten(x)", "[Bool]"),
        ("[String]", "join(x, \",\")", "String"),
        ("[String]", "sort(x)", "[String]"),
        ("[Colour]", "sort(x)", "[Colour]"),
        ("[\"a\" | \"b\"]", "sort(x)", "[\"a\" | \"b\"]"),
        ("[Int]", "sum(x)", "Int"),
        ("[Number]", "sum(x)", "Number"),
        ("[Duration]", "sum(x)", "Duration"),
        ("[Size]", "sum(x)", "Size"),
        ("[Percent]", "sum(x)", "Percent"),
        ("[Vcpu]", "sum(x)", "Vcpu"),
        ("Int", "min(x, 1)", "Int"),
        ("Number", "max(x, 1)", "Number"),
        ("Duration", "min(x, 1s)", "Duration"),
        ("Size", "max(x, 1B)", "Size"),
        ("Percent", "min(x, 1%)", "Percent"),
        ("Vcpu", "max(x, 1 vcpu)", "Vcpu"),
        ("{String: Bool}", "merge(x, { a = true })", "Map"),
    ]);
}

#[test]
fn operators_give_the_type_of_what_they_take() {
    each_gives(&[
        ("Int", "-x", "Int"),
        ("Number", "-x", "Number"),
        ("Duration", "-x", "Duration"),
        ("Size", "-x", "Size"),
        ("Percent", "-x", "Percent"),
        ("Int", "x / 2", "Int"),
        ("Int", "x * 2", "Int"),
        ("Int", "x + 0.5", "Number"),
        ("Number", "2 - x", "Number"),
        ("Duration", "x + 1s", "Duration"),
        ("Size", "x - 1B", "Size"),
        ("Vcpu", "x + 1 vcpu", "Vcpu"),
        ("Percent", "x - 1%", "Percent"),
        ("Duration", "x * 2", "Duration"),
        ("Size", "2 * x", "Size"),
        ("Vcpu", "2 * x", "Vcpu"),
        ("Percent", "x / 2", "Percent"),
        ("Duration", "x / 1s", "Int"),
        ("Size", "x / 1B", "Int"),
        ("[Int]", "x + [1]", "[Int]"),
        ("[Int]", "x + [0.5]", "[Number]"),
        ("{String: Int}", "x + { a = 1 }", "Ints"),
        ("String", "x + \"a\"", "String"),
    ]);
}

#[test]
fn operators_refuse_what_has_no_meaning() {
    check(
        "fn a(x: Duration) -> Duration = x * x\nfn b(x: Size) -> Size = x * 1s\nfn c(x: Percent) -> Int = x / x\n\
         fn d(x: Int) -> Duration = x / 1s\nfn e(x: Vcpu) -> Vcpu = -x\nfn f(x: Duration) -> Duration = x * 0.5\nfn g(x: String) -> String = x - x",
        "type-mismatch «*»: `*` cannot take a duration and a duration
         type-mismatch «*»: `*` cannot take a size in bytes and a duration
         type-mismatch «/»: `/` cannot take a percentage and a percentage
         type-mismatch «/»: `/` cannot take a whole number and a duration
         type-mismatch «x»: `-` takes a number, found a number of vCPUs
         type-mismatch «*»: `*` cannot take a duration and a number
         type-mismatch «-»: `-` cannot take a string and a string",
    );
}

#[test]
fn a_number_beside_a_quantity_is_told_the_units_of_that_quantity() {
    for (given, unit) in [
        ("1MiB + 5", "`512MiB`, `50GiB`"),
        ("5 - 1 vcpu", "`0.25 vcpu`"),
        ("1 vcpu + 0.5", "`0.25 vcpu`"),
        ("1% + 5", "`40%`"),
        ("5 - 1%", "`40%`"),
        ("5 + 1s", "`30s`, `5min`, `12h`, `4d`"),
    ] {
        let (found, _) = super::diagnose(&format!("let a = {given}"), false);
        let help: Vec<&str> = found.iter().flat_map(|d| d.help.iter()).map(|h| &**h).collect();
        assert_eq!(help, [format!("give the number its unit: {unit}")], "{given}");
    }
    let (found, _) = super::diagnose("let a = 1s * 1s", false);
    assert!(found.iter().all(|d| d.help.is_none()));
}

#[test]
fn functions_of_the_language_refuse_what_they_cannot_take() {
    check(
        "let a = min(\"a\", \"b\")\nlet b = merge([1], [2])\nlet c = max(1)\nlet d = sum([true])\nlet e = sort([true])\nlet f = all([1])\nlet g = min(1, 2, 3)",
        "type-mismatch «min(\"a\", \"b\")»: `min` takes two numbers of one type, found the string \"a\" and the string \"b\"
         type-mismatch «merge([1], [2])»: `merge` takes two maps, found a list `[Int]` and a list `[Int]`
         missing-argument «max(1)»: `max` takes two arguments
         type-mismatch «[true]»: expected a list of numbers, or of quantities of one unit, found a list `[Bool]`
         type-mismatch «[true]»: expected a list of what compares: strings, numbers, cases of an ordered enum, found a list `[Bool]`
         type-mismatch «1»: expected a boolean, found a whole number
         unknown-argument «min(1, 2, 3)»: `min` takes two arguments",
    );
}

#[test]
fn what_json_cannot_say_is_refused() {
    for good in [
        "Bool",
        "Int",
        "Number",
        "String",
        "Json",
        "Cidr",
        "\"a\" | \"b\"",
        "Stage",
        "[Int?]",
        "{String: Int}",
        "deferred String",
    ] {
        accepts(&format!("component C {{ param x: {good}\n param j: Json = x\n}}"));
    }
    for bad in [
        "Duration",
        "Size",
        "Percent",
        "Vcpu",
        "Range",
        "Peer",
        "Environment",
        "[Duration]",
        "{String: Size}",
        "Percent?",
    ] {
        let (found, sources) =
            super::diagnose(&format!("component C {{ param x: {bad}\n param j: Json = x\n}}"), false);
        let refused: Vec<_> = found.iter().map(|d| (d.code.0, sources.text(d.span()))).collect();
        assert_eq!(refused, [("type-mismatch", "x")], "{bad}");
    }
}
