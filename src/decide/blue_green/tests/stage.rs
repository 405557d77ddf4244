//! Two colours to decide about: values, on which each act has the effect that
//! it was measured to have.

use std::time::Duration;

use crate::decide::{
    Decision,
    example::{Example, image, start},
    example_parts::{colours, node, peer, pod},
};
use crate::model::{
    blue_green::BlueGreenStatus,
    blue_green_run::BlueGreenRun,
    colour_parts::ColourParts,
    config_file::ConfigFile,
    fact::Fact,
    front::{Endpoint, Front},
    intent::Order,
    names::{PodName, ResourceVersion},
    raft::Membership,
    revision::Revision,
    volume::Volume,
    workload::{UpdateStrategy, Workload},
};

/// The example with colours.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) world: Example,
    pub(super) blue: Revision,
    pub(super) green: Revision,
    /// Changes of votes that wait for autopilot's next round.
    pub(super) asked: Vec<(PodName, bool)>,
}

/// A server's configuration, in the operator's form.
pub(super) const CONFIG: &str = r#"storage "raft" {
  path = "/bao/data"
  retry_join {
    auto_join = "provider=k8s namespace=vault label_selector=\"openbao.org/cluster=prod\""
  }
}
"#;

/// The revision of a version.
pub(super) fn revision(version: &str) -> Revision {
    Revision::of(version, &image(version), 3)
}

impl Stage {
    /// Three voters of blue at rest, the run under way and nothing done.
    pub(super) fn of(from: &str) -> Self {
        let (blue, green) = (revision(from), revision("2.7.2"));
        let mut world = Example::under_way(from, Order::LeaderLast);
        world.run.blue_green = Some(colours(blue.clone(), green.clone()));
        let run = world.run.clone();
        let cluster = world.cluster();
        cluster.spec.version = from.to_owned();
        cluster.spec.image = Some(image(from));
        cluster.spec.blue_green = true;
        cluster.status.upgrade = None;
        cluster.status.blue_green = Some(BlueGreenStatus::at_rest(blue.clone(), Some(image(from))));
        cluster.run = Fact::Known(Some(run));
        let set = set(&blue, from);
        world.snapshot.nodes = set
            .pods
            .iter()
            .map(|pod| (pod.pod.name.clone(), node(from, false)))
            .collect();
        world.snapshot.membership = Fact::Known(Membership {
            peers: set.pods.iter().map(peer).collect(),
            autopilot: None,
        });
        world.snapshot.voters = Fact::Known(set);
        world.snapshot.colour_parts = Fact::Known(Some(ColourParts {
            front: Some(Front {
                name: "prod-public".to_owned(),
                revision: Some(blue.clone()),
                resource_version: ResourceVersion("7".to_owned()),
                maintenance: false,
                endpoints: Vec::new(),
            }),
            self_init: Some(file("prod-config-init", "initialize \"kv\" {}")),
            green_config: None,
            blue_config: Some(file("blue", CONFIG)),
            green_volumes: Vec::new(),
            blue_volumes: volumes(&blue),
        }));
        let mut stage = Self {
            world,
            blue,
            green,
            asked: Vec::new(),
        };
        let leader = stage.blue.pod("prod", 0);
        stage.lead(&leader);
        stage.follow();
        stage.world.settle();
        stage
    }

    /// The run turns back.
    pub(super) fn turn_back(&mut self) {
        let run = &mut self.world.run;
        run.abandoned = Some(run.target.version.clone());
        run.target.version = run.from.clone();
        run.target.image = run.from_image.clone().expect("an image");
        self.store();
    }

    /// The record on the resource is what the process knows.
    pub(super) fn store(&mut self) {
        let run = self.world.run.clone();
        self.world.cluster().run = Fact::Known(Some(run));
    }

    pub(super) fn run(&mut self) -> &mut BlueGreenRun {
        self.world.run.blue_green.as_mut().expect("colours")
    }

