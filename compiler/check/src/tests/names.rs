//! Names: found, misspelt, twice, in the wrong case.

use super::{accepts, check, explains};

#[test]
fn a_misspelt_name_is_corrected() {
    check(
        "let keep_days: Int = 1\nlet a: Int = kep_days",
        "unknown-name «kep_days»: nothing here is called `kep_days` => keep_days",
    );
}

#[test]
fn short_names_are_not_guessed() {
    check("let a: Int = 1\nlet b: Int = x", "unknown-name «x»: nothing here is called `x`");
}

#[test]
fn members_and_locals_are_found_before_the_files_own() {
    accepts(
        "let n: String = \"a\"\ncomponent C {\n param n: Int\n let m: Int = n + 1\n let k: [Bool] = [n for n in [true]]\n}",
    );
}

#[test]
fn two_components_may_have_members_of_one_name() {
    accepts(
        "component A {\n param size: Int\n attribute n: Int = size\n}\n\
         component B {\n param size: String\n attribute n: String = size\n}\n\
         solution s {\n a: A { size = 1 }\n b: B { size = \"x\" }\n output n: String = b.n\n}",
    );
}

#[test]
fn a_declaration_stands_once() {
    check(
        "let a: Int = 1\nlet a: Int = 2\nenum E { x, y, x }\ntype U = x | y | x\nfn f(x: Int, x: Int) -> Int = x",
        "duplicate-name «a»: `a` is declared twice
         duplicate-name «x»: `x` is declared twice
         duplicate-name «x»: `x` is declared twice
         duplicate-name «x»: `x` is declared twice",
    );
    explains(
        "let a: Int = 1\nlet a: Int = 2",
        "^ a | declared again
         - a | first declared here
         help: rename one of them, or remove it",
    );
}

#[test]
fn a_member_stands_once() {
    check(
        "component C {\n param a: Int\n let a = 1\n grant g {}\n grant g {}\n}",
        "duplicate-name «a»: `a` is declared twice
         duplicate-name «g»: `g` is declared twice",
    );
}

#[test]
fn names_of_the_language_are_taken_and_those_of_the_prelude_better_left() {
    check(
        "enum Stage { red, green }\ntype Duration = Int\nfn count(a: Int) -> Int = a\nlet env: Int = 1",
        "warning duplicate-name «Stage»: this hides the `Stage` that every file sees
         duplicate-name «Duration»: `Duration` already has a meaning in every file
         duplicate-name «count»: `count` already has a meaning in every file
         duplicate-name «env»: `env` already has a meaning in every file",
    );
    check(
        "use c.Level as Stage\nsolution s { let a: Stage = high }\n//- c\nenum Level { low, high }",
        "warning duplicate-name «Stage»: this hides the `Stage` that every file sees",
    );
}

#[test]
fn types_and_components_are_in_pascal_case() {
    check(
        "type port = Int\nenum color { red }\ninterface has_size { size: Int }\ncomponent my_box {}",
        "warning naming «port»: the type `port` is not written in PascalCase => Port
         warning naming «color»: the enum `color` is not written in PascalCase => Color
         warning naming «has_size»: the interface `has_size` is not written in PascalCase => HasSize
         warning naming «my_box»: the component `my_box` is not written in PascalCase => MyBox",
    );
}

#[test]
fn values_cases_and_members_are_in_snake_case() {
    check(
        "let maxDays: Int = 1\nenum Color { Red }\ntype U = one { a: Int } | twoWays\nfn Half(Of: Int) -> Int = Of / 2\n\
         component C {\n param Size: Int\n resource Box: AWS.S3.Bucket {}\n attribute Arn: deferred String = Box.Arn\n\
         grant Read(Under: String) {}\n}\nsolution Shop {}",
        "warning naming «maxDays»: the value `maxDays` is not written in snake_case => max_days
         warning naming «Red»: the case `Red` is not written in snake_case => red
         warning naming «twoWays»: the case `twoWays` is not written in snake_case => two_ways
         warning naming «Half»: the function `Half` is not written in snake_case => half
         warning naming «Of»: the parameter `Of` is not written in snake_case => of
         warning naming «Size»: the parameter `Size` is not written in snake_case => size
         warning naming «Box»: the resource `Box` is not written in snake_case => box
         warning naming «Arn»: the attribute `Arn` is not written in snake_case => arn
         warning naming «Read»: the grant `Read` is not written in snake_case => read
         warning naming «Under»: the parameter `Under` is not written in snake_case => under
         warning naming «Shop»: the solution `Shop` is not written in snake_case => shop",
    );
}

#[test]
fn settings_and_secrets_are_in_upper_case() {
    check(
        "component C { accepts setting, secret }\nsolution s {\n c: C {\n  setting logLevel: String = \"x\"\n  secret stripe_key\n }\n}",
        "warning naming «logLevel»: the setting `logLevel` is not written in UPPER_CASE => LOG_LEVEL
         warning naming «stripe_key»: the secret `stripe_key` is not written in UPPER_CASE => STRIPE_KEY",
    );
}

#[test]
fn fields_of_records_are_named_freely() {
    accepts("type Statement = { Effect: String, notAction: String? }");
}

#[test]
fn a_private_declaration_is_used_or_superfluous() {
    check(
        "private let unused: Int = 1\nprivate let used: Int = 2\nprivate fn half(a: Int) -> Int = a / 2\nlet b: Int = half(used)\n\
         private type T = Int\nprivate component Box {}\nprivate component Other {}\nsolution s { o: Other {} }",
        "warning unused-declaration «unused»: `unused` is never used => nothing
         warning unused-declaration «T»: `T` is never used => nothing
         warning unused-declaration «Box»: `Box` is never used => nothing",
    );
}

#[test]
fn zone_is_a_name_only_where_there_is_one() {
    explains(
        "solution s { resource t: AWS.EC2.RouteTable { VpcId = zone.name } }",
        "^ zone | not found
         help: declare the resource `per zone`: only there is `zone` a name",
    );
}

#[test]
fn a_block_is_no_value_where_none_is_expected() {
    explains(
        "environment integration {\n stage = integration\n account = a\n network = 10.0.0.0/16\n release = continuous\n}\n\
         account a {\n id = \"111122223333\"\n region = \"ap-southeast-2\"\n zones = [\"a\"]\n\
         registries = { docker = ecr { prefix = \"a\" }, files = s3 { bucket = \"aaa\" } }\n}\n\
         solution s { let x = a }",
        "^ a | not found
         note: `a` names the account of that name only where one is expected
         help: compare a field instead: `env.name == \"…\"`, or better, branch on `env.availability`",
    );
}
