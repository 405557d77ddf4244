//! What a request of baoctl's changed, in the oracle's words.

use http::{Method, Request};
use hyper::body::Bytes;
use serde_json::Value;

use super::{
    kubernetes::{Key, Kind},
    oracle::{Deed, SetSeen, View},
    world::World,
};

/// Whether a request changes something that lasts: reviews, tokens and dry runs
/// do not.
pub(super) fn is_write(request: &Request<Bytes>) -> bool {
    let path = request.uri().path();
    let tried = request
        .uri()
        .query()
        .is_some_and(|query| query.contains("dryRun="));
    request.method() != Method::GET
        && !tried
        && !path.contains("accessreviews")
        && !path.contains("subjectreviews")
        && !path.ends_with("/token")
}

/// Whether a request to a node is a step-down.
pub(super) fn is_step_down(request: &Request<Bytes>) -> bool {
    request.uri().path() == "/v1/sys/step-down"
}

/// What a request to a node changes about the members.
pub(super) fn membership(request: &Request<Bytes>) -> Option<Deed> {
    let what = request.uri().path().strip_prefix("/v1/sys/storage/raft/")?;
    let body: Value = serde_json::from_slice(request.body()).ok()?;
    let pod = body["server_id"].as_str()?.to_owned();
    match what {
        "promote" => Some(Deed::Promote { pod }),
        "demote" => Some(Deed::Demote { pod }),
        "remove-peer" => Some(Deed::RemovePeer { pod }),
        _ => None,
    }
}

/// What a write is compared with.
pub(super) struct Before {
    current: String,
    done: Vec<u32>,
    /// The object it names was not there.
    missing: bool,
    /// What the colours' StatefulSets were to be like.
    specs: Vec<Option<Value>>,
}

impl World {
    pub(super) fn deeds_before(&self, request: &Request<Bytes>) -> Before {
        Before {
            current: self.current_version(),
            done: self.completed_pods(),
            missing: self.is_missing(request.uri().path()),
            specs: self.specs_of_colours(),
        }
    }

    /// The StatefulSets of the colours without their size.
    fn specs_of_colours(&self) -> Vec<Option<Value>> {
        let coloured = self.sets.len() > 1;
        let sets = self.sets.iter().filter(|_| coloured);
        let spec = |name: &String| {
            let key = Key::new(Kind::StatefulSet, &self.namespace, name);
            let mut spec = self.kubernetes.object(&key)?.get("spec")?.clone();
            spec.as_object_mut()?.remove("replicas");
            Some(spec)
        };
        sets.map(spec).collect()
    }

    /// A StatefulSet of a colour that is there and was changed otherwise than
    /// in its size.
    fn reshaped(&self, before: &Before) -> Option<Deed> {
        let after = self.specs_of_colours();
        let changed = |(old, new): (&Option<Value>, &Option<Value>)| {
            old.is_some() && new.is_some() && old != new
        };
        let place = before.specs.iter().zip(&after).position(changed)?;
        let set = self.sets.get(place)?.clone();
        Some(Deed::Reshaped { set })
    }

    /// Whether a path names a part of a colour that does not exist.
    fn is_missing(&self, path: &str) -> bool {
        let mut parts = path.rsplit('/');
        let (Some(name), Some(plural)) = (parts.next(), parts.next()) else {
            return false;
        };
        let kind = match plural {
            "configmaps" => Kind::ConfigMap,
            "statefulsets" => Kind::StatefulSet,
            _ => return false,
        };
        let key = Key::new(kind, &self.namespace, name);
        self.kubernetes.object(&key).is_none()
    }

    /// Has the oracle judge a write that was done.
    pub(super) fn judge_write(&mut self, request: &Request<Bytes>, view: &View, before: &Before) {
        let path = request.uri().path().to_owned();
        // The lease is what the others are judged by.
        if path.contains("/leases") {
            let (holder, now) = (self.lease_seen(), self.now());
            let holder = holder.as_ref().map(|(holder, _)| holder.as_str());
            self.oracle.leased(holder, view, now);
            return;
        }
        if path.ends_with("/serviceaccounts") {
            return;
        }
        let conditional = is_conditional(request) || makes(request, before);
        let now = self.now();
        for deed in self.deeds(request.method(), &path, view, before) {
            self.oracle.wrote(&deed, conditional, view, now);
        }
    }

    fn deeds(&self, method: &Method, path: &str, view: &View, before: &Before) -> Vec<Deed> {
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(rest) = path.strip_suffix("/eviction") {
            return released(rest.rsplit('/').next().unwrap_or_default(), view);
        }
        if self.sets.len() > 1
            && let Some(deed) = self
                .coloured_deed(method, path, view)
                .or_else(|| self.reshaped(before))
        {
            return vec![deed];
        }
        if method == Method::DELETE {
            return match path {
                _ if path.contains("/pods/") => released(name, view),
                _ if path.contains("/jobs/") => Vec::new(),
                _ => vec![Deed::Deletion {
                    what: path.to_owned(),
                }],
            };
        }
        if path.contains("/statefulsets/") && name == self.first_set() {
            return set_deeds(&view.set, &self.set_seen(), view);
        }
        let current = self.current_version();
        if current != before.current {
            return vec![Deed::Success { version: current }];
        }
        let declared = self.declared();
        if declared != view.declared {
            return vec![Deed::Declaration { version: declared }];
        }
        let mut ordinals = self.completed_pods();
        ordinals.retain(|ordinal| !before.done.contains(ordinal));
        if !ordinals.is_empty() {
            return vec![Deed::Recorded { ordinals }];
        }
        vec![Deed::Other {
            what: format!("{method} {path}"),
        }]
    }

