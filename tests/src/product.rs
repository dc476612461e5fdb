//! Random products that are valid by construction: any of them must check clean, build, and satisfy every peer.
//!
//! Invariant: what is drawn is a small tree of choices, so that a failure shrinks to the few that matter.

use crate::frame::{self, Files};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::fmt::Write as _;

/// A product.
#[derive(Clone, Debug)]
pub struct Product {
    region: &'static str,
    zones: Vec<&'static str>,
    endpoints: Vec<&'static str>,
    gateway: bool,
    parts: Vec<Part>,
}

/// A component with its choices; numbers that pick something are taken modulo what there is.
#[derive(Clone, Debug)]
enum Part {
    Bucket {
        versioned: bool,
        keep: u16,
        expire: Option<u16>,
    },
    Queue {
        retention: u8,
        letters: u16,
        delay: u16,
        fifo: bool,
        subscribed: Option<usize>,
    },
    Topic {
        subscribers: Vec<&'static str>,
    },
    Key,
    Postgres {
        version: &'static str,
        size: &'static str,
        storage: u16,
        port: u16,
        backup: u8,
    },
    Service {
        machine: (&'static str, &'static str),
        scale: (u8, u8),
        port: Option<u16>,
        routed: bool,
        rest: Program,
    },
    Function {
        runtime: &'static str,
        memory: u16,
        timeout: u16,
        trigger: Option<usize>,
        on_network: bool,
        rest: Program,
    },
    Task {
        schedule: &'static str,
        rest: Program,
    },
}

/// What every program has.
#[derive(Clone, Debug)]
struct Program {
    links: Vec<usize>,
    setting: Option<&'static str>,
    secret: bool,
    internet: bool,
}

/// Seconds for which a queue hides a message: longer than any program here works.
const VISIBILITY: u16 = 900;

const MACHINES: &[(&str, &str)] = &[
    ("0.25 vcpu", "512MiB"),
    ("0.25 vcpu", "2GiB"),
    ("0.5 vcpu", "1GiB"),
    ("1 vcpu", "8GiB"),
    ("2 vcpu", "4GiB"),
    ("4 vcpu", "30GiB"),
];

const SETTINGS: &[&str] = &[
    "LOG_LEVEL: \"debug\" | \"info\" | \"warn\" = \"info\"",
    "LIMIT: Int where 1..1000 = 10",
    "GREETING: String = \"hello\"",
    "VERBOSE: Bool = false",
    "PAUSE: Duration = 30s",
];

const SCHEDULES: &[&str] = &[
    "every { interval = 1h }",
    "every { interval = 1min }",
    "at { cron = \"0 3 * * ? *\" }",
    "at { cron = \"30 18 ? * MON-FRI *\", timezone = \"Australia/Sydney\" }",
];

