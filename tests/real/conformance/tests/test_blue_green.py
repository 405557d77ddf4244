"""Blue/green: what is typed, the words of its acts, and what has no order in it.

The recorded streams are of a run in which one of green's pods was deleted while green was in step.
"""

import dataclasses
import json
import unittest

from conformance import acts, cases, compare, embedded, faults, scenario_file, shape, trace

BLUE, GREEN = "a158fcc8d69f1a1b", "bfbe65e4bec01d40"
RECORD = {"order": "leader-last", "newestActive": "2.6.2", "blueGreen": {
    "blue": BLUE, "green": GREEN, "until": "done", "minSyncS": 10, "soakS": 0}}


def change(member, what, leader="green-0"):
    return {"kind": "changeMember", "leader": {"name": leader, "uid": "1"}, "member": member, "change": what}


def stream(*actions):
    """One process that does these, and ends well."""
    lines = [{"seq": 0, "at": "2026-11-27T20:00:00Z", "event": {"type": "preflightDone", "findings": []}}]
    for action in actions:
        for kind in ("actionStarted", "actionDone"):
            lines.append({"seq": len(lines), "at": f"2026-11-27T20:00:{len(lines):02}Z",
                          "event": {"type": kind, "action": action}})
        lines.append({"seq": len(lines), "at": f"2026-11-27T20:00:{len(lines):02}Z", "event": {
            "type": "waiting", "blockers": [{"kind": "leaderDisputed", "leader": "green-0"}]}})
    lines.append({"result": {"exitCode": 0, "outcome": "ok"}})
    return trace.read(json.dumps(line) for line in lines)


class Typed(unittest.TestCase):
    def file(self, name, **more):
        return dataclasses.replace(scenario_file.read(cases.HERE / f"{name}.yaml"), **more)

    def test_what_is_typed_is_what_the_rehearsal_types(self):
        file = self.file("bg-one-way-leader-2")
        self.assertEqual(shape.command(file), [
            "upgrade", "bluegreen", "prod", "-n", "vault", "--to", "2.7.2", "--soak", "15s",
            "--accept-one-way", "--allow-no-snapshot", "--yes"])
        file = self.file("bg-plain-patch", image="example.com/bao:2.6.2")
        self.assertEqual(shape.command(file), [
            "upgrade", "bluegreen", "prod", "-n", "vault", "--to", "2.6.2", "--image", "example.com/bao:2.6.2",
            "--yes"])

    def test_votes_change_in_rounds_of_ten_seconds_as_in_the_embedded_cluster(self):
        built = shape.built_with(self.file("bg-plain-patch"))
        self.assertEqual((built["blue_green"], built["autopilot"], built["leader"]), (True, None, 1))
        self.assertNotIn("blue_green", shape.built_with(self.file("plain-patch")))

    def test_the_rehearsal_is_one_of_the_files_strategy(self):
        for name, kind in (("bg-plain-patch", "bluegreen"), ("plain-patch", "rolling")):
            self.assertEqual(embedded.command("baoctl", self.file(name), 3)[:3], ["baoctl", "rehearse", kind])

    def test_what_has_no_counterpart_is_named(self):
        file = self.file("bg-plain-patch", cluster={"strategy": "blueGreen", "operator": "stuck"})
        self.assertIn("no real operator `stuck`", shape.unknown(file)[0])
        self.assertIn("blue/green alone", shape.unknown(self.file("plain-patch", soak="5s"))[0])
        file = scenario_file.read(cases.EXAMPLES / "going-back.yaml")
        self.assertIn("back has no real counterpart", shape.unknown(file))
        for kind, what in (("setPartition", {"to": "1"}), ("deletePod", {"on": "standby"})):
            file = self.file("bg-plain-patch", faults=(scenario_file.Planned(kind, what, event="podReady"),))
            self.assertEqual(len(faults.unknown(file)), 1, kind)


