//! What an output can show.

use std::borrow::Cow;

use crate::model::finding::Verdict;

/// The abilities of one of the two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// It is a terminal.
    pub terminal: bool,
    /// Colours are wanted.
    pub color: bool,
    /// The locale can show more than ASCII.
    pub unicode: bool,
}

/// The weight of a piece of text; never its only meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it comes.
    Normal,
    /// A heading.
    Strong,
    /// Something reached.
    Good,
    /// Something to know.
    Notice,
    /// Something wrong.
    Bad,
    /// Detail.
    Faint,
}

impl Look {
    /// The text in its tone, free of whatever could steer a terminal.
    #[must_use]
    pub fn paint(self, tone: Tone, text: &str) -> String {
        let text = printable(text);
        let code = match tone {
            Tone::Strong => "1",
            Tone::Good => "32",
            Tone::Notice => "33",
            Tone::Bad => "31",
            Tone::Faint => "2",
            Tone::Normal => return text.into_owned(),
        };
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.into_owned()
        }
    }

    /// The sign of a verdict, always of the same width in one look.
    #[must_use]
    pub const fn mark(self, verdict: Verdict) -> &'static str {
        match (verdict, self.unicode) {
            (Verdict::Pass, true) => "✓",
            (Verdict::Fail, true) => "✗",
            (Verdict::Skipped | Verdict::Ignored, true) => "·",
            (Verdict::Warn, true) => "!",
            (Verdict::Unknown, true) => "?",
            (Verdict::Pass, false) => "[ok]  ",
            (Verdict::Warn, false) => "[warn]",
            (Verdict::Fail, false) => "[FAIL]",
            (Verdict::Unknown, false) => "[?]   ",
            (Verdict::Ignored, false) => "[ign] ",
            (Verdict::Skipped, false) => "[skip]",
        }
    }

    /// An arrow to the right.
    #[must_use]
    pub const fn arrow(self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }
}

/// The tone of a verdict.
#[must_use]
pub const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Warn | Verdict::Ignored => Tone::Notice,
        Verdict::Fail | Verdict::Unknown => Tone::Bad,
        Verdict::Skipped => Tone::Faint,
    }
}

/// The text on one line and without control characters: what comes from a
/// cluster may have been written to deceive whoever reads it.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    let hostile =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(hostile) {
        return Cow::Borrowed(text);
    }
    let spaced: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !hostile(*c))
        .collect();
    Cow::Owned(spaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_cluster_cannot_steer_the_terminal() {
        let look = Look::default();
        assert_eq!(
            look.paint(Tone::Bad, "a\u{1b}[2Jb\r\nc\u{202e}d"),
            "a[2Jb  cd"
        );
    }

    #[test]
    fn without_colour_there_is_no_escape_code() {
        for tone in [
            Tone::Strong,
            Tone::Good,
            Tone::Notice,
            Tone::Bad,
            Tone::Faint,
        ] {
            assert_eq!(Look::default().paint(tone, "x"), "x");
        }
    }
}