/// Products of up to `most` components beside the network and the gateway.
pub fn products(most: usize) -> impl Strategy<Value = Product> {
    let zones = prop_oneof![Just(vec!["a", "b", "c"]), Just(vec!["a", "b"]), Just(vec!["b", "c"]),];
    let endpoints = subsequence(vec!["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "kms"], 0..=4);
    let regions = select(vec!["ap-southeast-2", "eu-west-1", "us-east-2"]);
    (regions, zones, endpoints, any::<bool>(), vec(part(), 0..=most)).prop_map(
        |(region, zones, endpoints, gateway, parts)| Product { region, zones, endpoints, gateway, parts },
    )
}

/// The first `count` products of a fixed sequence, as projects.
#[must_use]
pub fn drawn(count: usize, most: usize) -> Vec<Files> {
    let mut runner = TestRunner::deterministic();
    let strategy = products(most);
    let trees = (0..count).filter_map(|_| strategy.new_tree(&mut runner).ok());
    trees.map(|tree| tree.current().files()).collect()
}

fn part() -> impl Strategy<Value = Part> {
    let bucket = (any::<bool>(), 1..=3650_u16, proptest::option::of(1..=3650_u16))
        .prop_map(|(versioned, keep, expire)| Part::Bucket { versioned, keep, expire });
    let queue = (1..=14_u8, 1..=1000_u16, 0..=900_u16, any::<bool>(), proptest::option::of(any::<usize>()))
        .prop_map(|(retention, letters, delay, fifo, subscribed)| Part::Queue {
            retention,
            letters,
            delay,
            fifo,
            subscribed,
        });
    let topic = subsequence(vec!["a@acme.example", "b@acme.example"], 0..=2)
        .prop_map(|subscribers| Part::Topic { subscribers });
    let postgres = (
        select(vec!["16", "17", "18"]),
        select(vec!["small", "medium", "large"]),
        20..=500_u16,
        1150..=9000_u16,
        1..=35_u8,
    )
        .prop_map(|(version, size, storage, port, backup)| Part::Postgres {
            version,
            size,
            storage,
            port,
            backup,
        });
    let service = (
        select(MACHINES),
        (2..=4_u8, 4..=12_u8),
        proptest::option::of(1024..=9999_u16),
        any::<bool>(),
        program(),
    )
        .prop_map(|(machine, scale, port, routed, rest)| Part::Service {
            machine,
            scale,
            port,
            routed,
            rest,
        });
    let function = (
        select(vec!["python3.13", "nodejs22.x", "java21", "provided.al2023"]),
        128..=10240_u16,
        1..=VISIBILITY,
        proptest::option::of(any::<usize>()),
        any::<bool>(),
        program(),
    )
        .prop_map(|(runtime, memory, timeout, trigger, on_network, rest)| Part::Function {
            runtime,
            memory,
            timeout,
            trigger,
            on_network,
            rest,
        });
    let task = (select(SCHEDULES), program()).prop_map(|(schedule, rest)| Part::Task { schedule, rest });
    prop_oneof![
        2 => bucket,
        2 => queue,
        1 => topic,
        1 => Just(Part::Key),
        1 => postgres,
        3 => service,
        3 => function,
        1 => task,
    ]
}

fn program() -> impl Strategy<Value = Program> {
    let links = vec(any::<usize>(), 0..=4);
    (links, proptest::option::of(select(SETTINGS)), any::<bool>(), any::<bool>())
        .prop_map(|(links, setting, secret, internet)| Program { links, setting, secret, internet })
}

impl Product {
    /// The product as a project.
    #[must_use]
    pub fn files(&self) -> Files {
        let mut writer = Writer { product: self, text: String::new(), data: Vec::new(), polled: Vec::new() };
        writer.solution();
        let (text, data) = (writer.text, writer.data);
        let mut files = vec![
            ("shop-config/solutions/drawn.sol".to_owned(), text),
            ("accounts-config/accounts.sol".to_owned(), self.accounts()),
        ];
        files.extend(data);
        frame::around(files)
    }

    fn accounts(&self) -> String {
        let mut text = String::new();
        for (name, id) in [("nonprod", "111122223333"), ("prod", "444455556666")] {
            let zones: Vec<String> = self.zones.iter().map(|zone| format!("\"{zone}\"")).collect();
            let _ = writeln!(
                text,
                "account {name} {{\n  id = \"{id}\"\n  region = \"{}\"\n  zones = [{}]\n  registries = {{ docker = \
                 ecr {{ prefix = \"acme\" }}, files = s3 {{ bucket = \"acme-{name}-registry\" }} }}\n}}\n",
                self.region,
                zones.join(", ")
            );
        }
        text
    }

    /// What a program may link to: `(line after the word link, whether it needs the consumer on a network)`.
    fn targets(&self, own: usize) -> Vec<(String, bool)> {
        let mut targets = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Bucket { .. } => {
                    targets.push((format!("bucket_{index}.read"), false));
                    targets.push((format!("bucket_{index}.write(under: \"in/\")"), false));
                    targets.push((format!("bucket_{index}.delete(under: \"old/\")"), false));
                }
                Part::Queue { .. } => targets.push((format!("queue_{index}.send"), false)),
                Part::Topic { .. } => targets.push((format!("topic_{index}.publish"), false)),
                Part::Key => {
                    targets.push((format!("key_{index}.encrypt"), false));
                    targets.push((format!("key_{index}.decrypt"), false));
                }
                Part::Postgres { .. } => targets.push((format!("db_{index}.connect"), true)),
                // Only backwards: services that call each other are a case of their own, in the spec.
                Part::Service { port: Some(_), .. } if index < own => {
                    targets.push((format!("service_{index}.call"), true));
                }
                Part::Function { .. } if index < own => {
                    targets.push((format!("function_{index}.invoke"), false));
                }
                Part::Service { .. } | Part::Function { .. } | Part::Task { .. } => {}
            }
        }
        targets
    }
}

struct Writer<'p> {
    product: &'p Product,
    text: String,
    data: Vec<(String, String)>,
    polled: Vec<usize>,
}

