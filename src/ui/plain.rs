//! One line per change, for people.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use crate::{
    event::{Event, EventKind},
    model::blocker::Blocker,
};

use super::{
    Renderer,
    document::Document,
    look::{Look, Tone},
    plan_table, preflight_table,
    status_line::StatusLine,
    wording,
};

/// Writes timestamped lines (UTC); where it is live, above a status line that
/// first shows when there is something to wait for, so never under a question.
#[derive(Debug)]
pub struct Plain<W> {
    out: W,
    look: Look,
    live: bool,
    status: Option<StatusLine>,
    shown: Vec<Blocker>,
    /// What was shown to be the matter with pods, in the present wait.
    troubles: BTreeSet<String>,
}

impl<W: Write> Plain<W> {
    /// A renderer to `out`; `live` only when that is a terminal.
    pub const fn new(out: W, look: Look, live: bool) -> Self {
        Self {
            out,
            look,
            live,
            status: None,
            shown: Vec::new(),
            troubles: BTreeSet::new(),
        }
    }

    /// Whether these are other waits than those shown last, whatever their
    /// numbers.
    fn is_news(&self, blockers: &[Blocker]) -> bool {
        let same = |a: &[Blocker], b: &[Blocker]| {
            a.iter()
                .all(|wait| b.iter().any(|other| wait.same_wait(other)))
        };
        !(same(blockers, &self.shown) && same(&self.shown, blockers))
    }

    /// Whether one of them tells of a pod what was not shown yet.
    fn has_new_trouble(&mut self, blockers: &[Blocker]) -> bool {
        let mut new = false;
        for blocker in blockers
            .iter()
            .filter(|blocker| blocker.trouble().is_some())
        {
            new |= self.troubles.insert(blocker.to_string());
        }
        new
    }

    /// The lines an event is worth.
    fn lines(&mut self, event: &Event) -> io::Result<Vec<u8>> {
        let mut lines = Vec::new();
        let look = self.look;
        if let Some((tone, text)) = wording::event(&event.event, look) {
            let time = event.at.strftime("%H:%M:%S");
            writeln!(lines, "{time} {}", look.paint(tone, &text))?;
        }
        match &event.event {
            EventKind::PreflightDone { findings } => {
                preflight_table::notable(&mut lines, look, findings)?;
            }
            EventKind::Planned { plan } => plan_table::write(&mut lines, look, plan)?,
            EventKind::Waiting { blockers } => {
                let another = self.is_news(blockers);
                if another {
                    self.troubles.clear();
                }
                // What does not pass by itself stays in the scrollback as well.
                let trouble = self.has_new_trouble(blockers);
                if !blockers.is_empty() && (trouble || (another && !self.live)) {
                    let time = event.at.strftime("%H:%M:%S");
                    let text = format!("waiting: {}", wording::blockers(blockers));
                    let tone = if trouble { Tone::Notice } else { Tone::Faint };
                    writeln!(lines, "{time} {}", look.paint(tone, &text))?;
                }
                self.shown.clone_from(blockers);
            }
            EventKind::Heartbeat {
                waiting_s,
                left_s,
                blockers,
            } if !self.live => {
                let time = event.at.strftime("%H:%M:%S");
                let text = format!(
                    "still waiting after {waiting_s} s{}: {}",
                    left_s.map_or_else(String::new, |left| format!(", {left} s more at most")),
                    wording::blockers(blockers)
                );
                writeln!(lines, "{time} {}", look.paint(Tone::Faint, &text))?;
            }
            _ => {}
        }
        Ok(lines)
    }
}

impl<W: Write> Renderer for Plain<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let lines = self.lines(event)?;
        if self.live
            && let Some(text) = wording::status(&event.event)
        {
            self.status
                .get_or_insert_with(|| StatusLine::new(self.look))
                .set(&text);
        }
        if lines.is_empty() {
            return Ok(());
        }
        let out = &mut self.out;
        let mut print = || out.write_all(&lines).and_then(|()| out.flush());
        match &self.status {
            Some(status) => status.aside(print),
            None => print(),
        }
    }

    fn close(&mut self, _result: &Document) -> io::Result<()> {
        if let Some(status) = self.status.take() {
            status.clear();
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::model::names::PodName;

    use super::*;

    fn shown(events: Vec<EventKind>) -> String {
        let mut out = Vec::new();
        let mut plain = Plain::new(&mut out, Look::default(), false);
        for (seq, event) in (1..).zip(events) {
            let at = Timestamp::from_second(45_000 + i64::try_from(seq).expect("small"))
                .expect("in range");
            plain.event(&Event { seq, at, event }).expect("written");
        }
        String::from_utf8(out).expect("UTF-8")
    }

    fn lagging(applied: u64) -> Blocker {
        Blocker::NotCaughtUp {
            pod: PodName("prod-2".into()),
            applied,
            wanted: 9,
            readings: 0,
            left_s: None,
        }
    }

    #[test]
    fn each_change_is_one_stamped_line() {
        let pod = PodName("prod-2".into());
        assert_eq!(
            shown(vec![EventKind::PodReady { pod }]),
            "12:30:01 prod-2 Ready\n"
        );
    }

    #[test]
    fn a_wait_is_said_once_however_its_numbers_move() {
        let text = shown(vec![
            EventKind::Waiting {
                blockers: vec![lagging(1)],
            },
            EventKind::Waiting {
                blockers: vec![lagging(2)],
            },
            EventKind::Waiting {
                blockers: vec![Blocker::BudgetExhausted],
            },
            EventKind::Heartbeat {
                waiting_s: 30,
                left_s: Some(570),
                blockers: vec![Blocker::BudgetExhausted],
            },
        ]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[0].starts_with("12:30:01 waiting: prod-2 has applied 1"));
        assert!(lines[1].starts_with("12:30:03 waiting: the disruption budget"));
        assert!(
            lines[2].starts_with(
                "12:30:04 still waiting after 30 s, 570 s more at most: the disruption"
            )
        );
    }
}
