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
        let (text, data) = solution(number, here);
        sample.push((format!("shop-config/solutions/part_{number}.sol"), text));
        sample.extend(data);
        left -= here;
        number += 1;
    }
    frame::around(sample)
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

fn solution(number: usize, size: usize) -> (String, Vec<(String, String)>) {
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
                for environment in frame::ENVIRONMENTS {
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
