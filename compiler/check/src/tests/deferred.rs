//! What is known only when deploying: handed on, never decided by.

use super::{accepts, check, explains};

const QUEUE: &str = "use std.messaging.Queue\ncomponent Named {\n param name: String = \"x\"\n param url: deferred String = \"x\"\n}\n";

#[track_caller]
fn queue(statements: &str, expect: &str) {
    check(&format!("{QUEUE}solution s {{\n q: Queue {{}}\n{statements}\n}}"), expect);
}

#[test]
fn a_deferred_value_is_handed_on() {
    queue(
        " a: Named { url = q.url }\n b: Named { url = \"${q.url}/x\" }\n c: Named { url = q.url + \"/x\" }\n output url = q.url\n let all: [deferred String] = [q.url, \"x\"]",
        "",
    );
}

#[test]
fn a_plain_value_is_a_deferred_one() {
    accepts(
        "component C {\n param a: deferred String\n param b: deferred Int?\n}\nsolution s { c: C { a = \"x\", b = 1 } }",
    );
}

#[test]
fn a_deferred_value_is_no_plain_one() {
    queue(
        " a: Named { name = q.url }",
        "deferred-value «q.url»: expected a string, found a value known only when deploying",
    );
    explains(
        &format!("{QUEUE}solution s {{\n q: Queue {{}}\n a: Named {{ name = q.url }}\n}}"),
        "^ q.url | CloudFormation gives this value when it deploys
         - name | `name` is declared as `String`
         help: declare what takes it as `deferred String` if it is only handed on",
    );
}

#[test]
fn a_text_with_a_deferred_part_is_deferred() {
    queue(
        " let a: String = \"${q.url}/x\"\n let b: String = join([q.url], \",\")",
        "deferred-value «\"${q.url}/x\"»: expected a string, found a value known only when deploying
         deferred-value «join([q.url], \",\")»: expected a string, found a value known only when deploying",
    );
}

#[test]
fn nothing_is_decided_by_a_deferred_value() {
    queue(
        " let a = if q.url == \"\" then 1 else 2\n let b = match q.url {\n  \"\" => 1\n  _ => 2\n }\n let c = [x for x in q.url.split(\"/\")]\n let d = q.url.length\n\
         let e = {q.url: 1 for x in [1]}\n let f = \"a\" in q.url\n let g = count(q.url)\n let h = q.url[0]\n ensure q.url != \"\" else \"x\"",
        "deferred-value «q.url»: cannot compare a value that is known only when deploying
         deferred-value «q.url»: cannot match on a value that is known only when deploying
         deferred-value «q.url»: cannot compute with a value that is known only when deploying
         deferred-value «length»: `.length` cannot be computed of a string known only when deploying
         deferred-value «q.url»: cannot make a key of a value that is known only when deploying
         deferred-value «q.url»: cannot look into a value that is known only when deploying
         deferred-value «q.url»: cannot count a value that is known only when deploying
         deferred-value «q.url»: cannot index a value that is known only when deploying
         deferred-value «q.url»: cannot compare a value that is known only when deploying",
    );
}

#[test]
fn whether_a_deferred_value_is_there_is_known() {
    accepts("component C {\n param url: deferred String?\n let there: Bool = url != none\n}");
}

#[test]
fn what_a_deferred_value_is_cannot_be_asked_even_where_it_may_be_missing() {
    check(
        "component C {\n param url: deferred String?\n let a: Bool = url == \"x\"\n let b: Bool = \"x\" != url\n}",
        "deferred-value «url»: cannot compare a value that is known only when deploying
         deferred-value «url»: cannot compare a value that is known only when deploying",
    );
}

#[test]
fn a_list_that_takes_deferred_values_in_is_deferred() {
    let list = "component C {\n param urls: [deferred String]\n param names: [String]\n";
    accepts(&format!("{list} let a: String = join([...names, \"x\"], \",\")\n}}"));
    check(
        &format!(
            "{list} let a: String = join([...urls], \",\")\n let b: String = join([...urls, \"x\"], \",\")\n let c: String = join([u for u in urls], \",\")\n}}"
        ),
        "deferred-value «join([...urls], \",\")»: expected a string, found a value known only when deploying
         deferred-value «join([...urls, \"x\"], \",\")»: expected a string, found a value known only when deploying
         deferred-value «join([u for u in urls], \",\")»: expected a string, found a value known only when deploying",
    );
}
