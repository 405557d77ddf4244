//! The port `Workloads`.

use std::rc::Rc;

use k8s_openapi::api::{apps::v1::StatefulSet, core::v1::Pod, policy::v1::PodDisruptionBudget};
use kube::{ResourceExt, api::ListParams};

use super::{
    adapter::Kube,
    budgets,
    errors::port_error,
    locked::{held, rolling, with_image},
    names::{self, core_path, statefulset_path},
    statefulsets,
    wire::{self, Patch},
};
use crate::{
    model::{
        action::Hold,
        claim::MountedClaim,
        cluster::Cluster,
        kube_node::KubeNode,
        names::{PodName, PodRef, Pool},
        other_container::OtherContainer,
        warning::Warning,
        workload::{self, Workload},
    },
    ports::{Clock, Freshness, PodEvidence, PortError, Workloads, WriteMode},
};

impl<C: Clock + 'static> Workloads for Kube<C> {
    async fn workload(
        &self,
        cluster: &Cluster,
        pool: Pool,
        freshness: Freshness,
    ) -> Result<Option<Workload>, PortError> {
        if freshness == Freshness::Watched {
            self.watches.catch_up().await;
        }
        let name = statefulsets::name(cluster, pool);
        let Some(set) = self.statefulset(&name, pool, freshness).await? else {
            return match pool {
                Pool::ReadReplicas if cluster.spec.read_replicas > 0 => {
                    Err(PortError::NotFound(format!("statefulset {name}")))
                }
                _ => Ok(None),
            };
        };
        if pool == Pool::ReadReplicas && !statefulsets::belongs(&*set, cluster) {
            return Ok(None);
        }
        self.is_ours(&*set, &format!("statefulset {name}"), cluster)?;
        let pods = self.pods(freshness).await?;
        statefulsets::parse(&set, pods.iter().map(|pod| &**pod)).map(Some)
    }

    async fn disruptions_allowed(&self, cluster: &Cluster) -> Result<Option<i32>, PortError> {
        self.watches.catch_up().await;
        let budgets = match self.watches.read(|kinds| kinds.budgets.copy.list()) {
            Some(budgets) => budgets,
            None => {
                self.list::<PodDisruptionBudget>("poddisruptionbudgets", "")
                    .await?
                    .0
            }
        };
        let pods = self.pods(Freshness::Watched).await?;
        let read = statefulsets::name(cluster, Pool::ReadReplicas);
        Ok(budgets::allowed(&budgets, &pods, &read))
    }

    async fn active_jobs(&self, _cluster: &Cluster) -> Result<Vec<String>, PortError> {
        self.unfinished_jobs().await
    }

    async fn claims(&self, pods: &[PodName]) -> Result<Vec<MountedClaim>, PortError> {
        self.read_claims(pods).await
    }

    async fn kube_nodes(&self, names: &[String]) -> Result<Option<Vec<KubeNode>>, PortError> {
        self.read_nodes(names).await
    }

    async fn changed(&self) {
        self.watches.changed().await;
    }

    async fn hold(
        &self,
        workload: &Workload,
        hold: Hold,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        self.write_set(workload, Patch::Merge, held(hold), mode)
            .await
            .map(drop)
    }

    async fn set_image(
        &self,
        workload: &Workload,
        image: &str,
        mode: WriteMode,
    ) -> Result<Option<String>, PortError> {
        self.write_set(workload, Patch::Strategic, with_image(image), mode)
            .await
            .map(|stored| statefulsets::image(&stored))
    }

    async fn set_partition(
        &self,
        workload: &Workload,
        partition: u32,
        mode: WriteMode,
    ) -> Result<(), PortError> {
        self.write_set(workload, Patch::Merge, rolling(partition), mode)
            .await
            .map(drop)
    }

    async fn evict(&self, pod: &PodRef, mode: WriteMode) -> Result<(), PortError> {
        let (namespace, name) = (&self.reference.namespace, pod.name.as_str());
        let what = format!("pod {name}");
        let path = core_path(namespace, "pods", name);
        // Look first: an eviction refused for its UID uses the disruption
        // budget up for minutes (`contracts/real-stack.md` 3).
        let found = wire::get::<Pod>(&self.own, &what, &path)
            .await?
            .ok_or_else(|| PortError::NotFound(what.clone()))?;
        if found.uid().as_deref() != Some(&pod.uid) {
            return Err(PortError::Conflict { what });
        }
        if found.metadata.deletion_timestamp.is_some() {
            return Ok(());
        }
        match wire::evict(&self.own, namespace, name, &pod.uid, mode).await {
            Ok(()) => Ok(()),
            Err(kube::Error::Api(status)) if not_served(&status, name) => {
                wire::delete(&self.locked, &what, &path, &pod.uid, mode).await
            }
            Err(error) => Err(port_error(&what, error)),
        }
    }

    async fn unhold(&self, workload: &Workload, mode: WriteMode) -> Result<(), PortError> {
        self.release_set(workload, mode).await
    }

    async fn step_down_job(&self, cluster: &Cluster, leader: &PodName) -> Result<(), PortError> {
        self.run_step_down_job(cluster, leader).await
    }

    async fn evidence(
        &self,
        pod: &workload::Pod,
        container: Option<&OtherContainer>,
    ) -> PodEvidence {
        self.gather_evidence(pod, container).await
    }

    async fn warnings(&self, uid: &str) -> Vec<Warning> {
        self.warnings_about(uid).await
    }
}

