//! Claims of the canonical writer, by hand.

use crate::json::Writer;

#[test]
fn objects_and_lists_are_indented_by_one_space() {
    let mut writer = Writer::default();
    writer.object(|w| {
        w.text("a", "x");
        w.key("b");
        w.list(|w| {
            w.element();
            w.int(1);
            w.element();
            w.bool(true);
        });
        w.key("c");
        w.object(|_| {});
    });
    assert_eq!(writer.finish(), "{\n \"a\": \"x\",\n \"b\": [\n  1,\n  true\n ],\n \"c\": {}\n}\n");
}

#[test]
fn control_characters_and_quotes_are_escaped_and_everything_else_is_itself() {
    let mut writer = Writer::default();
    writer.string("a\"b\\c\nd\te\u{1}ü漢");
    assert_eq!(writer.finish(), "\"a\\\"b\\\\c\\nd\\te\\u0001ü漢\"\n");
}

#[test]
fn numbers_have_no_exponent_and_whole_ones_no_point() {
    let mut writer = Writer::default();
    writer.list(|w| {
        for number in [0.25, 2.0, 1e-3, f64::NAN] {
            w.element();
            w.number(number);
        }
    });
    assert_eq!(writer.finish(), "[\n 0.25,\n 2,\n 0.001,\n 0\n]\n");
}
