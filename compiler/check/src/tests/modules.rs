//! Modules and imports.

use super::{accepts, check, explains};

#[test]
fn a_module_is_a_file_or_a_folder() {
    accepts(
        "use components.carts.Carts\nuse components.Carts as Same\nsolution s {\n a: Carts {}\n b: Same {}\n}\n\
         //- components/carts\ncomponent Carts {}",
    );
}

#[test]
fn a_misspelt_module_is_corrected_once() {
    check(
        "use components.cart.{Carts, Other}\n//- components/carts\ncomponent Carts {}\ncomponent Other {}",
        "unknown-module «components.cart»: there is no module `components.cart` => components.carts",
    );
    check(
        "use std.comput.{Service, Function}",
        "unknown-module «std.comput»: there is no module `std.comput` => std.compute",
    );
}

#[test]
fn the_library_tells_its_modules() {
    explains(
        "use std.storage.Bucket",
        "^ std.storage | not part of the standard library
         help: use one of `std.cmdb`, `std.compute`, `std.data`, `std.messaging`, `std.network`, `std.platform` and `std.security`",
    );
}

#[test]
fn a_misspelt_import_is_corrected() {
    check(
        "use std.data.Buckt\nuse c.dayz\n//- c\nlet days: Int = 1",
        "unknown-import «Buckt»: nothing is called `Buckt` in `std.data` => Bucket
         unknown-import «dayz»: nothing is called `dayz` in `c` => days",
    );
}

#[test]
fn an_import_from_the_wrong_module_is_sent_to_the_right_one() {
    check(
        "use std.compute.Bucket",
        "unknown-import «Bucket»: nothing is called `Bucket` in `std.compute` => std.data",
    );
}

#[test]
fn a_module_is_not_imported_whole() {
    check("use std.data", "unknown-import «data»: `std.data` is a module: it cannot be imported whole");
}

#[test]
fn what_is_private_stays_in_its_file() {
    check(
        "use c.days\n//- c\nprivate let days: Int = 1",
        "private-import «days»: `days` is private to its file",
    );
}

#[test]
fn an_import_hides_nothing() {
    check("use std.data.Bucket\ncomponent Bucket {}", "duplicate-name «Bucket»: `Bucket` is declared twice");
    check(
        "use std.data.Bucket\nuse std.data.{Bucket, Postgres}",
        "duplicate-name «Bucket»: `Bucket` is declared twice",
    );
    accepts(
        "use std.data.Bucket as Files\ncomponent Bucket {}\nsolution s {\n a: Files {}\n b: Bucket {}\n}",
    );
}

#[test]
fn what_the_prelude_declares_may_be_imported_too() {
    accepts("use std.cmdb.Stage\nlet a: Stage = test");
}

#[test]
fn a_component_that_is_not_imported_is_one_edit_away() {
    check(
        "solution s {\n a: Bucket {}\n}",
        "unknown-component «Bucket»: there is no component `Bucket` here => use std.data.Bucket",
    );
    explains(
        "solution s {\n a: Bukket {}\n}",
        "^ Bukket | not found
         help: `Bucket` is in the standard library: `use std.data.Bucket`
         fix: add `use std.data.Bucket`",
    );
}

#[test]
fn one_solution_stands_in_one_file() {
    check("solution s {}\n//- b\nsolution s {}", "duplicate-name «s»: `s` is declared twice");
}

#[test]
fn what_a_wrong_import_would_have_brought_is_not_reported_again() {
    check(
        "use nowhere.{Box, Other as Same}\nuse std.data.{Nothing, nothing}\n\
         component C {\n param a: Box?\n let b = nothing(1)\n let c = nothing\n}\nsolution s {\n a: Box {}\n b: Same { size = 1 }\n default Nothing { size = 1 }\n}",
        "unknown-module «nowhere»: there is no module `nowhere`
         unknown-import «Nothing»: nothing is called `Nothing` in `std.data`
         unknown-import «nothing»: nothing is called `nothing` in `std.data`",
    );
}
