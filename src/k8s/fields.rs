//! One field of an object as the API server stores it, by the names that lead
//! to it; `None` when it is absent, null or of another kind.

use jiff::Timestamp;
use serde_json::Value;

use crate::model::legible::legible;

/// The longest text taken over as it is, in characters.
pub(super) const LONGEST: usize = 400;

/// The field at the end of these names. They hold nothing to be unescaped,
/// which `Value::pointer` would do with a copy of each name.
pub(super) fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    let mut names = pointer.split('/').skip(1);
    names.try_fold(value, |value, name| value.get(name))
}

/// A text as it stands, for what is made one line of afterwards.
pub(super) fn raw<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    at(value, pointer)?.as_str().filter(|text| !text.is_empty())
}

/// A text of one line that fits a screen.
pub(super) fn text(value: &Value, pointer: &str) -> Option<String> {
    raw(value, pointer).map(|text| legible(text, LONGEST))
}

/// A number of at least zero.
pub(super) fn number(value: &Value, pointer: &str) -> Option<u32> {
    u32::try_from(at(value, pointer)?.as_u64()?).ok()
}

/// A yes or no.
pub(super) fn flag(value: &Value, pointer: &str) -> Option<bool> {
    at(value, pointer)?.as_bool()
}

/// A time.
pub(super) fn time(value: &Value, pointer: &str) -> Option<Timestamp> {
    at(value, pointer)?.as_str()?.parse().ok()
}
