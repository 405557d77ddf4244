//! What this invocation's outputs can show.

use std::{
    env,
    io::{self, IsTerminal},
};

use crate::{
    cli::output::{ColorChoice, Format, OutputArgs, ProgressChoice},
    ui::{self, Screen, look::Look},
};

/// The screen for flags, environment and terminals. Each output is judged by
/// itself.
#[must_use]
pub fn of(arguments: &OutputArgs) -> Screen {
    // A moving line and log lines in between would tear each other.
    let progress = match arguments.progress {
        ProgressChoice::Auto if arguments.verbose > 0 => ui::Progress::Plain,
        ProgressChoice::Auto => ui::Progress::Auto,
        ProgressChoice::Plain => ui::Progress::Plain,
        ProgressChoice::None => ui::Progress::None,
    };
    Screen {
        format: format(arguments.output),
        progress,
        wordy: arguments.verbose > 0,
        out: look(io::stdout().is_terminal(), arguments.color),
        err: look(io::stderr().is_terminal(), arguments.color),
    }
}

/// The screen for a command line that could not be parsed.
#[must_use]
pub fn machine(wanted: Format) -> Screen {
    Screen {
        format: format(wanted),
        progress: ui::Progress::None,
        wordy: false,
        out: Look::default(),
        err: Look::default(),
    }
}

const fn format(format: Format) -> ui::Format {
    match format {
        Format::Human => ui::Format::Human,
        Format::Json => ui::Format::Json,
        Format::Yaml => ui::Format::Yaml,
        Format::Ndjson => ui::Format::Ndjson,
    }
}

fn look(terminal: bool, choice: ColorChoice) -> Look {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    let dumb = set("TERM").is_some_and(|term| term == "dumb");
    Look {
        // A dumb terminal cannot take back what it has shown.
        terminal: terminal && !dumb,
        color: match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !dumb && set("NO_COLOR").is_none(),
        },
        unicode: ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(set)
            .is_some_and(|locale| {
                let locale = locale.to_string_lossy().to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            }),
    }
}
