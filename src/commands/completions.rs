//! `baoctl completions`.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{
    cli::{Cli, CompletionsArgs},
    error::Error,
    model::exit_code::ExitCode,
};

/// The script for a shell.
#[must_use]
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "baoctl", &mut script);
    script
}

/// Prints the script.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(arguments: &CompletionsArgs) -> Result<ExitCode, Error> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(&script(arguments.shell))
        .and_then(|()| out.flush());
    super::shown(written, ExitCode::Ok)
}
