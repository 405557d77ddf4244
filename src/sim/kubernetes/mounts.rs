//! What a pod's server finds in its settings: the ConfigMaps its pod mounts.

use serde_json::Value;

use super::{Kubernetes, kind::Kind, object::Key};
use crate::sim::processes::Settings;

impl Kubernetes {
    /// The ConfigMap or Secret a pod's volumes name that is not there.
    pub(super) fn missing_mount(&self, uid: &str) -> Option<String> {
        let pod = self.pods.get(uid)?;
        let object = self.store.get(&pod.key)?;
        let volumes = object.value["spec"]["volumes"].as_array()?;
        volumes.iter().find_map(|volume| {
            let (kind, name) = match (
                &volume["configMap"]["name"],
                &volume["secret"]["secretName"],
            ) {
                (Value::String(name), _) => (Kind::ConfigMap, name),
                (_, Value::String(name)) => (Kind::Secret, name),
                _ => return None,
            };
            let key = Key::new(kind, &pod.key.namespace, name);
            let word = if kind == Kind::Secret {
                "secret"
            } else {
                "configmap"
            };
            let missing = self.store.get(&key).is_none();
            missing.then(|| format!("{word} \"{name}\" not found"))
        })
    }

    /// What its settings say, as its init container renders them at its start.
    pub(super) fn settings(&self, uid: &str) -> Settings {
        let Some(pod) = self.pods.get(uid) else {
            return Settings::default();
        };
        let Some(object) = self.store.get(&pod.key) else {
            return Settings::default();
        };
        let spec = &object.value["spec"];
        let text = |volume: &str| {
            let volumes = spec["volumes"].as_array()?;
            let mut named = volumes.iter().filter(|one| one["name"] == volume);
            let name = named.next()?["configMap"]["name"].as_str()?;
            let key = Key::new(Kind::ConfigMap, &pod.key.namespace, name);
            self.store.get(&key)?.value["data"]["config.hcl"].as_str()
        };
        let asked = spec["initContainers"][0]["args"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == "--self-init"));
        let filled = text("config-init").is_some_and(|text| !text.trim().is_empty());
        Settings {
            joins_without_vote: text("config").is_some_and(joins_without_vote),
            // The blocks are for the first ordinal alone
            // (`contracts/operator.md` 6.1).
            founds: asked && filled && pod.ordinal == 0,
        }
    }
}

/// Whether a server with these settings joins as a permanent non-voter
/// (`contracts/operator.md` 3.4).
fn joins_without_vote(text: &str) -> bool {
    text.lines().any(|line| {
        let pair = line.split_once('=');
        pair.is_some_and(|(name, value)| {
            name.trim() == "retry_join_as_non_voter" && value.trim() == "true"
        })
    })
}

#[cfg(test)]
mod tests {
    use super::joins_without_vote;

    #[test]
    fn the_line_counts_however_it_is_aligned() {
        assert!(joins_without_vote("  retry_join_as_non_voter = true\n"));
        assert!(joins_without_vote("retry_join_as_non_voter   = true"));
        assert!(!joins_without_vote("retry_join_as_non_voter = false"));
        assert!(!joins_without_vote("# nothing of the kind = true"));
    }
}
