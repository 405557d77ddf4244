//! The two colours as one pass sees them: which rises, which falls.

use crate::model::{
    blue_green::{BlueGreenStatus, PromotionHook},
    blue_green_run::BlueGreenRun,
    cluster::Cluster,
    colour_parts::ColourParts,
    config_file::ConfigFile,
    fact::Fact,
    names::PodName,
    raft::{Membership, Peer},
    revision::Revision,
    volume::Volume,
    workload::{Pod, Workload},
};

use crate::decide::{Decision, leadership, world::World};

/// Both, with what belongs to them.
pub(super) struct Colours<'a> {
    /// The run's own part of the record.
    pub run: &'a BlueGreenRun,
    /// The colour that is to serve in the end.
    pub rising: Side<'a>,
    /// The colour that is to go.
    pub falling: Side<'a>,
    /// It is the way back: blue rises.
    pub back: bool,
    /// `status.blueGreen` as it is.
    pub status: BlueGreenStatus,
    /// What has to succeed before green gets a vote, as the resource has it now:
    /// it may be repaired while the run stands.
    pub hook: Option<PromotionHook>,
    /// What belongs to them beside their StatefulSets.
    pub parts: &'a ColourParts,
    /// The members by the leader's list.
    pub members: &'a Membership,
}

/// One colour.
pub(super) struct Side<'a> {
    /// Its revision.
    pub revision: &'a Revision,
    /// Its StatefulSet, if there is one.
    pub set: Option<&'a Workload>,
    /// The names of its pods, whether they exist or not.
    pub names: Vec<PodName>,
}

impl<'a> Colours<'a> {
    /// Both; or the wait for what could not be seen.
    pub(super) fn of(
        world: &World<'a>,
        cluster: &Cluster,
        run: &'a BlueGreenRun,
    ) -> Result<Self, Decision> {
        let snapshot = world.snapshot;
        if let Fact::Unknown(why) = &snapshot.voters {
            return Err(Decision::unseen("the voters' StatefulSet", why));
        }
        if let Fact::Unknown(why) = &snapshot.other_colour {
            return Err(Decision::unseen("the other colour's StatefulSet", why));
        }
        let parts = match &snapshot.colour_parts {
            Fact::Known(Some(parts)) => parts,
            Fact::Known(None) => {
                return Err(Decision::unseen("the colours' parts", "they were not read"));
            }
            Fact::Unknown(why) => return Err(Decision::unseen("the colours' parts", why)),
        };
        // Only the active node's list counts; without one that is the reason.
        let members = match &snapshot.membership {
            Fact::Known(members) => members,
            Fact::Unknown(why) => {
                return Err(match leadership::leader(snapshot) {
                    Err(blocker) => Decision::wait(blocker),
                    Ok(_) => Decision::unseen("the raft membership", why),
                });
            }
        };
        let Some((rising, falling)) = world.run.rising_and_falling() else {
            return Err(Decision::unseen("the run's colours", "the record has none"));
        };
        Ok(Self {
            run,
            rising: Side::of(world, cluster, rising),
            falling: Side::of(world, cluster, falling),
            back: world.run.abandoned.is_some(),
            status: cluster.status.blue_green.clone().unwrap_or_default(),
            hook: cluster.spec.blue_green_spec.pre_promotion_hook.clone(),
            parts,
            members,
        })
    }

    /// The configuration of a colour.
    pub(super) fn config(&self, side: &Side<'_>) -> Option<&'a ConfigFile> {
        if *side.revision == self.run.green {
            self.parts.green_config.as_ref()
        } else {
            self.parts.blue_config.as_ref()
        }
    }

    /// The volumes of a colour, those that are going included.
    pub(super) fn volumes(&self, side: &Side<'_>) -> &'a [Volume] {
        if *side.revision == self.run.green {
            &self.parts.green_volumes
        } else {
            &self.parts.blue_volumes
        }
    }

    /// The members that are pods of this colour.
    pub(super) fn members_of<'s>(
        &'s self,
        side: &'s Side<'_>,
    ) -> impl Iterator<Item = &'a Peer> + 's {
        // By id: a pod that is gone is a member all the same.
        self.members
            .peers
            .iter()
            .filter(|peer| side.names.iter().any(|name| peer.id == name.as_str()))
    }

    /// Whether a pod votes; `None` when it is no member.
    pub(super) fn vote(&self, pod: &PodName) -> Option<bool> {
        let mut peers = self.members.peers.iter();
        peers
            .find(|peer| peer.id == pod.as_str())
            .map(|peer| peer.voter)
    }

    /// Whether any pod of this colour votes.
    pub(super) fn votes(&self, side: &Side<'_>) -> bool {
        self.members_of(side).any(|peer| peer.voter)
    }
}

impl<'a> Side<'a> {
    /// The colour of this revision, with the StatefulSet that was seen of it.
    pub(super) fn of(world: &World<'a>, cluster: &Cluster, revision: &'a Revision) -> Self {
        let name = &cluster.reference.name;
        let set = revision.statefulset(name);
        Self {
            revision,
            set: world
                .snapshot
                .workloads()
                .find(|workload| workload.name == set),
            names: revision.pods(name, world.run.target.replicas),
        }
    }

    /// Its pods.
    pub(super) fn pods(&self) -> &'a [Pod] {
        self.set.map_or(&[], |set| &set.pods)
    }

    /// Whether a pod is one of its.
    pub(super) fn owns(&self, pod: &PodName) -> bool {
        self.names.contains(pod)
    }
}
