//! What becomes of each fact of a repository, from what its environments read and what the service answers.
//!
//! Invariant: a value is taken from the one place that all its readers share. A hosted zone belongs to an account and a
//! prefix list to a region, while `facts.json` says one id for all environments of its repository: where these would need
//! two, it gets none.

use solc_deploy::aws::HostedZone;
use solc_deploy::backend::{Failure, Values};
use solc_driver::{Reader, RepositoryFacts};
use solc_source::data::{Node, Value as Data};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const HOSTED_ZONES: &str = "hosted_zones";
pub(super) const PREFIX_LISTS: &str = "prefix_lists";

/// An account in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) account: String,
    pub(super) region: String,
}

impl Place {
    pub(super) fn of(reader: &Reader) -> Self {
        let environment = &reader.environment;
        Self { account: environment.account_id.to_string(), region: environment.region.to_string() }
    }
}

/// Who is asked.
pub(super) trait Service {
    fn hosted_zones(&self, place: &Place, domain: &str) -> Result<Vec<HostedZone>, Failure>;
    fn prefix_lists(&self, place: &Place, names: &[String]) -> Result<Values, Failure>;
    fn availability_zones(&self, place: &Place) -> Result<Vec<String>, Failure>;
}

/// What a file says: each fact, with its entries.
pub(super) type Said = BTreeMap<String, BTreeMap<String, String>>;

/// What is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) help: String,
}

/// What was found out about a repository's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Decided {
    /// What the file is to say.
    pub(super) facts: Said,
    /// `hosted_zones.shop.example: Z1 → Z2`
    pub(super) changes: Vec<String>,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<String>,
}

/// The entries of a file whose form was checked.
pub(super) fn said(node: Option<&Node>) -> Said {
    let entries = |node: &Node| {
        let texts = node.entries().iter().filter_map(|entry| match &entry.node.value {
            Data::String(text) => Some((entry.key.to_string(), text.to_string())),
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::Number(_) | Data::List(_) | Data::Table(_) => {
                None
            }
        });
        texts.collect()
    };
    let all = node.map(Node::entries).unwrap_or_default();
    all.iter().map(|entry| (entry.key.to_string(), entries(&entry.node))).collect()
}

/// Looks up what one repository's environments read, and what its file names.
pub(super) fn decide(repository: &RepositoryFacts, service: &dyn Service) -> Result<Decided, Failure> {
    let before = said(repository.said.as_ref());
    let mut decided = Decided { facts: before.clone(), ..Decided::default() };
    let mut keys: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (fact, entries) in &before {
        keys.extend(entries.keys().map(|key| (fact.as_str(), key.as_str())));
    }
    for reader in &repository.readers {
        keys.extend(reader.reads.iter().map(|read| (read.fact.as_str(), read.key.as_str())));
    }
    for (fact, key) in keys {
        let question = Question::of(repository, fact, key, &before);
        let name = &repository.name;
        match question.answer(name, service, &mut decided.notes)? {
            Answer::Unasked => {}
            Answer::Id(id) => {
                if question.now != Some(id.as_str()) {
                    let was = question.now.unwrap_or("none");
                    decided.changes.push(format!("{fact}.{key}: {was} → {id}"));
                }
                decided.facts.entry(fact.to_owned()).or_default().insert(key.to_owned(), id);
            }
            Answer::Problem(problem) => decided.problems.push(problem),
        }
    }
    Ok(decided)
}

/// The zones that an account lists and the region does not have.
pub(super) fn zones(
    repositories: &[RepositoryFacts],
    service: &dyn Service,
) -> Result<Vec<Problem>, Failure> {
    let asked = repositories.iter().flat_map(|repository| &repository.readers).filter(|reader| reader.asked);
    let mut wanted: BTreeMap<Place, (&str, BTreeSet<&str>)> = BTreeMap::new();
    for reader in asked {
        let environment = &reader.environment;
        let (_, zones) =
            wanted.entry(Place::of(reader)).or_insert((environment.account.as_str(), BTreeSet::new()));
        zones.extend(environment.zones.iter().map(|zone| zone.as_str()));
    }
    let mut problems = Vec::new();
    for (place, (account, zones)) in wanted {
        let there = service.availability_zones(&place)?;
        let missing: Vec<&str> =
            zones.into_iter().filter(|zone| !there.iter().any(|name| name == zone)).collect();
        if !missing.is_empty() {
            problems.push(Problem {
                message: format!(
                    "account `{account}` ({}) lists zones that it does not have in {}: {}",
                    place.account,
                    place.region,
                    missing.join(", ")
                ),
                help: format!("change its `zones`; there are {}", there.join(", ")),
            });
        }
    }
    Ok(problems)
}

enum Answer {
    /// It concerns no environment that was asked about, or nobody needs it.
    Unasked,
    Id(String),
    Problem(Problem),
}

/// One fact, and whom it concerns.
struct Question<'a> {
    fact: &'a str,
    key: &'a str,
    /// The environments that read it; those that were asked about, where none does.
    of: Vec<&'a Reader>,
    /// Whether any environment reads it.
    read: bool,
    /// Whether it must be there: the file names it, or a reader has no other way.
    must: bool,
    /// What the file says.
    now: Option<&'a str>,
}

impl<'a> Question<'a> {
    fn of(repository: &'a RepositoryFacts, fact: &'a str, key: &'a str, before: &'a Said) -> Self {
        let reads =
            |reader: &Reader| reader.reads.iter().find(|r| r.fact == fact && r.key == key).map(|r| r.needed);
        let readers: Vec<&Reader> = repository.readers.iter().filter(|r| reads(r).is_some()).collect();
        let read = !readers.is_empty();
        let needed = readers.iter().any(|reader| reads(reader) == Some(true));
        let now = before.get(fact).and_then(|entries| entries.get(key)).map(String::as_str);
        let of = if read { readers } else { repository.readers.iter().filter(|r| r.asked).collect() };
        Self { fact, key, of, read, must: needed || now.is_some(), now }
    }

