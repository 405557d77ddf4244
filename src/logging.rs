//! The log on stderr.

use std::io;

use tracing_subscriber::EnvFilter;

/// Starts logging: warnings, with one `-v` what baoctl does, with two the
/// details and what the libraries say. Before that, what they fail at is told by
/// baoctl itself: kube logs an error at each try. Libraries stay below debug,
/// where they would print whole requests.
pub fn start(verbosity: u8, color: bool) {
    let filter = match verbosity {
        0 => "off,baoctl=warn",
        1 => "off,baoctl=info",
        _ => "info,baoctl=debug",
    };
    // A second start, as in a test that runs two commands, keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(color)
        .with_target(verbosity > 1)
        .try_init();
}
