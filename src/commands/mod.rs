//! From the command line to a result.

mod adopt;
mod adopt_colours;
mod asked;
mod clock;
pub mod completions;
mod connect;
mod evaluated;
mod first_reads;
mod flags;
mod image;
mod memory;
mod pause;
mod preflight;
mod reach;
mod refusal;
mod rehearse;
mod request;
mod run;
pub mod screen;
mod session;
mod show;
mod signals;
mod status;

use std::{ffi::OsString, future::Future, io};

use crate::{
    cli::{Cli, Command, output::Format},
    error::Error,
    logging,
    model::exit_code::ExitCode,
    ui::{
        Screen,
        document::{
            Document, PreflightReport, RehearsalReport, UpgradePlan, UpgradeResult, UpgradeStatus,
        },
        outcome,
    },
};

use self::session::Session;

/// Runs the command line `arguments` (the program's name first) to its exit
/// code.
#[must_use]
pub fn main(arguments: &[OsString]) -> ExitCode {
    match Cli::of(arguments) {
        Ok(cli) => run(&cli),
        Err(error) => usage(&error, arguments),
    }
}

/// Runs a parsed command line to its exit code.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    let screen = screen::of(&cli.output);
    logging::start(cli.output.verbose, screen.err.color);
    memory::keep_private();
    dispatch(cli, screen).unwrap_or_else(|error| fail(cli, screen, &error))
}

/// Each command's function; those that need a cluster are `async` and go
/// through [`wait_for`].
fn dispatch(cli: &Cli, screen: Screen) -> Result<ExitCode, Error> {
    let target = &cli.target;
    match &cli.command {
        Command::Completions(arguments) => completions::run(arguments),
        Command::Preflight(arguments) => wait_for(preflight::run(target, screen, arguments)),
        Command::Status(arguments) => wait_for(status::run(target, screen, arguments)),
        Command::Pause(arguments) => wait_for(pause::run(target, screen, arguments)),
        Command::Upgrade(upgrade) => {
            wait_for(run::run(request::of_upgrade(target, screen, upgrade)))
        }
        Command::Rehearse(rehearsed) => rehearse::run(target, screen, &rehearsed.with_strategy()),
        Command::Resume(arguments) => {
            wait_for(run::run(request::of_resume(target, screen, arguments)))
        }
    }
}

/// Runs a future on a runtime of one thread. Only commands that need one pay
/// for it.
///
/// # Errors
/// The future's own, or that the runtime could not be started.
pub fn wait_for<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Error::new(ExitCode::Unexpected, "the runtime could not start").because(error)
        })?;
    let result = runtime.block_on(future);
    // A disk that does not answer must not keep the process from its end.
    runtime.shutdown_background();
    result
}

/// Shows a result; a reader that has gone away takes nothing from how the
/// command ended.
///
/// # Errors
/// When the output cannot be written to for another reason.
pub fn shown(written: io::Result<()>, code: ExitCode) -> Result<ExitCode, Error> {
    match written {
        Ok(()) => Ok(code),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(code),
        Err(error) => Err(error.into()),
    }
}

/// Tells of an error that ended the command, once on stderr, for machines as
/// the command's own kind of document too.
fn fail(cli: &Cli, screen: Screen, error: &Error) -> ExitCode {
    let mut body = error.body();
    Session::typed(cli).error(Some(&mut body));
    // Where stderr is gone there is nobody left to tell.
    let _ = outcome::error(&mut io::stderr().lock(), screen.err, &body);
    if cli.output.output != Format::Human {
        let code = error.exit_code();
        let document = match &cli.command {
            Command::Preflight(_) => {
                Document::PreflightReport(Box::new(PreflightReport::new(code, Vec::new())))
            }
            Command::Upgrade(upgrade) if upgrade.is_dry_run() => {
                Document::UpgradePlan(Box::new(UpgradePlan::new(code, None, Vec::new())))
            }
            Command::Status(_) => Document::UpgradeStatus(Box::new(UpgradeStatus::new(code))),
            Command::Rehearse(rehearsed) if rehearsed.arguments().seeds.is_some() => {
                let mut report = RehearsalReport::new(String::new());
                report.ended(code);
                Document::RehearsalReport(Box::new(report))
            }
            Command::Upgrade(_)
            | Command::Rehearse(_)
            | Command::Pause(_)
            | Command::Resume(_)
            | Command::Completions(_) => {
                Document::UpgradeResult(Box::new(UpgradeResult::new(code)))
            }
        };
        let _ = screen.present(&document.with_error(body));
    }
    error.exit_code()
}

/// Help and version on stdout; a wrong command line on stderr, for machines as
/// a document too.
fn usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::Ok;
    }
    let default = std::env::var(Format::VARIABLE).ok();
    let format = Format::guess(arguments, default.as_deref());
    if format != Format::Human {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default();
        let body = Error::new(ExitCode::Usage, first.trim_start_matches("error: "))
            .hint("see `baoctl --help`")
            .body();
        let document = Document::UpgradeResult(Box::new(UpgradeResult::new(ExitCode::Usage)));
        let _ = screen::machine(format).present(&document.with_error(body));
    }
    ExitCode::Usage
}
