//! What a kubelet sees of the server processes in its containers.

use super::moment::Moment;

/// A container's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// It runs.
    Running {
        /// What the readiness probe (`sys/health`, standby and sealed nodes
        /// told apart as in the fixture's probe) would say now.
        ready: bool,
    },
    /// It has ended.
    Exited {
        /// Its exit code.
        code: i32,
    },
}

/// Starts, signals and watches processes, each by its pod's UID.
pub trait Processes {
    /// Starts the server of a pod from an image. The volume is the pod name's:
    /// it outlives the pod.
    fn start(&mut self, pod: &str, uid: &str, image: &str, now: Moment);

    /// SIGTERM.
    fn terminate(&mut self, uid: &str, now: Moment);

    /// SIGKILL.
    fn kill(&mut self, uid: &str, now: Moment);

    /// The process; `None` when none was ever started.
    fn process(&self, uid: &str) -> Option<Process>;

    /// The last lines of its log.
    fn log(&self, uid: &str) -> Vec<String>;
}
