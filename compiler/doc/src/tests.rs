//! Claims of the pages, over a repository of accounts that has components of its own.

use crate::{Markup, OutputFile, Page, Scope, Subject, files, read, reference, samples, undocumented};
use solc_driver::Memory;
use std::path::Path;

/// A unit with these files beside its manifest.
fn subject(of: &[(&str, &str)], scope: Scope) -> (Subject, solc_source::Sources) {
    let mut memory = Memory::new();
    memory.insert("solc.toml", "[repository]\nlevel = \"account\"\n");
    for (path, text) in of {
        memory.insert(path, *text);
    }
    let mut reading = read(&memory, Path::new(""), scope);
    let wrong: Vec<_> = reading.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    (reading.subjects.remove(0), reading.sources)
}

fn pages(of: &[(&str, &str)], scope: Scope) -> Vec<Page> {
    reference(&subject(of, scope).0)
}

/// The page of the module `parts`, which has this text.
fn page(text: &str) -> String {
    let pages = pages(&[("parts/part.sol", text)], Scope::Everything);
    pages.into_iter().find(|page| page.name == "parts").expect("the module has a page").text
}

#[track_caller]
fn check(text: &str, lines: &[&str]) {
    let page = page(text);
    for line in lines {
        assert!(page.lines().any(|found| found == *line), "no line `{line}` in\n{page}");
    }
}

const STORE: &str = r#"
use std.data.Bucket
use std.security.Key

/// Keeps things. With a `Bucket` inside.
///
/// For long.
component Store {
  layer data
  accepts setting

  /// How long.
  ///
  /// At least a day.
  param keep: Duration = 90d
  /// Whose.
  param owner: String
  /// Locked with.
  param key: Key?
  param shape: {
    width: Int
    names: [String] // as many as there are
  }

  ensure keep >= 1d else "`keep` is ${keep.days}, and a day is the least"

  resource topic: AWS.SNS.Topic {}
  resource mail: AWS.SNS.Subscription for address in ["a", "b"] if key != none {
    TopicArn = topic.ref
    Protocol = "email"
  }
  permit sns.Publish to "cloudwatch.amazonaws.com" because "alarms * come"
  inner: Bucket if key != none {}

  /// Its ARN.
  attribute arn: deferred Arn = topic.ref

  /// Say something.
  grant say(loud: Bool = false) {
    allow sns.Publish on topic.ref if loud
    encrypt with inner?.key ?? platform.key
    connect tcp 443 to aws("sns")
    env ARN = topic.ref
  }
}

private component Hidden {}
"#;

#[test]
fn a_component_is_shown_with_what_it_takes_gives_and_allows() {
    check(
        &STORE.replace("inner?.key ?? platform.key", "platform.key"),
        &[
            "# parts",
            "| [`Store`](#Store) | Keeps things. |",
            "component · layer `data` · `use parts.Store`",
            "Keeps things. With a [`Bucket`](std.data.md#Bucket) inside.",
            "| <a id=\"Store.keep\"></a>`keep` | `Duration` | `90d` | How long. |",
            "| <a id=\"Store.owner\"></a>`owner` | `String` | *required* | Whose. |",
            "| <a id=\"Store.key\"></a>`key` | <code>[Key](std.security.md#Key)?</code> | `none` | Locked with. |",
            "| <a id=\"Store.shape\"></a>`shape` | `{ width: Int, names: [String] }` | *required* |  |",
            "`keep`: At least a day.",
            "Its instances may declare `setting`.",
            "| <a id=\"Store.arn\"></a>`arn` | <code>deferred [Arn](std.cmdb.md#Arn)</code> | Its ARN. |",
            "| `keep >= 1d` | `keep` is ‹keep.days›, and a day is the least |",
            "| `mail` | `AWS::SNS::Subscription` | one for each `address in [\"a\", \"b\"]`, if `key != none` |",
            "| `inner` | <code>[Bucket](std.data.md#Bucket)</code> | if `key != none` |",
            "- lets `\"cloudwatch.amazonaws.com\"` `sns:Publish` — alarms \\* come",
            "- may `sns:Publish` on `topic.ref`, if `loud`",
            "- may encrypt and decrypt with `platform.key`",
            "- reaches `aws(\"sns\")` over `tcp 443`",
            "- is told `<TARGET>_ARN`: `topic.ref`",
        ],
    );
}

