//! Kubernetes's quantities (`500m`, `256Mi`, `1e3`), in thousandths.
//!
//! Of the crates that read them one knows no thousandths when asked for a whole
//! number and overflows on large ones, and the others keep floats: a quota is
//! counted exactly.

/// Thousandths, rounded up as the API server rounds; `None` when it is no quantity,
/// or more than there can be.
pub(super) fn thousandths(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-'));
    let (number, suffix) = text.split_at(digits.unwrap_or(text.len()));
    let (times, over) = factor(suffix)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let negative = whole.starts_with('-');
    let whole = whole.strip_prefix(['+', '-']).unwrap_or(whole);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let parts = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let value: i128 = format!("{whole}{part}").parse().ok()?;
    let value = value.checked_mul(times)?.checked_mul(1000)?;
    let over = over.checked_mul(parts)?;
    let rounded = value.checked_add(over - 1)? / over;
    i64::try_from(if negative { -rounded } else { rounded }).ok()
}

/// What a suffix multiplies by, and divides by.
fn factor(suffix: &str) -> Option<(i128, i128)> {
    if let Some(power) = suffix
        .strip_prefix(['e', 'E'])
        .filter(|rest| !rest.is_empty() && *rest != "i")
    {
        let power: i32 = power.parse().ok()?;
        let by = 10_i128.checked_pow(power.unsigned_abs())?;
        return Some(if power < 0 { (1, by) } else { (by, 1) });
    }
    let place = |names: [&str; 6]| names.iter().position(|name| *name == suffix);
    let power = |place: usize| u32::try_from(place + 1).ok();
    if let Some(place) = place(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]) {
        return Some((1024_i128.checked_pow(power(place)?)?, 1));
    }
    if let Some(place) = place(["k", "M", "G", "T", "P", "E"]) {
        return Some((1000_i128.checked_pow(power(place)?)?, 1));
    }
    match suffix {
        "" => Some((1, 1)),
        "m" => Some((1, 1000)),
        "u" => Some((1, 1_000_000)),
        "n" => Some((1, 1_000_000_000)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_api_server_takes_is_read_exactly() {
        for (text, expected) in [
            ("0", 0),
            ("2", 2000),
            ("500m", 500),
            ("0.1", 100),
            (".5", 500),
            ("1.", 1000),
            ("-1", -1000),
            ("+1", 1000),
            ("1500u", 2),
            ("1n", 1),
            ("1Ki", 1_024_000),
            ("1.5Gi", 1_610_612_736_000),
            ("1k", 1_000_000),
            ("1e3", 1_000_000),
            ("12E-1", 1200),
        ] {
            assert_eq!(thousandths(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            ".",
            "many",
            "1 Gi",
            "1gi",
            "--1",
            "1-1",
            "1.2.3",
            "Mi",
            "1e",
            "1e99",
            "9Ei",
            "99999999999999999999999999999999999999999",
            "1e-40",
            "0x10",
        ] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
