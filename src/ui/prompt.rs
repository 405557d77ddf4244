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

/// Asks on the process's own terminal, unless `yes` was given.
///
/// # Errors
/// Without a terminal and without `yes`, at once.
pub fn consent(question: &str, yes: bool, look: Look) -> Result<Consent, PromptError> {
    if yes {
        return Ok(Consent::Given);
    }
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(PromptError::NeedsTerminal);
    }
    ask(question, look, &mut stdin.lock(), &mut io::stderr().lock())
}

/// Asks on the given terminal. The question names the target; only `y` and
/// `yes` are consent, so Enter and end of input are not.
///
/// # Errors
/// When the terminal cannot be read or written.
pub fn ask(
    question: &str,
    look: Look,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<Consent, PromptError> {
    write!(out, "{} [y/N] ", look.paint(Tone::Strong, question))?;
    out.flush()?;
    let mut answer = String::new();
    if input.read_line(&mut answer)? == 0 {
        writeln!(out)?;
    }
    Ok(match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Consent::Given,
        _ => Consent::Declined,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str) -> Consent {
        let mut out = Vec::new();
        let consent = ask(
            "Upgrade vault/prod to 2.7.2?",
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
    fn given_beforehand_nothing_is_asked() {
        let consent = consent("?", true, Look::default()).expect("not asked");
        assert_eq!(consent, Consent::Given);
    }
}
