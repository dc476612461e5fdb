//! Functions of templates.

use super::{Scope, UNKNOWN, resolve};
use crate::local::template::Reference;
use serde_json::{Value, json};

struct Names;

impl Scope for Names {
    fn get(&self, reference: &Reference) -> Result<Option<Value>, String> {
        match reference {
            Reference::Name(name) => Ok(match name.as_str() {
                "AWS::NoValue" => None,
                "Later" => Some(json!(UNKNOWN)),
                "List" => Some(json!(["x", "y"])),
                _ => Some(json!(format!("<{name}>"))),
            }),
            Reference::Attribute(name, attribute) => Ok(Some(json!(format!("<{name}.{attribute}>")))),
        }
    }

    fn zones(&self) -> Vec<String> {
        vec!["r-a".to_owned(), "r-b".to_owned()]
    }
}

#[test]
fn functions_are_evaluated() {
    let cases = [
        (json!({"Ref": "A"}), json!("<A>")),
        (json!({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}), json!({"b": [1]})),
        (json!({"Fn::GetAtt": ["A", "B.C"]}), json!("<A.B.C>")),
        (json!({"Fn::Join": ["-", ["a", {"Ref": "A"}, 1]]}), json!("a-<A>-1")),
        (json!({"Fn::Join": [",", {"Ref": "List"}]}), json!("x,y")),
        (json!({"Fn::Join": ["", ["a", {"Ref": "Later"}]]}), json!(format!("a{UNKNOWN}"))),
        (json!({"Fn::Select": [0, {"Fn::GetAZs": ""}]}), json!("r-a")),
        (json!({"Fn::Select": ["1", {"Fn::Split": ["|", "a|b"]}]}), json!("b")),
        (json!({"Fn::Select": [0, {"Fn::Split": ["|", {"Ref": "Later"}]}]}), json!(UNKNOWN)),
        (json!({"Fn::Sub": "${A}/${B.C}/${!D}/$"}), json!("<A>/<B.C>/${D}/$")),
        (json!({"Fn::Sub": ["${Own}${A}", {"Own": {"Ref": "X"}}]}), json!("<X><A>")),
        (json!({"Fn::Base64": "hi"}), json!("aGk=")),
        (json!({"Fn::Cidr": ["10.0.0.0/16", 3, 8]}), json!(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"])),
        (json!("{{resolve:ssm:/a:1}}"), json!("{{resolve:ssm:/a:1}}")),
    ];
    for (value, expected) in cases {
        assert_eq!(resolve(&value, &Names).expect("a value"), Some(expected), "{value}");
    }
}

#[test]
fn functions_refuse_what_they_cannot_take() {
    for value in [
        json!({"Fn::Select": [2, ["a"]]}),
        json!({"Fn::Select": [-1, ["a"]]}),
        json!({"Fn::Join": ["a"]}),
        json!({"Fn::Split": ["", "a"]}),
        json!({"Fn::Cidr": ["10.0.0.0/24", 2, 8]}),
        json!({"Fn::Cidr": ["nonsense", 1, 8]}),
        json!({"Fn::Cidr": ["10.0.0.0/0", 1, 32]}),
        json!({"Fn::If": ["c", 1, 2]}),
        json!({"Fn::Sub": "a", "other": 1}),
    ] {
        // A block of no host bits apart, each of these has no value.
        let block = value.get("Fn::Cidr").is_some_and(|c| c[2] == json!(32));
        assert_eq!(resolve(&value, &Names).is_ok(), block, "{value}");
    }
}
