"""The trace and its comparison, on streams that were recorded from real servers and a rehearsal."""

import copy
import json
import unittest
from pathlib import Path

from conformance import compare, embedded, trace

HERE = Path(__file__).resolve().parent


def lines(name):
    return (HERE / f"{name}.ndjson").read_text().splitlines()


def altered(name, change):
    """A recorded stream of which `change(lines)` has altered the decoded lines."""
    found = [json.loads(text) for text in lines(name)]
    return trace.read(json.dumps(line) for line in change(copy.deepcopy(found)) or found)


def where(found, kind, action=None, pod=None):
    """The places of some events."""
    def matches(line):
        event = line.get("event", {})
        act = event.get("action", {})
        on = (act.get("pod") or act.get("node") or {}).get("name")
        return event.get("type") == kind and action in (None, act.get("kind")) and pod in (None, on)

    return [place for place, line in enumerate(found) if matches(line)]


def waiting(found, kind):
    """The places of the waits that name a blocker of this kind."""
    return [place for place in where(found, "waiting")
            if any(one["kind"] == kind for one in found[place]["event"]["blockers"])]


def without_acts(kind, pod=None):
    def change(found):
        gone = {place for what in ("actionStarted", "actionDone") for place in where(found, what, kind, pod)}
        return [line for place, line in enumerate(found) if place not in gone]

    return change


def without_blocker(kind):
    def change(found):
        for place in waiting(found, kind):
            event = found[place]["event"]
            event["blockers"] = [one for one in event["blockers"] if one["kind"] != kind]
        return found

    return change


class Agreement(unittest.TestCase):
    def test_a_real_run_and_its_rehearsal_agree(self):
        self.assertEqual(compare.differences(trace.read(lines("real")), trace.read(lines("embedded"))), [])

    def test_what_may_be_missed_is_missed_on_either_side(self):
        real, other = trace.read(lines("real")), trace.read(lines("embedded"))
        for kind in ("notObserved", "awaitingReplacement", "podMissing", "nodeSealed", "noLeader",
                     "operatorNotPaused", "notCaughtUp"):
            self.assertEqual(compare.differences(altered("real", without_blocker(kind)), other), [], kind)
            self.assertEqual(compare.differences(real, altered("embedded", without_blocker(kind))), [], kind)


class Difference(unittest.TestCase):
    def assert_differs(self, change, word):
        for name, against in (("embedded", "real"), ("real", "embedded")):
            changed, other = altered(name, change), trace.read(lines(against))
            diff = compare.differences(changed, other)
            self.assertTrue(any(line[:1] in "+-" and word in line for line in diff[2:]), f"{name}: {diff}")

    def test_an_act_that_is_missing(self):
        self.assert_differs(without_acts("stepDown"), "step prod-1 down")
        self.assert_differs(without_acts("unhold"), "let the voters go")
        self.assert_differs(without_acts("release", "prod-0"), "release prod-0")

    def test_an_act_too_many(self):
        def twice(found):
            begun, done = where(found, "actionStarted", "stepDown")[0], where(found, "actionDone", "stepDown")[0]
            return [*found[:done + 1], found[begun], *found[done:]]

        self.assert_differs(twice, "step prod-1 down")

    def test_another_target_order_or_way(self):
        def swapped(found):
            for line in found:
                event = line.get("event", {})
                if event.get("action", {}).get("kind") == "release":
                    pod = event["action"]["pod"]
                    pod["name"] = {"prod-2": "prod-0", "prod-0": "prod-2"}.get(pod["name"], pod["name"])

            return found

        def by_partition(found):
            for what in ("actionStarted", "actionDone"):
                found[where(found, what, "release", "prod-2")[0]]["event"]["action"]["by"] = {"partition": 2}
            return found

        self.assert_differs(swapped, "release prod-0 by eviction")
        self.assert_differs(by_partition, "release prod-2 by partition 2")

    def test_a_wait_that_has_to_be_there(self):
        for kind in ("podNotReady", "nodeSilent", "notStill", "leaderUnsettled"):
            self.assert_differs(without_blocker(kind), kind)

    def test_a_wait_too_many(self):
        def no_voter(found):
            found[waiting(found, "podNotReady")[0]]["event"]["blockers"].append(
                {"kind": "notVoter", "pod": "prod-2"})
            return found

        self.assert_differs(no_voter, "notVoter prod-2")

    def test_a_wait_that_only_one_side_has_for_long(self):
        def slow(found):
            place = waiting(found, "notObserved")[0]
            for line in found[place + 1:]:
                if "at" in line:
                    line["at"] = line["at"].replace("2026-", "2027-", 1)
            return found

        for name, against in (("embedded", "real"), ("real", "embedded")):
            other = altered(against, without_blocker("notObserved"))
            diff = compare.differences(altered(name, slow), other)
            self.assertTrue(any("notObserved" in line for line in diff), diff)

    def test_waits_the_other_way_round(self):
        def first_to_last(found):
            going = [{"kind": "podTerminating", "pod": "prod-2"}]
            coming = [{"kind": kind, "pod": "prod-2"} for kind in ("nodeSilent", "podNotReady")]
            first = waiting(found, "podTerminating")[0]
            last = [place for place in waiting(found, "podNotReady")
                    if found[place]["event"]["blockers"][0]["pod"] == "prod-2"]
            for place in last:
                found[place]["event"]["blockers"] = going
            found[first]["event"]["blockers"] = coming
            return found

        self.assert_differs(first_to_last, "podTerminating prod-2 before podNotReady prod-2")

    def test_another_end(self):
        def ended(**result):
            def change(found):
                found[-1]["result"].update(result)
                return found

            return change

        self.assert_differs(ended(exitCode=5), "exit 5")
        self.assert_differs(ended(halt={"reason": "CrashLoop", "pod": "prod-2"}), "CrashLoop prod-2")
        self.assert_differs(ended(standing={"leader": None, "serving": 3, "voters": 3, "sealed": []}), "no leader")

    def test_another_leader_or_one_that_nobody_asked_for(self):
        def event(kind, **body):
            def change(found):
                for place in where(found, kind):
                    found[place]["event"].update(body)
                return found

            return change

        self.assert_differs(event("leaderChanged", to="prod-2"), "prod-1 to prod-2")
        self.assert_differs(event("leaderChanged", planned=False), "unasked")
        self.assert_differs(event("pointOfNoReturn", olderVoters=["prod-0", "prod-1"]), "no return")

    def test_a_warning_and_an_objection_of_preflight(self):
        def warned(found):
            place = where(found, "actionDone", "stepDown")[0]
            line = {**found[place], "event": {"type": "warning", "message": "a download is running"}}
            return [*found[:place], line, *found[place:]]

        def objected(found):
            found[where(found, "preflightDone")[0]]["event"]["findings"].append({"id": "raft.in-sync", "verdict": "warn"})
            return found

        self.assert_differs(warned, "a download is running")
        self.assert_differs(objected, "raft.in-sync warn")


