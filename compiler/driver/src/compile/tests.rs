use super::{BuiltEnvironment, Compilation, Request, compile};
use crate::file_system::Memory;
use std::fmt::Write as _;
use std::path::Path;

/// A product whose one solution says this.
fn product(name: &str, solution: &str) -> Memory {
    Memory::new()
        .with("solc.toml", format!("[workspace]\nmembers = [\"accounts\", \"{name}\"]\n"))
        .with("accounts/solc.toml", "[repository]\nlevel = \"account\"\n")
        .with(
            "accounts/accounts.sol",
            "account nonprod {\n  id = \"111122223333\"\n  region = \"ap-southeast-2\"\n  zones = [\"a\", \"b\", \"c\"]\n  \
             registries = { docker = ecr { prefix = \"acme\" }, files = s3 { bucket = \"acme-files\" } }\n}\n",
        )
        .with(
            format!("{name}/solc.toml"),
            "[repository]\nlevel = \"product\"\nclass = \"development\"\n[paths]\naccounts = \"../accounts\"\n\
             infrastructure = \"../infrastructure\"\n",
        )
        .with("infrastructure/README.md", "")
        .with(
            format!("{name}/product.sol"),
            format!("product {name} {{\n  domain = \"{name}.example\"\n  teams = {{}}\n}}\n"),
        )
        .with(
            format!("{name}/environments.sol"),
            "environment integration {\n  stage = integration\n  account = nonprod\n  network = 10.10.0.0/16\n  \
             release = continuous\n}\n",
        )
        .with(format!("{name}/solutions/{name}.sol"), format!("solution {name} {{\n{solution}}}\n"))
}

fn built(files: &Memory) -> Compilation {
    let compilation = compile(files, Path::new(""), &Request::build(&[]));
    let errors: Vec<_> = compilation.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    compilation
}

#[test]
fn a_layer_that_needs_several_stacks_is_recorded_and_stays_as_it_was() {
    let topics = |names: &mut dyn Iterator<Item = usize>| {
        names.fold(String::new(), |mut text, n| {
            let _ = writeln!(text, "  resource topic_{n}: AWS.SNS.Topic {{}}\n  q{n}: Thing {{}}");
            text
        })
    };
    let thing = "component Thing {\n  layer data\n  resource a: AWS.SNS.Topic {}\n  resource b: AWS.SNS.Topic {}\n}\n";
    let first = product("shop", &topics(&mut (0..300))).with("shop/thing.sol", thing);
    let use_thing = |files: &Memory, body: &str| {
        files
            .clone()
            .with("shop/solutions/shop.sol", format!("use thing.Thing\n\nsolution shop {{\n{body}}}\n"))
    };
    let first = built(&use_thing(&first, &topics(&mut (0..300))));
    let [lock] = first.locks.as_slice() else { panic!("one lock: {:?}", first.locks) };
    assert_eq!(lock.name, "shop/stacks.lock");
    let recorded: serde_json::Value = serde_json::from_str(&lock.content).unwrap();
    assert_eq!(recorded["integration"]["shop/data"]["shop.q0"], 1);
    assert_eq!(recorded["integration"]["shop/data"]["shop.q299"], 2);

    let files =
        product("shop", "").with("shop/thing.sol", thing).with("shop/stacks.lock", lock.content.as_str());
    let again = built(&use_thing(&files, &topics(&mut (0..300))));
    assert!(again.locks.is_empty());
    assert_eq!(again.built, first.built);

    // What is left of the first stack leaves room; nothing moves into it.
    let fewer = built(&use_thing(&files, &topics(&mut (200..300))));
    let [lock] = fewer.locks.as_slice() else { panic!("one lock: {:?}", fewer.locks) };
    let recorded: serde_json::Value = serde_json::from_str(&lock.content).unwrap();
    assert_eq!(recorded["integration"]["shop/data"]["shop.q299"], 2);
}

#[test]
fn the_order_of_the_disk_and_the_number_of_threads_change_no_byte() {
    let files = product("shop", "  resource topic: AWS.SNS.Topic {}\n");
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let forwards = built(&files);
    assert_eq!(built(&files.reversed()).built, forwards.built);
    assert_eq!(
        one.install(|| built(&product("shop", "  resource topic: AWS.SNS.Topic {}\n"))).built,
        forwards.built
    );
}

#[test]
fn another_folder_changes_no_byte() {
    let files = product("shop", "  resource topic: AWS.SNS.Topic {}\n");
    let here = built(&files);
    let there = compile(&files.below("some/where else"), Path::new("some/where else"), &Request::build(&[]));
    assert_eq!(there.root, Path::new("some/where else"));
    let [moved] = there.built.as_slice() else { panic!("one environment") };
    let infrastructure = Some(Path::new("some/where else/infrastructure"));
    assert_eq!(moved.infrastructure.as_deref(), infrastructure, "where its state is, seen from here");
    let unmoved = BuiltEnvironment { infrastructure: here.built[0].infrastructure.clone(), ..moved.clone() };
    assert_eq!([unmoved], *here.built);
}

#[test]
fn two_products_with_environments_of_one_name_do_not_overwrite_each_other() {
    let (a, b) =
        (product("a", "  resource t: AWS.SNS.Topic {}\n"), product("b", "  resource t: AWS.SNS.Topic {}\n"));
    let both = a.merged(b).with("solc.toml", "[workspace]\nmembers = [\"accounts\", \"a\", \"b\"]\n");
    let folders: Vec<String> = built(&both).built.into_iter().map(|environment| environment.folder).collect();
    assert_eq!(folders, ["a/integration", "b/integration"]);
}

#[test]
fn only_the_environments_that_are_named_are_built() {
    let files = product("shop", "  resource t: AWS.SNS.Topic {}\n");
    let compilation = compile(&files, Path::new(""), &Request::build(&["elsewhere".to_owned()]));
    assert!(compilation.built.is_empty());
    assert_eq!(compilation.environments, ["integration"]);
}

#[test]
fn a_broken_manifest_is_the_only_mistake() {
    let files = product("shop", "").with("accounts/solc.toml", "[repository]\nlevel = \"acount\"\n");
    let compilation = compile(&files, Path::new(""), &Request::check());
    let codes: Vec<&str> = compilation.diagnostics.iter().map(|d| d.code.0).collect();
    assert_eq!(codes, ["invalid-manifest"]);
}
