"""Owns the list of waits that one side may miss: which, for how long at most, and why.

baoctl tells a wait when it looks and finds it, and looks when a watch says something or every
250 ms. A wait that is over before that is never told. The kinds below can be that short; each may
be absent on one side as long as the other side told it for less than its limit, in all, after the
same act. Every other kind must be told on both sides, and so must these when they last longer.

The limits are the longest ones measured on real servers in undisturbed runs, doubled or more, and
stay below what the same wait takes when it is the point of a scenario.
"""

LIMITS = {
    # The StatefulSet controller acts on a new spec within 0.7 s, mostly within one look.
    "notObserved": 2.0,
    # Between the answer to an eviction and the watch that tells of it: 0.1 s.
    "awaitingReplacement": 1.0,
    # Between the old pod's end and the next one's beginning: 0.2 s, 2.6 s behind a lost watch.
    "podMissing": 3.0,
    # A pod goes within 0.6 s to 1.5 s. A leader that dials an address that is gone ends 10 s after
    # that went: what is left of it once the pod that came up is done, is chance.
    "podTerminating": 4.0,
    # Between a server's first answer and the end of its unsealing: 0.3 s.
    "nodeSealed": 1.0,
    # A status controller that runs answers a pause within 0.3 s; one that is away costs 10 s.
    "operatorNotPaused": 1.0,
    # A planned move takes 0.1 s to 2 s; within it these three come and go. An election that
    # nobody planned, or a step-down that a download blocks, takes longer.
    "steppingDown": 2.0,
    "noLeader": 3.0,
    "leaderDisputed": 2.0,
    # The disruption budget's controller counts a pod that is back 1 to 2 s late.
    "budgetExhausted": 3.0,
    "evictionRefused": 3.0,
    # Two readings 2 s apart may be done before a pod is Ready. A leader that was connecting to
    # the pod's old address sends it nothing for up to 10 s: Ready, healthy and behind.
    "notCaughtUp": 11.0,
    # 12 s from a move on, and not told while a pod that is coming up is waited for: what is left
    # of it then is chance. Undisturbed it is told for 12 s.
    "leaderUnsettled": 9.0,
    # Votes are given and taken in autopilot's rounds: the next one may be 10 s away, or between
    # the request and the look that follows it.
    "votePending": 11.0,
    # One look at the API server or a node that came to nothing, and the next one 1 s later.
    "unseen": 4.0,
}


def may_be_missed(blocker, seconds):
    """Whether a wait of this length may be absent on the other side."""
    return seconds < LIMITS.get(blocker.split(" ", 1)[0], 0.0)
