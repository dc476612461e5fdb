use super::{Colour, Rule, Tool, View, concise, github, human, json, narrated, sarif, summary};
use crate::diagnostic::{Code, Diagnostic};
use crate::files::{FileId, SourceFile, Sources, Span};
use insta::assert_snapshot;
use std::io;

const SHOP: &str = "\
solution shop {
  db: Postgres { network }
  api: Service {
    link db.conect
    size = \"日本\" + 30s
  }
}
";

const PRODUCT: &str = "product shop {\n  enforce Postgres { deletion_protection = true }\n}\n";

struct Case {
    sources: Sources,
}

impl Case {
    fn new() -> Self {
        let mut sources = Sources::new();
        sources.add(SourceFile::new("shop-config/solutions/shop.sol", SHOP));
        sources.add(SourceFile::new("shop-config/product.sol", PRODUCT));
        Self { sources }
    }

    fn with(text: &str) -> Self {
        let mut sources = Sources::new();
        sources.add(SourceFile::new("a.sol", text));
        Self { sources }
    }

    fn span(&self, file: u32, needle: &str) -> Span {
        let id = FileId(file);
        let text = self.sources.get(id).map(SourceFile::text).unwrap();
        let lo = text.find(needle).unwrap();
        Span::new(id, lo, lo + needle.len())
    }

    fn misspelt(&self) -> Diagnostic {
        let at = self.span(0, "conect");
        Diagnostic::error(Code("unknown-link-verb"), at, "`Postgres` grants no `conect`")
            .label("no such grant")
            .because(self.span(0, "db: Postgres"), "`db` is a `Postgres`")
            .note("`Postgres` grants `connect`")
            .suggest(at, Some("connect"))
            .environment("production")
            .environment("preproduction")
    }

    fn enforced(&self) -> Diagnostic {
        Diagnostic::warning(
            Code("enforced-elsewhere"),
            self.span(0, "Postgres { network }"),
            "a thing: 50%, or so",
        )
        .label("this instance")
        .because(self.span(1, "deletion_protection = true"), "enforced here")
        .help("remove the field")
    }

    fn both(&self) -> [Diagnostic; 2] {
        [self.misspelt(), self.enforced()]
    }

    fn text(&self, write: impl FnOnce(&mut Vec<u8>, &View<'_>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out, &View::new(&self.sources)).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn human(&self, diagnostics: &[Diagnostic]) -> String {
        self.text(|out, view| human(out, view, diagnostics, Colour::Never))
    }
}

fn tool() -> Tool<'static> {
    const RULES: &[Rule<'static>] = &[Rule {
        code: "unknown-link-verb",
        summary: "a link names no grant",
        page: "# page",
        uri: "https://solc.example/unknown-link-verb.html",
    }];
    Tool { version: "0.1.0", information_uri: "https://solc.example/", rules: RULES }
}

