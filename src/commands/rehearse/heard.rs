//! A renderer that lets the world hear what baoctl tells, so that faults can
//! wait for an event, and tells of the faults as they strike.

use std::{cell::RefCell, convert::Infallible, future::poll_fn, io, rc::Rc};

use crate::{
    event::{Event, EventKind},
    model::{halt::HaltReason, names::PodName},
    sim::{strike_record::Strike, world::Shared},
    ui::{Renderer, document::Document},
};

/// What one rehearsal shows, across the processes of which it is made.
#[derive(Default)]
pub(super) struct Told {
    /// The screen; none where only the outcome counts.
    pub(super) screen: Option<Box<dyn Renderer>>,
    /// The last process's result.
    pub(super) result: Option<Document>,
    /// Why the last process halted, if it did.
    pub(super) halt: Option<HaltReason>,
    /// Events shown so far, by all processes.
    shown: u64,
}

impl Told {
    /// What is told on this screen, or on none.
    pub(super) fn on(screen: Option<Box<dyn Renderer>>) -> Self {
        Self {
            screen,
            ..Self::default()
        }
    }

    fn show(&mut self, event: &Event) -> io::Result<()> {
        let Some(screen) = &mut self.screen else {
            return Ok(());
        };
        if !event.event.is_recorded() {
            return screen.event(event);
        }
        self.shown += 1;
        screen.event(&Event {
            seq: self.shown,
            ..event.clone()
        })
    }

    /// Shows faults that have struck.
    pub(super) fn show_strikes(&mut self, strikes: &[Strike]) -> io::Result<()> {
        strikes.iter().try_for_each(|strike| {
            self.show(&Event {
                seq: 0,
                at: strike.at.wall(),
                event: EventKind::FaultStruck {
                    fault: strike.fault.name(),
                    pod: strike.pod.clone().map(PodName),
                    message: strike.fault.text(strike.pod.as_deref()),
                    missed: strike.missed.clone(),
                },
            })
        })
    }
}

/// Shows faults as they strike, for as long as it is polled.
pub(super) async fn show_strikes(world: &Shared, told: &Rc<RefCell<Told>>) -> Infallible {
    loop {
        let strikes = poll_fn(|cx| world.lock().poll_strikes(cx.waker())).await;
        if let Err(error) = told.borrow_mut().show_strikes(&strikes) {
            // The run learns of it at its next event.
            tracing::debug!(%error, "the screen is gone");
        }
    }
}

/// The renderer of one process.
pub(super) struct Heard {
    world: Shared,
    told: Rc<RefCell<Told>>,
}

impl Heard {
    pub(super) fn new(world: &Shared, told: &Rc<RefCell<Told>>) -> Self {
        told.borrow_mut().halt = None;
        Self {
            world: world.clone(),
            told: Rc::clone(told),
        }
    }
}

impl Renderer for Heard {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.world.lock().hear(|| name_and_pod(event));
        let mut told = self.told.borrow_mut();
        if let EventKind::Halted { halt, .. } = &event.event {
            self.world.lock().oracle.halts();
            told.halt = Some(halt.reason);
        }
        // What struck before it comes first.
        let strikes = self.world.lock().untold_strikes();
        told.show_strikes(&strikes)?;
        told.show(event)
    }

    /// Keeps the result: there may be another process after this one.
    fn close(&mut self, result: &Document) -> io::Result<()> {
        self.told.borrow_mut().result = Some(result.clone());
        Ok(())
    }
}

/// An event's name in the stream, and the pod it is about.
fn name_and_pod(event: &Event) -> Option<(String, Option<String>)> {
    let value = serde_json::to_value(&event.event).ok()?;
    let text = |key: &str| {
        value
            .get(key)
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    };
    Some((text("type")?, text("pod")))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn an_event_is_heard_by_its_name_and_its_pod() {
        let event = |event| Event {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            event,
        };
        let pod = PodName::of("prod", 2);
        assert_eq!(
            name_and_pod(&event(EventKind::PodReady { pod })),
            Some(("podReady".to_owned(), Some("prod-2".to_owned())))
        );
        assert_eq!(
            name_and_pod(&event(EventKind::LeaseAcquired)),
            Some(("leaseAcquired".to_owned(), None))
        );
    }
}
