//! Judges what is done again: after a halt, after a step-down that was in vain,
//! after a process that was killed.

use std::time::Duration;

use super::{Deed, Oracle};
use crate::sim::moment::Moment;

/// How often one process may step the same leader down in vain (L4).
const MOST_IN_VAIN: u32 = 3;

/// Between two of them (L4). A little less than the rule, as they arrive with
/// different latencies.
const BETWEEN: Duration = Duration::from_millis(14_900);

/// How a rehearsal's last process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It said why, and what to type next, or was done.
    Clean,
    /// By an error nobody foresaw.
    Unexpected,
    /// It did not.
    Never,
}

impl Oracle {
    /// The present process has said that it halts.
    pub fn halts(&mut self) {
        self.check("S15");
        self.halted = true;
    }

    /// S15: whoever has halted disturbs nothing until somebody asks again.
    pub(super) fn goes_on(&mut self, deed: &Deed, now: Moment) {
        let disturbs = matches!(
            deed,
            Deed::Release { .. }
                | Deed::StepDown { .. }
                | Deed::Template { .. }
                | Deed::Promote { .. }
                | Deed::Demote { .. }
                | Deed::RemovePeer { .. }
                | Deed::Select { .. }
                | Deed::Emptied { .. }
        );
        if self.halted && disturbs {
            self.violated("S15", now, format!("after its halt: {deed:?}"));
        }
    }

    /// L4: the same leader again, with nobody else having led in between.
    pub(super) fn steps_down_again(&mut self, pod: &str, now: Moment) {
        let before = self.stepped_down.as_ref().filter(|(of, _)| of == pod);
        let Some((_, at)) = before.filter(|_| self.in_vain > 0) else {
            self.in_vain = 1;
            return;
        };
        let pause = now.since(*at);
        self.in_vain += 1;
        if self.in_vain > MOST_IN_VAIN {
            let text = format!("{pod} was stepped down {} times in vain", self.in_vain);
            self.violated("L4", now, text);
        }
        if pause < BETWEEN {
            let text = format!(
                "{pod} was stepped down again after {} ms",
                pause.as_millis()
            );
            self.violated("L4", now, text);
        }
    }

    /// L1, L2: every process ends by itself, and a run that was killed is gone on
    /// with.
    pub fn ended(&mut self, ending: Ending, killed: bool, now: Moment) {
        self.check("L1");
        if killed {
            self.check("L2");
        }
        match ending {
            Ending::Never => {
                self.violated("L1", now, "the run hangs: nothing ends it".to_owned());
            }
            Ending::Unexpected if killed => {
                let text = "killed and run again, it ended unexpectedly".to_owned();
                self.violated("L2", now, text);
            }
            // No world that can be rehearsed is a reason to end so.
            Ending::Unexpected => {
                self.violated("L1", now, "it ended unexpectedly".to_owned());
            }
            Ending::Clean => {}
        }
    }

    /// S16: `valid` tokens of ours are left. With a fault in between nobody can
    /// promise to revoke them; they end by themselves.
    pub fn tokens_left(&mut self, valid: usize, killed: bool, now: Moment) {
        if killed || self.last_fault.is_some() {
            return;
        }
        self.check("S16");
        if valid > 0 {
            let text = format!("{valid} tokens of its own are valid after the run");
            self.violated("S16", now, text);
        }
    }
}
