"""The same scenario file on the embedded cluster and on real servers: the decisions must agree.

Layers, each importing only those before it: acts (their words), trace (what a run decided), passing
(which waits one side may miss), compare (two traces), scenario_file; embedded (the one side), when
and faults and shape and real (the other side), report; cases (what `tests/real/run --conformance`
runs).
The scenario files are beside this one, each with a header that says what is compared.
"""
