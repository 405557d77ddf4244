//! Text that becomes a value: versions, durations, names, flags, images and
//! the servers' configuration.

use std::time::Duration;

use baoctl::{
    cli::{Cli, duration},
    decide::preflight::{Invoker, Preflight, check},
    k8s::OperatorAccount,
    model::{
        fact::Fact,
        intent::{Intent, OrderChoice, StepDownVia},
        names::ClusterRef,
        record::RunRecord,
        snapshot::Snapshot,
        survey::Survey,
        version::Version,
    },
    ui::look::printable,
};
use clap::Parser;
use jiff::Timestamp;
use proptest::{
    collection::vec,
    prelude::{Strategy, any},
};

use crate::rubbish::{ensure, feed, fit, fit_error, text};

/// The longest version there is.
const LONGEST_VERSION: usize = 128;

/// Texts close to a version.
fn version() -> impl Strategy<Value = String> {
    let number = || {
        (any::<u64>(), 0..6_u8).prop_map(|(number, kind)| match kind {
            0 => number.to_string(),
            1 => u64::MAX.to_string(),
            2 => format!("0{}", number % 10),
            _ => (number % 10).to_string(),
        })
    };
    (number(), number(), number(), text(), 0..6_u8).prop_map(|(major, minor, patch, text, kind)| {
        match kind {
            0 => text,
            1 => format!("{major}.{minor}.{patch}-{text}"),
            2 => format!("{major}.{minor}.{patch}+{text}"),
            3 => format!("v{major}.{minor}.{patch}"),
            _ => format!("{major}.{minor}.{patch}"),
        }
    })
}

#[test]
fn versions() {
    feed("versions", &version(), |text| {
        match text.parse::<Version>() {
            Ok(version) => {
                let shown = version.to_string();
                fit(&shown, LONGEST_VERSION)?;
                let again = shown.parse::<Version>();
                ensure(again.as_ref() == Ok(&version), || format!("{again:?}"))
            }
            Err(error) => fit_error(&error),
        }
    });
}

#[test]
fn durations() {
    let near = (any::<u64>(), 0..8_usize, any::<bool>()).prop_map(|(number, unit, small)| {
        let number = if small { number % 100 } else { number };
        let unit = ["s", "m", "h", "d", "ms", "h30m", " h 5 m", ""][unit];
        format!("{number}{unit}")
    });
    let strategy = (near, text(), any::<bool>());
    feed("durations", &strategy, |(near, text, any)| {
        let text = if any { text } else { near };
        if let Ok(duration) = duration::parse(&text) {
            ensure(duration > Duration::ZERO, || text.clone())?;
            ensure(duration <= Duration::from_secs(1 << 32), || {
                format!("{text} is {duration:?}")
            })?;
        }
        Ok(())
    });
}

#[test]
fn names() {
    let near = vec(
        (0..7_usize).prop_map(|at| ["a", "-", ".", "/", "A", "é", "0"][at]),
        0..12,
    );
    let strategy = (near, text(), any::<bool>());
    feed("names of accounts", &strategy, |(near, text, any)| {
        let text = if any { text } else { near.concat() };
        match text.parse::<OperatorAccount>() {
            Ok(account) => {
                fit(&account.to_string(), 600)?;
                ensure(account.to_string() == text, || text.clone())
            }
            Err(error) => fit(&printable(&error), 20_000),
        }
    });
}

#[test]
fn flags() {
    const WORDS: [&str; 44] = [
        "preflight",
        "upgrade",
        "rolling",
        "status",
        "pause",
        "resume",
        "completions",
        "bash",
        "prod",
        "--to",
        "2.7.2",
        "--image",
        "openbao:2.7.2",
        "--order",
        "auto",
        "leader-last",
        "-y",
        "--timeout",
        "30m",
        "--snapshot",
        "/tmp/a",
        "--as-operator",
        "--as-operator=a/b",
        "--maintenance-override",
        "--ignore-check",
        "raft.in-sync",
        "-n",
        "vault",
        "--context",
        "--kubeconfig",
        "--as",
        "--as-group",
        "a,b",
        "--request-timeout",
        "10s",
        "-o",
        "json",
        "--step-down-via",
        "job",
        "--token-file",
        "--",
        "-v",
        "--help",
        "--reason",
    ];
    let word = (any::<u8>(), 0..WORDS.len(), text()).prop_map(|(kind, at, text)| match kind {
        0..=31 => text,
        32..=47 => format!("{}={text}", WORDS[at]),
        _ => WORDS[at].to_owned(),
    });
    feed("the command line", &vec(word, 0..9), |words| {
        let words = std::iter::once("baoctl".to_owned()).chain(words);
        if let Ok(cli) = Cli::try_parse_from(words) {
            let most = Duration::from_secs(1 << 32);
            let timeout = cli.target.request_timeout;
            ensure(timeout <= most, || format!("{timeout:?}"))?;
        }
        Ok(())
    });
}

