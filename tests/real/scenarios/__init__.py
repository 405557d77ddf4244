"""The scenarios: baoctl as a process, on real clusters, judged from outside.

Layers, each importing only those before it: events, process, audit, secrecy, rest, beside,
report, base (what a scenario imports); one file per group of scenarios; registry (all of them).
"""