    /// What only blue/green does.
    fn coloured_deed(&self, method: &Method, path: &str, view: &View) -> Option<Deed> {
        let mut parts = path.rsplit('/');
        let name = parts.next()?;
        if method == Method::DELETE {
            if path.contains("/persistentvolumeclaims/") {
                let pod = name.split_once('-').map_or(name, |(_, pod)| pod).to_owned();
                return Some(Deed::Unclaimed { pod });
            }
            let what = path.to_owned();
            return match path {
                // Orphans are as they were.
                _ if path.contains("/statefulsets/") => {
                    let key = Key::new(Kind::StatefulSet, &self.namespace, name);
                    let gone = self.kubernetes.object(&key).is_none();
                    let pods = self.kubernetes.pods_of(name);
                    let going = pods.iter().any(|pod| pod.terminating);
                    Some(if gone && going {
                        let set = name.to_owned();
                        Deed::Emptied { set }
                    } else {
                        Deed::Other { what }
                    })
                }
                _ if path.contains("/configmaps/") => Some(Deed::Other { what }),
                _ => None,
            };
        }
        if name == "scale" {
            let set = parts.next()?.to_owned();
            let key = Key::new(Kind::StatefulSet, &self.namespace, &set);
            let emptied = self.kubernetes.set_now(&key)?.replicas == 0;
            return emptied.then_some(Deed::Emptied { set });
        }
        let selected = self.selected();
        if path.contains("/services/") && selected != view.selected {
            return selected.map(|set| Deed::Select { set });
        }
        None
    }

    fn completed_pods(&self) -> Vec<u32> {
        self.resource()
            .and_then(|object| object.pointer("/status/upgrade/completedPods"))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|ordinal| u32::try_from(ordinal.as_u64()?).ok())
            .collect()
    }

    /// `status.currentVersion` as stored.
    pub(super) fn current_version(&self) -> String {
        self.resource()
            .and_then(|object| object.get("status")?.get("currentVersion")?.as_str())
            .unwrap_or_default()
            .to_owned()
    }
}

fn released(pod: &str, view: &View) -> Vec<Deed> {
    view.pods
        .iter()
        .filter(|seen| seen.name == pod && !seen.terminating)
        .map(|seen| Deed::Release {
            pod: seen.name.clone(),
            uid: seen.uid.clone(),
        })
        .collect()
}

fn set_deeds(before: &SetSeen, after: &SetSeen, view: &View) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if before.version != after.version {
        deeds.push(Deed::Template {
            version: after.version.clone(),
        });
    }
    let free = |set: &SetSeen| {
        if set.on_delete {
            u32::MAX
        } else {
            set.partition
        }
    };
    let (from, to) = (free(before), free(after));
    if !before.on_delete && !after.on_delete && from != to {
        deeds.push(Deed::Partition { from, to });
    }
    if to < from {
        let let_go = view
            .pods
            .iter()
            .filter(|pod| (to..from).contains(&pod.ordinal) && pod.version != after.version);
        deeds.extend(let_go.map(|pod| Deed::Release {
            pod: pod.name.clone(),
            uid: pod.uid.clone(),
        }));
    }
    if deeds.is_empty() {
        deeds.push(Deed::Other {
            what: "statefulset".to_owned(),
        });
    }
    deeds
}

/// Whether a write makes a part of a colour by a server-side apply, which is
/// how its fields become the operator's (`contracts/operator-live.md` 8.3). No
/// condition says "only where there is none": one on a resourceVersion or a UID
/// asks for an object. Over one that is there it is a write like any other.
fn makes(request: &Request<Bytes>, before: &Before) -> bool {
    // A creation of a name is refused where there is one.
    if request.method() == Method::POST && request.uri().path().ends_with("/jobs") {
        return true;
    }
    let kind = request.headers().get(http::header::CONTENT_TYPE);
    before.missing && kind.is_some_and(|kind| kind == "application/apply-patch+yaml")
}

/// Whether a write names what it was decided on: a resourceVersion, a UID, or
/// the test of a JSON patch.
fn is_conditional(request: &Request<Bytes>) -> bool {
    let Ok(body) = serde_json::from_slice::<Value>(request.body()) else {
        return false;
    };
    let has = |pointer: &str| body.pointer(pointer).is_some_and(|value| !value.is_null());
    has("/metadata/resourceVersion")
        || has("/deleteOptions/preconditions/uid")
        || has("/preconditions/uid")
        || has("/preconditions/resourceVersion")
        || body
            .as_array()
            .is_some_and(|ops| ops.iter().any(|op| op["op"] == "test"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_makes_an_object_needs_no_condition() {
        let apply = |kind: &str| {
            let body = json!({ "metadata": { "name": "prod-config-b" } }).to_string();
            Request::patch("/api/v1/namespaces/vault/configmaps/prod-config-b")
                .header(http::header::CONTENT_TYPE, kind)
                .body(Bytes::from(body))
                .expect("a request")
        };
        let before = |missing| Before {
            current: String::new(),
            done: Vec::new(),
            missing,
            specs: Vec::new(),
        };
        let applied = apply("application/apply-patch+yaml");
        assert!(!is_conditional(&applied));
        assert!(makes(&applied, &before(true)));
        assert!(!makes(&applied, &before(false)));
        let merged = apply("application/merge-patch+json");
        assert!(!makes(&merged, &before(true)));
    }
}