impl Writer<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn solution(&mut self) {
        let product = self.product;
        self.line("solution drawn {");
        let endpoints: Vec<String> =
            product.endpoints.iter().map(|service| format!("\"{service}\"")).collect();
        self.line(format!("  network: Network {{ endpoints = [{}] }}", endpoints.join(", ")));
        if product.gateway {
            self.line("  entry: Gateway { network }");
        }
        for (index, part) in product.parts.iter().enumerate() {
            self.part(index, part);
        }
        self.line("}");
        self.text = format!("{}\n{}", frame::imports(&self.text), self.text);
    }

    fn part(&mut self, index: usize, part: &Part) {
        match part {
            Part::Bucket { versioned, keep, expire } => {
                let expire = expire.map_or(String::new(), |days| format!(", expire_after = {days}d"));
                self.line(format!(
                    "  bucket_{index}: Bucket {{ versioned = {versioned}, keep_versions = {keep}d{expire} }}"
                ));
            }
            Part::Queue { retention, letters, delay, fifo, subscribed } => {
                self.line(format!("  queue_{index}: Queue {{"));
                self.line(format!("    retention = {retention}d\n    dead_letter_after = {letters}"));
                self.line(format!("    delay = {delay}s\n    visibility = {VISIBILITY}s\n    fifo = {fifo}"));
                let topics = self.places(|part| matches!(part, Part::Topic { .. }));
                if let (Some(pick), false, false) = (subscribed, *fifo, topics.is_empty()) {
                    self.line(format!(
                        "    subscription = topic_{}.subscribe()",
                        topics[pick % topics.len()]
                    ));
                }
                self.line("  }");
            }
            Part::Topic { subscribers } => {
                let addresses: Vec<String> =
                    subscribers.iter().map(|address| format!("\"{address}\"")).collect();
                self.line(format!("  topic_{index}: Topic {{ subscribers = [{}] }}", addresses.join(", ")));
            }
            Part::Key => self.line(format!("  key_{index}: Key {{}}")),
            Part::Postgres { version, size, storage, port, backup } => {
                self.line(format!(
                    "  db_{index}: Postgres {{\n    network\n    version = \"{version}\"\n    size = {size}"
                ));
                self.line(format!(
                    "    storage = {storage}GiB\n    port = {port}\n    backup_retention = {backup}d\n  }}"
                ));
            }
            Part::Service { machine: (cpu, memory), scale: (low, high), port, routed, rest } => {
                self.line(format!(
                    "  service_{index}: Service {{\n    network\n    image = image(\"service-{index}\")"
                ));
                self.line(format!("    cpu = {cpu}\n    memory = {memory}\n    scale = {low}..{high}"));
                if let Some(port) = port {
                    self.line(format!("    port = {port}\n    health = \"/healthz\""));
                    if *routed && self.product.gateway {
                        self.line(format!("    route = entry.path(\"/{index}/*\", priority: {})", index + 1));
                    }
                }
                self.program(index, "service", true, rest);
            }
            Part::Function { runtime, memory, timeout, trigger, on_network, rest } => {
                self.line(format!(
                    "  function_{index}: Function {{\n    image = image(\"function-{index}\", format: zip)"
                ));
                self.line(format!("    runtime = \"{runtime}\"\n    handler = \"main.handle\""));
                self.line(format!("    memory = {memory}MiB\n    timeout = {timeout}s"));
                if *on_network {
                    self.line("    network");
                }
                let queues = self.places(|part| matches!(part, Part::Queue { .. }));
                if let Some(pick) = trigger.filter(|_| !queues.is_empty()) {
                    let queue = queues[pick % queues.len()];
                    if !self.polled.contains(&queue) {
                        self.polled.push(queue);
                        self.line(format!("    trigger = queue_{queue}.consume(batch: 10)"));
                    }
                }
                self.program(index, "function", *on_network, rest);
            }
            Part::Task { schedule, rest } => {
                self.line(format!(
                    "  task_{index}: Task {{\n    network\n    image = image(\"task-{index}\")"
                ));
                self.line(format!("    schedule = {schedule}"));
                self.program(index, "task", true, rest);
            }
        }
    }

    fn program(&mut self, index: usize, kind: &str, on_network: bool, rest: &Program) {
        if let Some(setting) = rest.setting {
            self.line(format!("    setting {setting}"));
        }
        if rest.secret {
            self.line("    secret API_KEY");
            for environment in frame::ENVIRONMENTS {
                let path = format!("shop-infrastructure/credentials/{environment}/drawn/{kind}_{index}.toml");
                let secret =
                    format!("API_KEY = {{ secrets_manager = \"shop/{environment}/{kind}-{index}\" }}\n");
                self.data.push((path, secret));
            }
        }
        let mut targets = self.product.targets(index);
        targets.retain(|(_, needs_network)| on_network || !needs_network);
        let mut linked: Vec<&str> = Vec::new();
        for pick in &rest.links {
            if let Some((link, _)) = targets.get(pick % targets.len().max(1))
                && !linked.contains(&link.as_str())
            {
                linked.push(link);
            }
        }
        let lines: String = linked.iter().map(|link| format!("    link {link}\n")).collect();
        self.text.push_str(&lines);
        if rest.internet && on_network {
            self.line("    link internet.https(to: \"api.example.com\")");
        }
        self.line("  }");
    }

    fn places(&self, wanted: impl Fn(&Part) -> bool) -> Vec<usize> {
        self.product
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| wanted(part))
            .map(|(index, _)| index)
            .collect()
    }
}