    pub(super) fn parts(&mut self) -> &mut ColourParts {
        match &mut self.world.snapshot.colour_parts {
            Fact::Known(Some(parts)) => parts,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn members(&mut self) -> &mut Membership {
        match &mut self.world.snapshot.membership {
            Fact::Known(members) => members,
            Fact::Unknown(why) => panic!("{why}"),
        }
    }

    pub(super) fn voters(&mut self) -> Vec<String> {
        self.members()
            .voters()
            .map(|peer| peer.id.clone())
            .collect()
    }

    pub(super) fn leader(&self) -> Option<PodName> {
        let mut nodes = self.world.snapshot.nodes.iter();
        nodes
            .find(|(_, node)| node.is_active())
            .map(|(name, _)| name.clone())
    }

    /// Leadership moves, and every node knows.
    pub(super) fn lead(&mut self, leader: &PodName) {
        let now = start() + self.world.now;
        for (name, node) in &mut self.world.snapshot.nodes {
            if let Fact::Known(answer) = &mut node.leader {
                answer.is_self = name == leader;
                answer.leader_address = Some(format!("https://{leader}.prod.vault.svc:8200"));
                answer.active_time = (name == leader).then_some(now);
            }
        }
        self.world.pass(Duration::ZERO);
    }

    /// The Service's endpoints are the Ready pods that it selects.
    pub(super) fn follow(&mut self) {
        let front = self.parts().front.clone().expect("a Service");
        let selected = front.revision.expect("a revision").statefulset("prod");
        let sets = self.world.snapshot.workloads();
        let endpoints = sets
            .filter(|set| set.name == selected)
            .flat_map(|set| set.pods.iter().filter(|pod| pod.ready))
            .map(|pod| Endpoint {
                pod: pod.pod.clone(),
                ready: true,
            })
            .collect();
        self.parts().front.as_mut().expect("a Service").endpoints = endpoints;
    }

    /// Autopilot's next round. A leader keeps its vote until it leads no more.
    pub(super) fn round(&mut self) {
        let leader = self.leader();
        for (pod, vote) in std::mem::take(&mut self.asked) {
            if !vote && Some(&pod) == leader.as_ref() {
                self.asked.push((pod, vote));
                continue;
            }
            let mut peers = self.members().peers.iter_mut();
            peers
                .find(|peer| peer.id == pod.as_str())
                .expect("a member")
                .voter = vote;
        }
    }

    /// Goes on until nothing is left to do or `done` says so; what was done.
    pub(super) fn go_on(
        &mut self,
        mut done: impl FnMut(&mut Self, &Decision) -> bool,
    ) -> Vec<String> {
        let mut acts = Vec::new();
        for _ in 0..400 {
            let decision = self.world.decide();
            if done(self, &decision) {
                return acts;
            }
            match decision {
                Decision::Act(action) => {
                    acts.push(action.to_string());
                    self.perform(&action);
                }
                Decision::Wait { .. } => {
                    self.round();
                    self.complete_hook();
                    self.follow();
                    self.world.commit();
                    self.world.pass(Duration::from_secs(3));
                }
                other => panic!("{other:?} after {acts:#?}"),
            }
        }
        panic!("no end: {acts:#?}, then {:?}", self.world.decide())
    }
}

pub(super) fn set(revision: &Revision, version: &str) -> Workload {
    let pods = (0..3)
        .map(|ordinal| {
            let mut one = pod(ordinal, version);
            one.pod.name = revision.pod("prod", ordinal);
            one
        })
        .collect();
    Workload {
        name: revision.statefulset("prod"),
        uid: format!("uid-{revision}"),
        resource_version: ResourceVersion("10".to_owned()),
        generation: 1,
        observed_generation: 1,
        replicas: 3,
        strategy: UpdateStrategy::OnDelete,
        ordered_ready: true,
        image: Some(image(version)),
        current_revision: format!("prod-{version}"),
        update_revision: format!("prod-{version}"),
        grace_seconds: 30,
        min_ready_seconds: 0,
        maintenance: false,
        maintenance_ours: false,
        pods,
        warnings: Vec::new(),
    }
}

pub(super) fn volumes(revision: &Revision) -> Vec<Volume> {
    (0..3)
        .map(|ordinal| Volume {
            name: revision.volume("prod", ordinal),
            uid: format!("uid-{revision}-{ordinal}"),
            ordinal,
            terminating: false,
        })
        .collect()
}

pub(super) fn file(name: &str, text: &str) -> ConfigFile {
    ConfigFile {
        name: name.to_owned(),
        uid: format!("uid-{name}"),
        resource_version: ResourceVersion("3".to_owned()),
        maintenance: false,
        text: text.to_owned(),
    }
}
