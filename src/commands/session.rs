//! The flags that say which Kubernetes cluster, and as whom: every command that is
//! printed carries them. Pasted without, it would go to another one.

use std::path::{Path, PathBuf};

use crate::{
    cli::{
        Cli, Command,
        access::{AccessArgs, ConnectChoice},
        change::{ChangeArgs, LockArgs, OperatorAccount},
        target::TargetArgs,
    },
    event::{Event, EventKind},
    model::{finding::Finding, halt::Halt, shell::quoted},
    ui::document::{Document, ErrorBody},
};

/// Commands of baoctl that take the flags of locked writes.
const LOCKED: [&str; 3] = ["upgrade", "resume", "preflight"];

/// Commands of baoctl that talk to OpenBao.
const ASKS_NODES: [&str; 4] = ["upgrade", "resume", "preflight", "status"];

/// What was typed of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Session {
    /// Which cluster, and as whom: kubectl's as well.
    target: String,
    /// With whose rights locked writes are sent.
    lock: String,
    /// How OpenBao is reached.
    access: String,
}

/// The program that a printed word belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Kubectl,
    Baoctl { locked: bool, asks_nodes: bool },
}

impl Session {
    /// Of a command line.
    pub(super) fn typed(cli: &Cli) -> Self {
        let lock = match &cli.command {
            Command::Preflight(typed) => Some(&typed.lock),
            Command::Upgrade(typed) => Some(&typed.change().lock),
            Command::Resume(typed) => Some(&typed.change.lock),
            _ => None,
        };
        let access = match &cli.command {
            Command::Preflight(typed) => Some(&typed.access),
            Command::Status(typed) => Some(&typed.access),
            Command::Upgrade(typed) => Some(&typed.change().access),
            Command::Resume(typed) => Some(&typed.change.access),
            _ => None,
        };
        Self {
            access: access.map(of_access).unwrap_or_default(),
            ..Self::of(&cli.target, lock)
        }
    }

    /// Of a command that changes a cluster.
    pub(super) fn of_change(target: &TargetArgs, change: &ChangeArgs) -> Self {
        Self {
            access: of_access(&change.access),
            ..Self::of(target, Some(&change.lock))
        }
    }

    /// Of these flags.
    pub(super) fn of(target: &TargetArgs, lock: Option<&LockArgs>) -> Self {
        let mut words = Vec::new();
        let mut flag = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
        if let Some(file) = target.kubeconfig.as_deref().map(Path::to_string_lossy) {
            flag("--kubeconfig", &file);
        }
        if let Some(context) = &target.context {
            flag("--context", context);
        }
        if let Some(user) = &target.as_user {
            flag("--as", user);
        }
        for group in &target.as_group {
            flag("--as-group", group);
        }
        let account = lock.and_then(|lock| lock.as_operator.as_ref());
        Self {
            target: words.join(" "),
            lock: match account {
                Some(OperatorAccount::Find) => "--as-operator".to_owned(),
                Some(OperatorAccount::Named { namespace, name }) => {
                    format!("--as-operator={}", quoted(&format!("{namespace}/{name}")))
                }
                None if lock.is_some_and(|lock| lock.maintenance_override) => {
                    "--maintenance-override".to_owned()
                }
                None => String::new(),
            },
            access: String::new(),
        }
    }

    /// A text with the flags behind the namespace of each command in it.
    pub(super) fn text(&self, text: &str) -> String {
        if self.target.is_empty() && self.lock.is_empty() && self.access.is_empty() {
            return text.to_owned();
        }
        let mut program = None;
        let mut words = text.split(' ').peekable();
        let mut out: Vec<String> = Vec::new();
        while let Some(word) = words.next() {
            out.push(word.to_owned());
            match (word.trim_start_matches(['`', '(']), program) {
                ("kubectl", _) => program = Some(Program::Kubectl),
                ("baoctl", _) => {
                    let verb = words.peek().copied().unwrap_or_default();
                    program = Some(Program::Baoctl {
                        locked: LOCKED.contains(&verb),
                        asks_nodes: ASKS_NODES.contains(&verb),
                    });
                }
                ("-n", Some(of)) => {
                    let Some(namespace) = words.next() else {
                        break;
                    };
                    let end = namespace
                        .trim_end_matches(['`', ',', ')', ';', ':', '.'])
                        .len();
                    let (namespace, rest) = namespace.split_at(end);
                    let flags = self.flags(of);
                    out.push(format!("{namespace}{flags}{rest}"));
                    program = None;
                }
                // The end of what was quoted in a sentence.
                (word, _) if word.ends_with(['`', ';', '.']) => program = None,
                _ => {}
            }
        }
        out.join(" ")
    }

    fn flags(&self, program: Program) -> String {
        let (locked, asks_nodes) = match program {
            Program::Kubectl => (false, false),
            Program::Baoctl { locked, asks_nodes } => (locked, asks_nodes),
        };
        let lock = if locked { self.lock.as_str() } else { "" };
        let access = if asks_nodes { self.access.as_str() } else { "" };
        let flags = [self.target.as_str(), lock, access];
        let typed = flags.into_iter().filter(|flags| !flags.is_empty());
        typed.fold(String::new(), |line, flags| line + " " + flags)
    }

    /// An event whose commands carry them.
    pub(super) fn event(&self, mut event: Event) -> Event {
        match &mut event.event {
            EventKind::PreflightDone { findings } => self.findings(findings),
            EventKind::Halted { halt, .. } => self.halt(halt),
            _ => {}
        }
        event
    }

