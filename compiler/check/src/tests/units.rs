//! Units are types.

use super::{accepts, check, explains};

#[test]
fn a_quantity_has_the_type_of_its_unit() {
    accepts(
        "let a: [Duration] = [1ms, 1s, 1min, 1h, 1d]\nlet b: [Size] = [1B, 1KiB, 1MiB, 1GiB, 0.5TiB]\n\
         let c: Vcpu = 0.25 vcpu\nlet d: Percent = 40%\nlet e: Cidr = 10.0.0.0/16\nlet f: Range = 1..3",
    );
}

#[test]
fn a_number_without_its_unit_gets_one() {
    check(
        "let a: Duration = 30\nlet b: Size = 512\nlet c: Vcpu = 0.25\nlet d: Percent = 40",
        "type-mismatch «30»: expected a duration, found a whole number => 30s
         type-mismatch «512»: expected a size in bytes, found a whole number => 512MiB
         type-mismatch «0.25»: expected a number of vCPUs, found a number => 0.25 vcpu
         type-mismatch «40»: expected a percentage, found a whole number => 40%",
    );
}

#[test]
fn a_unit_of_another_kind_is_told_from_the_right_ones() {
    explains(
        "let a: Duration = 30MiB",
        "^ 30MiB | this is a size in bytes
         - Duration | declared here
         help: give it a unit of time: `s`, `min`, `h` or `d`",
    );
}

#[test]
fn a_quantity_says_its_unit_where_a_number_is_wanted() {
    check(
        "let a: Int = 30s\nlet b: Int = 1MiB\nlet c: Int = 1 vcpu\nlet d: Int = 40%\nlet e: String = \"${30s}\"",
        "type-mismatch «30s»: expected a whole number, found a duration => .seconds
         type-mismatch «1MiB»: expected a whole number, found a size in bytes => .mib
         type-mismatch «1 vcpu»: expected a whole number, found a number of vCPUs => .cpu_units
         type-mismatch «40%»: expected a whole number, found a percentage => .whole
         type-mismatch «30s»: a duration cannot stand in a string without its unit => .seconds",
    );
    accepts(
        "let a: Int = 30s.seconds\nlet b: Int = 1GiB.mib\nlet c: Int = 1 vcpu.cpu_units\nlet d: String = \"${30s.seconds}\"",
    );
}

#[test]
fn a_quantity_converts_to_its_own_units_only() {
    check("let a: Int = 30s.mib", "unknown-field «mib»: a duration has no `mib`");
}

#[test]
fn units_of_other_languages_are_corrected() {
    check(
        "let a: Duration = 4days\nlet b: Size = 512MB\nlet c: Duration = 5m\nlet d: Duration = 3fortnights",
        "unknown-unit «days»: there is no unit `days` => d
         unknown-unit «MB»: there is no unit `MB` => MiB
         unknown-unit «m»: there is no unit `m` => min
         unknown-unit «fortnights»: there is no unit `fortnights`",
    );
}

#[test]
fn a_quantity_is_exact() {
    check("let a: Duration = 0.0001ms", "type-mismatch «0.0001ms»: `0.0001ms` is no exact quantity");
}

#[test]
fn quantities_are_added_to_their_like_and_multiplied_by_numbers() {
    accepts("let a: Duration = 30s + 2 * 1min - 1h / 2\nlet b: Int = 1h / 1min\nlet c: Bool = 1GiB > 512MiB");
    check(
        "let a: Duration = 30s + 512MiB\nlet b: Bool = 3 < 4s",
        "type-mismatch «+»: `+` cannot take a duration and a size in bytes
         type-mismatch «<»: a whole number cannot be compared with a duration",
    );
    explains(
        "let a: Duration = 30s + 5",
        "^ + | these do not go together
         - 30s | this is a duration
         - 5 | this is a whole number
         help: give the number its unit: `30s`, `5min`, `12h`, `4d`",
    );
}

#[test]
fn an_address_range_is_one() {
    check(
        "let a: Cidr = 10.0.0.1/16\nlet b: Cidr = 10.0.0.0/33\nlet c: Cidr = \"10.0.0.0/16\"",
        "type-mismatch «10.0.0.1/16»: `10.0.0.1/16` has bits set behind its prefix => 10.0.0.0/16
         type-mismatch «10.0.0.0/33»: `10.0.0.0/33` is no address range
         type-mismatch «\"10.0.0.0/16\"»: expected an address range, found the string \"10.0.0.0/16\" => 10.0.0.0/16",
    );
    accepts(
        "let a: Cidr = 10.0.0.0/16.subnet(8, 3)\nlet b: Int = 10.0.0.0/16.prefix\nlet c: String = \"${10.0.0.0/8}\"",
    );
}

#[test]
fn a_range_is_of_whole_numbers() {
    check(
        "let a: Range = 3\nlet b: Range = 1s..2s",
        "type-mismatch «3»: expected a range, found a whole number => 3..3
         type-mismatch «1s»: expected a whole number, found a duration => .seconds
         type-mismatch «2s»: expected a whole number, found a duration => .seconds",
    );
    accepts("let a: Range = 2..10\nlet b: Int = a.max - a.min\nlet c: Bool = 3 in a");
}

