//! Secrets: a label that spreads.

use super::{accepts, check, explains};

const CLIENT: &str = "component Client {\n accepts secret, setting\n param name: String = \"x\"\n param key: secret String?\n}\n";

#[track_caller]
fn client(statements: &str, expect: &str) {
    check(&format!("{CLIENT}solution s {{\n c: Client {{ secret API_KEY }}\n{statements}\n}}"), expect);
}

#[test]
fn a_secret_goes_where_a_secret_is_wanted() {
    client(" d: Client { key = c.API_KEY }", "");
}

#[test]
fn a_secret_reaches_neither_output_nor_parameter() {
    client(
        " output key = c.API_KEY\n d: Client { name = c.API_KEY }",
        "secret-leak «c.API_KEY»: a secret cannot go where it could be read
         secret-leak «c.API_KEY»: a secret cannot go where it could be read",
    );
    explains(
        &format!("{CLIENT}solution s {{\n c: Client {{ secret API_KEY }}\n output key = c.API_KEY\n}}"),
        "^ c.API_KEY | this is a string that is secret
         - key | an output can be read by everyone who sees the stack
         help: declare it as `secret` where it is used, and hand on the reference instead of the value",
    );
}

#[test]
fn what_is_made_of_a_secret_is_secret() {
    client(
        " let url = \"https://${c.API_KEY}@example\"\n output url: String = url",
        "duplicate-name «url»: `url` is declared twice
         secret-leak «url»: a secret cannot go where it could be read",
    );
}

#[test]
fn the_compiler_never_looks_at_a_secret() {
    client(
        " let a = c.API_KEY == \"x\"\n let b = match c.API_KEY {\n  _ => 1\n }",
        "secret-leak «c.API_KEY»: cannot compare a secret
         secret-leak «c.API_KEY»: cannot match on a secret",
    );
}

#[test]
fn a_text_is_no_secret() {
    client(
        " d: Client { key = \"hunter2\" }",
        "type-mismatch «\"hunter2\"»: expected a string that is secret, found the string \"hunter2\"",
    );
}

#[test]
fn a_misspelt_secret_is_corrected() {
    client(
        " let a = c.API_KEYS",
        "unknown-field «API_KEYS»: a component `Client` has no `API_KEYS` => API_KEY",
    );
}

#[test]
fn what_takes_no_secrets_says_so() {
    accepts(
        "component C { accepts link, setting, secret }\nsolution s { c: C {\n setting LEVEL: Int = 1\n secret KEY\n} }",
    );
    check(
        "component C {}\nsolution s { c: C {\n setting LEVEL: Int = 1\n secret KEY\n} }",
        "not-accepted «LEVEL»: `C` takes no settings
         not-accepted «KEY»: `C` takes no secrets",
    );
}

#[test]
fn a_setting_has_a_type_and_a_fitting_default() {
    check(
        "component C { accepts setting }\nsolution s { c: C {\n setting LEVEL: \"low\" | \"high\" = \"hihg\"\n setting LEVEL: Int\n} }",
        "type-mismatch «\"hihg\"»: expected one of \"high\" | \"low\", found the string \"hihg\" => \"high\"
         duplicate-name «LEVEL»: `LEVEL` is declared twice",
    );
}

#[test]
fn a_secret_that_may_be_missing_needs_another_for_that_case_and_nothing_else_becomes_one() {
    let inner = "component Inner { param key: secret String }\ncomponent Outer {\n param a: secret String?\n param b: secret String\n\
                 param c: deferred String\n param d: String?\n";
    accepts(&format!("{inner} i: Inner {{ key = b }}\n j: Inner {{ key = a ?? b }}\n}}"));
    check(
        &format!(
            "{inner} i: Inner {{ key = a }}\n j: Inner {{ key = c }}\n k: Inner {{ key = d }}\n l: Inner {{ key = none }}\n}}"
        ),
        "optional-value «a»: expected a string that is secret, found a value that may be `none`
         type-mismatch «c»: expected a string that is secret, found a string known only when deploying
         type-mismatch «d»: expected a string that is secret, found a string that may be `none`
         type-mismatch «none»: expected a string that is secret, found `none`",
    );
}