    /// A document whose commands carry them.
    pub(super) fn document(&self, mut document: Document) -> Document {
        match &mut document {
            Document::PreflightReport(report) => {
                self.findings(&mut report.findings);
                self.error(report.error.as_mut());
            }
            Document::UpgradePlan(plan) => {
                self.findings(&mut plan.findings);
                self.lines(&mut plan.next);
                self.error(plan.error.as_mut());
            }
            Document::UpgradeStatus(status) => {
                self.lines(&mut status.next);
                self.error(status.error.as_mut());
            }
            Document::UpgradeResult(result) => {
                self.findings(&mut result.findings);
                self.lines(&mut result.next);
                if let Some(halt) = &mut result.halt {
                    self.halt(halt);
                }
                self.error(result.error.as_mut());
            }
            Document::RehearsalReport(_) => {}
        }
        document
    }

    /// An error whose commands carry them.
    pub(super) fn error(&self, error: Option<&mut ErrorBody>) {
        if let Some(hint) = error.and_then(|error| error.hint.as_mut()) {
            self.paragraph(hint);
        }
    }

    fn findings(&self, findings: &mut [Finding]) {
        for remedy in findings.iter_mut().filter_map(|one| one.remedy.as_mut()) {
            self.paragraph(remedy);
        }
    }

    fn paragraph(&self, text: &mut String) {
        let lines: Vec<String> = text.lines().map(|line| self.text(line)).collect();
        *text = lines.join("\n");
    }

    fn halt(&self, halt: &mut Halt) {
        self.lines(&mut halt.next);
    }

    fn lines(&self, lines: &mut [String]) {
        for line in lines {
            *line = self.text(line);
        }
    }
}

/// The flags of how OpenBao is reached, where they are not the defaults. Of a token
/// only its file's name: `BAO_TOKEN` is in the same shell.
fn of_access(access: &AccessArgs) -> String {
    let mut words = Vec::new();
    let mut flag = |name: &str, value: Option<&str>| {
        words.extend(value.map(|value| format!("{name} {}", quoted(value))));
    };
    let path = |file: &Option<PathBuf>| {
        let file = file.as_deref();
        file.map(|file| file.to_string_lossy().into_owned())
    };
    let defaults = AccessArgs::default();
    let other = |typed: &'_ str, default: &str| (typed != default).then(|| typed.to_owned());
    flag("--token-file", path(&access.token_file).as_deref());
    flag(
        "--auth-mount",
        other(&access.auth_mount, &defaults.auth_mount).as_deref(),
    );
    flag(
        "--jwt-audience",
        other(&access.jwt_audience, &defaults.jwt_audience).as_deref(),
    );
    flag("--ca-cert", path(&access.ca_cert).as_deref());
    flag("--tls-server-name", access.tls_server_name.as_deref());
    flag("--client-cert", path(&access.client_cert).as_deref());
    flag("--client-key", path(&access.client_key).as_deref());
    match access.connect {
        ConnectChoice::Auto => {}
        ConnectChoice::PortForward => flag("--connect", Some("port-forward")),
        ConnectChoice::Direct => flag("--connect", Some("direct")),
    }
    if access.allow_plain_http {
        words.push("--allow-plain-http".to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn session(line: &str) -> Session {
        let words = shlex::split(line).expect("a command line");
        Session::typed(&Cli::try_parse_from(words).expect("a command"))
    }

    #[test]
    fn each_printed_command_goes_where_this_one_went() {
        let typed = session(
            "baoctl --context 'prod eu' --as jane upgrade rolling prod -n vault --to 2.7.2 --as-operator",
        );
        for (printed, pasted) in [
            (
                "to go on: baoctl resume prod -n vault",
                "to go on: baoctl resume prod -n vault --context 'prod eu' --as jane --as-operator",
            ),
            (
                "to look: kubectl -n vault describe pod prod-2",
                "to look: kubectl -n vault --context 'prod eu' --as jane describe pod prod-2",
            ),
            (
                "kubectl -n vault delete job x, then baoctl resume prod -n vault, and wait",
                "kubectl -n vault --context 'prod eu' --as jane delete job x, then baoctl resume prod \
                 -n vault --context 'prod eu' --as jane --as-operator, and wait",
            ),
            (
                "to see: `baoctl status prod -n vault`",
                "to see: `baoctl status prod -n vault --context 'prod eu' --as jane`",
            ),
            (
                "`baoctl resume` ends it; -n NAMESPACE says where",
                "`baoctl resume` ends it; -n NAMESPACE says where",
            ),
            ("the log says -n vault", "the log says -n vault"),
        ] {
            assert_eq!(typed.text(printed), pasted);
        }
    }

    #[test]
    fn without_flags_nothing_changes() {
        let typed = session("baoctl status prod -n vault");
        let line = "to go on: baoctl resume prod -n vault";
        assert_eq!(typed.text(line), line);
    }

    #[test]
    fn an_account_by_name_and_the_override_are_carried_where_they_are_taken() {
        let named = session("baoctl resume prod -n vault --as-operator=ops/bao");
        assert_eq!(
            named.text("baoctl resume prod -n vault"),
            "baoctl resume prod -n vault --as-operator=ops/bao"
        );
        let line = "baoctl status prod -n vault";
        assert_eq!(named.text(line), line);
        let marked = session("baoctl preflight prod -n vault --to 2.7.2 --maintenance-override");
        assert_eq!(
            marked.text("baoctl upgrade rolling prod -n vault --to 2.7.2"),
            "baoctl upgrade rolling prod -n vault --maintenance-override --to 2.7.2"
        );
    }
}
