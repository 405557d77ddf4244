//! The event stream for machines.

use std::io::{self, Write};

use serde::Serialize;

use crate::event::{Event, SCHEMA};

use super::{Renderer, document::Document};

/// Writes one JSON object a line: the schema, every event, the result.
#[derive(Debug)]
pub struct Ndjson<W> {
    out: W,
    opened: bool,
}

/// The first line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opening {
    schema: &'static str,
    baoctl: &'static str,
}

/// The last line.
#[derive(Serialize)]
struct Closing<'a> {
    result: &'a Document,
}

impl<W: Write> Ndjson<W> {
    /// A stream that begins with its first line.
    pub const fn new(out: W) -> Self {
        Self { out, opened: false }
    }

    fn open(&mut self) -> io::Result<()> {
        if self.opened {
            return Ok(());
        }
        self.opened = true;
        self.line(&Opening {
            schema: SCHEMA,
            baoctl: env!("CARGO_PKG_VERSION"),
        })
    }

    /// One write a line, so that a reader never sees half of one.
    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.out.flush()
    }
}

impl<W: Write> Renderer for Ndjson<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.open()?;
        if !event.event.is_recorded() {
            return Ok(());
        }
        self.line(event)
    }

    fn close(&mut self, result: &Document) -> io::Result<()> {
        self.open()?;
        self.line(&Closing { result })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::Value;

    use crate::{
        event::EventKind,
        model::exit_code::ExitCode,
        ui::document::{Document, UpgradeResult},
    };

    use super::*;

    #[test]
    fn the_stream_begins_with_its_schema_then_ends_with_the_result() {
        let mut out = Vec::new();
        let mut stream = Ndjson::new(&mut out);
        let event = Event {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            event: EventKind::LeaseAcquired,
        };
        stream.event(&event).expect("written");
        stream
            .close(&Document::UpgradeResult(Box::new(UpgradeResult::new(
                ExitCode::Paused,
            ))))
            .expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["schema"], "baoctl.openbao.org/events/v1");
        assert_eq!(lines[1]["event"]["type"], "leaseAcquired");
        assert_eq!(lines[2]["result"]["kind"], "UpgradeResult");
        assert_eq!(lines[2]["result"]["exitCode"], 7);
    }

    #[test]
    fn a_closed_pipe_is_an_error_and_no_panic() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let result = Document::UpgradeResult(Box::new(UpgradeResult::new(ExitCode::Ok)));
        let error = Ndjson::new(Gone).close(&result).expect_err("no reader");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
