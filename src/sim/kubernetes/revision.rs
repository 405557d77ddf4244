//! The name of a template's revision: the same for the same template.

use serde_json::Value;

/// Letters of Kubernetes' own revision names: no vowels, no words.
const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// `prod-58ddccdd97`.
pub(super) fn name(set: &str, template: &Value) -> String {
    // FNV-1a.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in template.to_string().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let letters = (0..10).map(|_| {
        let letter = LETTERS[usize::try_from(hash % 27).unwrap_or(0)];
        hash /= 27;
        char::from(letter)
    });
    format!("{set}-{}", letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_template_has_the_same_name() {
        let (a, b) = (json!({ "image": "1" }), json!({ "image": "2" }));
        assert_eq!(name("prod", &a), name("prod", &a.clone()));
        assert_ne!(name("prod", &a), name("prod", &b));
    }
}