#[test]
fn what_is_private_has_no_page_and_no_link() {
    let page = page("/// See `Hidden`.\ncomponent Shown {}\n/// Not here.\nprivate component Hidden {}\n");
    assert!(page.contains("See `Hidden`."), "{page}");
    assert!(!page.contains("Not here"), "{page}");
}

#[test]
fn types_are_shown_as_they_are_written() {
    check(
        "/// Ways.\ntype Way =\n  | by_road {\n    /// How fast.\n    speed: Int = 50\n  }\n  | by_air\n\
         /// Sizes.\nenum Tier { small < large }\n/// A port.\ntype Ports = [Port]\n\
         /// Twice.\nfn many(of: Ports, times: Int = 2) -> Int = of.count * times\n/// Ten.\nlet ten = 5 * 2\n\
         /// Whatever can wait.\ninterface Waiting {\n  timeout: Duration\n  grant consume\n}\n",
        &[
            "| `by_road` | `speed` | `Int` | `50` | How fast. |",
            "One of `small` < `large`, in this order: cases compare.",
            "Stands for <code>\\[[Port](std.cmdb.md#Port)\\]</code>.",
            "<code>many(of: [Ports](#Ports), times: Int = 2) -&gt; Int</code>",
            "`Int`, which is `5 * 2`",
            "- a parameter or attribute `timeout`: `Duration`",
            "- a grant `consume`",
        ],
    );
}

#[test]
fn a_name_leads_where_its_import_says_and_nowhere_else() {
    let text = "use std.data.Bucket as Store\ncomponent Bucket {\n  param a: Store\n  param b: Bucket\n}\n";
    let page = page(text);
    assert!(page.contains("<code>[Store](std.data.md#Bucket)</code>"), "{page}");
    assert!(page.contains("<code>[Bucket](#Bucket)</code>"), "{page}");
}

#[test]
fn no_module_of_a_project_takes_the_page_of_the_index_or_of_the_library() {
    let files = [("index.sol", "component One {}\n"), ("std/data/two.sol", "component Two {}\n")];
    let names: Vec<String> = pages(&files, Scope::Everything).into_iter().map(|page| page.name).collect();
    assert!(names.contains(&"project-index".to_owned()), "{names:?}");
    assert!(names.contains(&"project-std.data".to_owned()), "{names:?}");
    let mut once = names.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), names.len(), "{names:?}");
}

#[test]
fn without_the_library_its_names_are_no_links() {
    let pages = pages(&[("parts/part.sol", STORE)], Scope::Project);
    assert_eq!(pages.iter().map(|page| page.name.as_str()).collect::<Vec<_>>(), ["index", "parts"]);
    assert!(pages.iter().all(|page| !page.text.contains("std.")), "{pages:#?}");
}

#[test]
fn every_link_between_pages_leads_to_an_anchor_that_is_there() {
    let pages = pages(&[("parts/part.sol", STORE)], Scope::Everything);
    let mut count = 0;
    for page in &pages {
        let links =
            page.text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        // Regular expressions look alike.
        for link in links.filter(|link| link.starts_with('#') || link.contains(".md")) {
            let (name, anchor) = link.split_once('#').unwrap_or((link, ""));
            let name = if name.is_empty() { &page.name } else { name.trim_end_matches(".md") };
            let target = pages.iter().find(|page| page.name == name);
            let there = target.is_some_and(|page| {
                anchor.is_empty() || page.text.contains(&format!("<a id=\"{anchor}\"></a>"))
            });
            assert!(there, "{}: {link} leads nowhere", page.name);
            count += 1;
        }
    }
    assert!(count > 100, "only {count} links");
}

#[test]
fn html_says_what_the_markdown_says_with_links_to_html() {
    let pages = pages(&[("parts/part.sol", STORE)], Scope::Everything);
    let html = files(&pages, Markup::Html);
    let part = html.iter().find(|file| file.name == "parts.html").expect("the page is there");
    assert!(part.content.starts_with("<!doctype html>\n"));
    assert!(part.content.contains("<a href=\"std.security.html#Key\">Key</a>"), "{}", part.content);
    assert!(part.content.contains("<div class=\"table\"><table>"), "{}", part.content);
    assert!(
        part.content.contains("<a href=\"parts.html\" aria-current=\"page\">parts</a>"),
        "{}",
        part.content
    );
    assert!(html.iter().any(|file| file.name == "style.css"));
    assert_eq!(html.len(), pages.len() + 1);
}

