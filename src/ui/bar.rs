//! A bar for work of a known amount.

use indicatif::{ProgressBar, ProgressStyle};

use super::look::Look;

/// Shows how much is done; nothing where there is no terminal.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for so many things that are being `done`.
    #[must_use]
    pub fn of(length: u64, done: &str, look: Look) -> Self {
        if !look.terminal {
            return Self(ProgressBar::hidden());
        }
        let template = format!("{{bar:30}} {{pos}}/{{len}} {done}, {{per_sec}}, {{eta}} left");
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(length).with_style(style))
    }

    /// One more is done.
    pub fn advance(&mut self) {
        self.0.inc(1);
    }

    /// Takes the bar away.
    pub fn end(self) {
        self.0.finish_and_clear();
    }
}
