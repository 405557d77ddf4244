//! A cluster as the operator makes it, at rest (`contracts/operator.md` 5, 6,
//! `contracts/operator-live.md` 2).

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::{
    Generation, Kubernetes, Lock, OPERATOR,
    kind::Kind,
    object::{Key, stamp},
};
use crate::sim::{moment::Moment, processes::Processes};

/// What one cluster is made from.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Version it runs.
    pub version: String,
    /// Image repository.
    pub repository: String,
    /// Voters.
    pub replicas: u32,
    /// The pod that leads, for the status.
    pub leader: String,
    /// `config.hcl`.
    pub config: String,
    /// The CA, PEM.
    pub ca: Vec<u8>,
    /// Which generation of the operator made it.
    pub generation: Generation,
    /// The admission lock.
    pub lock: Lock,
}

impl Fixture {
    /// `vault/prod` with three voters on this version.
    #[must_use]
    pub fn new(version: &str) -> Self {
        Self {
            namespace: "vault".to_owned(),
            name: "prod".to_owned(),
            version: version.to_owned(),
            repository: "docker.io/openbao/openbao".to_owned(),
            replicas: 3,
            leader: "prod-0".to_owned(),
            config: "storage \"raft\" {\n  path = \"/bao/data\"\n}\nseal \"static\" {\n}\n"
                .to_owned(),
            ca: Vec::new(),
            generation: Generation::January,
            lock: Lock::Off,
        }
    }

    /// The voters' StatefulSet.
    #[must_use]
    pub fn set(&self) -> Key {
        Key::new(Kind::StatefulSet, &self.namespace, &self.name)
    }

    /// The resource.
    #[must_use]
    pub fn cluster(&self) -> Key {
        Key::new(Kind::OpenBaoCluster, &self.namespace, &self.name)
    }

    /// Puts the cluster there, at rest.
    pub fn install(&self, into: &mut Kubernetes, now: Moment, processes: &mut dyn Processes) {
        into.serve_generation(self.generation);
        into.install_lock(self.lock);
        into.insert(self.resource(now), "kubectl-client-side-apply", now);
        let uid = into
            .object(&self.cluster())
            .and_then(|cluster| cluster["metadata"]["uid"].as_str())
            .unwrap_or_default()
            .to_owned();
        for object in self.objects(&uid) {
            into.insert(object, "openbao-operator", now);
        }
        for object in operator() {
            into.insert(object, "kubectl-client-side-apply", now);
        }
        into.settle(&self.set(), now, processes);
    }

    fn image(&self) -> String {
        format!("{}:{}", self.repository, self.version)
    }

    fn labels(&self) -> Value {
        json!({
            "app.kubernetes.io/instance": self.name,
            "app.kubernetes.io/managed-by": "openbao-operator",
            "app.kubernetes.io/name": "openbao",
            "openbao.org/cluster": self.name,
        })
    }

    fn meta(&self, name: &str, uid: &str) -> Value {
        json!({
            "name": name, "namespace": self.namespace, "labels": self.labels(),
            "ownerReferences": [{
                "apiVersion": "openbao.org/v1alpha1", "kind": "OpenBaoCluster",
                "name": self.name, "uid": uid, "controller": true, "blockOwnerDeletion": true,
            }],
        })
    }

