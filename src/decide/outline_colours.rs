//! The plan of a blue/green run for people.

use crate::model::{
    blue_green::PromotionHook,
    blue_green_run::{BlueGreenRun, Until},
    hook::HookJob,
    names::{ClusterRef, Pool},
    plan::{Plan, PlanStep},
    record::RunRecord,
    snapshot::Snapshot,
    workload::Workload,
};

use super::{
    done::{is_declared, is_locked, is_recorded, seen},
    leadership,
    versions::is_one_way,
};

/// Lays out what is left to do.
pub(super) fn outline(
    run: &RunRecord,
    colours: &BlueGreenRun,
    snapshot: &Snapshot,
    cluster: ClusterRef,
) -> Plan {
    let resource = snapshot.cluster.known();
    let leader = leadership::leader(snapshot).ok();
    let leader = leader.map(|leader| leader.pod.pod.name.clone());
    let rises = if run.abandoned.is_some() {
        &colours.blue
    } else {
        &colours.green
    };
    let rising = rises.pods(&cluster.name, run.target.replicas);
    let led = leader
        .as_ref()
        .is_some_and(|leader| rising.contains(leader));
    let mut draft = Draft {
        run,
        snapshot,
        led,
        colours,
        replicas: snapshot.workload(Pool::ReadReplicas),
        hook: resource.and_then(|it| it.spec.blue_green_spec.pre_promotion_hook.as_ref()),
        cluster: &cluster.name,
        steps: Vec::new(),
        point_of_no_return: None,
    };
    draft.own();
    if run.abandoned.is_some() {
        draft.back();
    } else {
        draft.forward();
    }
    let (steps, point_of_no_return) = (draft.steps, draft.point_of_no_return);
    Plan {
        from: run.leaves().clone(),
        to: run.target.version.clone(),
        image: run.target.image.clone(),
        order: run.order,
        order_reason: String::new(),
        leader,
        leader_moves: u32::from(colours.until > Until::Ready && !led),
        steps,
        point_of_no_return,
        colours: Some(colours.clone()),
        waivers: run.waivers.clone(),
        cluster,
    }
}

/// A plan as it grows.
struct Draft<'a> {
    run: &'a RunRecord,
    snapshot: &'a Snapshot,
    /// The colour that rises leads.
    led: bool,
    colours: &'a BlueGreenRun,
    replicas: Option<&'a Workload>,
    hook: Option<&'a PromotionHook>,
    cluster: &'a str,
    steps: Vec<PlanStep>,
    point_of_no_return: Option<usize>,
}

