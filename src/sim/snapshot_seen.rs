//! What stands about a snapshot on the resource, in the oracle's words.

use serde_json::Value;

use super::{oracle::SnapshotSeen, servers::is_one_way, world::World};

impl World {
    /// As it is stored, without the code that wrote it.
    pub(super) fn snapshot_seen(&self) -> SnapshotSeen {
        let Some(resource) = self.resource() else {
            return SnapshotSeen::default();
        };
        let annotation = resource
            .pointer("/metadata/annotations")
            .and_then(|all| all.get("baoctl.openbao.org/run")?.as_str());
        let record: Value = annotation
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let asks = |pointer| resource.pointer(pointer).and_then(Value::as_bool) == Some(true);
        let version = |pointer| record.pointer(pointer).and_then(Value::as_str);
        let one_way = version("/from")
            .zip(version("/target/version"))
            .is_some_and(|(from, to)| is_one_way(from, to));
        let waivers = record["waivers"].as_array();
        SnapshotSeen {
            demanded: one_way
                || asks("/spec/upgrade/preUpgradeSnapshot")
                || (self.sets.len() > 1 && asks("/spec/upgrade/blueGreen/preUpgradeSnapshot")),
            waived: waivers.is_some_and(|all| all.iter().any(|one| one == "allowNoSnapshot")),
            index: record.pointer("/snapshot/index").and_then(Value::as_u64),
        }
    }
}
