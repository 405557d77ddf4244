//! What is asked of the nodes, and in which order.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    path::Path,
    rc::Rc,
};

use http::{Response, StatusCode};
use hyper::body::Bytes;

use crate::{
    bao::{
        auth::{Jwt, Session, TokenSource, Tokens},
        call::{Call, Caller, data, not_active, refusal},
        changes::Change,
        peers::{AutopilotBody, ConfigurationBody, Members},
        snapshot,
        transport::{Chunks, Transport},
        wire::{Errors, HealthBody, LeaderBody, clean, parse},
    },
    bugs::{self, Bug},
    model::{
        certificate::ServerCertificate,
        fact::Fact,
        names::PodName,
        node::NodeView,
        raft::{Autopilot, Membership},
        record::SnapshotRecord,
        survey::Login,
        workload::Pod,
    },
    ports::{BaoNodes, Clock, PortError, within},
};

pub(super) const CONFIGURATION: &str = "sys/storage/raft/configuration";
const AUTOPILOT: &str = "sys/storage/raft/autopilot/state";
const TOKEN: &str = "auth/token/lookup-self";
const SNAPSHOT: &str = "sys/storage/raft/snapshot";

/// The nodes of one cluster.
pub struct BaoClient<T, J, C> {
    pub(super) caller: Caller<T>,
    pub(super) tokens: Tokens<J, C>,
    /// The pod last known to be active: where tokens are revoked.
    active: RefCell<Option<Pod>>,
    overwrites: Cell<bool>,
    /// The token in use cannot be renewed.
    pub(super) unrenewable: Cell<bool>,
}

impl<T: Transport, J: Jwt, C: Clock> BaoClient<T, J, C> {
    /// A client that has asked nothing yet. It logs in when first something
    /// needs a token.
    pub fn new(transport: T, clock: C, source: TokenSource<J>) -> Self {
        Self {
            caller: Caller::new(transport),
            tokens: Tokens::new(source, clock),
            active: RefCell::default(),
            overwrites: Cell::new(false),
            unrenewable: Cell::new(false),
        }
    }

    /// Lets a snapshot take the place of a file of its name.
    pub fn allow_overwriting(&self) {
        self.overwrites.set(true);
    }

    async fn health(&self, pod: &Pod) -> Result<HealthBody, PortError> {
        let answer = self
            .caller
            .send(pod, Call::read("sys/health"), None)
            .await?;
        // The state comes with every one of these; an error body with 429 is a
        // rate limit (`contracts/openbao-api.md` 1).
        match (answer.status().as_u16(), parse(answer.body())) {
            (200 | 429 | 472 | 473 | 501 | 503, Ok(health)) => Ok(health),
            (200, Err(why)) => Err(PortError::Other(why)),
            _ => Err(refusal(answer.status(), answer.body())),
        }
    }

    async fn leader(&self, pod: &Pod) -> Result<LeaderBody, PortError> {
        let answer = self
            .caller
            .send(pod, Call::read("sys/leader"), None)
            .await?;
        match (answer.status(), parse(answer.body())) {
            (StatusCode::OK, Ok(leader)) => Ok(leader),
            (StatusCode::OK, Err(why)) => Err(PortError::Other(why)),
            _ => Err(said(&answer)),
        }
    }

    /// Does something with the token. When it is denied because the token has
    /// ended meanwhile, does it once more with a new one; a denied request was
    /// not acted on.
    async fn authorized<'a, B, F>(
        &'a self,
        pod: &'a Pod,
        call: Call,
        send: impl Fn(Call, Rc<Session>) -> F,
    ) -> Result<(Response<B>, Rc<Session>), PortError>
    where
        F: Future<Output = Result<Response<B>, PortError>>,
    {
        self.active.replace(Some(pod.clone()));
        let session = self.tokens.session(&self.caller, pod).await?;
        let answer = send(call.clone(), Rc::clone(&session)).await?;
        if answer.status() != StatusCode::FORBIDDEN
            || !self.tokens.is_gone(&self.caller, pod, &session).await
        {
            return Ok((answer, session));
        }
        drop(answer);
        let session = self.tokens.session(&self.caller, pod).await?;
        let answer = send(call, Rc::clone(&session)).await?;
        Ok((answer, session))
    }

    /// Sends a call with the token.
    pub(super) async fn send(
        &self,
        pod: &Pod,
        call: Call,
    ) -> Result<(Response<Bytes>, Rc<Session>), PortError> {
        self.authorized(pod, call, |call, session| async move {
            self.caller.send(pod, call, Some(&session.token)).await
        })
        .await
    }

    async fn open(&self, pod: &Pod, call: Call) -> Result<Response<Chunks>, PortError> {
        let (answer, _) = self
            .authorized(pod, call, |call, session| async move {
                self.caller.open(pod, call, Some(&session.token)).await
            })
            .await?;
        Ok(answer)
    }

    async fn configuration(&self, leader: &Pod, pods: &[PodName]) -> Result<Members, PortError> {
        let (answer, session) = self.send(leader, Call::read(CONFIGURATION)).await?;
        if answer.status() == StatusCode::FORBIDDEN {
            session.reads_configuration.set(Some(false));
        }
        let body: ConfigurationBody = data(&answer)?;
        Ok(body.members(pods))
    }

    async fn by_autopilot(&self, leader: &Pod, pods: &[PodName]) -> Result<Members, PortError> {
        let (answer, _) = self.send(leader, Call::read(AUTOPILOT)).await?;
        let body: AutopilotBody = data(&answer)?;
        Ok(body.members(pods))
    }
}

