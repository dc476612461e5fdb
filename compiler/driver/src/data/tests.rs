use super::{json, toml};
use solc_source::data::{Node, Value};
use solc_source::{Diagnostic, FileId};

type Read = fn(FileId, &str) -> (Node, Vec<Diagnostic>);

/// The tree with the text under each value, and one line for each mistake.
fn check(read: Read, text: &str, tree: &str, mistakes: &[&str]) {
    let (node, diagnostics) = read(FileId(0), text);
    assert_eq!(show(&node, text), tree);
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|d| {
            let under = text.get(d.span().range()).unwrap();
            format!("{} `{under}`: {}", d.code, d.message)
        })
        .collect();
    assert_eq!(shown, mistakes);
}

fn show(node: &Node, text: &str) -> String {
    let under = text.get(node.span.range()).unwrap();
    match &node.value {
        Value::Table(entries) => {
            let parts: Vec<String> = entries
                .iter()
                .map(|entry| {
                    assert!(text.get(entry.key_span.range()).unwrap().contains(entry.key.as_str()));
                    format!("{}={}", entry.key, show(&entry.node, text))
                })
                .collect();
            format!("{{{}}}", parts.join(" "))
        }
        Value::List(items) => {
            format!("[{}]", items.iter().map(|item| show(item, text)).collect::<Vec<_>>().join(" "))
        }
        Value::String(value) => format!("{value:?}<{under}>"),
        Value::Int(value) => format!("{value}<{under}>"),
        Value::Number(value) => format!("{value:?}<{under}>"),
        Value::Bool(value) => format!("{value}"),
        Value::Null => "null".to_owned(),
    }
}

#[test]
fn toml_keeps_the_order_and_the_place_of_everything() {
    check(
        toml,
        "z = 1\na.b = \"x\\ty\"\n[t]\nl = [0x10, -2.5, true]\nc = { case = { of = 'q' } }\n",
        "{z=1<1> a={b=\"x\\ty\"<\"x\\ty\">} t={l=[16<0x10> -2.5<-2.5> true] c={case={of=\"q\"<'q'>}}}}",
        &[],
    );
}

#[test]
fn toml_goes_on_after_each_mistake() {
    check(
        toml,
        "a = \nb = 2\nc = 1 2\nd = 4\n",
        "{a=null b=2<2> c=null d=4<4>}",
        &[
            "invalid-toml ``: invalid TOML: string values must be quoted, expected literal string",
            "invalid-toml `1 2`: invalid TOML: string values must be quoted, expected literal string",
        ],
    );
}

#[test]
fn toml_reports_a_line_once() {
    check(
        toml,
        "a = = 5\nb = 2\n",
        "{a=null b=2<2>}",
        &["invalid-toml `=`: invalid TOML: extra `=`, expected nothing"],
    );
}

#[test]
fn toml_names_the_key_that_is_set_twice() {
    check(toml, "a = 1\nb = 2\na = 3\n", "{a=1<1> b=2<2>}", &["duplicate-key `a`: `a` is set twice"]);
}

#[test]
fn toml_refuses_what_a_setting_cannot_be() {
    check(
        toml,
        "a = 1979-05-27\nb = inf\nc = 99999999999999999999\nd = 1\n",
        "{a=null b=null c=null d=1<1>}",
        &[
            "invalid-toml `1979-05-27`: invalid TOML: a date has no meaning here, quote it",
            "invalid-toml `inf`: invalid TOML: this number is not finite",
            "invalid-toml `99999999999999999999`: invalid TOML: this number does not fit into 64 bits",
        ],
    );
}

#[test]
fn json_keeps_the_place_of_everything() {
    check(
        json,
        "{ \"b\": [1, 2.5, true], \"a\": { \"x\": \"y\" } }\n",
        "{b=[1<1> 2.5<2.5> true] a={x=\"y\"<\"y\">}}",
        &[],
    );
}

#[test]
fn json_is_strict_and_names_the_place() {
    check(
        json,
        "{ \"a\": 1, }",
        "null",
        &["invalid-json `,`: invalid JSON: trailing commas are not allowed"],
    );
    check(json, "// no\n{}", "null", &["invalid-json `// no`: invalid JSON: comments are not allowed"]);
    check(
        json,
        "[null]",
        "[null]",
        &["invalid-json `null`: invalid JSON: `null` has no meaning here, leave the key out"],
    );
    check(json, "", "null", &["invalid-json ``: invalid JSON: the file is empty"]);
}

#[test]
fn json_names_the_key_that_is_set_twice() {
    check(json, "{\"a\": 1, \"a\": 2}", "{a=1<1>}", &["duplicate-key `\"a\"`: `a` is set twice"]);
}

#[test]
fn deep_nesting_is_a_mistake_and_not_a_crash() {
    for depth in [200, 20_000] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let in_toml = format!("a = {text}");
        let (_, mistakes) = toml(FileId(0), &in_toml);
        assert!(!mistakes.is_empty());
    }
    let (_, mistakes) = json(FileId(0), &"[".repeat(20_000));
    assert_eq!(mistakes.len(), 1);
}

#[test]
fn a_text_cut_anywhere_gives_a_tree() {
    for (read, text) in [
        (toml as Read, "[a]\nb = \"é\" # x\nc = [1, { d = 1.5 }]\n"),
        (json as Read, "{\"é\": [1, {\"d\": \"\\u00e9\"}]}"),
    ] {
        for (end, _) in text.char_indices() {
            let (node, _) = read(FileId(0), text.get(..end).unwrap());
            assert!(node.span.range().end <= end);
        }
    }
}

#[test]
fn a_missing_comma_of_json_is_added_after_what_it_follows() {
    let text = "{\n  \"a\": 1\n  \"b\": 2\n}\n";
    let (_, mistakes) = json(FileId(0), text);
    let edits: Vec<(u32, u32, &str)> = mistakes
        .iter()
        .flat_map(|mistake| &mistake.fixes)
        .flat_map(|fix| &fix.edits)
        .map(|edit| (edit.span.lo, edit.span.hi, edit.replacement.as_str()))
        .collect();
    assert_eq!(edits, [(10, 10, ",")]);
}
