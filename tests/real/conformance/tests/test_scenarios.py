"""The scenario files, and the moments at which their faults strike."""

import threading
import unittest
from types import SimpleNamespace

from conformance import cases, embedded, faults, scenario_file, shape, when


def event(kind, action=None, **body):
    if action:
        body["action"] = action
    return SimpleNamespace(type=kind, body={"type": kind, **body})


class Files(unittest.TestCase):
    def test_every_case_can_be_played_on_real_servers_and_says_what_is_compared(self):
        self.assertGreaterEqual(len(cases.files()), 10)
        for name, path in cases.files().items():
            file = scenario_file.read(path)
            self.assertEqual(shape.unknown(file) + faults.unknown(file), [], name)
            self.assertIn("Compared:" if path.parent == cases.HERE else "Ends with", file.header, name)
        self.assertLessEqual(set(cases.CI), set(cases.files()))

    def test_every_example_can_be_read(self):
        for path in cases.EXAMPLES.glob("*.yaml"):
            if path.stem != "rbac":
                self.assertTrue(scenario_file.read(path).to, path)

    def test_what_has_no_counterpart_is_named(self):
        file = scenario_file.read(cases.EXAMPLES / "writes-twice.yaml")
        self.assertIn("repeatWrites has no real counterpart", faults.unknown(file)[0])
        file = scenario_file.read(cases.EXAMPLES / "image-missing.yaml")
        self.assertIn("imageMissing needs", faults.unknown(file)[0])

    def test_what_is_more_than_this_reads_is_refused(self):
        for text in ("a: [1, 2]", "a: {b: 1", "a: 1\na: 2", "a:", "a: 1\n  b: 2", "- 1\nb: 2", "a: &x 1"):
            with self.assertRaises(ValueError, msg=text):
                scenario_file.load(text.splitlines())

    def test_what_is_typed_is_what_the_rehearsal_types(self):
        file = scenario_file.read(cases.HERE / "stuck-taken-over.yaml")
        self.assertEqual(shape.command(file), ["resume", "prod", "-n", "vault", "--take-over",
                                               "--accept-one-way", "--allow-no-snapshot", "--yes"])
        file = scenario_file.read(cases.HERE / "reverse-ordinal.yaml")
        self.assertEqual(shape.command(file), ["upgrade", "rolling", "prod", "-n", "vault", "--to", "2.7.2",
                                               "--order", "reverse-ordinal", "--accept-one-way",
                                               "--allow-no-snapshot", "--yes"])


class Moments(unittest.TestCase):
    def schedule(self, *planned, deaths=()):
        self.done, self.ended, self.one = [], [], threading.Event()

        def strike(one):
            self.done.append(one.kind)
            self.one.set()
            return (None, lambda: self.ended.append(one.kind)) if "for" in one.what else None

        return when.Schedule(planned, strike, deaths)

    def test_a_fault_strikes_once_at_its_event_and_ends_with_the_run(self):
        schedule = self.schedule(scenario_file.Planned("freezeNode", {"on": "prod-0", "for": "9s"},
                                                       event="podReady", pod="prod-2"))
        schedule.begin(lambda: None)
        for pod in ("prod-1", "prod-2", "prod-2"):
            self.assertFalse(schedule.heard(event("podReady", pod=pod)))
        self.assertTrue(self.one.wait(5))
        schedule.end()
        self.assertEqual((self.done, self.ended, schedule.problems), (["freezeNode"], ["freezeNode"], []))

    def test_a_fault_whose_moment_never_comes_is_told(self):
        schedule = self.schedule(scenario_file.Planned("unpause", {}, event="podReady"))
        schedule.end()
        self.assertEqual(schedule.problems, ["unpause never struck: its moment did not come"])

    def test_a_crash_at_an_event_kills_at_once_and_only_once(self):
        schedule = self.schedule(scenario_file.Planned("crash", {}, event="podReplaced"))
        schedule.begin(lambda: None)
        self.assertEqual([schedule.heard(event("podReplaced", pod="prod-2")) for _ in range(2)], [True, False])

    def test_a_crash_at_a_write_kills_at_the_act_the_embedded_run_died_at(self):
        hold = {"kind": "hold", "pool": "voters", "hold": "onDelete"}
        schedule = self.schedule(scenario_file.Planned("crash", {"side": "after"}, write=9),
                                 deaths=[embedded.Death("actionDone", "hold the voters with onDelete", 2)])
        schedule.begin(lambda: None)
        told = [schedule.heard(event(kind, hold)) for kind in ("actionStarted", "actionDone", "actionStarted",
                                                               "actionDone", "actionDone")]
        self.assertEqual(told, [False, False, False, True, False])
        schedule.end()
        self.assertEqual(schedule.problems, [])

    def test_what_is_so_from_the_beginning_is_so_before_the_first_process(self):
        schedule = self.schedule(scenario_file.Planned("imageMissing", {}))
        schedule.before()
        self.assertEqual(self.done, ["imageMissing"])


if __name__ == "__main__":
    unittest.main()