impl<T: Transport, J: Jwt, C: Clock> BaoNodes for BaoClient<T, J, C> {
    async fn probe(&self, pod: &Pod) -> NodeView {
        let health = match self.health(pod).await {
            // Nobody there: asking again would cost another dial.
            Err(error @ PortError::NoAnswer(_)) => return NodeView::unknown(&error.to_string()),
            health => health,
        };
        let view = NodeView {
            health: Fact::from(health).map(Into::into),
            leader: Fact::from(self.leader(pod).await).map(Into::into),
        };
        if view.is_active() {
            self.active.replace(Some(pod.clone()));
        }
        view
    }

    async fn membership(&self, leader: &Pod, pods: &[PodName]) -> Result<Membership, PortError> {
        let members = if self.reads_configuration(leader).await? {
            match self.configuration(leader, pods).await {
                Err(PortError::Forbidden(_)) => self.by_autopilot(leader, pods).await?,
                members => members?,
            }
        } else {
            self.by_autopilot(leader, pods).await?
        };
        // A standby answers from its own view, and a removed node from one it
        // is not part of: only a list that calls the node asked its leader is
        // the truth (`contracts/openbao-live.md` 0.7, 5).
        if !members.is_led_by(&leader.pod.name) {
            return Err(not_active());
        }
        Ok(members.membership)
    }

    async fn could_lead(&self, pod: &Pod, leader: &Pod) -> Result<bool, PortError> {
        let (answer, session) = Box::pin(self.send(leader, Call::read(TOKEN))).await?;
        if answer.status() != StatusCode::OK {
            return Err(refusal(answer.status(), answer.body()));
        }
        let answer = self
            .caller
            .send(pod, Call::read(TOKEN), Some(&session.token))
            .await?;
        match answer.status() {
            StatusCode::OK => Ok(true),
            StatusCode::TEMPORARY_REDIRECT => Ok(false),
            status => Err(refusal(status, answer.body())),
        }
    }

    async fn step_down(&self, leader: &Pod) -> Result<(), PortError> {
        let call = Call::put("sys/step-down");
        let call = if bugs::has(Bug::ForwardsStepDown) {
            call.forwarded()
        } else {
            call
        };
        let (answer, _) = self.send(leader, call).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(());
        }
        match refusal(answer.status(), answer.body()) {
            // An error nobody has described: it may have been queued before.
            PortError::Other(text) => Err(PortError::NoAnswer(text)),
            error => Err(error),
        }
    }

    async fn promote(&self, leader: &Pod, id: &PodName) -> Result<(), PortError> {
        self.change(leader, Change::Promote, id).await
    }

    async fn demote(&self, leader: &Pod, id: &PodName) -> Result<(), PortError> {
        self.change(leader, Change::Demote, id).await
    }

    async fn remove_peer(&self, leader: &Pod, id: &PodName) -> Result<(), PortError> {
        self.change(leader, Change::Remove, id).await
    }

    async fn autopilot(&self, leader: &Pod) -> Result<Autopilot, PortError> {
        let members = self.by_autopilot(leader, &[]).await?;
        members.membership.autopilot.ok_or_else(not_active)
    }

    async fn touch(&self, leader: &Pod) -> Result<(), PortError> {
        self.commit_entry(leader).await
    }

    async fn forward(&self, standby: &Pod, leader: &Pod) -> Result<(), PortError> {
        self.commit_through(standby, leader).await
    }

    async fn snapshot(
        &self,
        leader: &Pod,
        file: &Path,
        at_least: u64,
        progress: &dyn Fn(u64),
    ) -> Result<SnapshotRecord, PortError> {
        let partial = snapshot::create(file, self.overwrites.get())?;
        let clock = self.tokens.clock();
        let opened = self.open(leader, Call::read(SNAPSHOT));
        let answer = within(clock, snapshot::HEAD, opened).await?;
        let (head, chunks) = answer.into_parts();
        if head.status != StatusCode::OK {
            let body = within(clock, snapshot::CHUNK, snapshot::short(chunks)).await?;
            return Err(refusal(head.status, &body));
        }
        snapshot::save(partial, chunks, at_least, progress, clock).await
    }

    async fn login(&self, leader: &Pod, paths: &[&str]) -> Result<Login, PortError> {
        let (mut found, session) = self.capabilities(leader, paths).await?;
        Ok(Login {
            source: self.tokens.source(),
            policies: session.policies.clone(),
            ttl_s: session.ttl_s,
            capabilities: paths
                .iter()
                .map(|path| {
                    let capabilities = found.remove(*path).unwrap_or_default();
                    let capabilities = capabilities.iter().map(|may| clean(may)).collect();
                    ((*path).to_owned(), capabilities)
                })
                .collect(),
        })
    }

    async fn revoke(&self) {
        let active = self.active.borrow().clone();
        if let Some(pod) = active {
            self.tokens.revoke(&self.caller, &pod).await;
        }
    }

    async fn certificate(&self, pod: &Pod, pods: &[PodName]) -> Fact<ServerCertificate> {
        self.caller.transport.certificate(pod, pods).await.into()
    }

    fn requests(&self) -> u64 {
        self.caller.sent()
    }
}

/// An answer of `sys/leader` that is none. Unlike elsewhere a sealed node is
/// told by its own words: whether it is active was the question.
fn said(answer: &Response<Bytes>) -> PortError {
    match refusal(answer.status(), answer.body()) {
        PortError::Conflict { .. } => {
            let text = parse(answer.body()).map(|errors: Errors| errors.text());
            PortError::Other(text.unwrap_or_else(|_| answer.status().to_string()))
        }
        error => error,
    }
}
