//! The local copy of one kind of object that a watch keeps, never older than
//! what a read or a write of ours has already seen.

use std::{collections::BTreeMap, rc::Rc};

use kube::{ResourceExt, runtime::watcher::Event};

use super::wire::revision;

/// Objects by name, as the watch delivered them, overlaid with newer ones that
/// came with answers to our own requests.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct LocalCopy<K> {
    objects: BTreeMap<String, Rc<K>>,
    /// What a listing has delivered so far; it replaces `objects` when complete.
    incoming: BTreeMap<String, Rc<K>>,
    /// A listing is complete and the watch has not failed since.
    synced: bool,
    /// Something was found gone that the copy may still hold.
    doubted: bool,
    /// Every resourceVersion seen so far was a number.
    comparable: bool,
    /// The highest resourceVersion the watch delivered.
    newest: u64,
    /// A listing of ours, with the version of the whole list.
    listed: Option<(u64, BTreeMap<String, Rc<K>>)>,
    /// The listing of ours above was made before the watch's listing began.
    listed_before: bool,
    /// Single objects newer than all the watch delivered.
    newer: BTreeMap<String, (u64, Rc<K>)>,
}

impl<K> Default for LocalCopy<K> {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            incoming: BTreeMap::new(),
            synced: false,
            doubted: false,
            comparable: true,
            newest: 0,
            listed: None,
            listed_before: false,
            newer: BTreeMap::new(),
        }
    }
}

impl<K: ResourceExt> LocalCopy<K> {
    /// Takes over one event of the watch. True when a reader could see a
    /// difference.
    pub(super) fn apply(&mut self, event: Event<K>) -> bool {
        match event {
            Event::Init => {
                self.incoming.clear();
                self.listed_before = true;
                false
            }
            Event::InitApply(object) => {
                self.note(&object);
                self.incoming.insert(object.name_any(), Rc::new(object));
                false
            }
            Event::InitDone => {
                self.objects = std::mem::take(&mut self.incoming);
                // The watch's listing asked for the most recent state after
                // that read of ours had ended, so it is not older.
                if self.listed_before {
                    self.listed = None;
                }
                self.settle();
                true
            }
            Event::Apply(object) => {
                self.note(&object);
                let name = object.name_any();
                let version = |object: &K| revision(object.resource_version().as_deref());
                let held = self.objects.get(&name).and_then(|held| version(held));
                if held.is_none_or(|held| version(&object).is_none_or(|new| new >= held)) {
                    self.objects.insert(name, Rc::new(object));
                }
                self.settle();
                true
            }
            Event::Delete(object) => {
                self.note(&object);
                self.objects.remove(&object.name_any());
                self.settle();
                true
            }
        }
    }

    /// The watch failed: nothing in the copy is to be relied on until the next
    /// listing.
    pub(super) fn lose(&mut self) {
        self.synced = false;
    }

    /// An object that came with the answer to a read or a write.
    pub(super) fn saw(&mut self, object: Rc<K>) {
        match revision(object.resource_version().as_deref()) {
            Some(version) => {
                self.newer.insert(object.name_any(), (version, object));
            }
            None => self.comparable = false,
        }
    }

    /// A read found that the object is not there.
    pub(super) fn found_gone(&mut self, name: &str) {
        let held = self.newer.remove(name).is_some() || self.objects.contains_key(name);
        // What the copy does not hold either is no contradiction: most clusters
        // have no read replicas, and every fresh look says so.
        self.doubted |= held;
    }

    /// A listing of ours, with the same selection as the watch's.
    pub(super) fn saw_list(&mut self, version: Option<&str>, objects: &[Rc<K>]) {
        match revision(version) {
            Some(version) => {
                let objects = objects
                    .iter()
                    .map(|object| (object.name_any(), Rc::clone(object)))
                    .collect();
                self.listed = Some((version, objects));
                self.listed_before = false;
            }
            None => self.comparable = false,
        }
    }

    /// Everything, or `None` when the copy is not to be relied on.
    pub(super) fn list(&self) -> Option<Vec<Rc<K>>> {
        if !self.is_current() {
            return None;
        }
        let (base_version, base) = match &self.listed {
            Some((version, objects)) if *version > self.newest => (*version, objects),
            _ => (self.newest, &self.objects),
        };
        let mut objects = base.clone();
        for (name, (version, object)) in &self.newer {
            if *version > base_version {
                objects.insert(name.clone(), Rc::clone(object));
            }
        }
        Some(objects.into_values().collect())
    }

