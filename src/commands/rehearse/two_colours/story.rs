//! One blue/green run after the other by the engine, without a command line.

use std::{
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::Duration,
};

use clap::Parser as _;

use crate::{
    cli::Cli,
    commands::rehearse::{
        AFTERMATH,
        process::{reach, request},
        side_by_side::STACK,
        typed::{Purpose, command_line},
    },
    engine::{self, Engine, Events, Outcome, Stop},
    event::EventKind,
    model::{
        action::Action,
        blue_green_run::{BlueGreenRun, Until},
        intent::{Order, StepDownVia},
        record::{PinnedTarget, RunRecord},
        revision::Revision,
        waiver::Waiver,
    },
    ports::{Clock as _, Freshness},
    sim::{
        clock::VirtualClock,
        fixture,
        oracle::Verdict,
        scenario::{Planned, Scenario},
        stage::{Ended, Pace, Stage},
        world::{Death, Shared},
    },
    ui::{Format, Progress, Screen, look::Look},
};

/// Between two processes.
const RESTART: Duration = Duration::from_secs(1);

/// Nothing is shown.
const SCREEN: Screen = {
    let look = Look {
        terminal: false,
        color: false,
        unicode: false,
    };
    Screen {
        format: Format::Human,
        progress: Progress::None,
        wordy: false,
        out: look,
        err: look,
    }
};

/// A story of runs, one after the other.
pub(super) struct Story {
    pub(super) scenario: Scenario,
    pub(super) world: Shared,
    stage: Stage,
    runs: u32,
    pub(super) killed: u32,
    /// What the runs did, lease and looks left out.
    pub(super) acts: Vec<Action>,
}

impl Story {
    /// A cluster of this version that is to be of that one.
    pub(super) fn of(from: &str, to: &str) -> Self {
        Self::with(from, to, Vec::new())
    }

    /// The same with things that go wrong.
    pub(super) fn with(from: &str, to: &str, faults: Vec<Planned>) -> Self {
        Self::having(from, to, "", faults)
    }

    /// A cluster with a pre-promotion hook.
    pub(super) fn hooked(faults: Vec<Planned>) -> Self {
        Self::having("2.6.2", "2.7.2", "  prePromotionHook: true\n", faults)
    }

    /// The same with more to say of the cluster.
    pub(super) fn having(from: &str, to: &str, more: &str, faults: Vec<Planned>) -> Self {
        let text = format!(
            "name: two colours\nto: {to}\ncluster:\n  strategy: blueGreen\n  version: {from}\n  leader: 0\n{more}"
        );
        let mut scenario = Scenario::parse(&text).expect("a scenario");
        scenario.faults = faults;
        let world = Shared::new(fixture::world(&scenario, 1));
        let called = Arc::new(AtomicBool::new(false));
        let stage = Stage::new(world.clone(), Pace::Max, called).expect("a stage");
        Self {
            scenario,
            world,
            stage,
            runs: 0,
            killed: 0,
            acts: Vec::new(),
        }
    }

    /// Runs the engine with the record that is stored or a new one, and again
    /// for as long as it is killed.
    pub(super) fn run(&mut self, bend: impl Fn(&mut RunRecord)) -> Outcome {
        for _ in 0..3 {
            self.runs += 1;
            let run = drive(&self.world, &self.scenario, self.runs, &bend);
            match self.stage.play(Box::pin(run)) {
                Ended::With((outcome, acts)) => {
                    self.acts.extend(acts);
                    self.pause(RESTART);
                    return outcome;
                }
                Ended::By(Death::Killed) => {
                    self.killed += 1;
                    let away = self.world.lock().crash().away();
                    self.world.lock().revive();
                    self.world.lock().unattended = true;
                    self.pause(away.unwrap_or(RESTART));
                    self.world.lock().unattended = false;
                }
                Ended::By(Death::Standstill) => panic!("the run hangs"),
            }
        }
        panic!("killed again and again")
    }

    fn pause(&self, span: Duration) {
        let clock = VirtualClock::start(&self.world);
        self.stage.play(clock.sleep(span));
    }

