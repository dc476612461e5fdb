//! Small products with everything that the stages make of them beside the source: `<case>/expected/`.
//!
//! Invariant: each case says in one line, in `CLAIM`, what a reader of a changed snapshot has to look for. A snapshot
//! is accepted with `cargo insta accept`, or by running with `INSTA_UPDATE=always`, and explained in its commit.

use solc_driver::Compilation;
use solc_ir::Value;
use solc_ir::model::{Deployment, Holder, Peer, Reason};
use solc_source::render::{Colour, View, human};
use solc_tests::{frame, project, workspace};
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn bucket() {
    case("bucket");
}

#[test]
fn link() {
    case("link");
}

#[test]
fn queue() {
    case("queue");
}

#[test]
fn zones() {
    case("zones");
}

#[test]
fn mistakes() {
    case("mistakes");
}

#[test]
fn every_folder_is_a_case_that_makes_a_claim() {
    let claims = workspace::files("tests/golden").into_iter().filter(|path| path.ends_with("CLAIM"));
    let names: Vec<String> = claims
        .map(|path| {
            assert_eq!(workspace::text(&path).lines().count(), 1, "{}", path.display());
            path.components().nth(2).expect("a case").as_os_str().to_string_lossy().into_owned()
        })
        .collect();
    assert_eq!(names, ["bucket", "link", "mistakes", "queue", "zones"]);
}

fn case(name: &str) {
    let folder = format!("tests/golden/{name}/source");
    let files = workspace::files(&folder).into_iter().map(|path| {
        let inside = path.strip_prefix(&folder).expect("below the case").to_string_lossy().into_owned();
        (inside, workspace::text(&path))
    });
    let compilation = project::build(&frame::around(files));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(workspace::root().join(format!("tests/golden/{name}/expected")));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(workspace::text(Path::new(&format!("tests/golden/{name}/CLAIM"))).trim());
    settings.bind(|| {
        insta::assert_snapshot!("diagnostics", diagnostics(&compilation));
        if compilation.built.is_empty() {
            return;
        }
        insta::assert_snapshot!("ir", each(&compilation, ir));
        insta::assert_snapshot!("access", each(&compilation, access));
        insta::assert_snapshot!("template", written(&compilation, ".template.json"));
        insta::assert_snapshot!("sourcemap", written(&compilation, "source-map.json"));
    });
}

fn diagnostics(compilation: &Compilation) -> String {
    let mut out = Vec::new();
    let view = View::new(&compilation.sources);
    human(&mut out, &view, &compilation.diagnostics, Colour::Never).expect("memory can be written to");
    String::from_utf8(out).expect("messages are text")
}

fn each(compilation: &Compilation, show: impl Fn(&Deployment) -> String) -> String {
    let shown = compilation.deployments.iter().map(|d| format!("== {}\n{}", d.environment.name, show(d)));
    shown.collect::<Vec<_>>().join("\n")
}

/// What a build writes under names that end so.
fn written(compilation: &Compilation, ending: &str) -> String {
    let files = project::output(compilation).into_iter().filter(|(path, _)| path.ends_with(ending));
    files.map(|(path, text)| format!("== {path}\n{text}")).collect::<Vec<_>>().join("\n")
}

/// Instances and resources: what there is, and where it goes.
fn ir(deployment: &Deployment) -> String {
    let mut text = String::new();
    for stack in &deployment.stacks {
        let _ = writeln!(text, "stack {}", stack.name);
        for id in &stack.resources {
            let Some(resource) = deployment.resources.get(id.index()) else { continue };
            let instance =
                deployment.instances.get(resource.instance.index()).map_or("", |i| i.path.as_str());
            let zone = resource.zone.as_ref().map_or(String::new(), |zone| format!(" in {zone}"));
            let kept = resource.retention.map_or(String::new(), |retention| format!(" {retention:?}"));
            let _ =
                writeln!(text, "  {} {} of {instance}{zone}{kept}", resource.logical_id, resource.ty.name);
        }
        for (parameter, binding) in &stack.parameters {
            let from = deployment.stacks.get(binding.stack.index()).map_or("", |stack| stack.name.as_str());
            let _ = writeln!(text, "  {parameter} <- {from}.{}", binding.output);
        }
    }
    text
}

/// Who may do what, and who may reach whom, each with its reason.
fn access(deployment: &Deployment) -> String {
    let mut text = String::new();
    let id = |id: solc_ir::model::ResourceId| {
        deployment.resources.get(id.index()).map_or("?", |resource| resource.logical_id.as_str())
    };
    let reason = |reason: &Reason| match reason {
        Reason::Platform(words) => format!("because {words}"),
        Reason::Link(link) => deployment.links.get(link.index()).map_or("?".to_owned(), |link| {
            let path = |id: solc_ir::model::InstanceId| {
                deployment.instances.get(id.index()).map_or("?", |instance| instance.path.as_str())
            };
            format!("link {} -> {}.{}", path(link.consumer), path(link.target), link.verb)
        }),
    };
    for statement in &deployment.statements {
        let holder = match &statement.holder {
            Holder::Identity(role) => id(*role).to_owned(),
            Holder::Resource(resource, principal) => format!("{} ({principal})", id(*resource)),
            Holder::Trust(role, service) => format!("{} (assumed by {service})", id(*role)),
        };
        let resources: Vec<String> = statement.resources.iter().map(|value| plain(value, &id)).collect();
        let actions: Vec<&str> = statement.actions.iter().map(|action| action.as_str()).collect();
        let _ = writeln!(text, "{:?} {holder}: {}", statement.effect, actions.join(", "));
        if !resources.is_empty() {
            let _ = writeln!(text, "    on {}", resources.join(", "));
        }
        for (operator, key, value) in &statement.conditions {
            let _ = writeln!(text, "    when {operator} {key} = {}", plain(value, &id));
        }
        let _ = writeln!(text, "    {}", reason(&statement.reason));
    }
    let peer = |peer: &Peer| match peer {
        Peer::Group(group) => id(*group).to_owned(),
        Peer::Addresses(range) | Peer::PrefixList(range) => range.to_string(),
    };
    for flow in &deployment.flows {
        let (first, last) = flow.ports;
        let _ = writeln!(
            text,
            "{} -> {} {} {first}-{last}, {}",
            peer(&flow.from),
            peer(&flow.to),
            flow.protocol,
            reason(&flow.reason)
        );
    }
    text
}

/// A value on one line.
fn plain<'d>(value: &Value, id: &impl Fn(solc_ir::model::ResourceId) -> &'d str) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => text.to_string(),
        Value::List(items) => items.iter().map(|item| plain(item, id)).collect::<Vec<_>>().join(", "),
        Value::Object(entries) => {
            let shown = entries.iter().map(|(key, value)| format!("{key}: {}", plain(value, id)));
            shown.collect::<Vec<_>>().join(", ")
        }
        Value::Ref(resource) => format!("<{}>", id(*resource)),
        Value::Attribute(resource, name) => format!("<{}.{name}>", id(*resource)),
        Value::Join(parts) => parts.iter().map(|part| plain(part, id)).collect(),
    }
}
