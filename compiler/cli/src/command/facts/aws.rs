//! The service asked, and the files written.

use super::decide::{Decided, Place, Problem, Said, Service, decide, zones};
use crate::args::RefreshFacts;
use crate::command::build::write_whole;
use crate::command::doctor;
use crate::deploying::backend::chain;
use crate::deploying::plural;
use crate::output::{Exit, Output};
use solc_deploy::aws::{Aws, HostedZone, Options};
use solc_deploy::backend::{Failure, Values};
use solc_driver::RepositoryFacts;
use std::collections::BTreeMap;
use std::path::Path;

/// The name that the account's trail shows.
const SESSION: &str = "solc-facts";

/// The accounts that are asked, each by credentials of its own.
struct Connected(BTreeMap<Place, Aws>);

impl Connected {
    fn to(refresh: &RefreshFacts, repositories: &[RepositoryFacts]) -> Result<Self, Failure> {
        let mut all = BTreeMap::new();
        let readers = repositories.iter().flat_map(|repository| &repository.readers);
        for place in readers.filter(|reader| reader.asked).map(Place::of) {
            if all.contains_key(&place) {
                continue;
            }
            let options = Options {
                account: Some(place.account.clone()),
                ..chain(&refresh.aws, &place.region, SESSION)
            };
            all.insert(place, Aws::connect(options)?);
        }
        Ok(Self(all))
    }

    fn at(&self, place: &Place) -> Result<&Aws, Failure> {
        let none =
            || Failure::unanswered("Connect", "NotConnected", "no connection was made to this account");
        self.0.get(place).ok_or_else(none)
    }
}

impl Service for Connected {
    fn hosted_zones(&self, place: &Place, domain: &str) -> Result<Vec<HostedZone>, Failure> {
        self.at(place)?.hosted_zones(domain)
    }

    fn prefix_lists(&self, place: &Place, names: &[String]) -> Result<Values, Failure> {
        self.at(place)?.prefix_lists(names)
    }

    fn availability_zones(&self, place: &Place) -> Result<Vec<String>, Failure> {
        self.at(place)?.availability_zones()
    }
}

pub(super) fn look_up(
    refresh: &RefreshFacts,
    repositories: &[RepositoryFacts],
    output: &Output,
) -> Result<Exit, Exit> {
    let refused = |failure: Failure| {
        output.say(&format!("error: {failure}"));
        output.say(&format!("help: {}", doctor::aws::mend(&failure)));
        output.tell("nothing was written");
        Exit::Usage
    };
    let service = Connected::to(refresh, repositories).map_err(refused)?;
    let mut problems = zones(repositories, &service).map_err(refused)?;
    let mut all = Vec::new();
    for repository in repositories {
        all.push((repository, decide(repository, &service).map_err(refused)?));
    }
    let (mut text, mut written) = (String::new(), Ok(()));
    let changed = all.iter().any(|(_, decided)| !decided.changes.is_empty());
    for (repository, decided) in all {
        for note in &decided.notes {
            output.tell(&format!("note: {note}"));
        }
        text.push_str(&summary(&repository.name, &decided));
        if !decided.changes.is_empty() && !refresh.check {
            written = written.and(write(&repository.path, &decided.facts));
        }
        problems.extend(decided.problems);
    }
    let printed = output.print(&text);
    for Problem { message, help } in &problems {
        output.say(&format!("error: {message}"));
        output.say(&format!("help: {help}"));
    }
    if let Err(error) = written {
        output.say(&format!("error: {error}"));
        return Err(Exit::Findings);
    }
    Ok(match printed {
        Exit::Clean if !problems.is_empty() || (refresh.check && changed) => Exit::Findings,
        exit => exit,
    })
}

fn summary(name: &str, decided: &Decided) -> String {
    if decided.changes.is_empty() {
        return format!("{name}: nothing to change\n");
    }
    let mut text = format!("{name}: {}\n", plural(decided.changes.len(), "change"));
    for change in &decided.changes {
        text.push_str(&format!("  {change}\n"));
    }
    text
}

fn write(path: &Path, facts: &Said) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot write `{}`: {error}", path.display());
    let text = serde_json::to_string_pretty(facts).map_err(|error| failed(&error))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    write_whole(folder, path, &format!("{text}\n")).map_err(|error| failed(&error))
}
