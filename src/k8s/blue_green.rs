//! `status.blueGreen` and `spec.upgrade.blueGreen` of the resource, read into
//! the model and written back.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{
    errors::clean,
    fields::{at, flag, number, raw, text, time},
    status::stamp,
};
use crate::{
    model::{
        blue_green::{AutoRollback, BlueGreenPhase, BlueGreenSpec, BlueGreenStatus, PromotionHook},
        fact::Fact,
        revision::Revision,
    },
    ports::PortError,
};

/// `status.blueGreen`; an error when a revision cannot be what it names objects
/// by, for nothing can be done about such a cluster.
pub(super) fn status(status: &Value) -> Result<Option<BlueGreenStatus>, PortError> {
    let Some(found) = status.get("blueGreen").filter(|found| found.is_object()) else {
        return Ok(None);
    };
    let revision = |field: &str| {
        let Some(text) = raw(found, &format!("/{field}")) else {
            return Ok(None);
        };
        Revision::named(text).map(Some).ok_or_else(|| {
            PortError::Other(clean(&format!(
                "status.blueGreen.{field} {text:?} cannot be part of a name"
            )))
        })
    };
    Ok(Some(BlueGreenStatus {
        phase: text(found, "/phase").map(|phase| BlueGreenPhase::named(&phase)),
        blue_revision: revision("blueRevision")?,
        blue_image: text(found, "/blueImage"),
        green_revision: revision("greenRevision")?,
        start_time: time(found, "/startTime"),
        job_failure_count: number(found, "/jobFailureCount"),
        last_job_failure: text(found, "/lastJobFailure"),
        rollback_reason: raw(found, "/rollbackReason").map(clean),
        rollback_start_time: time(found, "/rollbackStartTime"),
    }))
}

/// Puts `status.blueGreen` into a plane. What stands there and means the same
/// stays to the letter, and so does what later operators keep there and this
/// program does not know.
pub(super) fn write(
    plane: &mut Map<String, Value>,
    wanted: &BlueGreenStatus,
) -> Result<(), PortError> {
    let present = status(&Value::Object(plane.clone()))?.unwrap_or_default();
    let stored = plane.entry("blueGreen").or_insert_with(|| json!({}));
    if !stored.is_object() {
        *stored = json!({});
    }
    let present = values(&present);
    for ((field, value), (_, old)) in values(wanted).into_iter().zip(present) {
        if value == old {
            continue;
        }
        match (value, stored.as_object_mut()) {
            (Some(value), _) => stored[field] = value,
            (None, Some(fields)) => drop(fields.remove(field)),
            (None, None) => {}
        }
    }
    Ok(())
}

/// Each field as the resource has it.
fn values(status: &BlueGreenStatus) -> [(&'static str, Option<Value>); 9] {
    let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
    let revision = |revision: &Option<Revision>| revision.as_ref().map(|text| json!(text));
    [
        (
            "phase",
            status.phase.as_ref().map(|phase| json!(phase.as_str())),
        ),
        ("blueRevision", revision(&status.blue_revision)),
        ("blueImage", text(&status.blue_image)),
        ("greenRevision", revision(&status.green_revision)),
        ("startTime", status.start_time.map(stamp)),
        (
            "jobFailureCount",
            status.job_failure_count.map(|count| json!(count)),
        ),
        ("lastJobFailure", text(&status.last_job_failure)),
        ("rollbackReason", text(&status.rollback_reason)),
        ("rollbackStartTime", status.rollback_start_time.map(stamp)),
    ]
}

/// `spec.upgrade.blueGreen`.
pub(super) fn spec(found: &Value) -> BlueGreenSpec {
    let defaults = BlueGreenSpec::default();
    BlueGreenSpec {
        auto_promote: flag(found, "/autoPromote").unwrap_or(defaults.auto_promote),
        pre_upgrade_snapshot: flag(found, "/preUpgradeSnapshot")
            .unwrap_or(defaults.pre_upgrade_snapshot),
        max_job_failures: number(found, "/maxJobFailures").unwrap_or(defaults.max_job_failures),
        min_sync_duration: raw(found, "/verification/minSyncDuration")
            .map_or(defaults.min_sync_duration, duration),
        pre_promotion_hook: at(found, "/verification/prePromotionHook").and_then(hook),
        auto_rollback: rollback(found),
    }
}

/// A duration as Go writes it: `10s`, `1h30m`, `0`.
fn duration(text: &str) -> Fact<Duration> {
    let parsed = match text {
        "0" => Some(Duration::ZERO),
        text => text
            .parse::<SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok()),
    };
    parsed.map_or_else(
        || Fact::Unknown(clean(&format!("minSyncDuration {text:?} is no duration"))),
        Fact::Known,
    )
}

fn hook(hook: &Value) -> Option<PromotionHook> {
    // Verbatim: they are for a container and not for a screen.
    let words = |pointer: &str| {
        let all = at(hook, pointer).and_then(Value::as_array);
        let texts = all.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    Some(PromotionHook {
        image: text(hook, "/image")?,
        command: words("/command"),
        args: words("/args"),
        timeout: number(hook, "/timeoutSeconds").map_or(PromotionHook::TIMEOUT, |seconds| {
            Duration::from_secs(seconds.into())
        }),
    })
}

fn rollback(spec: &Value) -> AutoRollback {
    let says = |pointer: &str| flag(spec, pointer).unwrap_or(true);
    AutoRollback {
        enabled: says("/autoRollback/enabled"),
        on_job_failure: says("/autoRollback/onJobFailure"),
        on_validation_failure: says("/autoRollback/onValidationFailure"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_resource_does_not_say_is_the_schemas_default() {
        assert_eq!(spec(&Value::Null), BlueGreenSpec::default());
        let said = spec(&json!({
            "autoPromote": false, "maxJobFailures": 2,
            "autoRollback": { "enabled": true, "onValidationFailure": false },
            "verification": {
                "minSyncDuration": "1m30s",
                "prePromotionHook": { "image": "i", "command": ["sh"], "args": ["-c", "true"] },
            },
        }));
        assert!(!said.auto_promote && !said.pre_upgrade_snapshot);
        assert_eq!(said.max_job_failures, 2);
        assert_eq!(said.min_sync_duration, Fact::Known(Duration::from_secs(90)));
        let hook = said.pre_promotion_hook.expect("a hook");
        assert_eq!(hook.timeout, Duration::from_secs(300));
        assert_eq!(hook.args, ["-c", "true"]);
        assert!(said.auto_rollback.on_job_failure);
        assert!(!said.auto_rollback.on_validation_failure);
    }

    #[test]
    fn a_duration_that_is_none_is_not_zero() {
        for text in ["10", "soon", "-5s", "\u{1b}[2J"] {
            assert!(duration(text).known().is_none(), "{text:?}");
        }
        for (text, millis) in [("0", 0), ("0s", 0), ("1.5h", 5_400_000), ("150ms", 150)] {
            let duration = duration(text);
            assert_eq!(
                duration.known(),
                Some(&Duration::from_millis(millis)),
                "{text}"
            );
        }
    }
}
