//! A cluster on the bench: asked, waited on, and disturbed.

use std::time::Duration;

use http::Request;
use hyper::body::Bytes;
use serde_json::Value;

use crate::sim::{
    dice::Dice,
    moment::Moment,
    processes::{Launch, Process, Processes, Settings},
    servers::{Formed, FormedServer, NodeTruth, Release, Reply, Rights, Servers, ServersShape},
};

pub(super) const OLD: Release = Release::two(6, 2);
pub(super) const NEW: Release = Release::two(7, 2);

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) bytes: Bytes,
    pub(super) body: Value,
}

pub(super) struct Bench {
    pub(super) servers: Servers,
    pub(super) now: Moment,
    pub(super) token: String,
    tickets: u64,
    restarts: u64,
}

pub(super) fn shape(releases: &[Release], leader: usize) -> ServersShape {
    let servers = releases
        .iter()
        .enumerate()
        .map(|(ordinal, release)| FormedServer {
            pod: format!("prod-{ordinal}"),
            uid: format!("uid-{ordinal}"),
            release: *release,
            voter: true,
        });
    ServersShape {
        cluster: "prod".to_owned(),
        namespace: "vault".to_owned(),
        cluster_id: "2babf026-85b8-5962-0474-145226cc7c92".to_owned(),
        cluster_name: "vault-cluster-92134195".to_owned(),
        seal: "static".to_owned(),
        mount: "jwt-operator".to_owned(),
        role: "upgrade".to_owned(),
        rights: Rights {
            reads_configuration: true,
            takes_snapshots: true,
            changes_members: true,
            steps_down: true,
            renews: true,
            wraps: true,
        },
        non_voting: vec!["prod-green-".to_owned()],
        writes_every: Some(Duration::from_millis(20)),
        snapshot_bytes: 40_000,
        formed: Some(Formed {
            dead: Vec::new(),
            servers: servers.collect(),
            leader: format!("prod-{leader}"),
            term: 3,
            last_index: 500,
        }),
    }
}

/// Three servers of a release, `prod-0` leading, ten seconds in.
pub(super) fn three(release: Release, seed: u64) -> Bench {
    Bench::of(shape(&[release; 3], 0), seed)
}

impl Bench {
    pub(super) fn of(shape: ServersShape, seed: u64) -> Self {
        let mut bench = Self {
            servers: Servers::new(shape, Dice::seeded(seed)),
            now: Moment::START,
            token: String::new(),
            tickets: 0,
            restarts: 0,
        };
        bench.wait(10_000);
        bench
    }

    pub(super) fn wait(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
        self.servers.advance(self.now);
        self.servers.settle(self.now);
    }

    pub(super) fn uid(&self, pod: &str) -> String {
        self.node(pod).uid
    }

    pub(super) fn node(&self, pod: &str) -> NodeTruth {
        let nodes = self.servers.as_settled().nodes;
        let found = nodes.into_iter().find(|node| node.pod == pod);
        found.expect("a process of that pod")
    }

    pub(super) fn active(&self) -> Option<String> {
        self.servers.as_settled().active
    }

    /// Milliseconds until something is the case, looked at every millisecond.
    pub(super) fn until(&mut self, most_ms: u64, is: impl Fn(&Self) -> bool) -> Option<u64> {
        (0..=most_ms).find(|_| {
            let yes = is(self);
            if !yes {
                self.wait(1);
            }
            yes
        })
    }

    /// Milliseconds until a process has exited.
    pub(super) fn exits(&mut self, uid: &str, most_ms: u64) -> Option<u64> {
        let uid = uid.to_owned();
        self.until(most_ms, |bench| {
            matches!(bench.servers.process(&uid), Some(Process::Exited { .. }))
        })
    }

    /// Sends a request and gives its ticket.
    pub(super) fn send(&mut self, pod: &str, method: &str, path: &str, body: &str) -> u64 {
        self.send_with(pod, method, path, body, &[])
    }

