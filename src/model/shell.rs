//! Values in a command line that is printed to be pasted.

/// A value as the shell reads it: a name as it stands, anything else in quotes.
/// What no shell can be given, a NUL, is left out.
#[must_use]
pub fn quoted(value: &str) -> String {
    let fit = value.replace('\0', "");
    shlex::try_quote(&fit).map_or_else(|_| String::new(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_a_shell_would_read_otherwise_stands_in_quotes() {
        assert_eq!(
            quoted("registry.example/bao:2.7.2"),
            "registry.example/bao:2.7.2"
        );
        assert_eq!(quoted("x; rm -rf /"), "'x; rm -rf /'");
        let odd = "it's $(here)\0";
        let words = shlex::split(&quoted(odd)).expect("one word");
        assert_eq!(words, ["it's $(here)"]);
    }
}