#[test]
fn a_quantity_has_at_most_nine_places_and_fits_its_type() {
    accepts("let a: Vcpu = 0.000001 vcpu\nlet b: Percent = 0.100000000%\nlet c: Size = 1.5KiB");
    check(
        "let a: Vcpu = 0.0000001 vcpu\nlet b: Percent = 0.1000000000%\nlet c: Size = 9999999999TiB\nlet d: Size = 0.3B",
        "type-mismatch «0.0000001 vcpu»: `0.0000001vcpu` is no exact quantity
         type-mismatch «0.1000000000%»: `0.1000000000%` is no exact quantity
         type-mismatch «9999999999TiB»: `9999999999TiB` is no exact quantity
         type-mismatch «0.3B»: `0.3B` is no exact quantity",
    );
}

#[test]
fn what_cannot_stand_in_a_string_says_how_it_could() {
    check(
        "let a = \"${1MiB}\"\nlet b = \"${1 vcpu}\"\nlet c = \"${1%}\"\nlet d = \"${1..2}\"\nlet e = \"${[1]}\"\nlet f = \"${none}\"\n\
         solution s {\n resource box: AWS.S3.Bucket {}\n output g = \"${box}\"\n}",
        "type-mismatch «1MiB»: a size in bytes cannot stand in a string without its unit => .mib
         type-mismatch «1 vcpu»: a number of vCPUs cannot stand in a string without its unit => .cpu_units
         type-mismatch «1%»: a percentage cannot stand in a string without its unit => .whole
         type-mismatch «1..2»: a range cannot stand in a string
         type-mismatch «[1]»: a list `[Int]` cannot stand in a string
         optional-value «none»: a value that may be `none` cannot stand in a string
         type-mismatch «box»: a resource `AWS.S3.Bucket` cannot stand in a string => .ref",
    );
    accepts(
        "type Short = String where /^a$/\nenum E { x }\ncomponent C {\n param s: Short\n param e: E\n param n: Int where 1..2\n param d: Duration\n\
         let a = \"${s}${e}${n}${true}${1.5}${10.0.0.0/8}\"\n ensure a != \"\" else \"after ${d}, ${1MiB}, ${1%}, ${1 vcpu}, ${1..2}\"\n}",
    );
}

#[test]
fn an_address_range_may_be_everything_or_one_address() {
    accepts("let a: Cidr = 0.0.0.0/0\nlet b: Cidr = 10.0.0.1/32");
    check(
        "let a: Cidr = 10.0.0.255/31",
        "type-mismatch «10.0.0.255/31»: `10.0.0.255/31` has bits set behind its prefix => 10.0.0.254/31",
    );
}

#[test]
fn what_was_forgotten_is_the_unit_of_the_refinement() {
    check(
        "component C {\n param a: Duration where 1d..30d\n param b: Size where 1GiB..2GiB\n param c: Duration where 0s..1d\n param d: Duration where 100ms..1s\n}\n\
         solution s { c: C { a = 3, b = 1, c = 2, d = 500 } }",
        "type-mismatch «3»: expected `Duration where 1d..30d`, found a whole number => 3d
         type-mismatch «1»: expected `Size where 1GiB..2GiB`, found a whole number => 1GiB
         type-mismatch «2»: expected `Duration where 0d..1d`, found a whole number => 2s
         type-mismatch «500»: expected `Duration where 100ms..1s`, found a whole number => 500ms",
    );
}

#[test]
fn a_quantity_is_shown_in_the_largest_unit_that_it_is_whole_in() {
    check(
        "component C {\n param a: Duration where 1ms..1s\n param b: Duration where 60s..60min\n param c: Duration where 24h..36h\n param d: Size where 1B..1024B\n\
         param e: Size where 1024KiB..1024GiB\n param f: Size where 1025KiB..3072MiB\n param g: Vcpu where 0.25 vcpu..2 vcpu\n param h: Percent where 0.5%..100%\n}\n\
         solution s { c: C { a = [], b = [], c = [], d = [], e = [], f = [], g = [], h = [] } }",
        "type-mismatch «[]»: expected `Duration where 1ms..1s`, found a list `[?]`
         type-mismatch «[]»: expected `Duration where 1min..1h`, found a list `[?]`
         type-mismatch «[]»: expected `Duration where 1d..36h`, found a list `[?]`
         type-mismatch «[]»: expected `Size where 1B..1KiB`, found a list `[?]`
         type-mismatch «[]»: expected `Size where 1MiB..1TiB`, found a list `[?]`
         type-mismatch «[]»: expected `Size where 1025KiB..3GiB`, found a list `[?]`
         type-mismatch «[]»: expected `Vcpu where 0.25 vcpu..2 vcpu`, found a list `[?]`
         type-mismatch «[]»: expected `Percent where 0.5%..100%`, found a list `[?]`",
    );
}