    pub(super) fn send_with(
        &mut self,
        pod: &str,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> u64 {
        let mut request = Request::builder().method(method).uri(format!("/v1/{path}"));
        if !self.token.is_empty() {
            request = request.header("x-vault-token", &self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Bytes::from(body.to_owned()))
            .expect("a request");
        self.tickets += 1;
        let uid = self.uid(pod);
        self.servers.ask(pod, &uid, request, self.tickets, self.now);
        self.tickets
    }

    /// The answer to a ticket, if it comes within some time.
    pub(super) fn answer(&mut self, ticket: u64, most_ms: u64) -> Option<Reply> {
        for _ in 0..=most_ms {
            let answers = self.servers.answers();
            if let Some((.., reply)) = answers.into_iter().find(|(of, ..)| *of == ticket) {
                return Some(reply);
            }
            self.wait(1);
        }
        None
    }

    /// A whole answer within 100 ms; `None` when it hangs or breaks.
    pub(super) fn ask(
        &mut self,
        pod: &str,
        method: &str,
        path: &str,
        body: &str,
    ) -> Option<Answer> {
        let ticket = self.send(pod, method, path, body);
        self.whole(ticket)
    }

    /// The same, not to be forwarded.
    pub(super) fn ask_itself(&mut self, pod: &str, method: &str, path: &str) -> Option<Answer> {
        let header = [("x-vault-no-request-forwarding", "1")];
        let ticket = self.send_with(pod, method, path, "", &header);
        self.whole(ticket)
    }

    pub(super) fn whole(&mut self, ticket: u64) -> Option<Answer> {
        let reply = self.answer(ticket, 100);
        if reply.is_none() {
            self.servers.abandon(ticket, self.now);
        }
        match reply? {
            Reply::Whole(answer) => {
                let (head, bytes) = answer.into_parts();
                Some(Answer {
                    status: head.status.as_u16(),
                    headers: head.headers,
                    body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                    bytes,
                })
            }
            Reply::Broken => None,
        }
    }

    pub(super) fn get(&mut self, pod: &str, path: &str) -> Option<Answer> {
        self.ask(pod, "GET", path, "")
    }

    pub(super) fn health(&mut self, pod: &str) -> Option<u16> {
        self.get(pod, "sys/health").map(|answer| answer.status)
    }

    pub(super) fn log_in(&mut self, pod: &str) {
        let body = r#"{"role":"upgrade","jwt":"sim-jwt.x"}"#;
        let answer = self.ask(pod, "POST", "auth/jwt-operator/login", body);
        let answer = answer.expect("a login's answer");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let token = answer.body["auth"]["client_token"].as_str();
        self.token = token.expect("a token").to_owned();
    }

    /// Starts a pod anew with another release.
    pub(super) fn start(&mut self, pod: &str, release: Release) -> String {
        self.restarts += 1;
        let uid = format!("{pod}-{}", self.restarts);
        let image = format!("docker.io/openbao/openbao:{release}");
        self.launch(pod, &uid, &image, Settings::default());
        uid
    }

    /// Starts a pod from an image with these settings.
    pub(super) fn launch(&mut self, pod: &str, uid: &str, image: &str, settings: Settings) {
        let launch = Launch {
            pod,
            uid,
            image,
            settings,
        };
        self.servers.start(&launch, self.now);
    }

    /// Replaces a pod's server and waits until it has caught up.
    pub(super) fn replace(&mut self, pod: &str, release: Release) {
        let uid = self.uid(pod);
        self.servers.terminate(&uid, self.now);
        self.exits(&uid, 20_000).expect("an exit");
        self.start(pod, release);
        let pod = pod.to_owned();
        self.until(30_000, |bench| {
            let node = bench.node(&pod);
            node.in_touch && node.applied + 2 >= bench.servers.as_settled().committed
        })
        .expect("a node that caught up");
    }
}

impl Bench {
    /// The status of a question without a body.
    pub(super) fn health_at(&mut self, pod: &str, path: &str) -> u16 {
        self.get(pod, path).expect("an answer").status
    }
}
