//! The token: where it comes from, how long it is good, and its end.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{
    bao::{
        call::{Call, Caller, data, refusal, whole},
        transport::Transport,
        wire::{LoginBody, LookupBody, clean},
    },
    model::workload::Pod,
    ports::{Clock, PortError},
};

/// Obtains the JWT a login presents, a fresh one every time it is asked.
#[expect(
    async_fn_in_trait,
    reason = "only called on one thread, by generic code"
)]
pub trait Jwt {
    /// A JWT for the login role.
    async fn jwt(&self) -> Result<SecretString, PortError>;

    /// Where it comes from, for people: `TokenRequest for prod-upgrade-...`.
    fn source(&self) -> String;
}

/// Where the token comes from.
pub enum TokenSource<J> {
    /// It was given. Never replaced or revoked.
    Given {
        /// The token.
        token: SecretString,
        /// Where it came from, for people: `--token-file`.
        source: String,
    },
    /// None is sent, for this reason.
    Withheld(String),
    /// A login with a JWT, repeated when the token comes to its end. The
    /// tokens are revoked when the work is done.
    Jwt {
        /// The JWT's source.
        jwt: J,
        /// The auth method's mount, `jwt-operator`.
        mount: String,
        /// The role to log in with.
        role: String,
    },
}

/// A token in use. Not `Debug`.
pub(super) struct Session {
    /// The token.
    pub(super) token: SecretString,
    /// Its policies.
    pub(super) policies: Vec<String>,
    /// Seconds it lived when it was obtained; 0 without end.
    pub(super) ttl_s: u64,
    /// Whether it may read the raft configuration, once that is known.
    pub(super) reads_configuration: Cell<Option<bool>>,
    /// Moments of the monotonic clock; `None` for a token without end, or one
    /// that is not ours to renew.
    lease: Option<Lease>,
}

#[derive(Clone, Copy)]
struct Lease {
    renew_at: Duration,
    ends_at: Duration,
}

/// The tokens of one run.
pub(super) struct Tokens<J, C> {
    source: TokenSource<J>,
    clock: C,
    current: RefCell<Option<Rc<Session>>>,
    /// Own tokens that were replaced and are still to be revoked.
    replaced: RefCell<Vec<Rc<Session>>>,
    /// One login at a time: a second would leave a token nobody revokes.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Serialize)]
struct LoginRequest<'a> {
    role: &'a str,
    jwt: &'a str,
}

