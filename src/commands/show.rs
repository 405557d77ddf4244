//! Events on their way to the screen and into the result.

use std::{fs, future::Future, io, pin::pin};

use futures::future::{Either, select};
use tokio::sync::mpsc::Receiver;

use crate::{
    bao::Transport,
    error::Error,
    event::Event,
    model::exit_code::ExitCode,
    ports::Clock,
    ui::{
        Renderer,
        document::{Document, Requests, UpgradeResult},
    },
};

use super::{reach::Reach, session::Session, shown};

/// The listening end of one command's events.
pub(super) struct Show {
    renderer: Box<dyn Renderer>,
    receiver: Option<Receiver<Event>>,
    session: Session,
    /// What the command has come to so far.
    pub(super) result: UpgradeResult,
}

impl Show {
    pub(super) fn new(
        renderer: Box<dyn Renderer>,
        receiver: Receiver<Event>,
        session: Session,
    ) -> Self {
        Self {
            renderer,
            receiver: Some(receiver),
            session,
            result: UpgradeResult::new(ExitCode::Ok),
        }
    }

    /// Shows what has come in, without waiting.
    pub(super) fn drain(&mut self) {
        while let Some(event) = self
            .receiver
            .as_mut()
            .and_then(|receiver| receiver.try_recv().ok())
        {
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        self.result.record(&event);
        if let Err(error) = self.renderer.event(&self.session.event(event)) {
            // The run learns that nobody listens, and stops at its next safe
            // point.
            tracing::debug!(%error, "the screen is gone");
            self.receiver = None;
        }
    }

    /// Shows events until the work is done, then what is left of them.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            let Some(receiver) = self.receiver.as_mut() else {
                return work.await;
            };
            let step = match select(pin!(receiver.recv()), &mut work).await {
                Either::Left((event, _)) => Ok(event),
                Either::Right((outcome, _)) => Err(outcome),
            };
            match step {
                Ok(Some(event)) => self.take(event),
                Ok(None) => return work.await,
                Err(outcome) => {
                    self.drain();
                    return outcome;
                }
            }
        }
    }

    /// Presents the result.
    pub(super) fn close<T: Transport, C: Clock + 'static>(
        mut self,
        reach: Option<&Reach<T, C>>,
        code: ExitCode,
    ) -> Result<ExitCode, Error> {
        self.drain();
        self.result.ended(code);
        if let Some(reach) = reach {
            self.result
                .cluster
                .get_or_insert_with(|| reach.side.kube.reference().clone());
            self.result.requests = requests(reach);
        }
        self.result.peak_rss_kib = peak_rss_kib();
        let document = Document::UpgradeResult(Box::new(self.result));
        let document = self.session.document(document);
        shown(self.renderer.close(&document), code)
    }

    /// Presents another document instead.
    pub(super) fn close_with(
        mut self,
        document: Document,
        code: ExitCode,
    ) -> Result<ExitCode, Error> {
        self.drain();
        let document = self.session.document(document);
        shown(self.renderer.close(&document), code)
    }
}

/// What was sent so far.
pub(super) fn requests<T: Transport, C: Clock + 'static>(reach: &Reach<T, C>) -> Requests {
    use crate::ports::BaoNodes as _;
    Requests {
        api: reach
            .side
            .counts
            .snapshot()
            .into_iter()
            .map(|(verb, count)| (verb.to_owned(), count))
            .collect(),
        bao: reach.nodes.requests(),
    }
}

/// The process's largest resident set, where the system tells.
fn peak_rss_kib() -> Option<u64> {
    let status: io::Result<String> = fs::read_to_string("/proc/self/status");
    status
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}
