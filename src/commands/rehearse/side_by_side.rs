//! Many rehearsals, one on each core, told in the order of their list.
//!
//! Each has a world, a clock and a thread of its own, so that nothing of one
//! reaches another and the report is the same on any number of cores.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    num::NonZero,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    commands::shown,
    engine::{Stop, StopReason},
    error::Error,
    model::exit_code::ExitCode,
    sim::{scenario::Scenario, stage::Pace},
    ui::{
        Screen,
        bar::Bar,
        document::{Document, RehearsalReport},
    },
};

use super::{
    calls,
    heard::Told,
    play::{Performance, Rehearsed, play},
};

/// One rehearsal of the list.
#[derive(Debug)]
pub(super) struct Billing {
    pub(super) scenario: Scenario,
    pub(super) seed: u64,
    /// The command that shows it again.
    pub(super) repeat: String,
    /// Whether to run it again when it would not begin, as a person does.
    pub(super) patient: bool,
}

/// Rehearsals to be played. They are made as they are needed: a range of seeds
/// may be longer than any memory.
pub(super) struct List<I> {
    pub(super) length: u64,
    /// What becomes of each, for the bar.
    pub(super) done: &'static str,
    /// Nothing is begun after so long.
    pub(super) within: Option<Duration>,
    pub(super) rehearsals: I,
}

/// One that was played.
pub(super) struct Played {
    pub(super) billing: Billing,
    pub(super) rehearsed: Rehearsed,
    /// What the last process said at its end.
    pub(super) result: Option<Document>,
}

/// Plays one here and now.
pub(super) fn perform(billing: Billing, screen: Screen) -> Result<Played, Error> {
    let told = Rc::new(RefCell::new(Told::default()));
    // A wish to stop ends the list, not a run in the middle.
    let (_stopper, unheard) = Stop::new();
    let performance = Performance {
        seed: billing.seed,
        repeat: billing.repeat.clone(),
        pace: Pace::Max,
        screen,
        stop: &unheard,
        called: Arc::new(AtomicBool::new(false)),
        patient: billing.patient,
    };
    let rehearsed = play(&billing.scenario, performance, &told)?;
    let result = told.take().result;
    Ok(Played {
        billing,
        rehearsed,
        result,
    })
}

/// Plays the list, lets `take` add each to the report, and shows that. A wish
/// to stop ends it after the rehearsals that are being played.
pub(super) fn perform_all(
    list: List<impl Iterator<Item = Billing> + Send>,
    mut report: RehearsalReport,
    screen: Screen,
    mut take: impl FnMut(&mut RehearsalReport, &Played),
) -> Result<ExitCode, Error> {
    let (stopper, stop) = Stop::new();
    calls::listen(stopper, Arc::new(AtomicBool::new(false)))?;
    report.planned = list.length;
    report.wordy = screen.wordy;
    let mut bar = Bar::of(list.length, list.done, screen.err);
    let began = Instant::now();
    let mut left = None;
    each(list.rehearsals, screen, |played| {
        take(&mut report, played);
        bar.advance();
        left = stop.wished().map(|(reason, _)| reason);
        if left.is_none() && list.within.is_some_and(|span| began.elapsed() >= span) {
            left = Some(StopReason::TimedOut);
        }
        left.is_none()
    })?;
    // Whoever spoke up after the last of them stopped nothing.
    left = left.filter(|_| report.runs < report.planned);
    bar.end();
    report.seconds = began.elapsed().as_secs_f64();
    // What was found counts, however early the list was left.
    let code = match left {
        _ if report.failed > 0 => ExitCode::Unexpected,
        Some(reason) => reason.exit_code(),
        None => ExitCode::Ok,
    };
    report.ended(code);
    let document = Document::RehearsalReport(Box::new(report));
    shown(screen.present(&document), code)
}

/// How many may be begun before the earliest of them is told: those that are
/// done wait for it in memory.
const AHEAD: usize = 256;

/// As much as the main thread has, which plays a whole run as well.
pub(super) const STACK: usize = 8 << 20;

/// Hands each on in the order of the list, as soon as all before it are done,
/// until `go_on` says no.
fn each(
    list: impl Iterator<Item = Billing> + Send,
    screen: Screen,
    mut go_on: impl FnMut(&Played) -> bool,
) -> Result<(), Error> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let list = Mutex::new(list.enumerate());
    let enough = AtomicBool::new(false);
    let (send, receive) = mpsc::channel();
    let (allow, allowed) = mpsc::channel();
    for _ in 0..AHEAD {
        // The other end is here.
        let _ = allow.send(());
    }
    let allowed = Mutex::new(allowed);
    thread::scope(|scope| {
        // Dropped on every way out: who waits for it goes home.
        let allow = allow;
        for _ in 0..cores {
            let (list, enough, send) = ((&list, &allowed), &enough, send.clone());
            thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, move || work(list, enough, screen, &send))
                .map_err(|error| {
                    Error::new(ExitCode::Unexpected, "no thread could be begun").because(error)
                })?;
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (number, played) in receive {
            early.insert(number, played);
            while let Some(played) = early.remove(&next) {
                next += 1;
                // Nobody may be left to take it.
                let _ = allow.send(());
                match played {
                    Ok(played) if go_on(&played) => {}
                    Ok(_) => enough.store(true, Ordering::Relaxed),
                    Err(error) => {
                        enough.store(true, Ordering::Relaxed);
                        return Err(error);
                    }
                }
            }
        }
        Ok(())
    })
}

/// Plays one after the other until the list is at its end, or it is enough.
fn work(
    (list, allowed): (
        &Mutex<impl Iterator<Item = (usize, Billing)>>,
        &Mutex<Receiver<()>>,
    ),
    enough: &AtomicBool,
    screen: Screen,
    send: &Sender<(usize, Result<Played, Error>)>,
) {
    while !enough.load(Ordering::Relaxed) {
        let may = allowed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        if may.is_err() {
            return;
        }
        let next = list.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((number, billing)) = next else {
            return;
        };
        if send.send((number, perform(billing, screen))).is_err() {
            return;
        }
    }
}
