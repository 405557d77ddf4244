//! Text of a cluster's, made fit for people to read.

/// Whether a character could do more on a terminal than be seen: control
/// characters, and those that hide text or turn its direction.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text with every hostile character replaced, and at most so many
/// characters long. What needed no change stays as it is, so names and paths
/// remain comparable; doing it twice changes nothing more.
#[must_use]
pub fn legible(text: &str, longest: usize) -> String {
    // Nearly all of it is fit already: no character has less than a byte.
    if text.len() <= longest && !text.chars().any(is_hostile) {
        return text.to_owned();
    }
    let shown = |c: char| if is_hostile(c) { '\u{fffd}' } else { c };
    if text.chars().nth(longest).is_none() {
        return text.chars().map(shown).collect();
    }
    let kept = text.chars().take(longest.saturating_sub(1));
    kept.map(shown).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::legible;

    #[test]
    fn only_what_is_hostile_is_replaced() {
        assert_eq!(legible("/tmp/a  b é😀.snap", 99), "/tmp/a  b é😀.snap");
        assert_eq!(
            legible("a\u{1b}[2J\u{202e}\n", 99),
            "a\u{fffd}[2J\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn the_cut_is_within_the_length_and_is_made_once() {
        assert_eq!(legible("abc", 3), "abc");
        let cut = legible("abcd", 3);
        assert_eq!(cut, "ab…");
        assert_eq!(legible(&cut, 3), cut);
    }
}
