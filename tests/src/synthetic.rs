//! Products of any size for the benchmarks: services, functions, tasks, queues, buckets, topics and databases, linked
//! as people link them.
//!
//! Invariant: the size alone decides the text.

use crate::frame::{self, Files};
use std::fmt::Write as _;

/// Components of a solution; a larger product has more solutions, as products do.
const SOLUTION: usize = 20;

/// A product of `size` components in three environments.
#[must_use]
pub fn product(size: usize) -> Files {
    let mut sample = Vec::new();
    let mut left = size;
    let mut number = 0;
    while left > 0 {
        let here = left.min(SOLUTION);
        let (text, data) = solution(number, here, &frame::ENVIRONMENTS);
        sample.push((format!("shop-config/solutions/part_{number}.sol"), text));
        sample.extend(data);
        left -= here;
        number += 1;
    }
    frame::around(sample)
}

/// The environments of a large product.
const SIX: [&str; 6] = ["integration", "trial", "acceptance", "preproduction", "production", "production_2"];

/// A product of many files of two hundred lines in six environments: solutions, each with types, functions and values
/// of its own beside it.
#[must_use]
pub fn large(files: usize) -> Files {
    let mut sample = vec![("shop-config/environments.sol".to_owned(), six_environments())];
    for number in 0..files {
        let (text, data) = solution(number, SOLUTION, &SIX);
        let at = text.find("\n\n").map_or(0, |end| end + 2);
        let (imports, rest) = text.split_at(at);
        sample.push((
            format!("shop-config/solutions/part_{number}.sol"),
            format!("{imports}{}{rest}", declarations(number)),
        ));
        sample.extend(data);
    }
    frame::around(sample)
}

fn six_environments() -> String {
    let mut text = String::new();
    for (index, name) in SIX.into_iter().enumerate() {
        let (stage, account, release) = match index {
            0 => ("integration", "nonprod", "continuous".to_owned()),
            1 => ("test", "nonprod", manual("integration")),
            2 => ("test", "nonprod", manual("trial")),
            3 => ("preproduction", "nonprod", manual("acceptance")),
            _ => ("production", "prod", manual("preproduction")),
        };
        let second = index * 10 + 10;
        let _ = writeln!(
            text,
            "environment {name} {{\n  stage = {stage}\n  account = {account}\n  network = 10.{second}.0.0/16\n  \
             domain = \"{}.shop.example\"\n  release = {release}\n}}\n",
            name.replace('_', "-")
        );
    }
    text
}

fn manual(from: &str) -> String {
    format!("manual {{ approvers = [releasers], from = {from} }}")
}

/// Some fifty lines that are no component: a type of each kind, functions over them, values made with both.
fn declarations(number: usize) -> String {
    let mut text = format!(
        "/// How much is kept.\nenum Tier{number} {{ small < medium < large }}\n\n\
         /// What is asked for.\ntype Order{number} = {{\n  /// Its name.\n  name: String\n  tier: Tier{number} = small\n  \
         days: Int where 1..90 = 7\n  labels: [String] = []\n}}\n\n\
         /// How it comes.\ntype Way{number} = post {{ address: String }} | mail {{ to: String }} | none_at_all\n\n"
    );
    for function in 0..4 {
        let _ = writeln!(
            text,
            "/// Function {function} of part {number}.\nfn days_{number}_{function}(order: Order{number}) -> Int = match \
             order.tier {{\n  small => order.days\n  medium => order.days * 2\n  large => if order.days > {function} then \
             order.days * 3 else 90\n}}\n"
        );
    }
    let _ = writeln!(
        text,
        "fn told_{number}(way: Way{number}) -> String = match way {{\n  post {{ address }} => \"to ${{address}}\"\n  mail \
         {{ to }} => \"at ${{to}}\"\n  none_at_all => \"nowhere\"\n}}\n\n\
         let orders_{number}: [Order{number}] = [\n  {{ name = \"first\", tier = large }}\n  {{ name = \"second\", days = 30, \
         labels = [\"a\", \"b\"] }}\n]\n\n\
         let ways_{number}: [String] = [told_{number}(post {{ address = \"home\" }}), told_{number}(none_at_all)]\n"
    );
    text
}

/// What stands at each place of a solution; every reference goes to something above it.
const MIX: [Part; SOLUTION] = [
    Part::Network,
    Part::Gateway,
    Part::Postgres,
    Part::Bucket,
    Part::Queue,
    Part::Service,
    Part::Function,
    Part::Topic,
    Part::Service,
    Part::Function,
    Part::Queue,
    Part::Function,
    Part::Service,
    Part::Bucket,
    Part::Task,
    Part::Function,
    Part::Service,
    Part::Queue,
    Part::Function,
    Part::Service,
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Network,
    Gateway,
    Postgres,
    Bucket,
    Queue,
    Topic,
    Service,
    Function,
    Task,
}

