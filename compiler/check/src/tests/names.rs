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

#[test]
fn what_is_never_used_goes_with_its_comma() {
    let module = "\n//- c\nlet one: Int = 1\nlet two: Int = 2\nlet three: Int = 3";
    let removed = |uses: &str| {
        let (found, sources) = super::diagnose(&format!("{uses}{module}"), false);
        let edits = found.iter().flat_map(|d| &d.fixes).flat_map(|f| &f.edits);
        edits.map(|e| sources.text(e.span).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(removed("use c.{one, two, three}\nlet a: Int = two + three"), ["one, "]);
    assert_eq!(removed("use c.{one, two, three}\nlet a: Int = one + three"), ["two, "]);
    assert_eq!(removed("use c.{one, two, three}\nlet a: Int = one + two"), [", three"]);
    assert_eq!(removed("use c.one\nlet a: Int = 1"), ["use c.one"]);
    assert_eq!(removed("use c.one as other\nlet a: Int = 1"), ["use c.one as other"]);
}

#[test]
fn what_begins_with_an_underscore_need_not_be_used() {
    check(
        "private let _a: Int = 1\nfn f(_n: Int, m: Int) -> Int = 1\ncomponent C {\n let _x = 1\n let y = 2\n grant g { let z = 3 }\n}",
        "warning unused-declaration «m»: `m` is never used => _m
         warning unused-declaration «y»: `y` is never used => nothing
         warning unused-declaration «z»: `z` is never used => nothing",
    );
    // What could not be understood may be the use.
    let broken = "fn f(m: Int) -> Int = n\ncomponent C {\n let y = 2\n let z: Int = \"x\"\n}";
    let codes: Vec<&str> = super::diagnose(broken, false).0.iter().map(|d| d.code.0).collect();
    assert_eq!(codes, ["unknown-name", "type-mismatch"]);
}

#[test]
fn names_are_rewritten_word_by_word() {
    check(
        "type web_2Server = Int\nlet a1B: Int = 1\nenum Colour { darkRed }",
        "warning naming «web_2Server»: the type `web_2Server` is not written in PascalCase => Web2Server
         warning naming «a1B»: the value `a1B` is not written in snake_case => a1_b
         warning naming «darkRed»: the case `darkRed` is not written in snake_case => dark_red",
    );
}

#[test]
fn settings_and_secrets_are_names_inside_a_component_only() {
    accepts("component C {\n accepts setting, secret\n attribute n: Int = settings.count + secrets.count\n}");
    check(
        "let a: Int = settings.count\nlet b = secrets.count",
        "unknown-name «settings»: nothing here is called `settings`
         unknown-name «secrets»: nothing here is called `secrets`",
    );
}

#[test]
fn a_condition_knows_what_a_name_means() {
    let component = "enum Colour { red < green }\ncomponent C {\n param e: Colour\n param all: [Colour]\n";
    accepts(&format!(
        "{component} let a: Bool = red == e\n let b: Bool = e in [red, green]\n let c: Bool = red in all\n let d: Bool = e < green\n let f: Bool = green > e\n}}"
    ));
    check(
        &format!(
            "{component} let a: Bool = grean == e\n let b: Bool = purple in all\n let c: Bool = e in [blue]\n let d: Bool = nope == 3\n}}"
        ),
        "unknown-case «grean»: `Colour` has no case `grean` => green
         unknown-case «purple»: `Colour` has no case `purple`
         unknown-case «blue»: `Colour` has no case `blue`
         unknown-name «nope»: nothing here is called `nope`",
    );
}

#[test]
fn self_has_a_name_and_a_path() {
    accepts("component C {\n attribute a: String = self.name\n attribute b: String = self.path\n}");
    check(
        "component C {\n let a = self.nam\n let b = self\n}",
        "unknown-field «nam»: `self` has no `nam` => name
         unknown-name «self»: nothing here is called `self`",
    );
}

#[test]
fn a_default_of_a_profile_may_be_a_bare_name_where_it_means_something() {
    accepts("enum E { x, y }\ncomponent C { param e: E = x }\nsolution s {\n let e: E = y\n c: C { e }\n}");
    accepts(
        "component C { param account: Account }\nsolution s {\n let account: Account = env.account\n c: C { account }\n}",
    );
}

#[test]
fn what_is_no_name_here_is_explained_by_its_own_reason_only() {
    let help = |input: &str| {
        let (found, _) = super::diagnose(input, false);
        let said = found.iter().filter(|d| d.code == crate::codes::UNKNOWN_NAME);
        said.flat_map(|d| d.help.iter()).map(|h| h.to_string()).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(help("let a = zone"), ["declare the resource `per zone`: only there is `zone` a name"]);
    assert_eq!(help("let a = qwertz"), none);
    assert_eq!(
        help("solution s {}\ntest \"x\" { assert platform.stateful }"),
        ["name the solution whose platform is meant: `shop.platform`"]
    );
    assert_eq!(help("solution s {}\ntest \"x\" { assert qwertz.stateful }"), none);
}
