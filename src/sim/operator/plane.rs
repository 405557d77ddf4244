//! Which controller owns which part of the status (`contracts/operator.md` 8.2).

use serde_json::{Map, Value};

/// A controller's part of the status.
pub(in crate::sim) struct Plane {
    /// The manager it applies under.
    pub(in crate::sim) manager: &'static str,
    /// The fields it applies.
    pub(in crate::sim) fields: &'static [&'static str],
}

/// The status controller's.
pub(in crate::sim) const STATUS: Plane = Plane {
    manager: "openbao-status-controller",
    fields: &[
        "phase",
        "activeLeader",
        "readyReplicas",
        "currentVersion",
        "lastBackupTime",
        "conditions",
        // Later generations only.
        "observedGeneration",
        "readReplicas",
    ],
};

/// The workload controller's.
pub(in crate::sim) const WORKLOAD: Plane = Plane {
    manager: "openbao-workload-controller",
    fields: &["initialized", "selfInitialized", "workload"],
};

/// That of upgrades and backups, as released in January 2026.
const ADMIN_OPS: Plane = Plane {
    manager: "openbao-adminops-controller",
    fields: &[
        "upgrade",
        "blueGreen",
        "backup",
        "operationLock",
        "breakGlass",
        "adminOps",
    ],
};

/// The same as it is today (`contracts/operator-today.md` 5).
const ADMIN_OPS_TODAY: Plane = Plane {
    manager: "openbao-adminops-controller",
    fields: &[
        "acceptedUpgradeStrategy",
        "upgrade",
        "upgradeRequests",
        "backup",
        "restore",
        "blueGreen",
        "breakGlass",
        "adminOps",
    ],
};

/// The lock has an owner of its own today.
pub(in crate::sim) const LOCK: Plane = Plane {
    manager: "openbao-operationlock-controller",
    fields: &["operationLock"],
};

/// That of upgrades and backups.
pub(in crate::sim) const fn admin_ops(today: bool) -> &'static Plane {
    if today { &ADMIN_OPS_TODAY } else { &ADMIN_OPS }
}

/// All of them, in the order in which they first write.
pub(in crate::sim) const fn all(today: bool) -> &'static [Plane] {
    if today {
        &[ADMIN_OPS_TODAY, LOCK, WORKLOAD, STATUS]
    } else {
        &[ADMIN_OPS, WORKLOAD, STATUS]
    }
}

/// The manager of rolling upgrades: it applies the whole status.
pub(in crate::sim) const UPGRADES: &str = "openbao-upgrade-manager";

impl Plane {
    /// Its part of a status as read.
    pub(in crate::sim) fn of(&self, status: &Map<String, Value>) -> Map<String, Value> {
        self.fields
            .iter()
            .filter_map(|field| Some(((*field).to_owned(), status.get(*field)?.clone())))
            .collect()
    }
}

/// The status of a resource as the operator reads it: what is null is absent.
pub(in crate::sim) fn status(object: &Value) -> Map<String, Value> {
    let mut status = object
        .get("status")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    status.retain(|_, value| !value.is_null());
    status
}
