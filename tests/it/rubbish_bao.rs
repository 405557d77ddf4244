//! Every answer of OpenBao's, spoilt, and snapshots that are none.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{Read, Write},
    rc::Rc,
};

use baoctl::{
    bao::{BaoClient, Chunks, Transport, verify},
    model::{certificate::ServerCertificate, names::PodName, node::NodeView, workload::Pod},
    ports::{BaoNodes, PortError},
};
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, stream};
use http::{Request, Response};
use hyper::body::Bytes;
use jiff::Timestamp;
use proptest::{
    prelude::{Strategy, any},
    test_runner::TestCaseError,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    bao_world::{FixedJwt, Scratch, StoppedClock, fixture, pod},
    rubbish::{
        CANARY, cut, ensure, fail, feed, fit_all, fit_error, long, runtime, secret_free, spoiling,
        spoilt,
    },
};

/// The longest text of a node's that is passed on, with its sign of a cut.
const LONGEST: usize = 301;
const LOGIN: &str = "/v1/auth/jwt-operator/login";
const LOOKUP: &str = "/v1/auth/token/lookup-self";
const CAPABILITIES: &str = "/v1/sys/capabilities-self";
const CONFIGURATION: &str = "/v1/sys/storage/raft/configuration";
const AUTOPILOT: &str = "/v1/sys/storage/raft/autopilot/state";
const HEALTH: &str = "/v1/sys/health";
const LEADER: &str = "/v1/sys/leader";
const STEP_DOWN: &str = "/v1/sys/step-down";

