//! How results and progress are shown.

use std::ffi::OsString;

use clap::{ArgAction, Args, ValueEnum};

/// Flags every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Form of the result on stdout; everything else goes to stderr
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        env = Format::VARIABLE,
        hide_env_values = true
    )]
    pub output: Format,
    /// Colours; NO_COLOR and TERM=dumb are respected
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        env = "BAOCTL_COLOR",
        hide_env_values = true
    )]
    pub color: ColorChoice,
    /// Progress on stderr: live on a terminal, plain lines, or none
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "KIND",
        default_value_t,
        env = "BAOCTL_PROGRESS",
        hide_env_values = true
    )]
    pub progress: ProgressChoice,
    /// Log more to stderr; twice for debugging
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// Text for people
    #[default]
    Human,
    /// One JSON document
    Json,
    /// One YAML document
    Yaml,
    /// One JSON object a line: the events, then the result
    Ndjson,
}

impl Format {
    /// The environment variable with the default.
    pub const VARIABLE: &'static str = "BAOCTL_OUTPUT";

    /// The format a command line asks for that could not be parsed, so that
    /// even a usage error has the form the caller reads. `default` is the
    /// variable's value.
    #[must_use]
    pub fn guess(arguments: &[OsString], default: Option<&str>) -> Self {
        let mut wanted = default.map(str::to_owned);
        let mut words = arguments.iter().filter_map(|word| word.to_str());
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            } else if word == "-o" || word == "--output" {
                wanted = words.next().map(str::to_owned);
            } else if let Some(value) = word.strip_prefix("--output=") {
                wanted = Some(value.to_owned());
            } else if let Some(value) = word.strip_prefix("-o") {
                wanted = Some(value.strip_prefix('=').unwrap_or(value).to_owned());
            }
        }
        wanted
            .and_then(|name| Self::from_str(&name, false).ok())
            .unwrap_or_default()
    }
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that wants them
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `--progress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProgressChoice {
    /// Live on a terminal, else plain
    #[default]
    Auto,
    /// One line per change
    Plain,
    /// Nothing
    None,
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::Format;

    fn guess(line: &str, default: Option<&str>) -> Format {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        Format::guess(&words, default)
    }

    #[test]
    fn the_format_is_known_even_when_the_rest_is_wrong() {
        assert_eq!(guess("baoctl -o json --nope", None), Format::Json);
        assert_eq!(guess("baoctl --output=yaml", Some("json")), Format::Yaml);
        assert_eq!(guess("baoctl -ondjson", None), Format::Ndjson);
        assert_eq!(guess("baoctl preflight", Some("json")), Format::Json);
        assert_eq!(guess("baoctl -o nothing", None), Format::Human);
        assert_eq!(guess("baoctl -- -o json", None), Format::Human);
    }
}
