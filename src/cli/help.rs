//! The texts after the flags in `--help`.

use std::fmt::Write;

use crate::model::exit_code::ExitCode;

/// Of `baoctl`.
pub(super) const ROOT_EXAMPLES: &str = "\
Examples:
  Try it on an embedded cluster, which is as good as real:
    baoctl rehearse rolling --to 2.7.2
  May it start? Changes nothing:
    baoctl preflight prod -n vault --to 2.7.2 --accept-one-way --snapshot prod.snap
  The plan, pod by pod; then the upgrade, which asks once:
    baoctl upgrade rolling prod -n vault --to 2.7.2 --dry-run
    baoctl upgrade rolling prod -n vault --to 2.7.2 --accept-one-way --snapshot prod.snap
  Where it stands; finish what was interrupted:
    baoctl status prod -n vault
    baoctl resume prod -n vault";

/// Of `baoctl preflight`.
pub(super) const PREFLIGHT_EXAMPLES: &str = "\
Examples:
  baoctl preflight prod -n vault --to 2.7.2 --accept-one-way --snapshot prod.snap
  baoctl preflight --to 2.7.2 --only raft --only auth.login
  baoctl preflight prod --to 2.7.2 --fail-on warn -o json";

/// Of `baoctl upgrade rolling`.
pub(super) const ROLLING_EXAMPLES: &str = "\
Examples:
  baoctl upgrade rolling prod -n vault --to 2.7.2 --dry-run
  baoctl upgrade rolling prod -n vault --to 2.7.2 --accept-one-way --snapshot prod.snap
  baoctl upgrade rolling prod -n vault --to 2.6.2 --yes --timeout 30m -o ndjson
  baoctl upgrade rolling prod --to 2.6.2 --as-operator

Ctrl-C stops at the next safe point, and `baoctl resume` goes on from there;
a second Ctrl-C leaves at once.";

/// Of `baoctl upgrade bluegreen`.
pub(super) const BLUE_GREEN_EXAMPLES: &str = "\
Examples:
  baoctl upgrade bluegreen prod -n vault --to 2.6.2 --dry-run
  baoctl upgrade bluegreen prod -n vault --to 2.6.2 --until ready
  baoctl upgrade promote prod -n vault --until cutover
  baoctl upgrade promote prod -n vault
  baoctl upgrade rollback prod -n vault

Ctrl-C stops at the next safe point, and `baoctl resume` goes on from there;
a second Ctrl-C leaves at once.";

/// Of `baoctl rehearse rolling`.
pub(super) const REHEARSE_EXAMPLES: &str = "\
Examples:
  baoctl rehearse rolling --to 2.7.2
  baoctl rehearse rolling --scenario examples/leader-dies.yaml --seed 7
  baoctl rehearse rolling --to 2.7.2 --from-cluster prod -n vault --save prod.yaml
  baoctl rehearse rolling --to 2.7.2 --seeds 0..10000 --faults all
  baoctl rehearse rolling --to 2.7.2 --leader 0 --crashes

Nothing real is touched: the cluster is inside this program, and so is its time.";

/// Of `baoctl rehearse bluegreen`.
pub(super) const REHEARSE_BLUE_GREEN_EXAMPLES: &str = "\
Examples:
  baoctl rehearse bluegreen --to 2.6.2 --from 2.6.1
  baoctl rehearse bluegreen --to 2.7.2 --leader 1 --crashes
  baoctl rehearse bluegreen --to 2.7.2 --seeds 0..100 --faults all

Nothing real is touched: the cluster is inside this program, and so is its time.";

/// Of `baoctl status`.
pub(super) const STATUS_EXAMPLES: &str = "\
Examples:
  baoctl status prod -n vault
  baoctl status -o json";

/// Of `baoctl pause`.
pub(super) const PAUSE_EXAMPLES: &str = "\
Examples:
  baoctl pause prod -n vault --reason 'storage maintenance until noon'
  baoctl resume prod -n vault";

/// Of `baoctl resume`.
pub(super) const RESUME_EXAMPLES: &str = "\
Examples:
  baoctl resume prod -n vault
  baoctl resume prod -n vault --take-over    finish what the operator left stuck";

/// Of `baoctl completions`.
pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  baoctl completions bash > ~/.local/share/bash-completion/completions/baoctl
  baoctl completions zsh > \"${fpath[1]}/_baoctl\"
  baoctl completions fish > ~/.config/fish/completions/baoctl.fish";

/// Examples, then the exit codes.
pub(super) fn with_exit_codes(examples: &str) -> String {
    let mut text = format!("{examples}\n\nExit codes, the same in every output format:");
    for code in ExitCode::ALL {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {:>3}  {}", code.number(), code.meaning());
    }
    text
}
