//! `solc why`: all that might have set a value, the winner first, and what would win without it.
//!
//! Invariant: environments with the same answer share it, so that what differs is what is seen.

mod human;
mod json;
mod words;

use super::absolute;
use crate::args::{Format, Why};
use crate::output::{Exit, Output, shown_names};
use solc_driver::{Disk, why};
use solc_ir::why::{Answer, Explanation, Unknown};
use solc_source::render::View;
use solc_source::suggest::nearest;
use solc_source::{Diagnostic, Name};

/// What several environments have in common.
struct Group<'a> {
    environments: Vec<&'a Name>,
    answer: &'a Answer,
}

pub(crate) fn run(asked: &Why, output: &Output) -> Exit {
    let path = absolute(&asked.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", asked.path.display()));
        return Exit::Usage;
    }
    if matches!(output.format, Format::Sarif | Format::Github) {
        output.say(
            "error: an explanation is no finding: `why` writes `human`, `narrated`, `concise` or `json`",
        );
        return Exit::Usage;
    }
    let found = why(&Disk, &path, &asked.value, &asked.environments);
    let errors = found.diagnostics.iter().filter(|d| d.is_error()).count();
    if found.environments.is_empty() {
        let errors: Vec<Diagnostic> = found.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        output.diagnostics(&found.sources, &found.root, &errors);
        output.say("error: there is no environment here to ask about");
        return Exit::Usage;
    }
    let names = || found.environments.iter().map(Name::as_str);
    for wanted in &asked.environments {
        if !names().any(|name| name == wanted) {
            let meant = nearest(wanted, names()).map_or_else(
                || format!("there are {}", names().collect::<Vec<_>>().join(", ")),
                |meant| format!("did you mean `{meant}`?"),
            );
            output.say(&format!("error: there is no environment `{wanted}`; {meant}"));
            return Exit::Usage;
        }
    }
    let groups = grouped(&found.answers);
    if let [Group { answer: Answer::Unknown(unknown), .. }, ..] = groups.as_slice() {
        output.say(&format!("error: {}", not_there(&asked.value, unknown)));
        if errors > 0 {
            output.say(&broken(errors));
        }
        return Exit::Usage;
    }
    let view = View::with_names(&found.sources, shown_names(&found.root));
    let text = match output.format {
        Format::Json => json::all(&view, &asked.value, &groups),
        Format::Concise => words::concise(&view, &groups),
        Format::Narrated => words::narrated(&view, &groups),
        Format::Human | Format::Sarif | Format::Github | Format::Junit | Format::Markdown | Format::Html => {
            human::all(&view, &groups, output.colours_data(), found.environments.len() > 1)
        }
    };
    let printed = output.print(&text);
    if printed != Exit::Clean {
        return printed;
    }
    if errors > 0 {
        output.say(&broken(errors));
        return Exit::Findings;
    }
    if groups.iter().any(|g| explanations(g.answer).iter().any(without_value)) {
        return Exit::Findings;
    }
    Exit::Clean
}

fn grouped(answers: &[(Name, Answer)]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (name, answer) in answers {
        match groups.iter_mut().find(|g| g.answer == answer) {
            Some(group) => group.environments.push(name),
            None => groups.push(Group { environments: vec![name], answer }),
        }
    }
    groups
}

fn explanations(answer: &Answer) -> &[Explanation] {
    match answer {
        Answer::Known(all) => all,
        Answer::NotThere { .. } | Answer::Unknown(_) => &[],
    }
}

/// Whether nobody sets it, or what sets it is broken.
fn without_value(explanation: &Explanation) -> bool {
    explanation.candidates.first().is_none_or(|winner| winner.value == "?")
}

fn broken(errors: usize) -> String {
    let (is, s) = if errors == 1 { ("is", "") } else { ("are", "s") };
    format!("there {is} {errors} error{s} in what was read, so this may not be all: `solc check` shows more")
}

fn not_there(path: &str, unknown: &Unknown) -> String {
    let Unknown { part, within, nearest, known } = unknown;
    let listed: Vec<String> = known.iter().take(12).map(|n| format!("`{n}`")).collect();
    let more = if known.len() > listed.len() { ", …" } else { "" };
    let there_is =
        if listed.is_empty() { String::new() } else { format!("; there is {}{more}", listed.join(", ")) };
    if part.is_empty() {
        return match within.as_str() {
            "" => format!("`{path}` names nothing{there_is}"),
            within => format!("`{within}` has no values of its own{there_is}"),
        };
    }
    let place = match within.as_str() {
        "" => String::new(),
        within => format!(" in `{within}`"),
    };
    match nearest {
        Some(nearest) => format!("there is no `{part}`{place}; did you mean `{nearest}`?"),
        None => format!("there is no `{part}`{place}{there_is}"),
    }
}
