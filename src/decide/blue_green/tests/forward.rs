//! Green comes, is given everything, and blue goes.

use super::{
    codes, index,
    stage::{Stage, file},
};
use crate::decide::{Decision, example::image};
use crate::model::{
    action::{Action, MemberChange},
    blue_green::BlueGreenPhase,
    blue_green_run::Until,
    cluster::ClusterSpec,
    fact::Fact,
    halt::HaltReason,
    names::PodName,
    node::NodeView,
    raft::{Peer, quorum},
};

#[test]
fn the_whole_way_in_this_order() {
    let mut stage = Stage::of("2.6.2");
    let (blue, green) = (stage.blue.clone(), stage.green.clone());
    let acts = stage.go_on(|_, decision| *decision == Decision::Done);
    let order = [
        "declare version 2.7.2".to_owned(),
        "write phase DeployingGreen".to_owned(),
        "empty the self-init content".to_owned(),
        format!("create the ConfigMap of {green}"),
        format!("create the StatefulSet of {green}"),
        "write phase Syncing".to_owned(),
        "write phase Promoting".to_owned(),
        format!("promote prod-{green}-0"),
        format!("promote prod-{green}-2"),
        "write phase DemotingBlue".to_owned(),
        format!("demote prod-{blue}-1"),
        format!("demote prod-{blue}-2"),
        format!("step prod-{blue}-0 down"),
        format!("move the Service to {green}"),
        format!("demote prod-{blue}-0"),
        "write phase Cleanup".to_owned(),
        format!("remove prod-{blue}-0"),
        format!("remove prod-{blue}-2"),
        format!("scale the StatefulSet of {blue} to none"),
        "write phase Idle".to_owned(),
        "write the status at rest".to_owned(),
        format!("delete the StatefulSet of {blue}"),
        format!("delete the ConfigMap of {blue}"),
        "give the resource back to the operator".to_owned(),
    ];
    let places: Vec<usize> = order.iter().map(|act| index(&acts, act)).collect();
    assert!(places.is_sorted(), "{acts:#?}");
    assert_eq!(acts.len(), places.len() + 5, "nothing twice: {acts:#?}");
    assert_eq!(stage.voters().len(), 3);
    assert_eq!(
        stage.parts().blue_volumes.len(),
        3,
        "they were not to be deleted"
    );
}

/// Voters that answer.
fn alive(stage: &mut Stage) -> usize {
    let voters = stage.voters();
    let nodes = &stage.world.snapshot.nodes;
    let answers = |id: &&String| nodes[&PodName((*id).clone())].is_unsealed();
    voters.iter().filter(answers).count()
}

#[test]
fn each_membership_on_the_way_bears_the_loss_of_a_node_even_with_one_down() {
    for down in [None, Some(1), Some(2)] {
        let mut stage = Stage::of("2.6.2");
        stage.go_on(|stage, _| stage.voters().len() == 6);
        // A blue standby dies once green votes: it must not stop the rest.
        if let Some(ordinal) = down {
            let name = stage.blue.pod("prod", ordinal);
            let silent = NodeView::unknown("connection refused");
            stage.world.snapshot.nodes.insert(name, silent);
        }
        stage.go_on(|stage, decision| {
            let (voters, alive) = (stage.voters(), alive(stage));
            assert!(alive > quorum(voters.len()), "{down:?}: {voters:?}");
            // Nobody but the leader of blue may still vote when it steps down.
            if let Decision::Act(Action::StepDown { node }) = decision {
                let blue = stage.blue.to_string();
                let blues: Vec<_> = voters.iter().filter(|id| id.contains(&blue)).collect();
                assert_eq!(blues, [node.name.as_str()]);
            }
            *decision == Decision::Done
        });
    }
}

