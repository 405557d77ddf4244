//! What each act does to the values.

use super::hook::job;
use super::stage::{Stage, file, set, volumes};
use crate::decide::example_parts::{node, peer};
use crate::model::{
    action::{Action, ColourPart, MemberChange},
    blue_green::BlueGreenPhase,
    cluster::OperationLock,
    fact::Fact,
    hook::HookState,
    names::PodName,
    record::RunRecord,
    revision::Revision,
    workload::{Pod, Workload},
};

impl Stage {
    /// Does what was decided.
    pub(super) fn perform(&mut self, action: &Action) {
        let now = self.world.now;
        self.world.track.acted(action, now);
        match action {
            Action::WritePhase { status } => {
                self.world.cluster().status.blue_green = Some((**status).clone());
                self.name_voters();
            }
            Action::Declare { version, image } => {
                let spec = &mut self.world.cluster().spec;
                spec.version = version.to_string();
                spec.image = Some(image.clone());
            }
            Action::EmptySelfInit => {
                self.parts().self_init = Some(file("prod-config-init", ""));
            }
            Action::CreateConfig { .. } => {
                let blue = self.blue.clone();
                let text = self.parts().green_text("prod", &blue);
                let text = text.expect("blue's").expect("the operator's form");
                self.parts().green_config = Some(file("green", &text));
            }
            Action::CreateStatefulSet { .. } => self.green_comes_up(),
            Action::ChangeMember { member, change, .. } => match change {
                MemberChange::Promote => self.asked.push((member.clone(), true)),
                MemberChange::Demote => self.asked.push((member.clone(), false)),
                MemberChange::Remove => {
                    let peers = &mut self.members().peers;
                    peers.retain(|peer| peer.id != member.as_str());
                }
            },
            Action::MoveService { revision } => {
                let front = self.parts().front.as_mut().expect("a Service");
                front.revision = Some(revision.clone());
            }
            Action::StepDown { node } => self.elect_without(&node.name.clone()),
            Action::ScaleToNone { revision } => {
                let name = revision.statefulset("prod");
                let set = self.set_mut(&name).expect("a StatefulSet");
                set.replicas = 0;
                let gone: Vec<Pod> = std::mem::take(&mut set.pods);
                for pod in gone {
                    self.world.snapshot.nodes.remove(&pod.pod.name);
                }
            }
            Action::DeletePart { revision, part } => self.delete(&revision.clone(), *part),
            Action::Record { record } | Action::Begin { record } => {
                self.world.run = RunRecord::clone(record);
                self.store();
            }
            Action::TakeLock { .. } => {
                let holder = self.world.run.holder();
                self.world.cluster().status.operation_lock = Some(OperationLock {
                    operation: "Upgrade".to_owned(),
                    holder,
                    message: None,
                    renewed_at: None,
                });
            }
            Action::Complete => {
                let version = self.world.run.target.version.to_string();
                let status = &mut self.world.cluster().status;
                status.current_version = Some(version);
                status.operation_lock = None;
            }
            Action::RunHook { .. } => {
                let run = self.world.run.id.clone();
                self.world.snapshot.hook = Fact::Known(Some(job(&run, HookState::Running)));
            }
            Action::DeleteHook { .. } => self.world.snapshot.hook = Fact::Known(None),
            Action::Relinquish => self.world.cluster().run = Fact::Known(None),
            other => panic!("no act of a blue/green run: {other}"),
        }
    }

    fn green_comes_up(&mut self) {
        let green = self.green.clone();
        let set = set(&green, "2.7.2");
        for pod in &set.pods {
            self.world
                .snapshot
                .nodes
                .insert(pod.pod.name.clone(), node("2.7.2", false));
            let mut member = peer(pod);
            member.voter = false;
            self.members().peers.push(member);
            let candidates = &mut self.world.snapshot.candidates;
            candidates.insert(pod.pod.name.clone(), Fact::Known(true));
        }
        for name in (0..3).map(|ordinal| self.blue.pod("prod", ordinal)) {
            self.world
                .snapshot
                .candidates
                .insert(name, Fact::Known(true));
        }
        self.world.snapshot.other_colour = Fact::Known(Some(set));
        self.parts().green_volumes = volumes(&green);
        let leader = self.leader().expect("a leader");
        let index = self.world.snapshot.nodes[&leader].applied_index();
        for node in self.world.snapshot.nodes.values_mut() {
            if let Fact::Known(answer) = &mut node.leader {
                answer.leader_address = Some(format!("https://{leader}.prod.vault.svc:8200"));
                answer.applied_index = index;
                answer.committed_index = index;
            }
        }
    }

    /// Blue is being removed, or gone.
    pub(super) fn is_cleaning_up(&mut self) -> bool {
        let status = self.world.cluster().status.blue_green.clone();
        let green = self.green.clone();
        status.is_some_and(|it| {
            it.phase == Some(BlueGreenPhase::Cleanup) || it.blue_revision == Some(green)
        })
    }

    fn elect_without(&mut self, old: &PodName) {
        let voters = self.voters();
        let heir = voters.iter().find(|id| id.as_str() != old.as_str());
        let heir = PodName(heir.expect("a voter").clone());
        self.lead(&heir);
    }

    fn set_mut(&mut self, name: &str) -> Option<&mut Workload> {
        let snapshot = &mut self.world.snapshot;
        let voters = match &mut snapshot.voters {
            Fact::Known(voters) => Some(voters),
            Fact::Unknown(_) => None,
        };
        let other = match &mut snapshot.other_colour {
            Fact::Known(other) => other.as_mut(),
            Fact::Unknown(_) => None,
        };
        voters.into_iter().chain(other).find(|set| set.name == name)
    }

    /// The resource names the voters' StatefulSet.
    fn name_voters(&mut self) {
        let status = self.world.cluster().status.blue_green.clone();
        let blue = status
            .and_then(|status| status.blue_revision)
            .expect("a revision");
        let name = blue.statefulset("prod");
        let snapshot = &mut self.world.snapshot;
        let is_other = snapshot.other_colour().is_some_and(|set| set.name == name);
        if let (true, Fact::Known(voters), Fact::Known(Some(other))) =
            (is_other, &mut snapshot.voters, &mut snapshot.other_colour)
        {
            std::mem::swap(voters, other);
        }
    }

    fn delete(&mut self, revision: &Revision, part: ColourPart) {
        let green = *revision == self.green;
        match part {
            ColourPart::StatefulSet => {
                let other = self.world.snapshot.other_colour().expect("a StatefulSet");
                assert_eq!(other.name, revision.statefulset("prod"), "the voters' own");
                self.world.snapshot.other_colour = Fact::Known(None);
            }
            ColourPart::ConfigMap if green => self.parts().green_config = None,
            ColourPart::ConfigMap => self.parts().blue_config = None,
            ColourPart::Volumes if green => self.parts().green_volumes.clear(),
            ColourPart::Volumes => self.parts().blue_volumes.clear(),
        }
    }
}
