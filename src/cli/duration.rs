//! Durations as people type them: `90s`, `30m`, `1h30m`.

use std::time::Duration;

use jiff::SignedDuration;

/// Longer than anybody waits, and short enough for every clock.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Reads a duration; a number without a unit is refused, since half of the
/// tools of this kind read it as minutes.
///
/// # Errors
/// Says what is wrong with the text, and what would be right.
pub fn parse(text: &str) -> Result<Duration, String> {
    if text.trim().parse::<f64>().is_ok() {
        return Err(format!(
            "a unit is missing, for instance {text}s or {text}m"
        ));
    }
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| "not a duration such as 90s, 30m or 1h30m".to_owned())?;
    match Duration::try_from(duration) {
        Ok(duration) if duration > LONGEST => Err("must be no longer than a year".to_owned()),
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("must be longer than nothing; leave the flag out for the default".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_required() {
        let seconds = |text| parse(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("30m"), Ok(1800));
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("1h 30m"), Ok(5400));
        assert!(parse("90").expect_err("no unit").contains("90s"));
        assert!(parse("soon").expect_err("no number").contains("1h30m"));
        assert!(parse("0s").is_err());
        assert!(parse("-5s").is_err());
        assert!(parse("4294967296001s").expect_err("ages").contains("year"));
    }
}
