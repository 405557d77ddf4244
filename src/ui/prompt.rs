//! Asking a person once before anything is changed.

use std::io::{self, BufRead, IsTerminal, Write};

use super::look::{Look, Tone};

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Yes, in words or by `--yes`.
    Given,
    /// Anything else.
    Declined,
}

/// Why nobody could be asked.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// There is no terminal to ask on.
    #[error("consent is needed and there is no terminal to ask on")]
    NeedsTerminal,
    /// The terminal failed.
    #[error("the terminal cannot be asked on")]
    Io(#[from] io::Error),
}

/// Whether there is a terminal to ask on.
#[must_use]
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks on the process's own terminal, unless `yes` was given. Where a `word`
/// has to be typed, `yes` is no answer.
///
/// # Errors
/// Without a terminal where there is something to ask, at once.
pub fn consent(
    question: &str,
    word: Option<&str>,
    yes: bool,
    look: Look,
) -> Result<Consent, PromptError> {
    if yes && word.is_none() {
        return Ok(Consent::Given);
    }
    if !can_ask() {
        return Err(PromptError::NeedsTerminal);
    }
    let (mut input, mut out) = (io::stdin().lock(), io::stderr().lock());
    ask(question, word, look, &mut input, &mut out)
}

/// Asks on the given terminal. The question names the target; only `y` and
/// `yes` are consent, or only the `word`, so Enter and end of input are not.
///
/// # Errors
/// When the terminal cannot be read or written.
pub fn ask(
    question: &str,
    word: Option<&str>,
    look: Look,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<Consent, PromptError> {
    let question = look.paint(Tone::Strong, question);
    match word {
        None => write!(out, "{question} [y/N] ")?,
        Some(word) => write!(out, "{question} [type {word} to accept] ")?,
    }
    out.flush()?;
    let mut answer = String::new();
    if input.read_line(&mut answer)? == 0 {
        writeln!(out)?;
    }
    let answer = answer.trim().to_ascii_lowercase();
    let given = word.map_or(matches!(answer.as_str(), "y" | "yes"), |word| {
        answer == word.to_ascii_lowercase()
    });
    Ok(if given {
        Consent::Given
    } else {
        Consent::Declined
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str) -> Consent {
        let mut out = Vec::new();
        let consent = ask(
            "Upgrade vault/prod to 2.7.2?",
            None,
            Look::default(),
            &mut typed.as_bytes(),
            &mut out,
        )
        .expect("answered");
        assert!(out.starts_with(b"Upgrade vault/prod to 2.7.2? [y/N] "));
        consent
    }

    #[test]
    fn only_yes_is_yes() {
        for typed in ["y\n", "Yes\n", " YES \n"] {
            assert_eq!(answer(typed), Consent::Given, "{typed:?}");
        }
        for typed in ["\n", "", "n\n", "yeah\n", "prod\n"] {
            assert_eq!(answer(typed), Consent::Declined, "{typed:?}");
        }
    }

    #[test]
    fn where_a_word_is_asked_for_nothing_else_is_consent() {
        for (typed, wanted) in [
            ("2.7.2\n", Consent::Given),
            ("y\n", Consent::Declined),
            ("yes\n", Consent::Declined),
            ("\n", Consent::Declined),
        ] {
            let mut out = Vec::new();
            let (word, input) = (Some("2.7.2"), &mut typed.as_bytes());
            let given = ask("Begin?", word, Look::default(), input, &mut out).expect("answered");
            assert_eq!(given, wanted, "{typed:?}");
            assert!(out.starts_with(b"Begin? [type 2.7.2 to accept] "));
        }
    }

    #[test]
    fn given_beforehand_nothing_is_asked() {
        let consent = consent("?", None, true, Look::default()).expect("not asked");
        assert_eq!(consent, Consent::Given);
    }
}