    fn judged(&self, finished: bool) -> Verdict {
        self.world.lock().settle(AFTERMATH, finished)
    }

    pub(super) fn is_done(&self) {
        let verdict = self.judged(true);
        let objections: Vec<String> = verdict
            .violations
            .iter()
            .map(|violation| format!("{violation}\n  {}", violation.lately.join("\n  ")))
            .collect();
        assert!(objections.is_empty(), "{}", objections.join("\n"));
        assert_eq!((verdict.lost, verdict.misled), (0, 0));
        // The write gap of a cutover was 1 s on real servers, and the operator's
        // own is 10 s (`contracts/operator-live.md` 8.1).
        assert!(verdict.longest_gap_ms < 3000, "{verdict:?}");
    }
}

async fn drive(
    world: &Shared,
    scenario: &Scenario,
    number: u32,
    bend: &impl Fn(&mut RunRecord),
) -> (Outcome, Vec<Action>) {
    let cli =
        Cli::try_parse_from(command_line(scenario, Purpose::Upgrade)).expect("a command line");
    let request = request(&cli, SCREEN).expect("a request");
    let reach = Box::pin(reach(world, scenario, &request))
        .await
        .expect("the ports");
    reach.side.kube.start_watches();
    reach.side.kube.allow_account_creation();
    let snapshot = Box::pin(engine::observe(reach.ports(), Freshness::Fresh)).await;
    let cluster = snapshot.cluster.known().expect("the resource");
    let stored = cluster.run.known().expect("a record").clone();
    let resumed = stored.is_some();
    let mut run = stored.unwrap_or_else(|| {
        let (version, image) = (
            &scenario.to,
            format!("{}:{}", scenario.cluster.repository, scenario.to),
        );
        let present = scenario.cluster.image();
        let replicas = scenario.cluster.replicas;
        RunRecord {
            v: RunRecord::FORMAT,
            id: format!("20261127-{number:08x}"),
            user: "rehearsal".to_owned(),
            started_at: reach.side.clock.wall(),
            from: scenario.cluster.version.clone(),
            from_image: Some(present.clone()),
            target: PinnedTarget {
                version: version.clone(),
                image: image.clone(),
                admitted_image: None,
                replicas,
                cluster_uid: cluster.uid.clone(),
                cluster_id: snapshot
                    .nodes
                    .values()
                    .find_map(|node| node.health.known()?.cluster_id.clone()),
            },
            order: Order::LeaderLast,
            paused_before: cluster.spec.paused,
            snapshot_wanted: None,
            snapshot: None,
            waivers: vec![Waiver::AcceptOneWay, Waiver::AllowNoSnapshot],
            newest_active: None,
            abandoned: None,
            took_over: false,
            blue_green: Some(BlueGreenRun {
                blue: Revision::of(&scenario.cluster.version.to_string(), &present, replicas),
                green: Revision::of(&version.to_string(), &image, replicas),
                until: Until::Done,
                min_sync_s: 10,
                soak_s: 0,
                hook_passed_at: None,
                cut_over_at: None,
                delete_leftover_volumes: false,
                delete_blue_volumes: false,
            }),
        }
    });
    bend(&mut run);
    let (events, mut receiver) = Events::channel();
    let (_stopper, stop) = Stop::new();
    let engine = Engine {
        ports: reach.ports(),
        events,
        stop,
        run,
        resumed,
        take_over: false,
        start_timeout: Duration::from_secs(300),
        answers: None,
        step_down: StepDownVia::Direct,
        nonce: format!("{number:08x}"),
    };
    let mut acts = Vec::new();
    let listen = async {
        while let Some(event) = receiver.recv().await {
            if let EventKind::ActionDone { action, .. } = event.event {
                acts.push(action);
            }
        }
    };
    let (outcome, ()) = futures::join!(Box::pin(engine.run()), listen);
    (outcome, acts)
}

/// Tells a story on a thread with the room that rehearsals have.
pub(super) fn told(story: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(story);
    let ended = thread.expect("a thread").join();
    ended.unwrap_or_else(|what| std::panic::resume_unwind(what));
}
