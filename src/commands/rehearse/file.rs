//! The scenario file.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use crate::{error::Error, model::exit_code::ExitCode, sim::scenario::Scenario};

/// Far more than any scenario: the largest that chance draws has 4 KiB.
const MOST: u64 = 1 << 20;

/// Reads it.
pub(super) fn read(file: &Path) -> Result<Scenario, Error> {
    let text = text(file).map_err(|error| {
        Error::new(
            ExitCode::Usage,
            format!("--scenario {} cannot be read", file.display()),
        )
        .because(error)
    })?;
    Scenario::parse(&text).map_err(|error| {
        Error::new(
            ExitCode::Usage,
            format!("--scenario {} is not a scenario", file.display()),
        )
        .because(error)
    })
}

fn text(file: &Path) -> io::Result<String> {
    // Before it is opened: opening a pipe waits for whoever writes to it.
    if !fs::metadata(file)?.is_file() {
        return Err(io::Error::other(
            "it is no regular file; write the scenario to a file and name that",
        ));
    }
    let mut text = String::new();
    let read = File::open(file)?.take(MOST + 1).read_to_string(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read > MOST) {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_mebibyte_is_read_and_a_larger_one_is_not() {
        let file = std::env::temp_dir().join(format!("baoctl-large-{}.yaml", std::process::id()));
        let scenario = "name: x\nto: 2.7.2\n";
        let most = usize::try_from(MOST).expect("a size") - scenario.len();
        fs::write(&file, format!("{scenario}{}", "\n".repeat(most))).expect("written");
        assert!(read(&file).is_ok());
        fs::write(&file, format!("{scenario}{}", "\n".repeat(most + 1))).expect("written");
        let error = read(&file).expect_err("too large").body();
        fs::remove_file(&file).expect("the file is there");
        assert!(error.message.ends_with("larger than 1 MiB"), "{error:?}");
    }
}
