//! Whole blue/green runs on the embedded world: forward, held, and back.

use std::{
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::Duration,
};

use clap::Parser as _;

use crate::{
    cli::Cli,
    engine::{self, End, Engine, Events, Outcome, Stop, StopReason},
    event::EventKind,
    model::{
        action::Action,
        blue_green_run::{BlueGreenRun, Until},
        intent::{Order, StepDownVia},
        record::{PinnedTarget, RunRecord},
        revision::Revision,
    },
    ports::{Clock as _, Freshness},
    sim::{
        clock::VirtualClock,
        fixture,
        oracle::Verdict,
        scenario::Scenario,
        stage::{Ended, Pace, Stage},
        world::Shared,
    },
    ui::{Format, Progress, Screen, look::Look},
};

use super::{
    AFTERMATH,
    process::{command_line, reach, request},
    side_by_side::STACK,
};

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
        out: look,
        err: look,
    }
};

/// A story of runs, one after the other.
struct Story {
    scenario: Scenario,
    world: Shared,
    stage: Stage,
    runs: u32,
    /// What the runs did, lease and looks left out.
    acts: Vec<Action>,
}

impl Story {
    /// A cluster of this version that is to be of that one.
    fn of(from: &str, to: &str, more: &str) -> Self {
        let text = format!(
            "name: two colours\nto: {to}\ncluster:\n  strategy: blueGreen\n  version: {from}\n  leader: 0\n{more}"
        );
        let scenario = Scenario::parse(&text).expect("a scenario");
        let world = Shared::new(fixture::world(&scenario, 1));
        let called = Arc::new(AtomicBool::new(false));
        let stage = Stage::new(world.clone(), Pace::Max, called).expect("a stage");
        Self {
            scenario,
            world,
            stage,
            runs: 0,
            acts: Vec::new(),
        }
    }

    /// Runs the engine once, with the record that is stored or a new one.
    fn run(&mut self, bend: impl FnOnce(&mut RunRecord)) -> Outcome {
        self.runs += 1;
        let played = self.stage.play(Box::pin(drive(
            &self.world,
            &self.scenario,
            self.runs,
            bend,
        )));
        let Ended::With((outcome, acts)) = played else {
            panic!("the run hangs: {played:?}");
        };
        self.acts.extend(acts);
        let clock = VirtualClock::start(&self.world);
        self.stage.play(clock.sleep(Duration::from_secs(2)));
        outcome
    }

    fn judged(&self, finished: bool) -> Verdict {
        self.world.lock().settle(AFTERMATH, finished)
    }

    fn is_done(&self) {
        let verdict = self.judged(true);
        let objections: Vec<String> = verdict
            .violations
            .iter()
            .map(|violation| format!("{violation}\n  {}", violation.lately.join("\n  ")))
            .collect();
        assert!(objections.is_empty(), "{}", objections.join("\n"));
        assert_eq!(verdict.lost, 0);
    }
}

async fn drive(
    world: &Shared,
    scenario: &Scenario,
    number: u32,
    bend: impl FnOnce(&mut RunRecord),
) -> (Outcome, Vec<Action>) {
    let cli = Cli::try_parse_from(command_line(scenario, false)).expect("a command line");
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
                cluster_id: None,
            },
            order: Order::LeaderLast,
            paused_before: cluster.spec.paused,
            snapshot_wanted: None,
            snapshot: None,
            waivers: Vec::new(),
            newest_active: None,
            abandoned: None,
            took_over: false,
            blue_green: Some(BlueGreenRun {
                blue: Revision::of(&scenario.cluster.version.to_string(), &present, replicas),
                green: Revision::of(&version.to_string(), &image, replicas),
                until: Until::Done,
                min_sync_s: 10,
                soak_s: 0,
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
fn told(story: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(story);
    let ended = thread.expect("a thread").join();
    ended.unwrap_or_else(|what| std::panic::resume_unwind(what));
}

fn until(until: Until) -> impl Fn(&mut RunRecord) {
    move |run| {
        if let Some(colours) = &mut run.blue_green {
            colours.until = until;
        }
    }
}

/// The way back to where the run came from.
fn back(run: &mut RunRecord) {
    run.abandoned = Some(run.target.version.clone());
    run.target.version = run.from.clone();
    let image = run.from_image.clone().expect("an image");
    run.target.ask_for(image);
}

#[test]
fn forward_to_the_end() {
    told(|| {
        let mut story = Story::of("2.6.2", "2.7.2", "");
        let outcome = story.run(until(Until::Done));
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 1);
        story.is_done();
    });
}

#[test]
fn held_in_step_then_on() {
    told(|| {
        let mut story = Story::of("2.6.2", "2.7.2", "");
        let outcome = story.run(until(Until::Ready));
        let reached = |until| End::Stopped {
            why: StopReason::Reached(until),
            safe: true,
        };
        assert_eq!(outcome.end, reached(Until::Ready), "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 0);
        let outcome = story.run(until(Until::Cutover));
        assert_eq!(outcome.end, reached(Until::Cutover), "{:#?}", story.acts);
        let outcome = story.run(until(Until::Done));
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        story.is_done();
    });
}

#[test]
fn back_before_anything_that_serves_was_touched() {
    told(|| {
        let mut story = Story::of("2.6.2", "2.7.2", "");
        story.run(until(Until::Ready));
        story.world.lock().turn_back(&story.scenario);
        let outcome = story.run(back);
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 0);
        story.is_done();
    });
}

#[test]
fn back_after_the_cutover() {
    told(|| {
        let mut story = Story::of("2.6.1", "2.6.2", "");
        story.run(until(Until::Cutover));
        story.world.lock().turn_back(&story.scenario);
        let outcome = story.run(back);
        assert_eq!(outcome.end, End::Finished, "{:#?}", story.acts);
        assert_eq!(outcome.leader_moves, 1);
        story.is_done();
    });
}