fn solution(number: usize, size: usize, environments: &[&str]) -> (String, Vec<(String, String)>) {
    let mut text = String::new();
    let mut data = Vec::new();
    let _ = writeln!(text, "/// Part {number} of a product that nobody wrote.\nsolution part_{number} {{");
    let mut last = Last::default();
    for (index, part) in MIX.iter().take(size).enumerate() {
        let unit = format!("part-{number}-{index}");
        match part {
            Part::Network => text.push_str("  network: Network { cidr = env.network }\n"),
            Part::Gateway => {
                let _ =
                    writeln!(text, "  entry: Gateway {{ network, host = \"p{number}.${{env.domain}}\" }}");
            }
            Part::Postgres => {
                text.push_str("  db: Postgres {\n    network\n    version = \"16\"\n");
                text.push_str("    size = if env.stage >= preproduction then large else small\n");
                text.push_str("    storage = 50GiB\n  }\n");
            }
            Part::Bucket => {
                let _ = writeln!(text, "  bucket_{index}: Bucket {{ keep_versions = 30d }}");
                last.bucket = Some(index);
            }
            Part::Queue => {
                let _ = writeln!(text, "  queue_{index}: Queue {{ retention = 4d, dead_letter_after = 5 }}");
                last.queue = Some(index);
                last.polled = false;
            }
            Part::Topic => {
                let _ = writeln!(text, "  topic_{index}: Topic {{}}");
                last.topic = Some(index);
            }
            Part::Service => {
                let _ = writeln!(
                    text,
                    "  service_{index}: Service {{\n    network\n    image = image(\"{unit}\")"
                );
                let _ = writeln!(text, "    port = 8080\n    scale = 2..10\n    health = \"/healthz\"");
                let priority = index + 1;
                let _ = writeln!(text, "    route = entry.path(\"/{index}/*\", priority: {priority})");
                text.push_str(
                    "    setting LOG_LEVEL: \"debug\" | \"info\" | \"warn\" = \"info\"\n    secret API_KEY\n",
                );
                text.push_str("    link db.connect\n");
                last.links(&mut text);
                text.push_str("  }\n");
                for environment in environments {
                    let place = format!("{environment}/part_{number}/service_{index}.toml");
                    let secret =
                        format!("API_KEY = {{ secrets_manager = \"shop/{environment}/{unit}/api-key\" }}\n");
                    data.push((format!("shop-infrastructure/credentials/{place}"), secret));
                    data.push((format!("shop-config/settings/{place}"), "LOG_LEVEL = \"warn\"\n".to_owned()));
                }
            }
            Part::Function => {
                let _ = writeln!(text, "  function_{index}: Function {{");
                let _ = writeln!(
                    text,
                    "    image = image(\"{unit}\", format: zip)\n    runtime = \"python3.13\""
                );
                text.push_str("    handler = \"main.handle\"\n    memory = 512MiB\n    timeout = 30s\n");
                if let (Some(queue), false) = (last.queue, last.polled) {
                    let _ = writeln!(text, "    trigger = queue_{queue}.consume(batch: 10)");
                    last.polled = true;
                }
                last.links(&mut text);
                text.push_str("  }\n");
            }
            Part::Task => {
                let _ = writeln!(text, "  task_{index}: Task {{\n    network\n    image = image(\"{unit}\")");
                text.push_str("    schedule = every { interval = 1h }\n    link db.connect\n");
                last.links(&mut text);
                text.push_str("  }\n");
            }
        }
    }
    text.push_str("}\n");
    (format!("{}\n{text}", frame::imports(&text)), data)
}

/// The nearest thing above of each kind.
#[derive(Default)]
struct Last {
    bucket: Option<usize>,
    queue: Option<usize>,
    topic: Option<usize>,
    polled: bool,
}

impl Last {
    fn links(&self, text: &mut String) {
        if let Some(bucket) = self.bucket {
            let _ = writeln!(text, "    link bucket_{bucket}.write(under: \"in/\")");
        }
        if let Some(queue) = self.queue {
            let _ = writeln!(text, "    link queue_{queue}.send");
        }
        if let Some(topic) = self.topic {
            let _ = writeln!(text, "    link topic_{topic}.publish");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::product;

    #[test]
    fn a_large_product_has_two_hundred_lines_a_file_and_is_clean() {
        let files = super::large(2);
        for (path, text) in files.iter().filter(|(path, _)| path.starts_with("shop-config/solutions/")) {
            assert!((180..=230).contains(&text.lines().count()), "{path}: {} lines", text.lines().count());
        }
        let found = crate::project::said(&crate::project::check(&files));
        assert!(found.iter().all(|said| said.severity != "error"), "{found:#?}");
    }

    #[test]
    fn a_product_has_as_many_components_as_asked_for() {
        for size in [1, 10, 20, 100] {
            let files = product(size);
            let solutions = files.iter().filter(|(path, _)| path.starts_with("shop-config/solutions/"));
            let lines = solutions.flat_map(|(_, text)| text.lines());
            let instances = lines.filter(|line| {
                let declared = line.strip_prefix("  ").and_then(|line| line.split_once(": "));
                declared.is_some_and(|(name, rest)| {
                    !name.starts_with(' ') && rest.starts_with(char::is_uppercase)
                })
            });
            assert_eq!(instances.count(), size);
        }
    }
}
