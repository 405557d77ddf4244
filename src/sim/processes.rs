//! What a kubelet sees of the server processes in its containers.

use super::moment::Moment;

/// A container's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// It runs.
    Running(Probed),
    /// It has ended.
    Exited {
        /// Its exit code.
        code: i32,
    },
}

/// What a readiness probe (`sys/health`, standby and sealed nodes told apart
/// as in the fixture's probe) meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probed {
    /// An answer: it is ready.
    Ready,
    /// A refusal, or an answer: it is not ready.
    NotReady,
    /// An open connection and no answer: the process is frozen or waits.
    Silence,
}

/// What a server's settings say of its way into a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// On an empty volume it joins as a permanent non-voter.
    pub joins_without_vote: bool,
    /// On an empty volume it initializes itself.
    pub founds: bool,
}

/// A server to be started.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// Its pod.
    pub pod: &'a str,
    /// Its pod's UID.
    pub uid: &'a str,
    /// Its image.
    pub image: &'a str,
    /// Its settings.
    pub settings: Settings,
}

/// Starts, signals and watches processes, each by its pod's UID.
pub trait Processes {
    /// Starts a server. The volume is the pod name's: it outlives the pod.
    fn start(&mut self, launch: &Launch<'_>, now: Moment);

    /// The volume of a pod's name is gone with all its data.
    fn wipe(&mut self, pod: &str, now: Moment);

    /// SIGTERM.
    fn terminate(&mut self, uid: &str, now: Moment);

    /// SIGKILL.
    fn kill(&mut self, uid: &str, now: Moment);

    /// The process; `None` when none was ever started.
    fn process(&self, uid: &str) -> Option<Process>;

    /// The last lines of its log.
    fn log(&self, uid: &str) -> Vec<String>;
}
