//! Whether one type can stand where another is wanted, and the type of two together.

use super::{accepts, check};

#[test]
fn records_of_two_types_are_one_where_their_fields_fit() {
    let types = "type Small = { days: Int }\ntype Large = { days: Int, prefix: String = \"\", note: String? }\n\
                 type Other = { days: String }\nlet small: Small = { days = 1 }\n";
    accepts(&format!("{types}let a: Large = small"));
    check(
        &format!("{types}let a: Other = small\nlet large: Large = {{ days = 1 }}\nlet b: Small = large"),
        "type-mismatch «small»: expected a record `Other`, found a record `Small`
         type-mismatch «large»: expected a record `Small`, found a record `Large`",
    );
}

#[test]
fn an_interface_is_handed_on_to_itself_and_to_no_other() {
    let timed = "interface Timed { timeout: Duration }\ninterface Named { title: String }\n\
                 fn wait(t: Timed) -> Duration = t.timeout\n";
    accepts(&format!("{timed}fn twice(t: Timed) -> Duration = wait(t) * 2"));
    check(
        &format!("{timed}fn twice(n: Named) -> Duration = wait(n)"),
        "type-mismatch «n»: expected a component that satisfies `Timed`, found a component that satisfies `Named`",
    );
}

#[test]
fn what_may_be_none_fits_a_property_that_may_be_left_out_and_no_other() {
    let block = |record: &str, property: &str| {
        format!(
            "type Block = {record}\n\
             component C {{\n param block: Block\n resource box: AWS.S3.Bucket {{ {property} = block }}\n}}"
        )
    };
    accepts(&block("{ BlockPublicAcls: Bool?, BlockPublicPolicy: Bool }", "PublicAccessBlockConfiguration"));
    check(
        &block("{ Status: String?, MfaDelete: String? }", "VersioningConfiguration"),
        "type-mismatch «block»: expected an object, found a record `Block`",
    );
}

#[test]
fn a_deferred_value_and_a_wider_one_are_the_wider_deferred() {
    let both = "component C {\n param a: deferred Int\n param b: Number\n let both = if env.stage == production then a else b\n";
    accepts(&format!("{both} attribute wide: deferred Number = both\n}}"));
    check(
        &format!("{both} attribute wide: Number = both\n}}"),
        "deferred-value «both»: expected a number, found a value known only when deploying",
    );
}
