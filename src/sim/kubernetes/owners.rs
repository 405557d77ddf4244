//! managedFields: who owns which fields, and how writes move that.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{
    fields::{Difference, Fields},
    object::stamp,
};
use crate::sim::moment::Moment;

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Writer {
    pub(super) manager: String,
    /// By server-side apply.
    pub(super) apply: bool,
    pub(super) sub: String,
    pub(super) api_version: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    writer: Writer,
    time: Value,
    fields: Fields,
}

/// All entries of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Owners(Vec<Owner>);

/// The entries of a stored object, read once.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) owners: Owners,
    /// They stand in the object just as they would be written.
    pub(super) as_written: bool,
}

impl Recorded {
    pub(super) fn of(object: &Value) -> Self {
        let mut owners = Owners::read(object);
        let as_written = owners.write() == object["metadata"]["managedFields"];
        Self { owners, as_written }
    }
}

/// What is in the way of an apply: manager and fields.
pub(super) type Conflicts = Vec<(String, Vec<String>)>;

impl Writer {
    fn same(&self, other: &Self) -> bool {
        self.manager == other.manager && self.apply == other.apply && self.sub == other.sub
    }
}

impl Owner {
    /// What the entries are sorted by.
    fn place(&self) -> (bool, &str, &str, &str) {
        let writer = &self.writer;
        let time = self.time.as_str().unwrap_or_default();
        (!writer.apply, time, &writer.manager, &writer.sub)
    }
}

impl Owners {
    pub(super) fn read(object: &Value) -> Self {
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = object["metadata"]["managedFields"].as_array();
        Self(
            entries
                .into_iter()
                .flatten()
                .filter(|entry| entry.get("manager").is_some())
                .map(|entry| Owner {
                    writer: Writer {
                        manager: text(entry, "manager"),
                        apply: entry["operation"] == "Apply",
                        sub: text(entry, "subresource"),
                        api_version: text(entry, "apiVersion"),
                    },
                    time: entry["time"].clone(),
                    fields: Fields::read(&entry["fieldsV1"]),
                })
                .collect(),
        )
    }

    /// Writes them, in the order they are then in.
    pub(super) fn write(&mut self) -> Value {
        self.0.sort_by(|one, other| one.place().cmp(&other.place()));
        let entries = self.0.iter().map(|owner| {
            let writer = &owner.writer;
            let mut entry = json!({
                "manager": writer.manager,
                "operation": if writer.apply { "Apply" } else { "Update" },
                "apiVersion": writer.api_version,
                "fieldsType": "FieldsV1",
                "fieldsV1": owner.fields.write(),
                "time": owner.time,
            });
            if !writer.sub.is_empty() {
                entry["subresource"] = json!(writer.sub);
            }
            entry
        });
        Value::Array(entries.collect())
    }

    /// What this writer's last apply claimed.
    pub(super) fn applied_by(&self, writer: &Writer) -> Fields {
        self.0
            .iter()
            .find(|owner| owner.writer.same(writer))
            .map(|owner| owner.fields.clone())
            .unwrap_or_default()
    }

    /// What everybody else claims.
    pub(super) fn of_others(&self, writer: &Writer) -> Fields {
        self.0
            .iter()
            .filter(|owner| !owner.writer.same(writer))
            .fold(Fields::default(), |all, owner| all.union(&owner.fields))
    }

    /// A write other than an apply: what it changes is the writer's alone.
    pub(super) fn updated(&mut self, writer: &Writer, changed: &Difference, now: Moment) {
        if changed.is_empty() {
            self.0.retain(|owner| !owner.fields.is_empty());
            return;
        }
        let changed = Difference {
            set: owned(&changed.set, writer),
            removed: owned(&changed.removed, writer),
        };
        self.take(writer, &changed);
        let mut before = self.applied_by(writer);
        before.subtract(&changed.removed);
        let after = before.union(&changed.set);
        self.set(writer, after, now);
    }

    /// An apply: `claims` replaces what the writer claimed before. Fields whose
    /// value it changes are taken from others, or are conflicts.
    pub(super) fn applied(
        &mut self,
        writer: &Writer,
        claims: &Fields,
        changed: &Difference,
        force: bool,
        now: Moment,
    ) -> Result<(), Conflicts> {
        let changed = Difference {
            set: owned(&changed.set, writer),
            removed: owned(&changed.removed, writer),
        };
        if !force {
            let conflicts: Conflicts = self
                .0
                .iter()
                .filter(|owner| !owner.writer.same(writer))
                .map(|owner| (&owner.writer.manager, owner.fields.both(&changed.set)))
                .filter(|(_, fields)| !fields.is_empty())
                .map(|(manager, fields)| (manager.clone(), fields.paths()))
                .collect();
            if !conflicts.is_empty() {
                return Err(conflicts);
            }
        }
        self.take(writer, &changed);
        self.set(writer, owned(claims, writer), now);
        Ok(())
    }

    fn take(&mut self, writer: &Writer, changed: &Difference) {
        for owner in &mut self.0 {
            owner.fields.subtract(&changed.removed);
            if !owner.writer.same(writer) {
                owner.fields.subtract(&changed.set);
            }
        }
        self.0.retain(|owner| !owner.fields.is_empty());
    }

    fn set(&mut self, writer: &Writer, fields: Fields, now: Moment) {
        let found = self.0.iter().position(|owner| owner.writer.same(writer));
        match found {
            Some(at) if fields.is_empty() => {
                self.0.remove(at);
            }
            Some(at) if self.0[at].fields == fields => {}
            Some(at) => {
                self.0[at].fields = fields;
                self.0[at].time = stamp(now);
            }
            None if fields.is_empty() => {}
            None => self.0.push(Owner {
                writer: writer.clone(),
                time: stamp(now),
                fields,
            }),
        }
    }
}

/// The fields nobody owns.
static UNOWNED: LazyLock<Fields> = LazyLock::new(|| {
    Fields::read(&json!({
        ".": {}, "f:apiVersion": {}, "f:kind": {},
        "f:metadata": {
            ".": {}, "f:name": {}, "f:namespace": {}, "f:uid": {}, "f:resourceVersion": {},
            "f:generation": {}, "f:creationTimestamp": {}, "f:deletionTimestamp": {},
            "f:deletionGracePeriodSeconds": {}, "f:selfLink": {},
        },
    }))
});

/// Without the fields nobody owns, and those the subresource does not write.
fn owned(fields: &Fields, writer: &Writer) -> Fields {
    if fields.is_empty() {
        return Fields::default();
    }
    let fields = fields.minus(&UNOWNED).without_own_record();
    if writer.sub == "status" {
        fields.only("f:status")
    } else {
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_entries_are_written_as_they_were_read() {
        for state in ["at-rest-2.6.2", "stuck-rolling"] {
            for kind in ["openbaoclusters", "statefulsets"] {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/operator");
                let text = std::fs::read_to_string(format!("{folder}/{state}/{kind}.yaml"));
                let list: Value = serde_yaml::from_str(&text.expect("a file")).expect("YAML");
                let object = &list["items"][0];
                let written = Owners::read(object).write();
                assert_eq!(
                    written, object["metadata"]["managedFields"],
                    "{state} {kind}"
                );
            }
        }
    }
}
