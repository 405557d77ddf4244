//! The one line that moves at the bottom of a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::look::{Look, printable};

/// A spinner, what is awaited, how long the run has taken.
#[derive(Debug)]
pub struct StatusLine {
    bar: ProgressBar,
}

impl StatusLine {
    /// A line on stderr.
    #[must_use]
    pub fn new(look: Look) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}") {
            let ticks = if look.unicode {
                "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "
            } else {
                "|/-\\ "
            };
            bar.set_style(style.tick_chars(ticks));
        }
        bar.enable_steady_tick(Duration::from_millis(125));
        Self { bar }
    }

    /// Shows what is awaited.
    pub fn set(&self, text: &str) {
        self.bar.set_message(printable(text).into_owned());
    }

    /// Runs `print` while the line is off the screen.
    pub fn aside<R>(&self, print: impl FnOnce() -> R) -> R {
        self.bar.suspend(print)
    }

    /// Removes the line for good.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
