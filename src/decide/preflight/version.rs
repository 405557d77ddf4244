//! Checks of the pair of versions.

use crate::{
    bugs::{self, Bug},
    decide::{
        door, restore_path,
        versions::{
            is_one_way, known_bad, removed_plugins, removed_seals, removed_storage,
            stops_before_the_door, vulnerable,
        },
    },
    model::{fact::Fact, finding::Finding, legible::legible, version::Version, waiver::Waiver},
};

use super::{Preflight, is_door_ahead};

pub(super) fn check(preflight: &Preflight<'_>, findings: &mut Vec<Finding>) {
    let run = preflight.run;
    let (from, to) = (&run.from, &run.target.version);
    // Going back to the version a run came from is its own way out, for as long
    // as no node of the target was ever active.
    let back = run.abandoned.is_some() && from == to;
    findings.push(Finding::pass("version.semver", format!("{from} to {to}")));
    findings.push(image_tag(preflight, to));
    let older = if bugs::has(Bug::VersionsAsText) {
        to.to_string() < from.to_string()
    } else {
        to < from
    };
    findings.push(if older {
        Finding::fail("version.no-downgrade", format!("{to} is older than {from}"))
            .remedy(by_snapshot(preflight, to).join("\n"))
    } else if let Some(newest) = door::shut_by(to, run, &preflight.survey.snapshot) {
        Finding::fail(
            "version.no-downgrade",
            format!("a node of version {newest} leads or has led; {to} cannot lead again"),
        )
        .remedy(beyond_the_door(preflight))
    } else {
        Finding::pass(
            "version.no-downgrade",
            if back {
                "back to where the run came from"
            } else {
                "newer"
            },
        )
    });
    findings.push(match known_bad(from, to) {
        Some(why) => Finding::fail("version.known-bad-pair", why),
        None => Finding::pass("version.known-bad-pair", "nothing known against it"),
    });
    findings.push(one_way(preflight, from, to));
    findings.push(removed(
        preflight,
        "version.removed-seal",
        "seal",
        removed_seals(from, to),
    ));
    findings.push(removed(
        preflight,
        "version.removed-storage",
        "storage",
        removed_storage(from, to),
    ));
    findings.push(removed_plugins_of(from, to));
    findings.push(match vulnerable(to).filter(|_| !back) {
        Some(why) => Finding::warn("version.vulnerable", why).remedy("go to a later release"),
        None => Finding::pass("version.vulnerable", "none is known"),
    });
    // A server may say any number.
    let steps = to.line().1.saturating_sub(from.line().1);
    findings.push(if to.major() == from.major() && steps > 1 {
        Finding::warn(
            "version.skipped-minor",
            format!("{steps} minor versions in one step"),
        )
        .remedy("read the upgrade notes of every version in between")
    } else {
        Finding::pass("version.skipped-minor", "none")
    });
    findings.push(if to.major() > from.major() {
        Finding::warn(
            "version.major",
            format!("{} to {}", from.major(), to.major()),
        )
        .remedy("read the upgrade notes")
    } else {
        Finding::pass("version.major", "same")
    });
}

/// What is mounted is not for the role of an upgrade to read, so this can only
/// remind.
fn removed_plugins_of(from: &Version, to: &Version) -> Finding {
    const ID: &str = "version.removed-plugins";
    let removed = removed_plugins(from, to);
    if removed.is_empty() {
        return Finding::pass(ID, "none");
    }
    Finding::warn(
        ID,
        format!(
            "{to} has no longer built in: {}; what this cluster mounts was not asked",
            removed.join(", ")
        ),
    )
    .remedy("see `bao auth list` and `bao secrets list`; install the plugin of each that is there first")
}

fn image_tag(preflight: &Preflight<'_>, to: &Version) -> Finding {
    const ID: &str = "version.image-tag";
    let image = &preflight.run.target.image;
    if image.is_empty() {
        return Finding::fail(
            ID,
            "the target image cannot be derived from the present one",
        )
        .remedy("name it with --image");
    }
    let reference = image.split('@').next().unwrap_or_default();
    let tag = reference
        .rsplit_once(':')
        .map(|(_, tag)| tag)
        .filter(|tag| !tag.contains('/'));
    match tag.map(str::parse::<Version>) {
        Some(Ok(tag)) if tag != *to => {
            Finding::fail(ID, format!("{image} is tagged {tag}, the target is {to}"))
                .remedy("give the image of the target version with --image")
        }
        Some(Ok(_)) => Finding::pass(ID, image.clone()),
        Some(Err(_)) | None => {
            Finding::warn(ID, format!("{image} does not say which version it carries"))
                .remedy("each node's own answer is checked when it comes up")
        }
    }
}

