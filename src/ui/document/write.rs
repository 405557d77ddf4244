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
    let text = serde_yaml::to_string(document).map_err(io::Error::other)?;
    out.write_all(text.trim_end().as_bytes())?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{
            exit_code::ExitCode,
            finding::Finding,
            intent::Order,
            names::{ClusterRef, PodName, Pool},
            plan::{Plan, PlanStep},
            version::Version,
            waiver::Waiver,
        },
        ui::document::{ErrorBody, PreflightReport, UpgradePlan, UpgradeResult},
    };

    use super::*;

    fn plan() -> Plan {
        Plan {
            cluster: ClusterRef {
                namespace: "vault".into(),
                name: "no".into(),
            },
            from: Version::new(2, 6, 2),
            to: Version::new(2, 7, 2),
            image: "openbao:2.7.2".into(),
            order: Order::ReverseOrdinal,
            order_reason: "0: leads - \u{2192} #1".into(),
            leader: Some(PodName("1.0".into())),
            leader_moves: 1,
            steps: vec![PlanStep {
                text: "replace".into(),
                writes: None,
                pod: Some(PodName("prod-2".into())),
                pool: Some(Pool::ReadReplicas),
            }],
            point_of_no_return: Some(0),
            colours: None,
            waivers: vec![
                Waiver::IgnoreCheck("raft.in-sync".into()),
                Waiver::AcceptOneWay,
            ],
        }
    }

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
            Document::UpgradePlan(Box::new(UpgradePlan::new(
                ExitCode::Ok,
                Some(plan()),
                vec![Finding::warn("raft.autopilot", "unhealthy for 3 s")],
            ))),
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