#[test]
fn human_shows_the_place_the_reason_the_environments_and_the_fix() {
    let case = Case::new();
    assert_snapshot!(case.human(&case.both()), @"
error[unknown-link-verb]: `Postgres` grants no `conect`
  ┌─ shop-config/solutions/shop.sol:4:13
  │
2 │   db: Postgres { network }
  │   ------------ `db` is a `Postgres`
3 │   api: Service {
4 │     link db.conect
  │             ^^^^^^ no such grant
  │
  = note: `Postgres` grants `connect`
  = in: preproduction, production
help: write `connect`
  │
4 │     link db.connect
  │             ~~~~~~~

warning[enforced-elsewhere]: a thing: 50%, or so
  ┌─ shop-config/solutions/shop.sol:2:7
  │
2 │   db: Postgres { network }
  │       ^^^^^^^^^^^^^^^^^^^^ this instance
  │
  ┌─ shop-config/product.sol:2:22
  │
2 │   enforce Postgres { deletion_protection = true }
  │                      -------------------------- enforced here
  │
  = help: remove the field
");
}

#[test]
fn human_underlines_wide_characters_where_they_stand() {
    let case = Case::new();
    let at = case.span(0, "30s");
    let diagnostic = Diagnostic::error(Code("type-mismatch"), at, "expected a string, found a duration")
        .label("this is a `Duration`")
        .fix("quote it", at, "\"30s\"");
    assert_snapshot!(case.human(&[diagnostic]), @r#"
error[type-mismatch]: expected a string, found a duration
  ┌─ shop-config/solutions/shop.sol:5:19
  │
5 │     size = "日本" + 30s
  │                     ^^^ this is a `Duration`
  │
help: quote it
  │
5 │     size = "日本" + "30s"
  │                     ~~~~~
"#);
}

#[test]
fn human_marks_insertions_deletions_and_several_lines() {
    let case = Case::with("a = [1 2]\nb = == 3\nc {\n");
    let insert = case.span(0, " 2]").start();
    let delete = case.span(0, "= 3");
    let close = Span::new(FileId(0), 23, 23);
    let diagnostics = [
        Diagnostic::error(Code("x"), insert, "expected `,`").fix("write `,`", insert, ","),
        Diagnostic::error(Code("x"), delete, "one `=` too many").fix("remove it", delete, ""),
        Diagnostic::error(Code("x"), close, "unclosed `{`").fix("close it", close, "\n}\n"),
    ];
    assert_snapshot!(case.human(&diagnostics), @"
error[x]: expected `,`
  ┌─ a.sol:1:7
  │
1 │ a = [1 2]
  │       ^
  │
help: write `,`
  │
1 │ a = [1, 2]
  │       +

error[x]: one `=` too many
  ┌─ a.sol:2:6
  │
2 │ b = == 3
  │      ^^^
  │
help: remove it
  │
2 │ b = == 3
  │      ---

error[x]: unclosed `{`
  ┌─ a.sol:4:1
  │
4 │ 
  │ ^
  │
help: close it
  │
4 │ 
5 │ }
  │ +
");
}

#[test]
fn human_colours_only_when_asked() {
    let case = Case::new();
    let plain = case.human(&case.both());
    let coloured = case.text(|out, view| human(out, view, &case.both(), Colour::Always));
    assert!(!plain.contains('\x1b'));
    assert!(coloured.contains("\x1b[0m\x1b[1m\x1b[38;5;9merror[unknown-link-verb]"), "{coloured:?}");
    let stripped = coloured.split('\x1b').fold(String::new(), |text, part| {
        let rest = part.strip_prefix('[').map_or(part, |p| p.split_once('m').map_or("", |(_, rest)| rest));
        text + rest
    });
    assert_eq!(stripped, plain);
}

#[test]
fn human_names_the_place_of_a_line_too_long_to_show() {
    let case = Case::with(&format!("a = \"{}\" x\n", "y".repeat(5_000)));
    let text = case.human(&[Diagnostic::error(Code("c"), case.span(0, "x\n"), "no").label("here")]);
    assert_eq!(text, "error[c]: no\n = at a.sol:1:5008: here\n\n");
}

#[test]
fn control_and_direction_characters_never_reach_a_terminal() {
    let case = Case::with("a = \"\x1b[31m\u{202E}\u{9b}\" x\n");
    let diagnostic = Diagnostic::error(Code("c"), case.span(0, "x"), "found `\x1b[31m`").label("\u{202E}");
    let all = [diagnostic];
    let texts = [
        case.human(&all),
        case.text(|out, view| concise(out, view, &all)),
        case.text(|out, view| narrated(out, view, &all)),
    ];
    for text in texts {
        assert!(!text.contains(['\x1b', '\u{202E}', '\u{9b}']), "{text:?}");
    }
}

#[test]
fn a_span_outside_its_file_is_shown_at_its_end_by_every_renderer() {
    let case = Case::with("é");
    for span in [
        Span::new(FileId(0), 1, 1),
        Span::new(FileId(0), 7, 900),
        Span::new(FileId(9), 0, 1),
        Span::new(FileId(0), 0, 0),
    ] {
        let all = [Diagnostic::error(Code("c"), span, "no").fix("mend it", span, "ü")];
        assert!(case.human(&all).starts_with("error[c]: no\n"));
        assert!(case.text(|out, view| concise(out, view, &all)).contains("error[c]: no"));
        assert!(case.text(|out, view| narrated(out, view, &all)).starts_with("no\n"));
        assert!(case.text(|out, view| json(out, view, &all)).contains("\"no\""));
        assert!(case.text(|out, view| github(out, view, &all)).contains("title=c::no"));
        assert!(case.text(|out, view| sarif(out, view, &all, tool())).contains("\"no\""));
    }
}

#[test]
fn concise_is_one_line_with_place_code_and_environments() {
    let case = Case::new();
    assert_snapshot!(case.text(|out, view| concise(out, view, &case.both())), @"
shop-config/solutions/shop.sol:4:13: error[unknown-link-verb]: `Postgres` grants no `conect` (preproduction, production)
shop-config/solutions/shop.sol:2:7: warning[enforced-elsewhere]: a thing: 50%, or so
");
}

#[test]
fn shown_names_replace_those_of_the_files() {
    let case = Case::new();
    let view = View::with_names(&case.sources, |name| format!("../{name}"));
    let mut out = Vec::new();
    concise(&mut out, &view, &[case.misspelt()]).unwrap();
    assert!(String::from_utf8(out).unwrap().starts_with("../shop-config/solutions/shop.sol:4:13: error"));
}

#[test]
fn narrated_says_everything_in_words() {
    let case = Case::new();
    assert_snapshot!(case.text(|out, view| narrated(out, view, &case.both())), @r#"
`Postgres` grants no `conect`
    Diagnostic severity: error
Begin snippet for shop-config/solutions/shop.sol starting at line 1, column 1

snippet line 1: solution shop {
snippet line 2:   db: Postgres { network }
    label at line 2, columns 3 to 14: `db` is a `Postgres`
snippet line 3:   api: Service {
snippet line 4:     link db.conect
    label at line 4, columns 13 to 18: no such grant
snippet line 5:     size = "日本" + 30s
diagnostic help: note: `Postgres` grants `connect`
fix: write `connect`
in: preproduction, production
diagnostic code: unknown-link-verb

a thing: 50%, or so
    Diagnostic severity: warning
Begin snippet for shop-config/solutions/shop.sol starting at line 1, column 1

snippet line 1: solution shop {
snippet line 2:   db: Postgres { network }
    label at line 2, columns 7 to 26: this instance
snippet line 3:   api: Service {
diagnostic help: remove the field
diagnostic code: enforced-elsewhere

Advice: enforced here
    Diagnostic severity: advice

Begin snippet for shop-config/product.sol starting at line 1, column 1

snippet line 1: product shop {
snippet line 2:   enforce Postgres { deletion_protection = true }
    label at line 2, columns 22 to 47: enforced here
snippet line 3: }
"#);
}

#[test]
fn github_keeps_a_diagnostic_on_one_line_with_its_properties_apart() {
    let case = Case::new();
    assert_snapshot!(case.text(|out, view| github(out, view, &case.both())), @"
::error file=shop-config/solutions/shop.sol,line=4,endLine=4,col=13,endColumn=19,title=unknown-link-verb::`Postgres` grants no `conect`%0Ano such grant%0Anote: `Postgres` grants `connect`%0Ahelp: write `connect`%0Ain: preproduction, production
::warning file=shop-config/solutions/shop.sol,line=2,endLine=2,col=7,endColumn=27,title=enforced-elsewhere::a thing: 50%25, or so%0Athis instance%0Ahelp: remove the field
");
}

#[test]
fn github_escapes_what_would_end_a_property() {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("a,b:c%.sol", "x"));
    let mut out = Vec::new();
    let diagnostic = Diagnostic::error(Code("c"), Span::new(file, 0, 1), "50%\r\nand more");
    github(&mut out, &View::new(&sources), &[diagnostic]).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "::error file=a%2Cb%3Ac%25.sol,line=1,endLine=1,col=1,endColumn=2,title=c::50%25%0D%0Aand more\n"
    );
}

#[test]
fn json_is_one_object_a_line_with_bytes_lines_and_columns() {
    let case = Case::new();
    let text = case.text(|out, view| json(out, view, &case.both()));
    let objects: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 2);
    let first = &objects[0];
    assert_eq!(first["schema_version"], "1.0");
    assert_eq!(first["code"], "unknown-link-verb");
    assert_eq!(first["environments"], serde_json::json!(["preproduction", "production"]));
    let range = &first["labels"][0]["range"];
    let (lo, hi) = (range["start"]["offset"].as_u64().unwrap(), range["end"]["offset"].as_u64().unwrap());
    assert_eq!(SHOP.get(lo as usize..hi as usize), Some("conect"));
    assert_eq!((&range["start"]["line"], &range["start"]["column"]), (&4.into(), &13.into()));
    assert_eq!(first["fixes"][0]["edits"][0]["replacement"], "connect");
    assert_eq!(objects[1]["labels"][1]["range"]["file"], "shop-config/product.sol");
    assert_eq!(objects[1]["help"], "remove the field");
}

#[test]
fn sarif_counts_columns_from_one_and_links_rules_fixes_and_fingerprints() {
    let case = Case::new();
    let text = case.text(|out, view| sarif(out, view, &case.both(), tool()));
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &log["runs"][0];
    assert!(run["tool"]["driver"]["informationUri"].as_str().unwrap().starts_with("https://"));
    let result = &run["results"][0];
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["id"], result["ruleId"]);
    assert!(rule["helpUri"].is_string());
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"], &region["endColumn"]),
        (&4.into(), &13.into(), &19.into())
    );
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "connect");
    assert_eq!(replacement["deletedRegion"], *region);
    assert!(result["partialFingerprints"]["codeFileLine/v1"].as_str().unwrap().ends_with(":1"));
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "`db` is a `Postgres`");
}

#[test]
fn a_fingerprint_survives_lines_added_above() {
    let print = |text: &str| {
        let case = Case::with(text);
        let all = [Diagnostic::error(Code("c"), case.span(0, "bad"), "no")];
        let log: serde_json::Value =
            serde_json::from_str(&case.text(|out, view| sarif(out, view, &all, tool()))).unwrap();
        log["runs"][0]["results"][0]["partialFingerprints"]["codeFileLine/v1"].clone()
    };
    assert_eq!(print("a = bad\n"), print("// more\n\n  a = bad\n"));
    assert_ne!(print("a = bad\n"), print("b = bad\n"));
}

#[test]
fn the_summary_counts_by_severity() {
    let case = Case::new();
    assert_eq!(summary(&case.both()).as_deref(), Some("1 error, 1 warning"));
    assert_eq!(summary(&[case.misspelt(), case.misspelt()]).as_deref(), Some("2 errors"));
    assert_eq!(summary(&[]), None);
}
