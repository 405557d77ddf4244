//! Documents as text.

use std::io::{self, Write};

use super::Document;

/// One indented JSON document.
///
/// # Errors
/// When the output cannot be written to.
pub fn json(out: &mut dyn Write, document: &Document) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(document)?;
    text.push(b'\n');
    out.write_all(&text)
}

/// One YAML document.
///
/// # Errors
/// When the output cannot be written to.
pub fn yaml(out: &mut dyn Write, document: &Document) -> io::Result<()> {
    // By way of a JSON value: whatever serialises to JSON is YAML the same way.
    let value = serde_json::to_value(document)?;
    let text = serde_yaml::to_string(&value).map_err(io::Error::other)?;
    out.write_all(text.trim_end().as_bytes())?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use crate::{
        model::exit_code::ExitCode,
        ui::document::{ErrorBody, PreflightReport, UpgradeResult},
    };

    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let documents = [
            Document::PreflightReport(Box::new(PreflightReport::new(
                ExitCode::Unreachable,
                Vec::new(),
            )))
            .with_error(ErrorBody {
                code: "unreachable".into(),
                message: "no: 'answer'\n# of any kind".into(),
                hint: None,
            }),
            Document::UpgradeResult(Box::new(UpgradeResult::new(ExitCode::Ok))),
        ];
        for document in documents {
            let (mut text, mut lines) = (Vec::new(), Vec::new());
            json(&mut text, &document).expect("written");
            yaml(&mut lines, &document).expect("written");
            let lines = String::from_utf8(lines).expect("UTF-8");
            let from_json: Document = serde_json::from_slice(&text).expect("JSON");
            let from_yaml: serde_json::Value = serde_yaml::from_str(&lines).expect("YAML");
            assert_eq!(from_json, document);
            assert_eq!(from_yaml, serde_json::to_value(&document).expect("a value"));
            assert_eq!(from_yaml["apiVersion"], "baoctl.openbao.org/v1");
            assert_eq!(from_yaml["exitCode"], document.exit_code().number());
        }
    }
}
