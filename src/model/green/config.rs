//! The server configuration of green.

use super::Unlike;
use crate::model::revision::Revision;

/// What green has in its storage stanza and blue has not. It joins without
/// votes, and does not stand for election while it is far behind.
const SETTINGS: [(&str, &str); 2] = [
    ("retry_join_as_non_voter", "true"),
    ("election_timeout", "\"30s\""),
];

/// Green's configuration made from blue's: to the byte what the operator
/// renders, for it compares by a hash of the text.
///
/// Green joins the pods of blue's revision and no others: by the cluster's label
/// alone its pods would find each other.
///
/// # Errors
///
/// Blue's configuration does not have the operator's form.
pub fn config(text: &str, cluster: &str, blue: &Revision) -> Result<String, Unlike> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut stanzas = (0..lines.len()).filter(|at| lines[*at] == "storage \"raft\" {");
    let (Some(start), None) = (stanzas.next(), stanzas.next()) else {
        return Err(Unlike::Storage);
    };
    let end = (start..lines.len())
        .find(|at| lines[*at] == "}")
        .ok_or(Unlike::Storage)?;
    // Settings come before blocks.
    let blocks = (start + 1..end)
        .find(|at| lines[*at].ends_with('{'))
        .ok_or(Unlike::Join)?;
    let mut settings = Vec::new();
    for (at, line) in lines.iter().enumerate().take(blocks).skip(start + 1) {
        settings.push(setting(line).ok_or(Unlike::Line { line: at + 1 })?);
    }
    for (name, _) in SETTINGS {
        if settings.iter().any(|(present, _)| *present == name) {
            return Err(Unlike::Present(name));
        }
    }
    settings.extend(SETTINGS);

    let mut green: Vec<String> = lines[..=start].iter().map(|line| (*line).into()).collect();
    let width = settings.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    for (name, value) in settings {
        green.push(format!("  {name:width$} = {value}"));
    }
    let mut joins = 0;
    for (at, line) in lines.iter().enumerate().take(end).skip(blocks) {
        if line.trim_start().starts_with("auto_join ") {
            green.push(joining(line, cluster, blue).ok_or(Unlike::Line { line: at + 1 })?);
            joins += 1;
        } else {
            green.push((*line).to_owned());
        }
    }
    if joins == 0 {
        return Err(Unlike::Join);
    }
    green.extend(lines[end..].iter().map(|line| (*line).to_owned()));
    Ok(green.join("\n"))
}

/// One setting on one line.
fn setting(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("  ")?.split_once(" = ")?;
    let name = name.trim_end();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_whole = !value.starts_with("<<") && !value.ends_with(['[', '{', '(']);
    (is_name && is_whole).then_some((name, value))
}

/// The line that finds nodes by the cluster's label, narrowed to blue's.
fn joining(line: &str, cluster: &str, blue: &Revision) -> Option<String> {
    let everybody = format!("label_selector=\\\"openbao.org/cluster={cluster}\\\"");
    let (before, after) = line.split_once(&everybody)?;
    let label = Revision::LABEL;
    Some(format!(
        "{before}label_selector=\\\"openbao.org/cluster={cluster},{label}={blue}\\\"{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLUE: &str = r#"ui = true
storage "raft" {
  path    = "/bao/data"
  node_id = "$${HOSTNAME}"
  retry_join {
    auto_join             = "provider=k8s namespace=vault label_selector=\"openbao.org/cluster=prod\""
    leader_tls_servername = "openbao-cluster-prod.local"
  }
}
service_registration "kubernetes" {
}
"#;

    fn made(text: &str) -> Result<String, Unlike> {
        config(text, "prod", &Revision::named("b1").expect("a revision"))
    }

    #[test]
    fn green_joins_blue_alone_and_without_votes() {
        let expected = r#"ui = true
storage "raft" {
  path                    = "/bao/data"
  node_id                 = "$${HOSTNAME}"
  retry_join_as_non_voter = true
  election_timeout        = "30s"
  retry_join {
    auto_join             = "provider=k8s namespace=vault label_selector=\"openbao.org/cluster=prod,openbao.org/revision=b1\""
    leader_tls_servername = "openbao-cluster-prod.local"
  }
}
service_registration "kubernetes" {
}
"#;
        assert_eq!(made(BLUE).as_deref(), Ok(expected));
    }

    #[test]
    fn a_form_that_is_not_the_operators_is_refused() {
        let with = |from: &str, to: &str| made(&BLUE.replace(from, to));
        assert_eq!(
            with("storage \"raft\"", "storage \"file\""),
            Err(Unlike::Storage)
        );
        assert_eq!(made(&format!("{BLUE}{BLUE}")), Err(Unlike::Storage));
        assert_eq!(
            with("node_id = \"$${HOSTNAME}\"", "node_id = <<E"),
            Err(Unlike::Line { line: 4 })
        );
        assert_eq!(
            with("  node_id", "  election_timeout = \"1s\"\n  node_id"),
            Err(Unlike::Present("election_timeout"))
        );
        // Green's form, or another cluster's label.
        assert_eq!(
            made(&made(BLUE).expect("green")),
            Err(Unlike::Present("retry_join_as_non_voter"))
        );
        assert_eq!(
            with("cluster=prod\\", "cluster=prod-2\\"),
            Err(Unlike::Line { line: 6 })
        );
        assert_eq!(with("auto_join ", "leader_api_addr "), Err(Unlike::Join));
    }
}