    fn resource(&self, now: Moment) -> Value {
        let replicas = self.replicas;
        let leads = format!("Leader is {}", self.leader);
        let all = format!("All {replicas} replicas are ready");
        let conditions = [
            ["TLSReady", "True", "Ready", "TLS assets are provisioned"],
            [
                "OpenBaoInitialized",
                "True",
                "Initialized",
                "OpenBao reports initialized",
            ],
            [
                "OpenBaoSealed",
                "False",
                "Unsealed",
                "OpenBao reports unsealed",
            ],
            ["OpenBaoLeader", "True", "LeaderFound", &leads],
            ["Available", "True", "AllReplicasReady", &all],
            [
                "Degraded",
                "False",
                "Reconciling",
                "No degradation has been recorded by the controller",
            ],
            [
                "Upgrading",
                "False",
                "Idle",
                "No upgrade is currently in progress",
            ],
            [
                "BackingUp",
                "False",
                "Idle",
                "No backup is currently in progress",
            ],
        ]
        .map(|[kind, status, reason, message]| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": message,
                "observedGeneration": 1, "lastTransitionTime": stamp(now),
            })
        });
        let mut status = json!({
            "activeLeader": self.leader, "currentVersion": self.version, "phase": "Running",
            "readyReplicas": replicas, "conditions": conditions,
            "initialized": true, "selfInitialized": true, "workload": {}, "adminOps": {},
        });
        if self.generation == Generation::Today {
            status["observedGeneration"] = json!(1);
            status["acceptedUpgradeStrategy"] = json!("RollingUpdate");
        }
        json!({
            "apiVersion": "openbao.org/v1alpha1", "kind": "OpenBaoCluster",
            "metadata": {
                "name": self.name, "namespace": self.namespace,
                "finalizers": ["openbao.org/openbaocluster-finalizer"],
            },
            "spec": {
                "version": self.version, "image": self.image(), "replicas": replicas,
                "profile": "Development", "deletionPolicy": "DeleteAll",
                "initContainer": { "enabled": true, "image": "ghcr.io/dc-tec/openbao-init:0.0.0" },
                "network": { "apiServerCIDR": "10.0.0.0/8" },
                "selfInit": { "enabled": true, "oidc": { "enabled": true } },
                "service": { "type": "ClusterIP" }, "storage": { "size": "1Gi" },
                "tls": { "enabled": true, "mode": "OperatorManaged", "rotationPeriod": "720h" },
                "unseal": { "type": "static" },
                "upgrade": {
                    "image": "ghcr.io/dc-tec/openbao-upgrade:0.0.0", "strategy": "RollingUpdate",
                },
            },
            "status": status,
        })
    }

    fn objects(&self, uid: &str) -> Vec<Value> {
        let meta = |suffix: &str| self.meta(&format!("{}{suffix}", self.name), uid);
        let port = json!([{ "name": "api", "port": 8200, "protocol": "TCP" }]);
        let ca = ByteString(self.ca.clone());
        let mut objects = vec![
            self.workload(uid),
            json!({ "kind": "Service", "metadata": meta(""), "spec": {
                "clusterIP": "None", "publishNotReadyAddresses": true, "ports": port,
                "selector": self.labels(),
            } }),
            json!({ "kind": "Service", "metadata": meta("-public"), "spec": {
                "type": "ClusterIP", "ports": port, "selector": self.labels(),
            } }),
            json!({ "kind": "ConfigMap", "metadata": meta("-config"),
                "data": { "config.hcl": self.config } }),
            json!({ "kind": "ConfigMap", "metadata": meta("-config-init"),
                "data": { "config.hcl": "" } }),
            json!({ "kind": "Secret", "metadata": meta("-tls-ca"), "type": "Opaque",
                "data": { "ca.crt": ca } }),
            json!({ "kind": "ServiceAccount", "metadata": meta("-serviceaccount") }),
        ];
        if self.replicas >= 3 {
            objects.push(
                json!({ "kind": "PodDisruptionBudget", "metadata": meta("-pdb"), "spec": {
                "maxUnavailable": 1,
                "selector": {
                    "matchLabels": self.labels(),
                    "matchExpressions": [{
                        "key": "openbao.org/component", "operator": "NotIn",
                        "values": [
                            "backup", "restore", "upgrade", "upgrade-snapshot", "validation-hook",
                            "post-switch-validation-hook",
                        ],
                    }],
                },
            } }),
            );
        }
        for ordinal in 0..self.replicas {
            let name = format!("data-{}-{ordinal}", self.name);
            objects.push(json!({
                "kind": "PersistentVolumeClaim",
                "metadata": {
                    "name": name, "namespace": self.namespace, "labels": self.labels(),
                },
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": { "requests": { "storage": "1Gi" } },
                },
                "status": { "phase": "Bound" },
            }));
        }
        objects
    }

    fn workload(&self, uid: &str) -> Value {
        let probe = |path: &str| json!({ "path": path, "port": 8200, "scheme": "HTTPS" });
        json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": self.meta(&self.name, uid),
            "spec": {
                "replicas": self.replicas, "serviceName": self.name,
                "selector": { "matchLabels": self.labels() },
                "updateStrategy": { "type": "RollingUpdate" },
                "template": {
                    "metadata": {
                        "labels": self.labels(),
                        "annotations": { "openbao.org/config-hash": "0" },
                    },
                    "spec": {
                        "automountServiceAccountToken": false,
                        "serviceAccountName": format!("{}-serviceaccount", self.name),
                        "containers": [{
                            "name": "openbao", "image": self.image(),
                            "imagePullPolicy": "IfNotPresent",
                            "command": ["/bin/sh", "-c", "exec bao server \"$@\""],
                            "ports": [
                                { "name": "api", "containerPort": 8200, "protocol": "TCP" },
                                { "name": "cluster", "containerPort": 8201, "protocol": "TCP" },
                            ],
                            "readinessProbe": {
                                "httpGet": probe("/v1/sys/health?standbyok=true"),
                                "initialDelaySeconds": 5, "periodSeconds": 2,
                                "failureThreshold": 6, "timeoutSeconds": 5,
                            },
                            "volumeMounts": [{ "name": "data", "mountPath": "/bao/data" }],
                        }],
                    },
                },
                "volumeClaimTemplates": [{
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                    "metadata": { "name": "data", "labels": self.labels() },
                    "spec": {
                        "accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem",
                        "resources": { "requests": { "storage": "1Gi" } },
                    },
                }],
            },
        })
    }
}

/// The operator's Deployment and its policy, as far as they are read.
fn operator() -> Vec<Value> {
    let expression = format!("request.userInfo.username == '{OPERATOR}'");
    vec![
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {
                "name": "openbao-operator-controller", "namespace": "openbao-operator-system",
                "labels": { "app.kubernetes.io/name": "openbao-operator" },
            },
            "spec": { "replicas": 1, "template": { "spec": {
                "serviceAccountName": "openbao-operator-controller",
                "containers": [{ "name": "manager", "env": [
                    { "name": "OPERATOR_VERSION", "value": "0.0.0" },
                ] }],
            } } },
        }),
        json!({
            "kind": "ValidatingAdmissionPolicy",
            "metadata": { "name": "lock-managed-resource-mutations" },
            "spec": { "variables": [{ "name": "operator", "expression": expression }] },
        }),
    ]
}