    /// One object, `Some(None)` where there is none, or `None` when the copy is
    /// not to be relied on.
    #[expect(
        clippy::option_option,
        reason = "not knowing and knowing of none differ"
    )]
    pub(super) fn get(&self, name: &str) -> Option<Option<Rc<K>>> {
        if !self.is_current() {
            return None;
        }
        let watched = self.objects.get(name);
        let newer = self.newer.get(name).map(|(_, object)| object);
        Some(newer.or(watched).cloned())
    }

    const fn is_current(&self) -> bool {
        self.synced && self.comparable && !self.doubted
    }

    fn settle(&mut self) {
        self.synced = true;
        self.doubted = false;
        let newest = self.newest;
        self.newer.retain(|_, (version, _)| *version > newest);
        if self
            .listed
            .as_ref()
            .is_some_and(|(version, _)| *version <= newest)
        {
            self.listed = None;
        }
    }

    fn note(&mut self, object: &K) {
        match revision(object.resource_version().as_deref()) {
            Some(version) => self.newest = self.newest.max(version),
            None => self.comparable = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Pod;

    use super::*;

    fn pod(name: &str, version: &str) -> Pod {
        let mut pod = Pod::default();
        pod.metadata.name = Some(name.to_owned());
        pod.metadata.resource_version = Some(version.to_owned());
        pod
    }

    fn versions(copy: &LocalCopy<Pod>) -> Option<Vec<String>> {
        copy.list().map(|pods| {
            pods.iter()
                .map(|pod| pod.resource_version().unwrap_or_default())
                .collect()
        })
    }

    fn synced(pods: &[(&str, &str)]) -> LocalCopy<Pod> {
        let mut copy = LocalCopy::default();
        copy.apply(Event::Init);
        for (name, version) in pods {
            copy.apply(Event::InitApply(pod(name, version)));
        }
        assert!(copy.list().is_none(), "not before the listing is complete");
        copy.apply(Event::InitDone);
        copy
    }

    #[test]
    fn a_failed_watch_is_not_relied_on_until_it_has_listed_again() {
        let mut copy = synced(&[("a", "5")]);
        assert_eq!(versions(&copy), Some(vec!["5".to_owned()]));
        copy.lose();
        assert_eq!(versions(&copy), None);
        copy.apply(Event::Init);
        copy.apply(Event::InitDone);
        assert_eq!(versions(&copy), Some(Vec::new()));
    }

    #[test]
    fn a_watched_read_never_goes_behind_a_fresh_one() {
        let mut copy = synced(&[("a", "5")]);
        copy.saw(Rc::new(pod("a", "9")));
        assert_eq!(versions(&copy), Some(vec!["9".to_owned()]));
        // A late event from before our read changes nothing.
        copy.apply(Event::Apply(pod("a", "7")));
        assert_eq!(versions(&copy), Some(vec!["9".to_owned()]));
        copy.apply(Event::Apply(pod("a", "11")));
        assert_eq!(versions(&copy), Some(vec!["11".to_owned()]));
    }

    #[test]
    fn a_pod_missing_from_a_fresh_list_does_not_come_back() {
        let mut copy = synced(&[("a", "5"), ("b", "6")]);
        copy.saw_list(Some("20"), &[Rc::new(pod("a", "5"))]);
        assert_eq!(versions(&copy), Some(vec!["5".to_owned()]));
        copy.apply(Event::Delete(pod("b", "19")));
        assert_eq!(versions(&copy), Some(vec!["5".to_owned()]));
        copy.apply(Event::Apply(pod("b", "25")));
        assert_eq!(versions(&copy), Some(vec!["5".to_owned(), "25".to_owned()]));
    }

    #[test]
    fn a_listing_begun_after_our_own_replaces_it_although_its_objects_are_old() {
        let mut copy = synced(&[("a", "5"), ("b", "6")]);
        copy.saw_list(
            Some("100"),
            &[Rc::new(pod("a", "5")), Rc::new(pod("b", "6"))],
        );
        copy.lose();
        copy.apply(Event::Init);
        copy.apply(Event::InitApply(pod("a", "5")));
        copy.apply(Event::InitDone);
        assert_eq!(versions(&copy), Some(vec!["5".to_owned()]));
    }

    #[test]
    fn versions_that_are_no_numbers_switch_the_copy_off() {
        let mut copy = synced(&[("a", "5")]);
        copy.apply(Event::Apply(pod("a", "x5")));
        assert_eq!(versions(&copy), None);
    }

    #[test]
    fn what_was_never_held_and_is_not_there_raises_no_doubt() {
        let mut copy = synced(&[("a", "5")]);
        copy.found_gone("b");
        assert_eq!(copy.get("a").map(|pod| pod.is_some()), Some(true));
    }

    #[test]
    fn an_object_found_gone_is_not_served_until_the_watch_says_so_too() {
        let mut copy = synced(&[("a", "5")]);
        copy.found_gone("a");
        assert!(copy.get("a").is_none());
        copy.apply(Event::Delete(pod("a", "8")));
        assert_eq!(copy.get("a").map(|pod| pod.is_some()), Some(false));
    }
}
