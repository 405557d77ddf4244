"""Owns what runs beside baoctl in a scenario: the writer, the watch over leaders, the operator."""

from fixture import ColouredStandIn, LeaderWatch, OperatorStandIn, Writer, gap_within

# Around a leader move: from a moment before the old leader was last heard.
MARGIN = 0.5


class Beside:
    """A context: everything runs inside it; afterwards there is a report to judge.

    Without `operator` it is absent, as with its Deployment scaled to none.
    """

    def __init__(self, cluster, operator=True):
        self.cluster = cluster
        stand_in = ColouredStandIn if cluster.shape.blue_green else OperatorStandIn
        self._operator = stand_in(cluster) if operator else None
        self._writer, self._watch = Writer(cluster), LeaderWatch(cluster)
        self.writer = self.leaders = None
        # A scenario in which somebody else makes the new version lead early says so here.
        self.led_early = False

    @property
    def operator(self):
        """The operator's stand-in, or None."""
        return self._operator

    def leader_events(self):
        """Leader changes so far, as they are seen."""
        return self._watch.events

    def __enter__(self):
        if self._operator:
            self._operator.start()
        self._watch.start()
        self._writer.start()
        return self

    def __exit__(self, kind, *problem):
        try:
            for part in (self._writer, self._watch):
                part.__exit__(kind, *problem)
            if kind is None:
                self.writer, self.leaders = self._writer.report, self._watch.report
        finally:
            if self._operator:
                self._operator.stop()

    def moves(self):
        """[(old leader last heard, new leader heard)] of every move, on the monotonic clock."""
        found, last, since = [], None, None
        for change in self.leaders["changes"]:
            if change["leader"] is None:
                since = change["at"]
                continue
            if last not in (None, change["leader"]):
                found.append((since if since is not None else change["at"], change["at"]))
            last, since = change["leader"], None
        return found

    def gap_at_moves(self):
        """The writer's longest gap around the moves of leadership in ms; None without one."""
        return max(self.gaps_at_moves(), default=None)

    def gaps_at_moves(self):
        """The writer's longest gap around each move of leadership in ms, in their order."""
        return [gap_within(self.writer, begin - MARGIN, end + MARGIN) for begin, end in self.moves()]

    def problems(self):
        """What no scenario may show, whatever it is about; one line each."""
        found = []
        if self.writer["lost"]:
            found.append(f"{self.writer['lost']} acknowledged writes are lost: {self.writer['lost_numbers']}")
        if (reads := self.writer["reads"]) and (reads["wrong"] or not reads["answered"]):
            found.append(f"reads of what was written long before: {reads}")
        if not self.writer["acknowledged"]:
            found.append("no write was acknowledged")
        if self.leaders["violations"] and not self.led_early:
            found.append(f"a newer version led while an old voter remained: {self.leaders['violations']}")
        if self._operator:
            found += [f"the operator was refused: {text}" for text in self._operator.conflicts]
            found += [f"the operator {text}" for text in self._operator.hazards]
        return found