class Words(unittest.TestCase):
    def test_every_act_has_words_of_its_own(self):
        status = {"phase": "syncing", "blueRevision": BLUE, "blueImage": "i:1", "greenRevision": GREEN,
                  "startTime": "2026-11-18T11:07:41.386484Z"}
        for action, words in (
            ({"kind": "writePhase", "status": status}, f"enter the phase syncing, blue {BLUE} i:1, green {GREEN}"),
            ({"kind": "emptySelfInit"}, "empty the self-init content"),
            ({"kind": "createConfig", "revision": GREEN}, f"create the ConfigMap of {GREEN}"),
            ({"kind": "createStatefulSet", "revision": GREEN, "image": "i:2"},
             f"create the StatefulSet of {GREEN} with i:2"),
            (change("green-1", "promote", "blue-0"), "have blue-0 promote green-1"),
            ({"kind": "moveService", "revision": GREEN}, f"move the Service to {GREEN}"),
            ({"kind": "scaleToNone", "revision": BLUE}, f"scale the StatefulSet of {BLUE} to none"),
            ({"kind": "deletePart", "revision": BLUE, "part": "volumes"}, f"delete the volumes of {BLUE}"),
        ):
            self.assertEqual(acts.act(action), words)

    def test_the_record_of_the_cutover_is_another_than_that_before_it(self):
        before = acts.act({"kind": "record", "record": RECORD})
        after = acts.act({"kind": "record", "record": {**RECORD, "blueGreen": {
            **RECORD["blueGreen"], "cutOverAt": "2026-11-18T11:08:36.901669Z"}}})
        self.assertEqual(after, f"{before}, cut over")
        self.assertNotIn("blue", acts.act({"kind": "record", "record": {"newestActive": "2.6.2"}}))


class Recorded(unittest.TestCase):
    def lines(self, name):
        path = cases.HERE / "tests" / f"coloured-{name}.ndjson"
        return [json.loads(text) for text in path.read_text().splitlines()]

    def traces(self, change=lambda line: True):
        """The real trace as it is, and the embedded one without the lines that `change` refuses."""
        real = [json.dumps(line) for line in self.lines("real")]
        other = [json.dumps(line) for line in self.lines("embedded") if change(line)]
        return trace.read(real), trace.read(other)

    def assert_misses(self, word, change):
        diff = compare.differences(*self.traces(change))
        self.assertTrue(any(line[:1] in "+-" and word in line for line in diff[2:]), diff)

    def test_a_real_run_and_its_rehearsal_agree(self):
        self.assertEqual(compare.differences(*self.traces()), [])

    def test_an_act_that_is_missing_is_missed(self):
        for kind, word in (("moveService", "move the Service"), ("emptySelfInit", "self-init"),
                           ("scaleToNone", "to none"), ("writePhase", "enter the phase syncing"),
                           ("changeMember", "demote")):
            self.assert_misses(word, lambda line: line.get("event", {}).get("action", {}).get("kind") != kind)

    def test_a_wait_that_is_missing_is_missed(self):
        def change(line):
            for one in line.get("event", {}).get("blockers", ()):
                one["kind"] = "noLeader" if one["kind"] == "syncing" else one["kind"]
            return True

        self.assert_misses("syncing", change)


class Order(unittest.TestCase):
    def test_members_are_removed_as_they_once_joined(self):
        one = stream(*(change(pod, "remove") for pod in ("blue-2", "blue-0", "blue-1")))
        other = stream(*(change(pod, "remove") for pod in ("blue-0", "blue-1", "blue-2")))
        self.assertEqual(compare.differences(one, other), [])
        self.assertEqual([list(step.waits) for step in one.steps],
                         [[], [], [], ["leaderDisputed green-0"], []])

    def test_votes_have_an_order(self):
        one = stream(change("green-0", "promote"), change("green-1", "promote"))
        other = stream(change("green-1", "promote"), change("green-0", "promote"))
        self.assertTrue(compare.differences(one, other))

    def test_a_removal_that_is_missing_is_missed(self):
        one = stream(change("blue-0", "remove"), change("blue-1", "remove"))
        self.assertTrue(compare.differences(one, stream(change("blue-0", "remove"))))


if __name__ == "__main__":
    unittest.main()
