"""The scenarios: baoctl as a process, on real clusters, judged from outside.

Layers, each importing only those before it: events, process, audit, secrecy, rest, beside,
report, base (what a scenario imports), allowed, typed; one file per group of scenarios or part of
one; registry (all of them).
"""
