//! Findings for people.

use std::io::{self, Write};

use crate::model::finding::{Finding, Verdict};

use super::{
    document::PreflightReport,
    look::{Look, Tone, tone},
    wording::count,
};

/// The whole report, grouped by category.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(out: &mut dyn Write, look: Look, report: &PreflightReport) -> io::Result<()> {
    let mut title = "Preflight".to_owned();
    if let Some(cluster) = &report.cluster {
        title = format!("{title} of {cluster}");
    }
    if let (Some(from), Some(to)) = (&report.from, &report.to) {
        title = format!("{title}, {from} {} {to}", look.arrow());
    }
    writeln!(out, "{}", look.paint(Tone::Strong, &title))?;
    let mut category = "";
    let width = id_width(&report.findings);
    for finding in &report.findings {
        let own = finding.id.split('.').next().unwrap_or_default();
        if own != category {
            category = own;
            writeln!(out, "\n{}", look.paint(Tone::Strong, category))?;
        }
        row(out, look, finding, width)?;
    }
    let worst = if report
        .findings
        .iter()
        .any(|finding| finding.verdict.stops())
    {
        Tone::Bad
    } else {
        Tone::Good
    };
    writeln!(out, "\n{}", look.paint(worst, &summary(&report.findings)))
}

/// Only what a person must read before an upgrade.
///
/// # Errors
/// When the output cannot be written to.
pub fn notable(out: &mut dyn Write, look: Look, findings: &[Finding]) -> io::Result<()> {
    let notable: Vec<&Finding> = findings
        .iter()
        .filter(|finding| !matches!(finding.verdict, Verdict::Pass | Verdict::Skipped))
        .collect();
    let width = id_width(findings);
    notable
        .into_iter()
        .try_for_each(|finding| row(out, look, finding, width))
}

/// `31 passed, 1 warning, 2 failed`; kinds that did not occur are left out.
#[must_use]
pub fn summary(findings: &[Finding]) -> String {
    let number = |verdict| {
        let number = findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .count();
        u64::try_from(number).unwrap_or(u64::MAX)
    };
    let mut parts = vec![format!("{} passed", number(Verdict::Pass))];
    let warnings = number(Verdict::Warn);
    if warnings > 0 {
        parts.push(count(warnings, "warning"));
    }
    for (verdict, word) in [
        (Verdict::Fail, "failed"),
        (Verdict::Unknown, "could not be evaluated"),
        (Verdict::Ignored, "ignored"),
        (Verdict::Skipped, "skipped"),
    ] {
        if number(verdict) > 0 {
            parts.push(format!("{} {word}", number(verdict)));
        }
    }
    parts.join(", ")
}

fn id_width(findings: &[Finding]) -> usize {
    findings
        .iter()
        .map(|finding| finding.id.chars().count())
        .max()
        .unwrap_or_default()
}

fn row(out: &mut dyn Write, look: Look, finding: &Finding, width: usize) -> io::Result<()> {
    let mark = look.mark(finding.verdict);
    let text = if finding.verdict == Verdict::Ignored {
        format!("ignored: {}", finding.message)
    } else {
        finding.message.clone()
    };
    writeln!(
        out,
        "  {} {:width$}  {}",
        look.paint(tone(finding.verdict), mark),
        finding.id,
        look.paint(Tone::Normal, &text)
    )?;
    let indent = 2 + mark.chars().count() + 1 + width + 2;
    let remedy = finding
        .remedy
        .iter()
        .filter(|_| !matches!(finding.verdict, Verdict::Pass | Verdict::Skipped));
    for line in remedy.flat_map(|text| text.lines()) {
        let line = format!("{} {line}", look.arrow());
        writeln!(out, "{:indent$}{}", "", look.paint(Tone::Normal, &line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::model::exit_code::ExitCode;

    use super::*;

    #[test]
    fn findings_stand_by_category_with_what_to_do() {
        let report = PreflightReport::new(
            ExitCode::PreflightFailed,
            vec![
                Finding::pass("kube.reachable", "API server 1.33"),
                Finding::fail("kube.admission", "patch statefulsets is denied")
                    .remedy("add --as-operator\nor --maintenance-override"),
                Finding::unknown("raft.in-sync", "prod-2 does not answer"),
            ],
        );
        let mut out = Vec::new();
        write(&mut out, Look::default(), &report).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            "Preflight\n\
             \nkube\n\
             \x20 [ok]   kube.reachable  API server 1.33\n\
             \x20 [FAIL] kube.admission  patch statefulsets is denied\n\
             \x20                        -> add --as-operator\n\
             \x20                        -> or --maintenance-override\n\
             \nraft\n\
             \x20 [?]    raft.in-sync    prod-2 does not answer\n\
             \n1 passed, 1 failed, 1 could not be evaluated\n"
        );
    }
}