impl<J: Jwt, C: Clock> Tokens<J, C> {
    /// No token obtained yet.
    pub(super) fn new(source: TokenSource<J>, clock: C) -> Self {
        Self {
            source,
            clock,
            current: RefCell::default(),
            replaced: RefCell::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The clock, which the rest of the client shares.
    pub(super) const fn clock(&self) -> &C {
        &self.clock
    }

    /// Where the token comes from, for people.
    pub(super) fn source(&self) -> String {
        match &self.source {
            TokenSource::Given { source, .. } => source.clone(),
            TokenSource::Withheld(_) => "none".to_owned(),
            TokenSource::Jwt { jwt, mount, role } => {
                format!("{}, login at auth/{mount} as {role}", jwt.source())
            }
        }
    }

    /// The token to use now; logs in when there is none, or when two thirds of
    /// its lease have passed.
    pub(super) async fn session<T: Transport>(
        &self,
        caller: &Caller<T>,
        pod: &Pod,
    ) -> Result<Rc<Session>, PortError> {
        let _turn = self.turn.lock().await;
        let current = self.current.borrow().clone();
        let now = self.clock.monotonic();
        let lease = current.as_ref().and_then(|session| session.lease);
        match current {
            Some(session) if lease.is_none_or(|lease| now < lease.renew_at) => Ok(session),
            current => match (self.begin(caller, pod).await, current) {
                (Ok(session), before) => {
                    let session = Rc::new(session);
                    self.replaced.borrow_mut().extend(before);
                    *self.current.borrow_mut() = Some(Rc::clone(&session));
                    Ok(session)
                }
                // The old one is good for a while yet.
                (Err(_), Some(session)) if lease.is_some_and(|lease| now < lease.ends_at) => {
                    Ok(session)
                }
                (Err(error), _) => Err(error),
            },
        }
    }

    /// Whether a denied token is one of ours that is no longer valid, in which
    /// case it is forgotten. A valid token that was denied lacks a capability,
    /// and another login would not change that.
    pub(super) async fn is_gone<T: Transport>(
        &self,
        caller: &Caller<T>,
        pod: &Pod,
        denied: &Rc<Session>,
    ) -> bool {
        if !matches!(self.source, TokenSource::Jwt { .. }) {
            return false;
        }
        let lookup = Call::read("auth/token/lookup-self").forwarded();
        let answer = caller.send(pod, lookup, Some(&denied.token)).await;
        let gone = answer.is_ok_and(|answer| answer.status() == StatusCode::FORBIDDEN);
        if gone {
            let mut current = self.current.borrow_mut();
            if current.as_ref().is_some_and(|now| Rc::ptr_eq(now, denied)) {
                *current = None;
            }
        }
        gone
    }

    /// Revokes what was obtained by login. Failures are logged: the tokens
    /// also end by themselves.
    pub(super) async fn revoke<T: Transport>(&self, caller: &Caller<T>, pod: &Pod) {
        let current = self.current.borrow_mut().take();
        let obtained = self.replaced.take().into_iter().chain(current);
        if !matches!(self.source, TokenSource::Jwt { .. }) {
            return;
        }
        let now = self.clock.monotonic();
        for session in obtained {
            if session.lease.is_some_and(|lease| lease.ends_at <= now) {
                continue;
            }
            let answer = match Call::post("auth/token/revoke-self", None::<&()>) {
                Ok(call) => caller.send(pod, call, Some(&session.token)).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) if answer.status().is_success() => {}
                Ok(answer) => {
                    let error = refusal(answer.status(), answer.body());
                    tracing::debug!("token not revoked: {error}");
                }
                Err(error) => tracing::debug!("token not revoked: {error}"),
            }
        }
    }

    async fn begin<T: Transport>(
        &self,
        caller: &Caller<T>,
        pod: &Pod,
    ) -> Result<Session, PortError> {
        let session = match &self.source {
            TokenSource::Given { token, .. } => look_up(caller, pod, token.clone()).await?,
            TokenSource::Withheld(why) => return Err(PortError::Forbidden(why.clone())),
            TokenSource::Jwt { jwt, mount, role } => {
                self.log_in(caller, pod, &jwt.jwt().await?, mount, role)
                    .await?
            }
        };
        if session.policies.iter().any(|policy| policy == "root") {
            return Err(PortError::Forbidden(
                "the token is a root token, which is never used: give one with the upgrade policy"
                    .to_owned(),
            ));
        }
        Ok(session)
    }

    async fn log_in<T: Transport>(
        &self,
        caller: &Caller<T>,
        pod: &Pod,
        jwt: &SecretString,
        mount: &str,
        role: &str,
    ) -> Result<Session, PortError> {
        let asked_at = self.clock.monotonic();
        let body = LoginRequest {
            role,
            jwt: jwt.expose_secret(),
        };
        let path = format!("auth/{}/login", mount.trim_matches('/'));
        let answer = caller
            .send(pod, Call::post(&path, Some(&body))?, None)
            .await?;
        let auth = whole::<LoginBody>(&answer)?
            .auth
            .filter(|auth| !auth.client_token.is_empty())
            .ok_or_else(|| {
                PortError::Forbidden(
                    "the login gave no token; is a second factor asked for?".into(),
                )
            })?;
        let ttl = Duration::from_secs(auth.lease_duration);
        Ok(Session {
            token: SecretString::from(auth.client_token),
            policies: cleaned(&auth.policies),
            ttl_s: auth.lease_duration,
            reads_configuration: Cell::default(),
            lease: (!ttl.is_zero()).then(|| Lease {
                renew_at: asked_at.saturating_add(ttl / 3 * 2),
                ends_at: asked_at.saturating_add(ttl),
            }),
        })
    }
}

async fn look_up<T: Transport>(
    caller: &Caller<T>,
    pod: &Pod,
    token: SecretString,
) -> Result<Session, PortError> {
    let lookup = Call::read("auth/token/lookup-self").forwarded();
    let answer = caller.send(pod, lookup, Some(&token)).await?;
    let found: LookupBody = data(&answer)?;
    Ok(Session {
        token,
        policies: cleaned(&found.policies),
        ttl_s: found.ttl,
        reads_configuration: Cell::default(),
        lease: None,
    })
}

fn cleaned(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| clean(text)).collect()
}
