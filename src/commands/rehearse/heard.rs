//! A renderer that lets the world hear what baoctl tells, so that faults can
//! wait for an event.

use std::{cell::RefCell, io, rc::Rc};

use crate::{
    event::Event,
    sim::world::Shared,
    ui::{Renderer, document::Document},
};

/// What one rehearsal shows, across the processes of which it is made.
#[derive(Default)]
pub(super) struct Told {
    /// The screen; none where only the outcome counts.
    pub(super) screen: Option<Box<dyn Renderer>>,
    /// The last process's result.
    pub(super) result: Option<Document>,
}

/// The renderer of one process.
pub(super) struct Heard {
    world: Shared,
    told: Rc<RefCell<Told>>,
}

impl Heard {
    pub(super) fn new(world: &Shared, told: &Rc<RefCell<Told>>) -> Self {
        Self {
            world: world.clone(),
            told: Rc::clone(told),
        }
    }
}

impl Renderer for Heard {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.world.lock().hear(|| name_and_pod(event));
        match &mut self.told.borrow_mut().screen {
            Some(screen) => screen.event(event),
            None => Ok(()),
        }
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
    use crate::{event::EventKind, model::names::PodName};

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
