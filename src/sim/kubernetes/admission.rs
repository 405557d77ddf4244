//! The operator's admission lock, by the table in `contracts/operator-live.md` 3.

use serde_json::Value;

use super::{
    caller::{Caller, OPERATOR},
    kind::Kind,
    object::annotation,
    status_body::Refusal,
};

/// Which lock is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lock {
    /// None.
    #[default]
    Off,
    /// That of the operator of January 2026.
    January,
    /// That of later operators: budgets too, and the verb `maintenance`.
    Today,
}

const MANAGED: &str = "Direct modification of OpenBao-managed resources is prohibited; modify the \
                       parent OpenBaoCluster/OpenBaoTenant instead.";
const FROZEN: &str = "OpenBao controller cannot modify StatefulSet volumes";

/// A write on a main resource, before it is stored.
pub(super) struct Attempt<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) old: Option<&'a Value>,
    pub(super) new: Option<&'a Value>,
}

impl Lock {
    /// Refuses what the lock denies.
    pub(super) fn check(self, attempt: &Attempt<'_>, caller: &Caller) -> Result<(), Refusal> {
        let covered = matches!(
            attempt.kind,
            Kind::Secret
                | Kind::ConfigMap
                | Kind::Service
                | Kind::Pod
                | Kind::StatefulSet
                | Kind::Job
                | Kind::EndpointSlice
        ) || (self == Self::Today && attempt.kind == Kind::PodDisruptionBudget);
        if self == Self::Off || !covered {
            return Ok(());
        }
        let denied =
            |policy, message| Err(Refusal::denied(attempt.kind, attempt.name, policy, message));
        if caller.user == OPERATOR {
            if let (Kind::StatefulSet, Some(old), Some(new)) =
                (attempt.kind, attempt.old, attempt.new)
                && frozen(old) != frozen(new)
            {
                return denied("lock-controller-statefulset-mutations", FROZEN);
            }
            return Ok(());
        }
        let either = |test: &dyn Fn(&Value) -> bool| {
            attempt.old.is_some_and(test) || attempt.new.is_some_and(test)
        };
        let managed = |object: &Value| {
            object["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "openbao-operator"
        };
        let annotated =
            |object: &Value| annotation(object, "openbao.org/maintenance") == Some("true");
        let authority = caller.groups.iter().any(|group| group == "system:masters")
            || (self == Self::Today && caller.maintenance);
        if !either(&managed)
            || caller
                .user
                .starts_with("system:serviceaccount:kube-system:")
            || (either(&annotated) && authority)
        {
            return Ok(());
        }
        denied("lock-managed-resource-mutations", MANAGED)
    }
}

/// The parts of the template even the operator may not change.
fn frozen(set: &Value) -> Vec<&Value> {
    let spec = &set["spec"]["template"]["spec"];
    let mut parts = vec![
        &spec["volumes"],
        &spec["automountServiceAccountToken"],
        &spec["securityContext"],
    ];
    for kind in ["containers", "initContainers"] {
        for container in spec[kind].as_array().into_iter().flatten() {
            for field in ["command", "args", "securityContext", "volumeMounts"] {
                parts.push(&container[field]);
            }
        }
    }
    parts
}