impl Draft<'_> {
    fn own(&mut self) {
        if is_locked(self.run, self.snapshot) && is_recorded(self.run, self.snapshot) {
            return;
        }
        let resource = format!("openbaocluster/{}", self.cluster);
        self.write(
            "take the operation lock, record the run, pause the operator",
            format!("{resource} status.operationLock, metadata.annotations, spec.paused"),
        );
    }

    fn forward(&mut self) {
        let (run, colours) = (self.run, self.colours);
        let resource = format!("openbaocluster/{}", self.cluster);
        let green = colours.green.statefulset(self.cluster);
        let blue = colours.blue.statefulset(self.cluster);
        if let Some(file) = run
            .snapshot_wanted
            .as_ref()
            .filter(|_| run.snapshot.is_none())
        {
            self.say(format!("take a raft snapshot to {file} and verify it"));
        }
        if !seen(self.snapshot, |cluster| is_declared(run, cluster)) {
            self.write(
                &format!(
                    "declare version {} and image {}",
                    run.target.version, run.target.image
                ),
                format!("{resource} spec.version, spec.image, status.blueGreen"),
            );
        }
        if !self.is_made(&green) {
            self.write(
                "empty the self-init content: green must found no cluster",
                format!("configmap/{}-config-init config.hcl", self.cluster),
            );
            self.write(
                &format!("make green, {} pods without votes", run.target.replicas),
                format!(
                    "configmap/{}, statefulset/{green}",
                    colours.green.config_map(self.cluster)
                ),
            );
        }
        let sync = match colours.min_sync_s {
            0 => String::new(),
            seconds => format!(", and stays so for {seconds} s"),
        };
        if !self.led {
            self.say(format!(
                "wait until green is in the leader's list and in step{sync}; until here nothing that serves is touched"
            ));
        }
        if let Some(hook) = self.hook.filter(|_| colours.hook_passed_at.is_none()) {
            let (image, limit) = (&hook.image, hook.timeout.as_secs());
            self.write(
                &format!("run the pre-promotion hook {image}, for {limit} s at most"),
                format!("job/{}", HookJob::name_of(self.cluster)),
            );
        }
        if colours.until == Until::Ready {
            self.say("stop here with exit code 7; `baoctl upgrade promote` goes on".to_owned());
            return;
        }
        self.replicas("upgrade");
        if !self.led {
            self.cut_over();
        }
        self.write(
            "send the clients to green, take the last vote of blue",
            format!("service/{}-public spec.selector", self.cluster),
        );
        if colours.soak_s > 0 {
            self.say(format!("watch green serve for {} s", colours.soak_s));
        }
        if colours.until == Until::Cutover {
            self.say("stop here with exit code 7; blue runs on without votes".to_owned());
            return;
        }
        let volumes = if colours.delete_blue_volumes {
            ", its volumes"
        } else {
            "; its volumes stay"
        };
        self.write(
            &format!("remove blue: its members, its pods{volumes}"),
            format!(
                "statefulset/{blue}, configmap/{}",
                colours.blue.config_map(self.cluster)
            ),
        );
        self.rest();
    }

    fn cut_over(&mut self) {
        self.say(
            "give green the votes, see each; take those of blue's standbys, see each".to_owned(),
        );
        if is_one_way(&self.run.from, &self.run.target.version) {
            self.point_of_no_return = Some(self.steps.len());
        }
        self.say("step blue's leader down: only green can take over".to_owned());
    }

    /// The StatefulSet of this name is there with its pods.
    fn is_made(&self, name: &str) -> bool {
        let mut sets = self.snapshot.workloads();
        sets.any(|set| set.name == name && set.replicas > 0)
    }

    fn back(&mut self) {
        let colours = self.colours;
        let green = colours.green.statefulset(self.cluster);
        self.say(
            "where green has votes: give them back to blue, see each; step green's leader down"
                .to_owned(),
        );
        self.write(
            "send the clients to blue, where they are not",
            format!("service/{}-public spec.selector", self.cluster),
        );
        self.replicas("put back");
        self.write(
            &format!("declare version {} again", self.run.target.version),
            format!("openbaocluster/{} spec.version, spec.image", self.cluster),
        );
        self.write(
            "remove green: its members, its pods, its volumes",
            format!(
                "statefulset/{green}, configmap/{}, persistentvolumeclaims",
                colours.green.config_map(self.cluster)
            ),
        );
        self.rest();
    }

    fn replicas(&mut self, what: &str) {
        let Some(set) = self.replicas.filter(|set| set.replicas > 0) else {
            return;
        };
        self.write(
            &format!("{what} the read replicas, one at a time ({})", set.replicas),
            format!(
                "statefulset/{} spec.template, spec.updateStrategy",
                set.name
            ),
        );
    }

    fn rest(&mut self) {
        let resource = format!("openbaocluster/{}", self.cluster);
        let paused = self.run.paused_before.unwrap_or(false);
        self.write(
            "write the status at rest, give the resource back to the operator",
            format!("{resource} status, metadata.managedFields, spec.paused={paused}"),
        );
    }

    fn say(&mut self, text: String) {
        self.steps.push(PlanStep::says(text));
    }

    fn write(&mut self, text: &str, writes: String) {
        self.steps.push(PlanStep::writing(text, writes));
    }
}
