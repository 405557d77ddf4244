//! Image references as people type them.

use crate::model::image::is_reference;

/// Reads one.
///
/// # Errors
/// Says what is no reference, and what would be one.
pub(super) fn parse(text: &str) -> Result<String, String> {
    if is_reference(text) {
        Ok(text.to_owned())
    } else {
        Err("not an image reference such as registry.example.com/openbao:2.7.2".to_owned())
    }
}