#[test]
fn a_pod_is_waited_for_only_once_it_can_be_there() {
    let mut stage = Stage::of("2.6.2");
    stage.go_on(|_, decision| promotes(decision));
    // OrderedReady: the third is made once the second is Ready.
    let Fact::Known(Some(green)) = &mut stage.world.snapshot.other_colour else {
        panic!("green is there")
    };
    green.pods.pop();
    green.pods[1].ready = false;
    assert_eq!(codes(&stage.world.decide()), ["PodNotReady"]);
    let Fact::Known(Some(green)) = &mut stage.world.snapshot.other_colour else {
        panic!("green is there")
    };
    green.pods[1].ready = true;
    assert_eq!(codes(&stage.world.decide()), ["PodMissing"]);
}

#[test]
fn a_batch_takes_one_round_for_all() {
    let mut stage = Stage::of("2.6.2");
    let mut rounds = 0;
    stage.go_on(|stage, decision| {
        rounds += u32::from(
            matches!(decision, Decision::Wait { .. }) && stage.asked.iter().any(|(_, vote)| *vote),
        );
        *decision == Decision::Done
    });
    assert_eq!(rounds, 1, "three promotions in one round");
}

#[test]
fn with_a_voter_away_votes_are_asked_for_one_after_the_other_or_not_at_all() {
    let mut stage = Stage::of("2.6.2");
    stage.go_on(|_, decision| promotes(decision));
    // A blue standby dies: 2 of 3 alive, and 3 of 4 leave no node to lose.
    let name = stage.blue.pod("prod", 2);
    let silent = NodeView::unknown("connection refused");
    stage.world.snapshot.nodes.insert(name, silent);
    stage.world.settle();
    assert_eq!(codes(&stage.world.decide()), ["NoQuorumMargin"]);
}

fn promotes(decision: &Decision) -> bool {
    matches!(
        decision,
        Decision::Act(Action::ChangeMember {
            change: MemberChange::Promote,
            ..
        })
    )
}

#[test]
fn until_ready_stops_before_the_first_vote_and_goes_on_when_told() {
    let mut stage = Stage::of("2.6.2");
    stage.run().until = Until::Ready;
    stage.store();
    let acts = stage.go_on(|_, decision| *decision == Decision::Reached(Until::Ready));
    assert!(
        acts.iter().all(|act| !act.starts_with("promote")),
        "{acts:#?}"
    );
    let phase = stage
        .world
        .cluster()
        .status
        .blue_green
        .clone()
        .and_then(|it| it.phase);
    assert_eq!(phase, Some(BlueGreenPhase::Syncing));
    stage.run().until = Until::Cutover;
    stage.store();
    stage.go_on(|_, decision| *decision == Decision::Reached(Until::Cutover));
    assert_eq!(stage.voters().len(), 3, "blue has no vote any more");
    let green = stage.green.to_string();
    assert!(
        stage
            .leader()
            .is_some_and(|leader| leader.as_str().contains(&green))
    );
}

#[test]
fn green_stays_in_step_for_as_long_as_was_asked_for() {
    let mut stage = Stage::of("2.6.2");
    stage.run().min_sync_s = 60;
    stage.store();
    stage.go_on(|_, decision| matches!(decision, Decision::Wait { blockers } if blockers[0].code() == "Syncing"));
    let began = stage.world.now;
    stage.go_on(|_, decision| promotes(decision));
    assert!(
        stage.world.now.saturating_sub(began).as_secs() >= 57,
        "{began:?}"
    );
}

#[test]
fn a_green_that_founded_its_own_cluster_is_never_given_a_vote() {
    let mut stage = Stage::of("2.6.2");
    stage.go_on(|_, decision| promotes(decision));
    let name = stage.green.pod("prod", 0);
    let node = stage.world.snapshot.nodes.get_mut(&name).expect("a node");
    if let Fact::Known(health) = &mut node.health {
        health.cluster_id = Some("another".to_owned());
    }
    // It leads that one, which is no dispute about who leads this.
    if let Fact::Known(leader) = &mut node.leader {
        leader.is_self = true;
    }
    assert_eq!(codes(&stage.world.decide()), ["WrongCluster"]);
    stage.turn_back();
    stage.go_on(|_, decision| *decision == Decision::Done);
}

