//! What a scenario can do to the cluster behind everybody's back.

use serde_json::Value;

use super::{
    Kubernetes,
    caller::Caller,
    faults::Faults,
    kind::Kind,
    object::Key,
    write::{Change, Terms},
};
use crate::sim::moment::Moment;

impl Kubernetes {
    /// The faults, to be set and cleared.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// Writes are still to be refused.
    #[must_use]
    pub fn refuses_writes(&self) -> bool {
        self.faults.writes.iter().any(|fault| fault.left > 0)
    }

    /// Denies a verb on a resource (`pods/eviction`; verb `*`: all) to a user,
    /// or to everybody with `*`.
    pub fn deny(&mut self, user: &str, verb: &str, resource: &str) {
        self.rights.deny(user, verb, resource);
    }

    /// Takes a denial back.
    pub fn grant(&mut self, user: &str, verb: &str, resource: &str) {
        self.rights.grant(user, verb, resource);
    }

    /// Forgets all history: a watch that is behind, or starts from an old
    /// revision, is answered 410.
    pub fn drop_history(&mut self) {
        let revision = self.store.revision();
        self.store.history.compact(revision);
    }

    /// Edits any field as some manager by a merge patch, past admission and
    /// rights; a patch of nothing but `status` goes to the subresource. False
    /// when it was refused.
    pub fn edit(&mut self, key: &Key, patch: Value, manager: &str, now: Moment) -> bool {
        self.now = self.now.max(now);
        let only_status = patch
            .as_object()
            .is_some_and(|map| map.len() == 1 && map.contains_key("status"));
        let terms = Terms {
            caller: &Caller::masters("system:scenario"),
            manager: manager.to_owned(),
            sub: if only_status { "status" } else { "" }.to_owned(),
            dry_run: false,
        };
        let lock = std::mem::take(&mut self.lock);
        let done = self.change(key, Change::Merge(patch), &terms).is_ok();
        self.lock = lock;
        done
    }

    /// Deletes a pod by hand, past admission; with its grace, or at once.
    pub fn delete_pod(&mut self, namespace: &str, name: &str, force: bool, now: Moment) {
        self.now = self.now.max(now);
        let key = Key::new(Kind::Pod, namespace, name);
        self.begin_deletion(&key, force.then_some(0));
    }
}
