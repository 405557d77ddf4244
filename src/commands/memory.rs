//! Keeps the process's memory off the disk and away from other processes:
//! tokens live in it (`reference/reliability.md` E 3).

use rustix::process::{Resource, Rlimit, setrlimit};

/// Forbids core dumps, and on Linux the tracing of this process by others of
/// the same user. What the system does not allow is logged: a tool that refuses
/// to start in the middle of the night is worse.
pub(super) fn keep_private() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps stay possible");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) =
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
    {
        tracing::warn!(%error, "core dumps stay possible");
    }
}