#[test]
fn self_init_content_that_came_back_is_emptied_until_all_have_joined() {
    let mut stage = Stage::of("2.6.2");
    stage.go_on(|_, decision| promotes(decision));
    stage.parts().self_init = Some(file("prod-config-init", "initialize \"kv\" {}"));
    assert!(
        promotes(&stage.world.decide()),
        "nobody is left to found one"
    );
    let name = stage.green.pod("prod", 2);
    stage
        .members()
        .peers
        .retain(|peer| peer.id != name.as_str());
    assert_eq!(stage.world.decide(), Decision::Act(Action::EmptySelfInit));
}

#[test]
fn a_green_that_is_not_in_the_leaders_list_is_waited_for() {
    let mut stage = Stage::of("2.6.2");
    stage.go_on(|_, decision| promotes(decision));
    let name = stage.green.pod("prod", 1);
    stage
        .members()
        .peers
        .retain(|peer| peer.id != name.as_str());
    assert!(codes(&stage.world.decide()).contains(&"NotMember"));
}

#[test]
fn a_stranger_among_the_voters_stops_every_change_of_votes() {
    let mut stage = Stage::of("2.6.2");
    stage.go_on(|_, decision| promotes(decision));
    stage.members().peers.push(Peer {
        id: "prod-lost".to_owned(),
        address: "prod-lost:8201".to_owned(),
        pod: None,
        voter: true,
        version: None,
    });
    assert_eq!(codes(&stage.world.decide()), ["VotersAreNoPods"]);
}

#[test]
fn clients_follow_the_new_leader_before_anything_else() {
    let mut stage = Stage::of("2.6.2");
    // An election that nobody planned, with blue still voting.
    let mut promoted = 0;
    stage.go_on(|stage, decision| {
        promoted = stage.voters().len();
        promoted == 6 && matches!(decision, Decision::Act(Action::ChangeMember { .. }))
    });
    let heir = stage.green.pod("prod", 1);
    stage.lead(&heir);
    let decision = stage.world.decide();
    // The newest version that led is recorded first of all.
    let Decision::Act(action @ Action::Record { .. }) = decision else {
        panic!("{decision:?}")
    };
    stage.perform(&action);
    let green = stage.green.clone();
    assert_eq!(
        stage.world.decide(),
        Decision::Act(Action::MoveService { revision: green })
    );
}

#[test]
fn clients_follow_a_new_leader_that_the_others_do_not_name_yet() {
    let mut stage = Stage::of("2.6.2");
    stage.go_on(|_, decision| matches!(decision, Decision::Act(Action::StepDown { .. })));
    let (blue, heir) = (
        stage.leader().expect("a leader"),
        stage.green.pod("prod", 1),
    );
    stage.lead(&heir);
    for (name, node) in &mut stage.world.snapshot.nodes {
        if let Fact::Known(answer) = &mut node.leader
            && *name != heir
        {
            answer.leader_address = Some(format!("https://{blue}.prod.vault.svc:8200"));
        }
    }
    stage.world.snapshot.membership = Fact::Unknown("no leader is agreed on".to_owned());
    let moved = Decision::Act(Action::MoveService {
        revision: stage.green.clone(),
    });
    assert_eq!(stage.world.decide(), moved);
    // Not while another says the same of itself.
    for (name, node) in &mut stage.world.snapshot.nodes {
        if let Fact::Known(answer) = &mut node.leader {
            answer.is_self |= *name == blue;
        }
    }
    assert_eq!(codes(&stage.world.decide()), ["TwoLeaders"]);
}

#[test]
fn a_version_that_somebody_put_back_is_not_declared_again() {
    for bend in [
        |spec: &mut ClusterSpec| spec.version = "2.6.2".to_owned(),
        |spec: &mut ClusterSpec| spec.image = Some(image("2.6.2")),
    ] {
        let mut stage = Stage::of("2.6.2");
        stage.go_on(|_, decision| promotes(decision));
        bend(&mut stage.world.cluster().spec);
        let decision = stage.world.decide();
        assert!(
            matches!(&decision, Decision::Halt(halt) if halt.reason == HaltReason::TargetChanged),
            "{decision:?}"
        );
    }
}
