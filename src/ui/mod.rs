//! What people and scripts get to see of events and results.

pub mod bar;
pub mod document;
pub mod invariant_list;
pub mod look;
pub mod ndjson;
pub mod outcome;
pub mod plain;
pub mod plan_table;
pub mod preflight_table;
pub mod prompt;
pub mod rehearsal_table;
pub mod status_line;
pub mod status_table;
pub mod wording;

use std::io::{self, Write};

use crate::event::{Event, EventKind};

use self::{
    document::{Document, write},
    look::{Look, Tone},
    ndjson::Ndjson,
    plain::Plain,
};

/// Shows a command's events as they come, then its result. An error means the
/// screen is gone; the run then stops at its next safe point.
pub trait Renderer {
    /// Shows one event.
    ///
    /// # Errors
    /// When the output cannot be written to.
    fn event(&mut self, event: &Event) -> io::Result<()>;

    /// Shows the result; nothing comes after it.
    ///
    /// # Errors
    /// When the output cannot be written to.
    fn close(&mut self, result: &Document) -> io::Result<()>;
}

/// The form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Human,
    /// One JSON document.
    Json,
    /// One YAML document.
    Yaml,
    /// The events, then the result.
    Ndjson,
}

/// The form of the progress on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A live status line below plain lines on a terminal, else plain lines;
    /// nothing beside an event stream.
    Auto,
    /// Plain lines.
    Plain,
    /// Nothing.
    None,
}

/// How this invocation shows things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// The form of the result.
    pub format: Format,
    /// The form of the progress.
    pub progress: Progress,
    /// More was asked for.
    pub wordy: bool,
    /// What stdout can show.
    pub out: Look,
    /// What stderr can show.
    pub err: Look,
}

impl Screen {
    /// The renderer for the process's own stdout and stderr.
    #[must_use]
    pub fn renderer(self) -> Box<dyn Renderer> {
        let progress = self.progress();
        match self.format {
            Format::Ndjson => Box::new(Streamed {
                progress,
                stream: Ndjson::new(io::stdout()),
            }),
            Format::Human | Format::Json | Format::Yaml => Box::new(Presented {
                progress,
                screen: self,
            }),
        }
    }

    /// Shows a result that no events came before.
    ///
    /// # Errors
    /// When the output cannot be written to.
    pub fn present(self, result: &Document) -> io::Result<()> {
        let mut quiet = self;
        quiet.progress = Progress::None;
        quiet.renderer().close(result)
    }

    /// Says something before the first event, where progress is shown.
    ///
    /// # Errors
    /// When the output cannot be written to.
    pub fn announce(self, text: &str) -> io::Result<()> {
        match self.progress() {
            Some(_) => writeln!(io::stderr(), "{}", self.err.paint(Tone::Notice, text)),
            None => Ok(()),
        }
    }

    /// Whether a status line is kept moving on the terminal, which log lines
    /// would tear.
    #[must_use]
    pub fn is_live(self) -> bool {
        self.progress == Progress::Auto && self.err.terminal && self.format != Format::Ndjson
    }

    /// The renderer of progress alone. The live tree will be chosen here.
    fn progress(self) -> Option<Plain<io::Stderr>> {
        match self.progress {
            Progress::None => None,
            Progress::Auto if self.format == Format::Ndjson => None,
            Progress::Auto | Progress::Plain => {
                Some(Plain::new(io::stderr(), self.err, self.is_live()))
            }
        }
    }
}

/// An event stream on stdout, plain progress beside it where asked for.
struct Streamed {
    progress: Option<Plain<io::Stderr>>,
    stream: Ndjson<io::Stdout>,
}

impl Renderer for Streamed {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.stream.event(event)?;
        self.progress
            .as_mut()
            .map_or(Ok(()), |progress| progress.event(event))
    }

    fn close(&mut self, result: &Document) -> io::Result<()> {
        if let Some(progress) = &mut self.progress {
            progress.close(result)?;
        }
        self.stream.close(result)
    }
}

/// Progress on stderr, one result at the end.
struct Presented {
    progress: Option<Plain<io::Stderr>>,
    screen: Screen,
}

impl Renderer for Presented {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match &mut self.progress {
            // The end says it at length.
            Some(progress) if !matches!(event.event, EventKind::Halted { .. }) => {
                progress.event(event)
            }
            _ => Ok(()),
        }
    }

    fn close(&mut self, result: &Document) -> io::Result<()> {
        if let Some(progress) = &mut self.progress {
            progress.close(result)?;
        }
        let screen = self.screen;
        let human = screen.format == Format::Human;
        if result.halt().is_some() || (human && result.is_failure()) {
            outcome::failure(&mut io::stderr().lock(), screen.err, result)?;
        }
        let mut out = io::stdout().lock();
        match screen.format {
            Format::Json => write::json(&mut out, result)?,
            Format::Yaml => write::yaml(&mut out, result)?,
            Format::Human | Format::Ndjson if result.is_failure() => {}
            Format::Human | Format::Ndjson => outcome::success(&mut out, screen.out, result)?,
        }
        out.flush()
    }
}
