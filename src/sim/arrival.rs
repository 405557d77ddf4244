//! What happens when something arrives, in the world or at baoctl.

use std::time::Duration;

use http::Request;
use hyper::body::Bytes;

use super::{
    deed,
    kubernetes::{Caller, Handled},
    letter::{Parcel, Reply},
    moment::Moment,
    oracle::{Deed, View},
    servers,
    world::World,
};

/// One way between baoctl and the API server, or through it to a node: what a
/// small cluster on the same network takes.
const LATENCY: (Duration, Duration) = (Duration::from_micros(600), Duration::from_millis(4));

/// The condition of a step-down: that only the node asked acts on it.
const NOT_FORWARDED: &str = "x-vault-no-request-forwarding";

impl World {
    pub(super) fn collect_answers(&mut self) {
        for (ticket, left, reply) in self.servers.answers() {
            let reply = match reply {
                servers::Reply::Whole(response) => Reply::Whole(response),
                servers::Reply::Broken => Reply::Broken("connection closed".to_owned()),
            };
            self.send_back(left.max(self.now), ticket, reply);
        }
    }

    pub(super) fn arrive(&mut self, parcel: Parcel) {
        let now = self.now;
        match parcel {
            Parcel::ToApi {
                ticket,
                request,
                caller,
                last,
                silent,
            } => {
                let before = deed::is_write(&request)
                    .then(|| (self.view_of_write(), self.deeds_before(&request)));
                let reply = match self.kubernetes.handle(&request, &caller, now) {
                    Handled::Whole(response) => Reply::Whole(response),
                    Handled::Watch(watching) => Reply::Watch(watching),
                };
                if let (Some((view, before)), Reply::Whole(response)) = (before, &reply)
                    && response.status().is_success()
                {
                    self.judge_write(&request, &view, &before);
                }
                if deed::is_write(&request) && self.link.is_repeated() {
                    self.repeat(&request, &caller);
                }
                if last {
                    self.crash.strike();
                } else if !silent {
                    self.send_back(now, ticket, reply);
                }
            }
            Parcel::ToNode {
                ticket,
                pod,
                uid,
                request,
                last,
            } => match self.kubernetes.pod_uid(&self.namespace, &pod) {
                Some(found) if found == uid => {
                    // What is refused for its token changes nothing.
                    if deed::is_step_down(&request) && self.servers.lets_in(&request, now) {
                        let view = self.view_of_write();
                        let deed = Deed::StepDown { pod: pod.clone() };
                        let own = request.headers().contains_key(NOT_FORWARDED);
                        self.oracle.wrote(&deed, own, &view, now);
                    }
                    let member = deed::membership(&request);
                    if let Some(deed) = member.filter(|_| self.servers.lets_in(&request, now)) {
                        let view = self.view_of_write();
                        // It names the member it is about.
                        self.oracle.wrote(&deed, true, &view, now);
                    }
                    self.servers.ask(&pod, &uid, request, ticket, now);
                    if last {
                        self.crash.strike();
                    }
                }
                Some(_) => self.send_back(now, ticket, Reply::Replaced),
                None => self.send_back(now, ticket, Reply::Broken("pod not found".to_owned())),
            },
            Parcel::Back { ticket, reply } => {
                if now < self.link.suspended_until {
                    let parcel = Parcel::Back { ticket, reply };
                    self.letters.send(self.link.suspended_until, parcel);
                    return;
                }
                let waker = self.letters.deliver(ticket, reply);
                self.woken.extend(waker);
            }
        }
    }

    /// The same write once more: refused, or without effect.
    fn repeat(&mut self, request: &Request<Bytes>, caller: &Caller) {
        let before = self.kubernetes.revision();
        let now = self.now;
        // Nobody waits for this answer.
        let _ = self.kubernetes.handle(request, caller, now);
        if self.kubernetes.revision() != before {
            let what = format!("{} {}", request.method(), request.uri().path());
            self.oracle.changed_twice(&what, now);
        }
    }

    /// The truth by which a write is judged.
    fn view_of_write(&mut self) -> View {
        let mut view = self.view();
        view.snapshot = self.snapshot_seen();
        view.hook_owed = self.hook_owed();
        view
    }

    pub(super) fn latency(&mut self) -> Duration {
        self.dice.between(LATENCY.0, LATENCY.1) + self.link.far
    }

    fn send_back(&mut self, left: Moment, ticket: u64, reply: Reply) {
        let arrives = left + self.latency();
        self.letters.send(arrives, Parcel::Back { ticket, reply });
    }
}