fn run(from: &Version, to: &Version, image: &str) -> RunRecord {
    let record = serde_json::json!({
        "v": 1, "id": "1", "user": "jane", "startedAt": "2026-11-23T10:00:00Z",
        "from": from, "order": "leader-last",
        "target": { "version": to, "image": image, "replicas": 3, "clusterUid": "1" },
    });
    serde_json::from_value(record).expect("a record")
}

fn survey(config: String) -> Survey {
    fn unknown<T>() -> Fact<T> {
        Fact::Unknown("not asked".to_owned())
    }
    Survey {
        snapshot: Snapshot {
            at: Timestamp::UNIX_EPOCH,
            cluster: unknown(),
            voters: unknown(),
            read_replicas: unknown(),
            other_colour: unknown(),
            colour_parts: unknown(),
            hook: unknown(),
            nodes: std::collections::BTreeMap::new(),
            candidates: std::collections::BTreeMap::new(),
            membership: unknown(),
            disruptions_allowed: unknown(),
            active_jobs: unknown(),
        },
        server_version: unknown(),
        clock_skew_s: unknown(),
        permissions: Vec::new(),
        dry_runs: Vec::new(),
        config: Fact::Known(config),
        login: unknown(),
        idle_entry: Fact::Known(true),
        autopilot: Fact::Known(None),
        forwards: Vec::new(),
        login_deferred: false,
        no_trust: None,
        lease_holder: unknown(),
        room: unknown(),
        claims: Fact::Known(Vec::new()),
        kube_nodes: Fact::Known(None),
        free_bytes: Fact::Known(None),
        certificate: unknown(),
    }
}

/// Lines close to a server's configuration.
fn config() -> impl Strategy<Value = String> {
    const PARTS: [&str; 12] = [
        "seal", "storage", " ", "\"", "static", "awskms", "file", " {", "}", "\n", "=", "#",
    ];
    let part = (0..PARTS.len() + 2, text()).prop_map(|(at, text)| match PARTS.get(at) {
        Some(part) => (*part).to_owned(),
        None => text,
    });
    vec(part, 0..30).prop_map(|parts| parts.concat())
}

#[test]
fn pairs_of_versions_images_and_configurations() {
    let reference = ClusterRef {
        namespace: "vault".to_owned(),
        name: "prod".to_owned(),
    };
    let strategy = (version(), version(), text(), config());
    feed(
        "pairs of versions, images, configurations",
        &strategy,
        |(from, to, image, config)| {
            let or = |text: &str, other: Version| text.parse().unwrap_or(other);
            let from = or(&from, Version::new(2, 6, 2));
            let to = or(&to, Version::new(2, 7, 2));
            let run = run(&from, &to, &image);
            let intent = Intent {
                cluster: reference.clone(),
                version: to.clone(),
                image: None,
                order: OrderChoice::Auto,
                waivers: Vec::new(),
                snapshot: None,
                step_down: StepDownVia::Direct,
                take_over: false,
                end_pause: false,
            };
            let survey = survey(config);
            let findings = check(&Preflight {
                intent: &intent,
                run: &run,
                resuming: false,
                survey: &survey,
                as_operator: false,
                maintenance: false,
                invoker: Invoker {
                    user: &run.user,
                    asked: false,
                },
            });
            for finding in &findings {
                // The image is what the user typed or the adapter has cleaned.
                if finding.id != "version.image-tag" {
                    fit(&finding.message, 1000)?;
                }
            }
            let verdict = |id: &str| findings.iter().find(|finding| finding.id == id);
            ensure(
                (to < from) == verdict("version.no-downgrade").is_some_and(|f| f.verdict.stops()),
                || format!("{from} to {to}"),
            )
        },
    );
}
