//! Performs the acts that only a blue/green run has.

use crate::{
    model::{
        action::{Action, ColourPart, MemberChange},
        blue_green_run::BlueGreenRun,
        cluster::Cluster,
        colour_parts::ColourParts,
        green::{self, Green, Unlike},
        record::RunRecord,
        revision::Revision,
        snapshot::Snapshot,
        workload::Workload,
    },
    ports::{BaoNodes, Clock, Colours, PortError, WriteMode},
};

use super::{
    Kube, Ports,
    act::{Act, admitted, known, pod},
};

impl<K: Kube, B: BaoNodes, C: Clock> Act<'_, K, B, C> {
    /// Performs it. Returns the record as it is afterwards when it changed.
    pub(super) async fn recolour(
        &self,
        action: &Action,
        snapshot: &Snapshot,
        run: &RunRecord,
        mode: WriteMode,
    ) -> Result<Option<RunRecord>, PortError> {
        let Ports { kube, nodes, .. } = self.ports;
        let cluster = known(snapshot.cluster.known(), "the resource")?;
        let colours = known(run.blue_green.as_ref(), "the run's colours")?;
        let parts = known(
            snapshot.colour_parts.known().and_then(Option::as_ref),
            "the colours' parts",
        )?;
        match action {
            Action::WritePhase { status } => {
                kube.publish_colours(cluster, status, mode).await?;
            }
            Action::EmptySelfInit => {
                let file = known(parts.self_init.as_ref(), "the self-init content")?;
                kube.empty_self_init(file, mode).await?;
            }
            Action::CreateConfig { revision } => {
                let text = green_config(cluster, colours, parts)?;
                kube.make_config(cluster, revision, &text, mode).await?;
            }
            Action::CreateStatefulSet { revision, image } => {
                let set = self
                    .green(cluster, colours, parts, (revision, image), run)
                    .await?;
                let stored = kube.make_set(cluster, &set, mode).await?;
                return Ok(stored.map(|stored| admitted(run, stored)));
            }
            Action::ChangeMember {
                leader,
                member,
                change,
            } => {
                let leader = pod(snapshot, leader)?;
                match change {
                    MemberChange::Promote => nodes.promote(leader, member).await?,
                    MemberChange::Demote => nodes.demote(leader, member).await?,
                    MemberChange::Remove => nodes.remove_peer(leader, member).await?,
                }
            }
            Action::RunHook { .. } => {
                let hook = &cluster.spec.blue_green_spec.pre_promotion_hook;
                let hook = known(hook.as_ref(), "the pre-promotion hook")?;
                kube.make_hook(cluster, hook, &run.id, mode).await?;
            }
            Action::DeleteHook { uid, .. } => {
                let job = snapshot.hook.known().and_then(Option::as_ref);
                let job = known(job.filter(|job| job.uid == *uid), "the hook's Job")?;
                kube.delete_hook(job, mode).await?;
            }
            Action::MoveService { revision } => {
                let front = known(parts.front.as_ref(), "the public Service")?;
                kube.turn_front(front, revision, mode).await?;
            }
            Action::ScaleToNone { revision } => {
                let set = set_of(snapshot, cluster, revision)?;
                kube.scale(set, 0, mode).await?;
            }
            Action::DeletePart { revision, part } => {
                let is_green = *revision == colours.green;
                match part {
                    ColourPart::StatefulSet => {
                        kube.delete_set(set_of(snapshot, cluster, revision)?, mode)
                            .await?;
                    }
                    ColourPart::ConfigMap => {
                        let file = if is_green {
                            &parts.green_config
                        } else {
                            &parts.blue_config
                        };
                        let file = known(file.as_ref(), "the configuration")?;
                        kube.delete_config(file, mode).await?;
                    }
                    ColourPart::Volumes => {
                        let volumes = if is_green {
                            &parts.green_volumes
                        } else {
                            &parts.blue_volumes
                        };
                        for volume in volumes.iter().filter(|volume| !volume.terminating) {
                            kube.delete_volume(volume, mode).await?;
                        }
                    }
                }
            }
            _ => return Err(PortError::Other(format!("{action} changes no colour"))),
        }
        Ok(None)
    }

    /// Green's StatefulSet, made from blue's as it is stored.
    async fn green(
        &self,
        cluster: &Cluster,
        colours: &BlueGreenRun,
        parts: &ColourParts,
        (revision, image): (&Revision, &str),
        run: &RunRecord,
    ) -> Result<serde_json::Value, PortError> {
        // Before the ConfigMap is made only its text is known.
        let config = match &parts.green_config {
            Some(config) => config.text.clone(),
            None => green_config(cluster, colours, parts)?,
        };
        let blue = self.ports.kube.pattern(cluster, &colours.blue).await?;
        let blue = known(blue.as_ref(), "blue's StatefulSet")?;
        green::statefulset(
            blue,
            &Green {
                cluster: &cluster.reference.name,
                blue: &colours.blue,
                revision,
                image,
                replicas: run.target.replicas,
                config: &config,
            },
        )
        .map_err(|error| unlike(&error))
    }
}

/// Green's configuration, made from blue's.
fn green_config(
    cluster: &Cluster,
    colours: &BlueGreenRun,
    parts: &ColourParts,
) -> Result<String, PortError> {
    let text = parts.green_text(&cluster.reference.name, &colours.blue);
    match known(text.as_ref(), "blue's configuration")? {
        Ok(text) => Ok(text.clone()),
        Err(error) => Err(unlike(error)),
    }
}

fn set_of<'a>(
    snapshot: &'a Snapshot,
    cluster: &Cluster,
    revision: &Revision,
) -> Result<&'a Workload, PortError> {
    let name = revision.statefulset(&cluster.reference.name);
    let set = snapshot.workloads().find(|set| set.name == name);
    known(set, "the StatefulSet")
}

/// Nothing is guessed about a cluster that does not look as the operator makes
/// it.
fn unlike(error: &Unlike) -> PortError {
    PortError::Invalid(error.to_string())
}
