//! What a preflight that does not pass ends with.

use crate::{
    error::Error,
    model::{
        exit_code::ExitCode,
        finding::{Finding, Verdict},
    },
};

/// The error of a preflight that stops the upgrade.
pub(super) fn refusal(findings: &[Finding]) -> Option<Error> {
    let stopping: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.verdict.stops())
        .collect();
    let first = stopping.first()?;
    let ids: Vec<&str> = stopping.iter().map(|finding| finding.id.as_str()).collect();
    let mut error = Error::new(
        ExitCode::PreflightFailed,
        format!(
            "preflight failed ({}): {}: {}",
            ids.join(", "),
            first.id,
            first.message
        ),
    );
    for finding in &stopping {
        // All of it stands beside the check.
        if let Some(first) = finding.remedy.iter().flat_map(|text| text.lines()).next() {
            error = error.hint(format!("{}: {first}", finding.id));
        }
    }
    Some(error.hint("this command changed nothing"))
}

/// Whether any check warns.
pub(super) fn warns(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.verdict == Verdict::Warn)
}
