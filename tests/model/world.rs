//! What happens without the driver: controller, kubelet, raft, operator, time,
//! and bad luck as far as the budget goes.

use crate::state::{Act, Declared, Life, Lock, OLDEST, Phase, Pod, SETTLED, State, Strategy};

/// One step of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// The StatefulSet's controller has acted on the latest spec.
    Observe,
    /// It deletes the pod that is next.
    Delete(u8),
    /// It makes the pod that is missing.
    Create(u8),
    Exit(u8),
    Ready(u8),
    Sync(u8),
    Elect(u8),
    Agree,
    LoseQuorum,
    /// The step-down that was accepted takes effect.
    Yield,
    Acknowledge,
    Deliver,
    Tick,
    // From here on: bad luck, or a person.
    Unseal(u8),
    Die(u8),
    BreakStart(u8),
    SealStart(u8),
    Failover,
    /// The step-down that was accepted is forgotten.
    Forget,
    Foreign(Edit),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Edit {
    Unpause,
    Version,
    Lock,
}

/// The size of the cluster and what its pair of versions allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub n: u8,
    pub one_way: bool,
}

impl World {
    /// Steps that happen by themselves, in a fair order.
    pub(crate) fn natural(self, s: &State, steps: &mut Vec<Step>) {
        if s.set != s.controller {
            steps.push(Step::Observe);
        }
        steps.extend(self.deletes(s).map(Step::Delete));
        steps.extend(self.creates(s).map(Step::Create));
        for i in 0..self.n {
            let pod = s.pod(i);
            match pod.phase {
                Phase::Terminating => steps.push(Step::Exit(i)),
                Phase::Starting => steps.push(Step::Ready(i)),
                Phase::Up if !pod.synced && s.leader.is_some_and(|l| l != i) => {
                    steps.push(Step::Sync(i));
                }
                _ => {}
            }
        }
        if s.stepping {
            steps.push(Step::Yield);
        }
        match s.leader {
            None => steps.extend(
                (0..self.n)
                    .filter(|i| self.electable(s, *i))
                    .map(Step::Elect),
            ),
            Some(_) if !s.agreed => steps.push(Step::Agree),
            Some(_) => {}
        }
        if s.leader.is_some() && !self.quorum(s) {
            steps.push(Step::LoseQuorum);
        }
        if s.cr.paused && !s.cr.acknowledged {
            steps.push(Step::Acknowledge);
        }
        if s.view.is_some_and(|view| view != s.present()) {
            steps.push(Step::Deliver);
        }
    }

    /// Steps that are nobody's duty.
    pub(crate) fn misfortune(self, s: &State, steps: &mut Vec<Step>) {
        let budget = &s.budget;
        for i in 0..self.n {
            match s.pod(i).phase {
                Phase::Sealed => steps.push(Step::Unseal(i)),
                Phase::Up if budget.deaths > 0 => steps.push(Step::Die(i)),
                Phase::Starting => {
                    if budget.broken > 0 {
                        steps.push(Step::BreakStart(i));
                    }
                    if budget.sealed > 0 {
                        steps.push(Step::SealStart(i));
                    }
                }
                _ => {}
            }
        }
        if budget.failovers > 0 && s.leader.is_some() {
            steps.push(if s.stepping {
                Step::Forget
            } else {
                Step::Failover
            });
        }
        if budget.foreign > 0 && s.cr.record.is_some() {
            steps.extend([Edit::Unpause, Edit::Version, Edit::Lock].map(Step::Foreign));
        }
    }

    /// A majority answers.
    pub(crate) fn quorum(self, s: &State) -> bool {
        let up = (0..self.n).filter(|i| s.up(self.n, *i)).count();
        up > usize::from(self.n) / 2
    }

    fn electable(self, s: &State, i: u8) -> bool {
        let pod = s.pod(i);
        let complete = |pod: &Pod| pod.phase == Phase::Up && pod.synced;
        // Without a complete one the rest decides among itself.
        let nobody = !s.pods[..usize::from(self.n)].iter().any(complete);
        self.quorum(s)
            && pod.phase == Phase::Up
            && (pod.synced || nobody)
            && !(self.one_way && s.ever_new && !pod.new)
    }

    /// `OrderedReady`: the first pod that is not Ready stops the controller.
    fn first_unready(self, s: &State) -> Option<u8> {
        (0..self.n).find(|i| !s.up(self.n, *i))
    }

    fn creates(self, s: &State) -> impl Iterator<Item = u8> {
        self.first_unready(s)
            .filter(|i| s.pod(*i).phase == Phase::Gone)
            .into_iter()
    }

    fn deletes(self, s: &State) -> impl Iterator<Item = u8> {
        let next = match s.controller.strategy {
            Strategy::OnDelete => None,
            Strategy::Partition(_) if self.first_unready(s).is_some() => None,
            Strategy::Partition(partition) => (partition..self.n)
                .rev()
                .find(|i| s.pod(*i).new != s.controller.new_image),
        };
        next.into_iter()
    }

