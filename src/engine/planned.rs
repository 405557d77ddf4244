//! What a rolling upgrade will write and which verbs it needs, for preflight.

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    names::Pool,
    record::RunRecord,
    snapshot::Snapshot,
    survey::Permission,
};

/// How the run reaches the cluster: what it needs rights for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the command line"
)]
pub struct Access {
    /// Locked writes are sent as this `(namespace, name)` ServiceAccount.
    pub as_operator: Option<(String, String)>,
    /// The nodes are reached by port-forward.
    pub port_forward: bool,
    /// The token comes from a TokenRequest and a JWT login.
    pub jwt: bool,
    /// The CA comes from the cluster's Secret.
    pub ca_from_secret: bool,
    /// Leaders are stepped down by the operator's Job.
    pub step_down_job: bool,
}

/// One of each kind of write the run will make, fit for a dry run now.
#[must_use]
pub fn writes(run: &RunRecord, snapshot: &Snapshot) -> Vec<Action> {
    let mut writes = vec![
        Action::TakeLock { displaced: None },
        Action::Begin {
            record: Box::new(run.clone()),
        },
        Action::Declare {
            version: run.target.version.clone(),
            image: run.target.image.clone(),
        },
        Action::Publish {
            current_partition: run.target.replicas,
            completed_pods: Vec::new(),
        },
    ];
    for pool in [Pool::ReadReplicas, Pool::Voters] {
        let Some(workload) = snapshot
            .workload(pool)
            .filter(|workload| workload.replicas > 0)
        else {
            continue;
        };
        writes.push(Action::Hold {
            pool,
            hold: Hold::Partition,
        });
        if pool == Pool::Voters {
            writes.push(Action::Hold {
                pool,
                hold: Hold::OnDelete,
            });
        }
        writes.push(Action::SetImage {
            pool,
            image: run.target.image.clone(),
        });
        if let Some(pod) = workload.pods.iter().find(|pod| !pod.terminating) {
            writes.push(Action::Release {
                pool,
                pod: pod.pod.clone(),
                by: if pool == Pool::Voters {
                    ReleaseBy::Eviction
                } else {
                    ReleaseBy::Partition(workload.replicas)
                },
            });
        }
        writes.push(Action::Unhold { pool });
    }
    writes.push(Action::Complete);
    writes
}

/// The verbs the run uses, each with what for.
#[must_use]
pub fn permissions(namespace: &str, cluster: &str, access: &Access) -> Vec<Permission> {
    let mut list = Vec::new();
    let mut need =
        |group: &str, resource: &str, verbs: &[&str], name: Option<String>, why: &str| {
            for verb in verbs {
                list.push(Permission {
                    group: group.to_owned(),
                    resource: resource.to_owned(),
                    verb: (*verb).to_owned(),
                    name: name.clone(),
                    namespace: Some(namespace.to_owned()),
                    why: why.to_owned(),
                });
            }
        };
    let named = || Some(cluster.to_owned());
    need(
        "openbao.org",
        "openbaoclusters",
        &["get", "patch"],
        named(),
        "the resource",
    );
    need(
        "openbao.org",
        "openbaoclusters",
        &["watch"],
        None,
        "to see changes",
    );
    need(
        "openbao.org",
        "openbaoclusters/status",
        &["patch"],
        named(),
        "the checkpoint",
    );
    need(
        "apps",
        "statefulsets",
        &["list", "watch"],
        None,
        "to see the workload",
    );
    if access.as_operator.is_none() {
        need(
            "apps",
            "statefulsets",
            &["patch"],
            None,
            "partition and template",
        );
    }
    need(
        "",
        "pods",
        &["get", "list", "watch"],
        None,
        "to see the pods",
    );
    need(
        "",
        "pods/log",
        &["get"],
        None,
        "to explain a pod that fails",
    );
    need("", "events", &["list"], None, "to explain a pod that fails");
    need("", "pods/eviction", &["create"], None, "to release a pod");
    need(
        "policy",
        "poddisruptionbudgets",
        &["list"],
        None,
        "the disruption budget",
    );
    need("batch", "jobs", &["list"], None, "the operator's Jobs");
    need(
        "",
        "configmaps",
        &["get"],
        Some(format!("{cluster}-config")),
        "seal and storage",
    );
    need(
        "coordination.k8s.io",
        "leases",
        &["get", "create", "update"],
        None,
        "one driver at a time",
    );
    if access.port_forward {
        // WebSocket streams begin with GET; newer servers ask for create too
        // (kubernetes#134577).
        need(
            "",
            "pods/portforward",
            &["get", "create"],
            None,
            "to reach the nodes",
        );
    }
    if access.jwt {
        let account = Some(format!("{cluster}-upgrade-serviceaccount"));
        need(
            "",
            "serviceaccounts",
            &["get", "create"],
            None,
            "the login's account",
        );
        need(
            "",
            "serviceaccounts/token",
            &["create"],
            account,
            "the login",
        );
    }
    if access.ca_from_secret {
        need(
            "",
            "secrets",
            &["get"],
            Some(format!("{cluster}-tls-ca")),
            "the nodes' CA",
        );
    }
    if access.step_down_job && access.as_operator.is_none() {
        need(
            "batch",
            "jobs",
            &["create", "delete"],
            None,
            "the executor Job",
        );
    }
    if let Some((namespace, name)) = &access.as_operator {
        list.push(Permission {
            group: String::new(),
            resource: "serviceaccounts".to_owned(),
            verb: "impersonate".to_owned(),
            name: Some(name.clone()),
            namespace: Some(namespace.clone()),
            why: "--as-operator".to_owned(),
        });
    }
    list
}