#[test]
fn every_file_has_the_mark_by_which_it_is_known_again() {
    let pages = pages(&[("parts/part.sol", STORE)], Scope::Everything);
    for markup in [Markup::Markdown, Markup::Html] {
        for OutputFile { name, content } in files(&pages, markup) {
            assert!(content.lines().take(2).any(|line| line.contains(crate::MARK)), "{name}");
        }
    }
}

/// What is wrong with the samples of a file: place, code, and the replacement of the first fix.
fn wrong(text: &str) -> Vec<String> {
    let (subject, sources) = subject(&[("parts/part.sol", text)], Scope::Everything);
    let shown = |d: &solc_source::Diagnostic| {
        let fix = d.fixes.first().and_then(|fix| fix.edits.first());
        let fix = fix.map_or_else(String::new, |e| format!(" {} -> {}", sources.text(e.span), e.replacement));
        format!("{} {}{fix}", sources.place(d.span()), d.code)
    };
    samples(&subject).iter().map(shown).collect()
}

#[test]
fn a_sample_is_compiled_beside_the_components_of_its_project() {
    let sound = "/// ```sol\n/// use parts.Part\n///\n/// solution one {\n///   part: Part {}\n/// }\n/// ```\ncomponent Part {}\n";
    assert_eq!(wrong(sound), Vec::<String>::new());
}

#[test]
fn a_mistake_in_a_sample_is_told_in_the_doc_comment_and_so_is_its_fix() {
    let text = "component Part {\n  param size: Int = 1\n}\n\n/// Like this:\n///\n/// ```sol\n/// use parts.Part\n///\n\
                /// solution one {\n///   part: Part { siez = 2 }\n/// }\n/// ```\ncomponent Other {}\n";
    assert_eq!(wrong(text), ["parts/part.sol:11:20 unknown-field siez -> size"]);
}

#[test]
fn what_a_sample_forgets_to_close_is_told_as_well() {
    let text = "/// ```sol\n/// solution one {\n/// ```\ncomponent Part {}\n";
    assert_eq!(wrong(text), ["parts/part.sol:2:18 unclosed-delimiter"]);
}

#[test]
fn a_fragment_and_other_languages_are_not_compiled() {
    let text =
        "/// ```sol,fragment\n/// part: Part {\n/// ```\n/// ```toml\n/// a =\n/// ```\ncomponent Part {}\n";
    assert_eq!(wrong(text), Vec::<String>::new());
}

#[test]
fn what_is_public_and_silent_is_named() {
    let text = "component Part {\n  param size: Int = 1\n  /// Told.\n  grant say(to: String) {}\n}\n\
                type Way = road { speed: Int } | air\nprivate let x = 1\n";
    let (subject, _) = subject(&[("parts/part.sol", text)], Scope::Project);
    let found: Vec<String> = undocumented(&subject).into_iter().map(|silent| silent.path).collect();
    assert_eq!(found, ["Part", "Part.size", "Way", "Way.road", "Way.road.speed", "Way.air"]);
}

#[test]
fn a_fence_that_nobody_closes_does_not_swallow_the_page() {
    let page = page("/// ```text\n/// open\ncomponent Part {\n  /// After.\n  param size: Int = 1\n}\n");
    assert!(page.contains("```text\nopen\n```\n"), "{page}");
}

mod one_line {
    use crate::text::one_line;

    #[track_caller]
    fn check(source: &str, expect: &str) {
        assert_eq!(one_line(source), expect);
    }

    #[test]
    fn newlines_of_records_and_lists_are_commas() {
        check("{\n  a = 1\n  b = [\n    1\n    2\n  ]\n}", "{ a = 1, b = [1, 2] }");
    }

    #[test]
    fn what_goes_on_is_not_parted() {
        check(
            "{\n  a = if x\n    then 1\n    else 2\n  b = y\n    .first\n}",
            "{ a = if x then 1 else 2, b = y.first }",
        );
    }

    #[test]
    fn optional_types_end_their_line_and_comments_go() {
        check("{\n  a: Int? // why\n  b: String\n}", "{ a: Int?, b: String }");
    }

    #[test]
    fn arguments_have_their_own_commas() {
        check("f(\n  a,\n  b\n)", "f(a, b)");
    }
}
