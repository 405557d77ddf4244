//! The one error a command ends with.

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    io,
};

use crate::{
    model::exit_code::ExitCode,
    ports::PortError,
    ui::{document::ErrorBody, prompt::PromptError},
};

/// What went wrong, what it means for the exit code, what to do about it.
#[derive(Debug)]
pub struct Error {
    code: ExitCode,
    message: String,
    hints: Vec<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error; `message` is a lowercase fragment.
    pub fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hints: Vec::new(),
            source: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What the process exits with.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        self.code
    }

    /// The error as documents and people are told it: the causes after the
    /// message, each once.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        let mut message = self.message.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                // Writing to a String cannot fail.
                let _ = write!(message, ": {text}");
            }
            cause = error.source();
        }
        ErrorBody {
            code: self.code.outcome().to_owned(),
            message,
            hint: (!self.hints.is_empty()).then(|| self.hints.join("\n")),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<PortError> for Error {
    /// For calls made before anything was changed.
    fn from(error: PortError) -> Self {
        let code = match &error {
            PortError::Denied { .. }
            | PortError::Forbidden(_)
            | PortError::TooManyRequests(_)
            | PortError::NoAnswer(_) => ExitCode::Unreachable,
            PortError::NotFound(_) => ExitCode::Usage,
            PortError::Conflict { .. } | PortError::Invalid(_) | PortError::Other(_) => {
                ExitCode::Unexpected
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<PromptError> for Error {
    fn from(error: PromptError) -> Self {
        let needs_terminal = matches!(error, PromptError::NeedsTerminal);
        let error = Self::new(ExitCode::Declined, error.to_string()).because(error);
        if needs_terminal {
            error.hint("read the plan with --dry-run, then add --yes")
        } else {
            error
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(ExitCode::Unexpected, "output or file access failed").because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let error = Error::new(ExitCode::Unexpected, "reading the token failed")
            .because(io::Error::other("no such file"))
            .hint("check --token-file");
        let body = error.body();
        assert_eq!(body.message, "reading the token failed: no such file");
        assert_eq!(body.hint.as_deref(), Some("check --token-file"));
        let error = Error::from(PromptError::NeedsTerminal);
        assert_eq!(error.exit_code(), ExitCode::Declined);
        assert_eq!(
            error.body().message,
            "consent is needed and there is no terminal to ask on"
        );
    }
}
