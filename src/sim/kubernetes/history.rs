//! The log of all changes, and the watches that read it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use hyper::body::Bytes;
use serde_json::json;

use super::{
    kind::Kind,
    object::{Key, Object},
    selector::Filter,
    status_body::Refusal,
};
use crate::sim::moment::Moment;

/// How often an idle watch is told the present revision.
const BOOKMARK_EVERY: Duration = Duration::from_secs(60);

/// One change.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) key: Key,
    pub(super) before: Option<Arc<Object>>,
    /// The new state; of a deletion the last one, under the revision of the
    /// deletion.
    pub(super) after: Arc<Object>,
    pub(super) deleted: bool,
}

/// All changes that are still known.
#[derive(Debug, Default)]
pub(super) struct History {
    log: VecDeque<Change>,
    /// How many were dropped.
    dropped: u64,
    /// Revisions up to here are no longer known.
    compacted: u64,
}

impl History {
    pub(super) fn push(&mut self, change: Change) {
        self.log.push_back(change);
    }

    fn end(&self) -> u64 {
        self.dropped + self.log.len() as u64
    }

    /// Forgets everything up to now.
    pub(super) fn compact(&mut self, revision: u64) {
        self.dropped += self.log.len() as u64;
        self.log.clear();
        self.compacted = revision;
    }
}

/// An open watch. Its owner asks [`super::Kubernetes::watch_events`] for what is
/// new and ends it at [`Watching::ends`].
#[derive(Debug)]
pub struct Watching {
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) filter: Filter,
    /// Lines to send before anything else.
    pub(super) first: Vec<Bytes>,
    pub(super) bookmarks: bool,
    pub(super) ends: Option<Moment>,
    next: u64,
    gone: Option<Bytes>,
    bookmark_at: Moment,
}

impl Watching {
    /// A watch from after `since` (0: from now).
    pub(super) fn new(
        history: &History,
        kind: Kind,
        namespace: String,
        filter: Filter,
        since: u64,
        now: Moment,
    ) -> Self {
        let known = since == 0 || since >= history.compacted;
        // Revisions grow with the log, so the first later one is found by halving.
        let later = history
            .log
            .partition_point(|change| since == 0 || change.after.revision <= since);
        Self {
            kind,
            namespace,
            filter,
            first: Vec::new(),
            bookmarks: false,
            ends: None,
            next: history.dropped + later as u64,
            gone: (!known).then(|| expired(since, history.compacted)),
            bookmark_at: now + BOOKMARK_EVERY,
        }
    }

    /// When the server closes it (`timeoutSeconds`).
    #[must_use]
    pub fn ends(&self) -> Option<Moment> {
        self.ends
    }

    /// The lines since the last call; the line of a 410 when the log does not
    /// reach back so far.
    pub(super) fn read(
        &mut self,
        history: &History,
        revision: u64,
        now: Moment,
    ) -> Result<Vec<Bytes>, Bytes> {
        if let Some(gone) = &self.gone {
            return Err(gone.clone());
        }
        let mut lines = std::mem::take(&mut self.first);
        if self.next < history.dropped {
            let gone = expired(self.next, history.compacted);
            self.gone = Some(gone.clone());
            return Err(gone);
        }
        if self.next < history.end() {
            let from = usize::try_from(self.next - history.dropped).unwrap_or(usize::MAX);
            lines.extend(history.log.range(from..).filter_map(|c| self.line(c)));
            self.next = history.end();
        }
        if self.bookmarks && now >= self.bookmark_at {
            self.bookmark_at = now + BOOKMARK_EVERY;
            lines.push(bookmark(self.kind, revision, false));
        }
        Ok(lines)
    }

    /// The change as this watch sees it: what leaves the selection is deleted.
    fn line(&self, change: &Change) -> Option<Bytes> {
        let key = &change.key;
        if key.kind != self.kind || !(self.namespace.is_empty() || self.namespace == key.namespace)
        {
            return None;
        }
        let now = !change.deleted && self.filter.matches(&change.after);
        let before = change
            .before
            .as_ref()
            .is_some_and(|before| self.filter.matches(before));
        match (before, now) {
            (false, false) => None,
            (false, true) => Some(line("ADDED", &change.after)),
            (true, true) => Some(line("MODIFIED", &change.after)),
            (true, false) => Some(line("DELETED", &change.after)),
        }
    }
}

/// An event's line.
pub(super) fn line(what: &str, object: &Object) -> Bytes {
    let bytes = object.bytes();
    let mut line = Vec::with_capacity(bytes.len() + 40);
    line.extend_from_slice(b"{\"type\":\"");
    line.extend_from_slice(what.as_bytes());
    line.extend_from_slice(b"\",\"object\":");
    line.extend_from_slice(bytes);
    line.extend_from_slice(b"}\n");
    line.into()
}

/// A bookmark's line; the one that ends the initial events says so.
pub(super) fn bookmark(kind: Kind, revision: u64, initial: bool) -> Bytes {
    let mut metadata = json!({ "resourceVersion": revision.to_string() });
    if initial {
        metadata["annotations"] = json!({ "k8s.io/initial-events-end": "true" });
    }
    let object = json!({
        "apiVersion": kind.api_version(), "kind": kind.name(), "metadata": metadata,
    });
    format!("{}\n", json!({ "type": "BOOKMARK", "object": object })).into()
}

fn expired(since: u64, compacted: u64) -> Bytes {
    let body = Refusal::expired(since, compacted).body();
    format!("{}\n", json!({ "type": "ERROR", "object": body })).into()
}