    fn answer(&self, file: &str, service: &dyn Service, notes: &mut Vec<String>) -> Result<Answer, Failure> {
        let known = [HOSTED_ZONES, PREFIX_LISTS].contains(&self.fact);
        if !known || !self.of.iter().any(|reader| reader.asked) {
            return Ok(Answer::Unasked);
        }
        let (fact, key) = (self.fact, self.key);
        if self.read && self.scopes(self.of.iter().copied()).len() > 1 {
            if self.must {
                return Ok(Answer::Problem(self.conflict(file)));
            }
            notes.push(format!("{file}: {fact}.{key}: {}; nothing needs it", self.apart()));
            return Ok(Answer::Unasked);
        }
        let places: BTreeSet<Place> = self.of.iter().filter(|r| r.asked).map(|r| Place::of(r)).collect();
        let mut ids = BTreeSet::new();
        for place in &places {
            let found = if fact == HOSTED_ZONES {
                match self.hosted_zone(place, service, notes)? {
                    Ok(found) => found,
                    Err(problem) => return Ok(Answer::Problem(problem)),
                }
            } else {
                prefix_list(place, key, service)?
            };
            ids.extend(found);
        }
        let mut ids = ids.into_iter();
        match (ids.next(), ids.next()) {
            (Some(id), None) => Ok(Answer::Id(id)),
            (Some(_), Some(_)) => Ok(Answer::Problem(self.conflict(file))),
            (None, _) if self.must => Ok(Answer::Problem(self.missing(file, &places))),
            (None, _) => Ok(Answer::Unasked),
        }
    }

    /// The public zone of the domain; where there are several, the one that somebody chose already.
    fn hosted_zone(
        &self,
        place: &Place,
        service: &dyn Service,
        notes: &mut Vec<String>,
    ) -> Result<Result<Option<String>, Problem>, Failure> {
        let (key, account) = (self.key, &place.account);
        let (private, public): (Vec<_>, Vec<_>) =
            service.hosted_zones(place, key)?.into_iter().partition(|zone| zone.private);
        for zone in private {
            notes.push(format!("{key}: left the private zone {} of account {account} out", zone.id));
        }
        let ids: Vec<String> = public.into_iter().map(|zone| zone.id).collect();
        if ids.len() < 2 {
            return Ok(Ok(ids.into_iter().next()));
        }
        let several = format!("account {account} has several public zones of `{key}`: {}", ids.join(", "));
        if let Some(chosen) = ids.into_iter().find(|id| self.now == Some(id.as_str())) {
            notes.push(format!("{several}; {chosen} stays"));
            return Ok(Ok(Some(chosen)));
        }
        let help = format!(
            "see which one the domain is delegated to (`dig NS {key}`), and delete the others or write its id by hand"
        );
        Ok(Err(Problem { message: several, help }))
    }

    /// What the id depends on: the account of a hosted zone, the region of a prefix list.
    fn scopes<'r>(&self, readers: impl Iterator<Item = &'r Reader>) -> BTreeMap<String, Vec<&'r str>> {
        let mut scopes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for reader in readers {
            let Place { account, region } = Place::of(reader);
            let scope = if self.fact == HOSTED_ZONES { format!("account {account}") } else { region };
            scopes.entry(scope).or_default().push(reader.environment.name.as_str());
        }
        scopes
    }

    /// `one in eu-west-1, two in us-east-1`
    fn apart(&self) -> String {
        let scopes = self.scopes(self.of.iter().copied());
        let all: Vec<String> =
            scopes.iter().map(|(scope, names)| format!("{} in {scope}", names.join(" and "))).collect();
        format!("its ids differ between {}", all.join(", "))
    }

    fn conflict(&self, file: &str) -> Problem {
        Problem {
            message: format!("`{}.{}` of {file}: {}", self.fact, self.key, self.apart()),
            help: "a `facts.json` has one id for all environments of its repository: declare these environments in \
                   repositories of their own"
                .to_owned(),
        }
    }

    fn missing(&self, file: &str, places: &BTreeSet<Place>) -> Problem {
        let key = self.key;
        let accounts: Vec<String> =
            places.iter().map(|place| format!("account {}, {}", place.account, place.region)).collect();
        let where_ = accounts.join(" and ");
        let unread = if self.read { "" } else { "; no environment reads it" };
        if self.fact == HOSTED_ZONES {
            Problem {
                message: format!("there is no public hosted zone `{key}` in {where_}{unread}"),
                help: if self.read {
                    format!(
                        "create it there, name the zone's domain where `{key}` is named, or name another account's profile"
                    )
                } else {
                    format!("remove `{key}` from {file}, or create the zone")
                },
            }
        } else {
            Problem {
                message: format!("AWS has no prefix list for `{key}` in {where_}{unread}"),
                help: format!(
                    "remove `{key}` from {file}, or write the service as AWS does: the end of a name in `aws ec2 \
                     describe-managed-prefix-lists`"
                ),
            }
        }
    }
}

/// AWS's list of a service in the region, or of one that is the same everywhere.
fn prefix_list(place: &Place, service: &str, asked: &dyn Service) -> Result<Option<String>, Failure> {
    let names =
        [format!("com.amazonaws.{}.{service}", place.region), format!("com.amazonaws.global.{service}")];
    let found = asked.prefix_lists(place, &names)?;
    Ok(names.iter().find_map(|name| found.get(name)).cloned())
}

#[cfg(test)]
mod tests;