    /// The world after a step; `None` where it changes nothing.
    pub(crate) fn after(self, last: &State, step: Step) -> Option<State> {
        let mut s = *last;
        match step {
            Step::Observe => s.controller = s.set,
            Step::Delete(i) => {
                let pod = &mut s.pods[usize::from(i)];
                pod.phase = Phase::Terminating;
                pod.ours = true;
            }
            Step::Exit(i) => Self::vanish(&mut s, i),
            Step::Die(i) => {
                s.budget.deaths -= 1;
                Self::vanish(&mut s, i);
            }
            Step::Create(i) => {
                let held = matches!(s.controller.strategy, Strategy::Partition(p) if i < p);
                let pod = &mut s.pods[usize::from(i)];
                pod.phase = Phase::Starting;
                pod.new = s.controller.new_image && !held;
                s.made_anew(i);
            }
            Step::BreakStart(i) => {
                s.budget.broken -= 1;
                s.pods[usize::from(i)].phase = Phase::Broken;
            }
            Step::SealStart(i) => {
                s.budget.sealed -= 1;
                s.pods[usize::from(i)].phase = Phase::Sealed;
            }
            Step::Ready(i) | Step::Unseal(i) => {
                let pod = &mut s.pods[usize::from(i)];
                pod.phase = Phase::Up;
                if self.n == 1 {
                    fine(pod);
                }
            }
            Step::Sync(i) => fine(&mut s.pods[usize::from(i)]),
            Step::Elect(i) => self.elect(&mut s, i),
            Step::Agree => s.agreed = true,
            Step::LoseQuorum => lead_nobody(&mut s),
            Step::Yield => {
                let leader = s.leader?;
                s.asked = Some((leader, s.pod(leader).new));
                s.stepped = Some(crate::state::Stepped {
                    pod: leader,
                    outlived: false,
                    age: 0,
                });
                s.stepping = false;
                s.leader = None;
                s.led = 0;
            }
            Step::Forget => {
                s.budget.failovers -= 1;
                s.stepping = false;
            }
            Step::Failover => {
                s.budget.failovers -= 1;
                lead_nobody(&mut s);
            }
            Step::Acknowledge => s.cr.acknowledged = true,
            Step::Deliver => s.deliver(),
            Step::Foreign(edit) => {
                s.budget.foreign -= 1;
                match edit {
                    Edit::Unpause => s.cr.paused = false,
                    Edit::Version => s.cr.version = Declared::Other,
                    Edit::Lock => s.cr.lock = Lock::Foreign,
                }
            }
            Step::Tick => tick(&mut s)?,
        }
        (s != *last).then_some(s)
    }

    fn vanish(s: &mut State, i: u8) {
        let pod = &mut s.pods[usize::from(i)];
        pod.phase = Phase::Gone;
        pod.synced = false;
        pod.behind = false;
        if s.leader == Some(i) {
            lead_nobody(s);
        }
    }

    fn elect(self, s: &mut State, i: u8) {
        let new = s.pod(i).new;
        if let Some((from, was_new)) = s.asked.take() {
            if was_new && !new {
                s.wrong = s.wrong.or(Some(crate::state::Rule::S6));
            }
            let older = (0..self.n).any(|j| j != i && j != from && !s.pod(j).new);
            if new && !s.ever_new && older {
                s.wrong = s.wrong.or(Some(crate::state::Rule::R5));
            }
        }
        s.leader = Some(i);
        s.led = 0;
        s.agreed = self.n == 1;
        s.ever_new |= new;
        fine(&mut s.pods[usize::from(i)]);
    }
}

fn fine(pod: &mut Pod) {
    pod.synced = true;
    pod.behind = false;
    pod.ours = false;
}

fn lead_nobody(s: &mut State) {
    s.leader = None;
    s.led = 0;
    s.agreed = false;
    s.stepping = false;
}

/// Four seconds pass.
fn tick(s: &mut State) -> Option<()> {
    // Between the second look at a grave act and its write there is no time to
    // speak of: the write is refused by its own deadline otherwise.
    let grave = |act: Act| matches!(act, Act::StepDown(_) | Act::Evict(_) | Act::Lower(..));
    let waits = |driver: &crate::state::Driver| {
        driver.life == Life::Running && driver.pending.is_some_and(|pending| grave(pending.act))
    };
    if s.drivers.iter().any(waits) {
        return None;
    }
    let older = |age: u8| (age + 1).min(OLDEST);
    if s.leader.is_some() {
        s.led = (s.led + 1).min(SETTLED);
    }
    s.stepped = s.stepped.and_then(|last| {
        (last.age + 1 < SETTLED).then_some(crate::state::Stepped {
            age: last.age + 1,
            ..last
        })
    });
    let mut kept = false;
    for (at, driver) in s.drivers.iter_mut().enumerate() {
        let mem = &mut driver.mem;
        kept |= s.lease == Some(crate::view::small(at)) && driver.life == Life::Running;
        if !matches!(driver.life, Life::Running | Life::Suspended) {
            continue;
        }
        if !mem.quiet {
            mem.still = older(mem.still);
        }
        if let Some(reign) = &mut mem.reign {
            reign.age = (reign.age + 1).min(SETTLED);
        }
        if let Some(down) = &mut mem.down {
            down.age = older(down.age);
        }
        if let Some(refused) = &mut mem.refused {
            refused.age = older(refused.age);
        }
        for reading in &mut mem.readings {
            reading.old = true;
        }
    }
    s.unrenewed = if s.lease.is_none() || (kept && s.unrenewed < 2) {
        0
    } else {
        older(s.unrenewed)
    };
    Some(())
}