fn one_way(preflight: &Preflight<'_>, from: &Version, to: &Version) -> Finding {
    const ID: &str = "version.one-way-pair";
    if !is_one_way(from, to) {
        return Finding::pass(ID, "the versions can lead in either order");
    }
    if stops_before_the_door(preflight.run) {
        return Finding::pass(ID, "the run stops before it; going on is asked for then");
    }
    if !is_door_ahead(preflight) {
        return Finding::pass(ID, format!("passed already; {from} cannot lead again"));
    }
    let accepted = preflight.run.waivers.contains(&Waiver::AcceptOneWay)
        || preflight.intent.waives(&Waiver::AcceptOneWay);
    let what = format!(
        "once a {to} node has been active, no {from} node can be again; baoctl makes that the last \
         step-down"
    );
    if accepted {
        Finding::warn(ID, format!("{what}; accepted"))
    } else if preflight.invoker.asked {
        Finding::warn(ID, format!("{what}; that is asked for by name"))
    } else {
        Finding::fail(ID, what).remedy(
            "accept it with --accept-one-way, or type the answer where the upgrade asks at a terminal; \
             --yes is no answer to this",
        )
    }
}

/// Forward with what is recorded, or by a snapshot.
fn beyond_the_door(preflight: &Preflight<'_>) -> String {
    let on = &preflight.intent.cluster;
    let mut lines = vec![format!(
        "to finish forward: baoctl resume {} -n {}",
        on.name, on.namespace
    )];
    lines.extend(by_snapshot(preflight, &preflight.run.from));
    lines.join("\n")
}

/// The data is not backward compatible: an older version gets that of a
/// snapshot, or none.
fn by_snapshot(preflight: &Preflight<'_>, older: &Version) -> Vec<String> {
    let snapshot = preflight.run.snapshot.as_ref();
    restore_path::steps(older, snapshot, &preflight.intent.cluster)
}

/// Whether a check is not waived by its id: it has a flag of its own, or there
/// is no way on at all.
pub(super) fn is_not_waived_by_id(preflight: &Preflight<'_>, finding: &Finding) -> bool {
    match finding.id.as_str() {
        "version.one-way-pair" => is_door_ahead(preflight),
        "version.no-downgrade" => {
            let to = &preflight.run.target.version;
            door::shut_by(to, preflight.run, &preflight.survey.snapshot).is_some()
        }
        "backup.snapshot" | "cluster.paused-by" => true,
        _ => false,
    }
}

fn removed(preflight: &Preflight<'_>, id: &str, stanza: &str, removed: &[&str]) -> Finding {
    if removed.is_empty() {
        return Finding::pass(id, "nothing was removed between the two");
    }
    match &preflight.survey.config {
        Fact::Unknown(why) => Finding::unknown(
            id,
            format!("the server configuration could not be read: {why}"),
        ),
        Fact::Known(config) => {
            let used = stanzas(config, stanza);
            if let Some(kind) = used.iter().find(|kind| removed.contains(&kind.as_str())) {
                return Finding::fail(id, format!("the configuration has {stanza} \"{kind}\", which the target removed"))
                    .remedy("the server would not start (it exits with `unknown wrapper` or `unknown storage type`): migrate first");
            }
            let shown = &used[..used.len().min(MOST_LABELS)];
            Finding::pass(id, format!("{stanza} {}", shown.join(", ")))
        }
    }
}

/// The longest label shown; those that matter are short.
const LONGEST_LABEL: usize = 40;
/// The most labels shown; a server has one storage and a few seals.
const MOST_LABELS: usize = 8;

/// The labels of all stanzas of a kind in an HCL text: `seal "static" {`.
pub(super) fn stanzas(config: &str, stanza: &str) -> Vec<String> {
    config
        .lines()
        .filter_map(|line| {
            let rest = line.trim().strip_prefix(stanza)?;
            let label = rest.trim_start().strip_prefix('"')?;
            Some(legible(label.split('"').next()?, LONGEST_LABEL))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_LABEL, stanzas};

    #[test]
    fn every_label_is_read_and_none_can_steer_a_terminal() {
        let many = "seal \"static\" {}\n".repeat(500) + "seal \"awskms\" {";
        assert_eq!(
            stanzas(&many, "seal").last().map(String::as_str),
            Some("awskms")
        );
        let hostile = format!("storage \"\u{1b}[2J{}\" {{", "x".repeat(5000));
        let found = stanzas(&hostile, "storage").remove(0);
        assert_eq!(found.chars().count(), LONGEST_LABEL);
        assert!(found.starts_with("\u{fffd}[2J"), "{found}");
    }
}