/// The API server knows no eviction of pods: not the same as a pod that is gone,
/// which its answer names.
fn not_served(status: &kube::core::Status, pod: &str) -> bool {
    let about_pod = status
        .details
        .as_ref()
        .is_some_and(|details| details.name == pod);
    status.code == 405 || (status.code == 404 && !about_pod)
}

impl<C: Clock + 'static> Kube<C> {
    /// A StatefulSet by name.
    pub(super) async fn statefulset(
        &self,
        name: &str,
        pool: Pool,
        freshness: Freshness,
    ) -> Result<Option<Rc<StatefulSet>>, PortError> {
        if freshness == Freshness::Watched {
            match self.watches.read(|kinds| kinds.statefulsets.copy.get(name)) {
                Some(Some(set)) => return Ok(Some(set)),
                // The watch selects by label; the voters' set must be there, so
                // its absence is worth a question.
                Some(None) if pool == Pool::ReadReplicas => return Ok(None),
                _ => {}
            }
        }
        let what = format!("statefulset {name}");
        let path = statefulset_path(&self.reference.namespace, name);
        let set = wire::get::<StatefulSet>(&self.own, &what, &path)
            .await?
            .map(Rc::new);
        self.watches.tell(|kinds| match &set {
            Some(set) => kinds.statefulsets.copy.saw(Rc::clone(set)),
            None => kinds.statefulsets.copy.found_gone(name),
        });
        Ok(set)
    }

    /// The pods of the cluster.
    pub(super) async fn pods(&self, freshness: Freshness) -> Result<Vec<Rc<Pod>>, PortError> {
        if freshness == Freshness::Watched
            && let Some(pods) = self.watches.read(|kinds| kinds.pods.copy.list())
        {
            return Ok(pods);
        }
        let (pods, version) = self
            .list::<Pod>("pods", &names::selector(&self.reference))
            .await?;
        self.watches
            .tell(|kinds| kinds.pods.copy.saw_list(version.as_deref(), &pods));
        Ok(pods)
    }

    /// A whole list, with its version.
    pub(super) async fn list<K>(
        &self,
        what: &str,
        selector: &str,
    ) -> Result<(Vec<Rc<K>>, Option<String>), PortError>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + serde::de::DeserializeOwned,
        K::DynamicType: Default,
    {
        let mut params = ListParams::default();
        if !selector.is_empty() {
            params = params.labels(selector);
        }
        let list = self
            .api::<K>()
            .list(&params)
            .await
            .map_err(|error| port_error(what, error))?;
        let version = list.metadata.resource_version.clone();
        Ok((list.items.into_iter().map(Rc::new).collect(), version))
    }
}
