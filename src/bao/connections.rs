//! The kept connections, at most one for each incarnation of a pod.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use http_body_util::Full;
use hyper::{body::Bytes, client::conn::http1::SendRequest};
use rustls_pki_types::CertificateDer;
use tokio::task::JoinHandle;

use super::dialling::Dialling;
use crate::model::names::{PodName, PodRef};

/// How long after a failed dial the same incarnation is not dialled again: a
/// port-forward costs the API server a request, and every pass of the engine
/// asks every pod.
const DIAL_PAUSE: Duration = Duration::from_secs(1);

/// One HTTP/1.1 connection to one incarnation of a pod. Dropping it closes it.
pub(super) struct Connection {
    /// The end requests go into.
    pub(super) sender: SendRequest<Full<Bytes>>,
    /// The certificate it was opened with.
    pub(super) certificate: Option<CertificateDer<'static>>,
    driver: Driver,
}

impl Connection {
    /// A connection whose protocol is run by `driver`.
    pub(super) fn new(
        sender: SendRequest<Full<Bytes>>,
        certificate: Option<CertificateDer<'static>>,
        driver: JoinHandle<()>,
    ) -> Self {
        Self {
            sender,
            certificate,
            driver: Driver(driver),
        }
    }

    /// Whether it is known to be unusable.
    fn is_closed(&self) -> bool {
        self.sender.is_closed() || self.driver.0.is_finished()
    }
}

/// The task that runs a connection, ended with it: a request whose answer
/// nobody waits for any more must not linger on a socket.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is remembered of one incarnation.
struct Slot {
    uid: String,
    idle: Option<Connection>,
    dialling: Option<Dialling>,
    failed: Option<(Duration, String)>,
}

/// The connections not in use. One in use is not in here, so that a request
/// abandoned half-way takes its connection with it.
#[derive(Default)]
pub(super) struct Connections {
    slots: RefCell<HashMap<PodName, Slot>>,
}

impl Connections {
    /// Takes the idle connection to this incarnation, if there is one.
    pub(super) fn take(&self, pod: &PodRef) -> Option<Connection> {
        self.with(pod, |slot| slot.idle.take())
            .filter(|connection| !connection.is_closed())
    }

    /// Keeps a connection whose last answer was read to its end.
    pub(super) fn put(&self, pod: &PodRef, connection: Connection) {
        let mut slots = self.slots.borrow_mut();
        // No slot of this UID: a newer incarnation has taken the name.
        if let Some(slot) = slots.get_mut(&pod.name).filter(|slot| slot.uid == pod.uid)
            && !connection.is_closed()
        {
            slot.idle = Some(connection);
        }
    }

    /// Why this incarnation is not to be dialled now, if it is not.
    pub(super) fn reason_not_to_dial(&self, pod: &PodRef, now: Duration) -> Option<String> {
        self.with(pod, |slot| match &slot.failed {
            Some((at, why)) if now.saturating_sub(*at) < DIAL_PAUSE => Some(why.clone()),
            _ => None,
        })
    }

    /// Takes the connection that is on its way to this incarnation, if one is.
    pub(super) fn take_dialling(&self, pod: &PodRef) -> Option<Dialling> {
        self.with(pod, |slot| slot.dialling.take())
    }

    /// Keeps a connection on its way that nobody waits for now.
    pub(super) fn keep_dialling(&self, pod: &PodRef, dialling: Dialling) {
        let mut slots = self.slots.borrow_mut();
        if let Some(slot) = slots.get_mut(&pod.name).filter(|slot| slot.uid == pod.uid) {
            slot.dialling = Some(dialling);
        }
    }

    /// Notes how dialling went; `None` for success.
    pub(super) fn dialled(&self, pod: &PodRef, failed: Option<(Duration, String)>) {
        self.with(pod, |slot| slot.failed = failed);
    }

    /// The slot of this incarnation; that of an earlier one is dropped.
    fn with<R>(&self, pod: &PodRef, act: impl FnOnce(&mut Slot) -> R) -> R {
        let mut slots = self.slots.borrow_mut();
        let fresh = || Slot {
            uid: pod.uid.clone(),
            idle: None,
            dialling: None,
            failed: None,
        };
        let slot = slots.entry(pod.name.clone()).or_insert_with(fresh);
        if slot.uid != pod.uid {
            *slot = fresh();
        }
        act(slot)
    }
}