class Chance(unittest.TestCase):
    """What chance decides makes no step of its own."""

    def test_a_conflict_is_no_step(self):
        def conflict(found):
            begun, done = where(found, "actionStarted", "publish")[0], where(found, "actionDone", "publish")[0]
            action = found[begun]["event"]["action"]
            failed = {**found[done], "event": {"type": "actionFailed", "action": action,
                                               "error": "openbaocluster vault/prod changed meanwhile"}}
            return [*found[:done], failed, found[begun], *found[done:]]

        self.assertEqual(compare.differences(altered("real", conflict), trace.read(lines("embedded"))), [])

    def test_a_refusal_is_one(self):
        def denied(found):
            done = where(found, "actionDone", "hold")[0]
            found[done]["event"].update(type="actionFailed", error="denied by the policy lock")
            return found

        steps = [step.text for step in altered("real", denied).steps]
        self.assertIn("hold the voters with onDelete, refused", steps)

    def test_progress_taken_back_for_a_moment_is_no_step(self):
        def relapse(found):
            done = where(found, "actionDone", "publish")[2]
            again = found[done - 1]
            less = copy.deepcopy(again)
            less["event"]["action"].update(completedPods=[0])
            return [*found[:done + 1], less, again, *found[done + 1:]]

        self.assertEqual(compare.differences(altered("real", relapse), trace.read(lines("embedded"))), [])

        def lost(found):
            done = where(found, "actionDone", "publish")[2]
            less = copy.deepcopy(found[done - 1])
            less["event"]["action"].update(completedPods=[0])
            return [*found[:done + 1], less, *found[done + 1:]]

        self.assertTrue(compare.differences(altered("real", lost), trace.read(lines("embedded"))))


class Killed(unittest.TestCase):
    def test_each_process_is_told_apart(self):
        found = trace.read(lines("killed"))
        texts = [step.text for step in found.steps]
        self.assertEqual(texts.count("killed"), 1)
        self.assertIn("resume 2.6.2 to 2.7.2", texts)
        self.assertFalse(found.steps[texts.index("killed") - 1].waits)

    def test_a_fault_that_strikes_before_the_first_word_begins_no_process(self):
        schema, *rest = lines("killed")
        fault = json.dumps({"seq": 1, "at": json.loads(rest[0])["at"], "event": {
            "type": "faultStruck", "fault": "imageMissing", "message": "the target's image cannot be pulled"}})
        found = [schema, fault, *rest]
        self.assertFalse(compare.differences(trace.read(lines("killed")), trace.read(found)))
        self.assertEqual(embedded.deaths(found), embedded.deaths(lines("killed")))

    def test_an_act_that_was_only_begun_is_left_out(self):
        told = [json.loads(line) for line in lines("killed")]
        second = max(place for place, line in enumerate(told) if line.get("seq") == 1)
        last = next(line for line in reversed(told[:second]) if "seq" in line)
        begun = {"seq": last["seq"] + 1, "at": last["at"], "event": {
            "type": "actionStarted", "action": {"kind": "hold", "pool": "voters", "hold": "onDelete"}}}
        later = [json.dumps(line) for line in [*told[:second], begun, *told[second:]]]
        self.assertFalse(compare.differences(trace.read(lines("killed")), trace.read(later)))

    def test_the_place_of_a_kill_is_the_act_it_told_last(self):
        self.assertEqual(embedded.deaths(lines("killed")),
                         [embedded.Death("actionDone", "set the image of the voters", 1)])

    def test_seeds_are_tried_for_the_elections_of_the_real_run(self):
        tried = []

        def rehearse(seed):
            tried.append(seed)
            return lines("embedded") if seed == 3 else [
                text.replace('"to":"prod-0"', '"to":"prod-2"') for text in lines("embedded")]

        seed, _, diff, count = embedded.likest(trace.read(lines("real")), rehearse)
        self.assertEqual((seed, diff, count, tried), (3, [], 3, [1, 2, 3]))


if __name__ == "__main__":
    unittest.main()