/// Gives each path its answer, as often as it is asked.
#[derive(Clone, Default)]
struct Paths(Rc<RefCell<BTreeMap<&'static str, (u16, Bytes)>>>);

impl Paths {
    fn answer(&self, path: &'static str, status: u16, body: impl Into<Bytes>) -> &Self {
        self.0.borrow_mut().insert(path, (status, body.into()));
        self
    }

    fn get(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, PortError> {
        let answers = self.0.borrow();
        let (status, body) = answers
            .get(request.uri().path())
            .cloned()
            .unwrap_or((404, Bytes::new()));
        Response::builder()
            .status(status)
            .body(body)
            .map_err(|error| PortError::Other(error.to_string()))
    }
}

impl Transport for Paths {
    async fn send(&self, _: &Pod, request: Request<Bytes>) -> Result<Response<Bytes>, PortError> {
        self.get(&request)
    }

    async fn open(&self, _: &Pod, request: Request<Bytes>) -> Result<Response<Chunks>, PortError> {
        let answer = self.get(&request)?;
        Ok(answer.map(|body| stream::iter([Ok(body)]).boxed_local()))
    }

    async fn certificate(&self, _: &Pod, _: &[PodName]) -> Result<ServerCertificate, PortError> {
        Ok(ServerCertificate {
            expires: Timestamp::MAX,
            not_for: Vec::new(),
        })
    }
}

type Client = BaoClient<Paths, FixedJwt, StoppedClock>;

fn by_token(paths: &Paths) -> Client {
    let source = baoctl::bao::TokenSource::Given {
        token: SecretString::from(CANARY),
        source: "--token-file".to_owned(),
    };
    BaoClient::new(paths.clone(), StoppedClock::default(), source)
}

fn by_login(paths: &Paths) -> Client {
    let source = baoctl::bao::TokenSource::Jwt {
        jwt: FixedJwt,
        mount: "jwt-operator".to_owned(),
        role: "upgrade".to_owned(),
    };
    BaoClient::new(paths.clone(), StoppedClock::default(), source)
}

/// The body of a recorded answer, with a planted token.
fn recorded(name: &str) -> Value {
    let path = fixture("2.7.2", &format!("{name}.json"));
    let text = std::fs::read_to_string(path).expect(name);
    let sample: Value = serde_json::from_str(&text.replace("REDACTED", CANARY)).expect(name);
    sample["body"].clone()
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// Answers that let everything be asked.
fn usual() -> Paths {
    let paths = Paths::default();
    let may = json!({ "data": { "sys/storage/raft/configuration": ["read"] } });
    paths
        .answer(LOOKUP, 200, bytes(&recorded("jwt-lookup-self")))
        .answer(LOGIN, 200, bytes(&recorded("jwt-login")))
        .answer(CAPABILITIES, 200, bytes(&may));
    paths
}

fn pods() -> Vec<PodName> {
    (0..6)
        .map(|ordinal| PodName::of("openbao", ordinal))
        .collect()
}

/// Statuses that mean something, and some that do not.
fn status() -> impl Strategy<Value = u16> {
    const KNOWN: [u16; 18] = [
        200, 200, 200, 200, 200, 200, 204, 307, 400, 403, 404, 429, 472, 473, 500, 501, 503, 999,
    ];
    (0..KNOWN.len()).prop_map(|at| KNOWN[at])
}

fn fit_view(view: &NodeView) -> Result<(), TestCaseError> {
    secret_free(view)?;
    fit_all(view, LONGEST)
}

#[test]
fn health_and_leader() {
    let runtime = runtime();
    let known = ["leader-health", "standby-health", "uninit-health"].map(recorded);
    let leader = bytes(&recorded("leader-leader"));
    let paths = usual();
    let strategy = (spoiling(), 0..known.len(), status());
    feed("sys/health", &strategy, |(spoiling, which, status)| {
        paths
            .answer(HEALTH, status, spoilt(&known[which], &spoiling))
            .answer(LEADER, 200, leader.clone());
        fit_view(&runtime.block_on(by_token(&paths).probe(&pod(0))))
    });
    let health = bytes(&known[0]);
    let known = ["leader-leader", "standby-leader", "noquorum-leader"].map(recorded);
    feed("sys/leader", &strategy, |(spoiling, which, status)| {
        paths
            .answer(LEADER, status, spoilt(&known[which], &spoiling))
            .answer(HEALTH, 200, health.clone());
        fit_view(&runtime.block_on(by_token(&paths).probe(&pod(0))))
    });
}

#[test]
fn lists_of_members() {
    let runtime = runtime();
    let lists = [
        (
            "the raft configuration",
            CONFIGURATION,
            "read",
            "leader-raft-configuration-with-nonvoter",
        ),
        (
            "the state of autopilot",
            AUTOPILOT,
            "deny",
            "leader-autopilot-state-with-nonvoter",
        ),
    ];
    for (parser, path, capability, sample) in lists {
        let known = recorded(sample);
        let paths = usual();
        let may = json!({ "data": { "sys/storage/raft/configuration": [capability] } });
        paths.answer(CAPABILITIES, 200, bytes(&may));
        let strategy = (spoiling(), status(), 0..6_u32);
        feed(parser, &strategy, |(spoiling, status, leader)| {
            paths.answer(path, status, spoilt(&known, &spoiling));
            let pods = pods();
            let client = by_token(&paths);
            match runtime.block_on(client.membership(&pod(leader), &pods)) {
                Ok(membership) => {
                    secret_free(&membership)?;
                    fit_all(&membership, LONGEST)?;
                    let sorted = membership.peers.is_sorted_by_key(|peer| !peer.voter);
                    ensure(sorted, || "voters come first".to_owned())
                }
                Err(error) => fit_error(&error),
            }
        });
    }
}

#[test]
fn tokens_and_what_they_may() {
    let runtime = runtime();
    let samples = [
        ("a login", LOGIN, "jwt-login"),
        ("the look at a token", LOOKUP, "jwt-lookup-self"),
        ("capabilities", CAPABILITIES, "capabilities-self"),
    ];
    for (parser, path, sample) in samples {
        let known = recorded(sample);
        let paths = usual();
        feed(parser, &(spoiling(), status()), |(spoiling, status)| {
            paths.answer(path, status, spoilt(&known, &spoiling));
            let client = if path == LOGIN {
                by_login(&paths)
            } else {
                by_token(&paths)
            };
            let wanted = ["sys/step-down", "sys/health"];
            let login = runtime.block_on(client.login(&pod(0), &wanted));
            runtime.block_on(client.revoke());
            match login {
                Ok(login) => {
                    secret_free(&login)?;
                    ensure(!login.is_root(), || "a root token".to_owned())?;
                    fit_all(&login, LONGEST)
                }
                Err(error) => fit_error(&error),
            }
        });
    }
}

#[test]
fn refusals() {
    let runtime = runtime();
    let known =
        json!({ "errors": ["1 error occurred:\n\t* permission denied\n\n", "Vault is sealed"] });
    let paths = usual();
    feed(
        "refusals of OpenBao",
        &(spoiling(), status()),
        |(spoiling, status)| {
            paths.answer(STEP_DOWN, status, spoilt(&known, &spoiling));
            let client = by_token(&paths);
            let result = runtime.block_on(client.step_down(&pod(0)));
            ensure(result.is_ok() == (status == 204), || format!("{result:?}"))?;
            result.map_or_else(|error| fit_error(&error), Ok)
        },
    );
}

/// What depth, length and number of an answer's parts may not do: cost more
/// than the answer itself did.
#[test]
fn answers_of_the_largest_size() {
    // 4 MiB is where the transport stops reading.
    let size: usize = if long() { 4 << 20 } else { 1 << 20 };
    let runtime = runtime();
    let deep = "[".repeat(size);
    let objects = "{\"a\":".repeat(size / 5);
    let long = json!({ "initialized": true, "sealed": false, "standby": false,
        "version": format!("2.7.2-{}", "x".repeat(size)), "cluster_id": "y ".repeat(size / 2) });
    let errors = json!({ "errors": vec!["no"; size / 8] });
    let paths = usual();
    for body in [deep, objects, long.to_string(), errors.to_string()] {
        for status in [200, 500] {
            let body = Bytes::from(body.clone());
            for path in [HEALTH, LEADER, CONFIGURATION] {
                paths.answer(path, status, body.clone());
            }
            let client = by_token(&paths);
            fit_view(&runtime.block_on(client.probe(&pod(0)))).expect("a fit view");
            let members = runtime.block_on(client.membership(&pod(0), &pods()));
            fit_error(&members.expect_err("no list")).expect("a fit error");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("memory");
        text
    })
}

fn zipped(tar: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(tar).expect("memory");
    gzip.finish().expect("memory")
}

/// A small snapshot's tar.
fn small_tar() -> Vec<u8> {
    let state = b"not much of a state".to_vec();
    let meta = json!({ "Version": 1, "ID": "x", "Index": 90, "Term": 3, "Size": state.len() });
    let meta = bytes(&meta);
    let sums = format!(
        "{}  meta.json\n{}  state.bin\n",
        hex(&Sha256::digest(&meta)),
        hex(&Sha256::digest(&state))
    );
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in [
        ("meta.json", meta),
        ("state.bin", state),
        ("SHA256SUMS", sums.into_bytes()),
        ("SHA256SUMS.sealed", b"sealed".to_vec()),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, name, &*content)
            .expect("memory");
    }
    tar.into_inner().expect("memory")
}

/// Sets the checksum of the header at an offset to what it should be.
fn sum_up(tar: &mut [u8], at: usize) {
    let Some(block) = tar.get_mut(at..at + 512) else {
        return;
    };
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn judged(file: &[u8]) -> Result<(), TestCaseError> {
    match verify(file) {
        Ok(verified) => ensure((verified.index, verified.term) == (90, 3), || {
            format!("{verified:?}")
        }),
        Err(error) => fit_error(&error),
    }
}

type Changes = Vec<(u8, u32, u8)>;

fn changes() -> impl Strategy<Value = Changes> {
    proptest::collection::vec((any::<u8>(), any::<u32>(), any::<u8>()), 0..5)
}

#[test]
fn snapshots() {
    let tar = small_tar();
    let file = zipped(&tar);
    assert_eq!(verify(&*file).expect("a snapshot").index, 90);
    feed("a snapshot's bytes", &changes(), |changes| {
        judged(&cut(file.clone(), &changes))
    });
    feed(
        "a snapshot's tar",
        &(changes(), any::<bool>()),
        |(changes, whole)| {
            let mut tar = cut(tar.clone(), &changes);
            // A changed header with a wrong checksum would not be looked into.
            for at in (0..if whole { tar.len() } else { 0 }).step_by(1024) {
                sum_up(&mut tar, at);
            }
            judged(&zipped(&tar))
        },
    );
    let number = proptest::collection::vec(any::<u8>(), 12);
    feed(
        "the lengths in a snapshot's tar",
        &(0..4_usize, number, any::<u8>()),
        |(which, number, kind)| {
            let mut tar = tar.clone();
            let at = which * 1024;
            tar[at + 124..at + 136].copy_from_slice(&number);
            tar[at + 124] |= if kind < 200 { 0x80 } else { 0 };
            if kind % 4 == 0 {
                tar[at + 156] = b'x';
            }
            sum_up(&mut tar, at);
            judged(&zipped(&tar))
        },
    );
    let record = proptest::collection::vec(any::<u8>(), 0..60);
    feed(
        "extended headers",
        &(record, any::<u64>(), any::<bool>()),
        |(record, size, known)| {
            let mut builder = tar::Builder::new(Vec::new());
            if known {
                let size = size.to_string();
                builder
                    .append_pax_extensions([("size", size.as_bytes())])
                    .map_err(|error| fail(error.to_string()))?;
            } else {
                let mut header = tar::Header::new_ustar();
                header.set_entry_type(tar::EntryType::XHeader);
                header.set_size(record.len() as u64);
                builder
                    .append_data(&mut header, "pax", &*record)
                    .map_err(|error| fail(error.to_string()))?;
            }
            let mut archive = builder.into_inner().expect("memory");
            archive.truncate(archive.len() - 1024);
            archive.extend(&tar);
            judged(&zipped(&archive))
        },
    );
}

#[test]
fn downloads() {
    let runtime = runtime();
    let scratch = Scratch::new("rubbish");
    let file = zipped(&small_tar());
    let paths = usual();
    feed("a download", &(changes(), status()), |(changes, status)| {
        let to = scratch.0.join("a.snap");
        paths.answer(
            "/v1/sys/storage/raft/snapshot",
            status,
            cut(file.clone(), &changes),
        );
        let client = by_token(&paths);
        let result = runtime.block_on(client.snapshot(&pod(0), &to, 90, &|_| {}));
        let names = scratch.names();
        let _ = std::fs::remove_file(&to);
        match result {
            Ok(record) => {
                fit_all(&record, 4096)?;
                ensure(names == ["a.snap"] && record.index == 90, || {
                    format!("{names:?}")
                })
            }
            Err(error) => {
                ensure(names.is_empty(), || format!("{names:?} after {error}"))?;
                fit_error(&error)
            }
        }
    });
}

/// A state that claims to have 2^63 bytes, and has as many as are read.
struct Endless {
    head: std::io::Cursor<Vec<u8>>,
    left: u64,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.head.read(into)?;
        if read > 0 || self.left == 0 {
            return Ok(read);
        }
        let size = usize::try_from(self.left)
            .unwrap_or(into.len())
            .min(into.len());
        into[..size].fill(0);
        self.left -= size as u64;
        Ok(size)
    }
}

/// The largest this process has been, in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Runs in a process of its own, below.
#[test]
#[ignore = "run by `a_bomb_is_never_held_in_memory`, alone in its process"]
fn bomb() {
    let size: u64 = if long() { 1 << 30 } else { 16 << 20 };
    let mut header = tar::Header::new_ustar();
    header.set_path("state.bin").expect("a name");
    header.set_size(1 << 63);
    header.set_cksum();
    let before = peak();
    // Zipped piece by piece as it is read: nothing here holds it either.
    let endless = Endless {
        head: std::io::Cursor::new(header.as_bytes().to_vec()),
        left: size,
    };
    let bomb = flate2::read::GzEncoder::new(endless, Compression::fast());
    verify(bomb).expect_err("no end");
    // The same as a short member, which is kept: it must be refused by its
    // length.
    let mut header = tar::Header::new_ustar();
    header.set_path("meta.json").expect("a name");
    header.set_size(1 << 62);
    header.set_cksum();
    let endless = Endless {
        head: std::io::Cursor::new(header.as_bytes().to_vec()),
        left: size,
    };
    let error = verify(flate2::read::GzEncoder::new(endless, Compression::fast()));
    let error = error.expect_err("too long").to_string();
    assert!(error.starts_with("meta.json has"), "{error}");
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < 8 << 10, "{before} KiB became {after}");
    }
}

#[test]
fn a_bomb_is_never_held_in_memory() {
    let this = std::env::current_exe().expect("this program");
    let output = std::process::Command::new(this)
        .args(["--exact", "rubbish_bao::bomb", "--ignored"])
        .output()
        .expect("this program again");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
