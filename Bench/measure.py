"""Measures each ratio in one run, on a suite of its own, and writes the table.

Ends with an error only when something is broken; a ratio that is not reached is marked in the table.
"""

import os
import sys
import tempfile

from steps import events, fit, following, growth, imports, json_text, lookups, matching, memory, writes
from support.suite import Suite, eventually
from table import table

# What is measured on the running suite, then what runs by itself. A step is a module with `measure`, which answers
# `Ratio`s and `Note`s; a step of its own is a line here.
ON_SUITE = {
    "lookups": lookups.measure, "writes": writes.measure, "events": events.measure, "imports": imports.measure,
    # Behind the imports, at whose records followers would look for the segment and the models that these leave.
    "matching": matching.measure, "following": following.measure}
ALONE = {"growth": growth.measure, "memory": memory.measure, "fit": fit.measure, "json": json_text.measure}


def main(names):
    unknown = set(names) - set(ON_SUITE) - set(ALONE)
    if unknown:
        sys.exit(f"bench: no such step: {', '.join(sorted(unknown))}")
    wanted = names or [*ON_SUITE, *ALONE]
    load = os.getloadavg()[0]
    found = []
    if any(name in ON_SUITE for name in wanted):
        with Suite() as suite:
            for name, measure in ON_SUITE.items():
                if name in wanted:
                    print(f"measuring {name}", flush=True)
                    settle(suite)
                    found += measure(suite)
    for name, measure in ALONE.items():
        if name in wanted:
            print(f"measuring {name}", flush=True)
            found += measure()
    text = table(found, load)
    print(text)
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ".build", "bench")
    os.makedirs(folder, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="table-", suffix=".md", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    print(file.name)


def settle(suite):
    """Waits until followers have read what the last step has written: it is not this step's work."""
    with suite.database() as database:
        eventually(lambda: not database.execute(
            "SELECT EXISTS (SELECT FROM base.followers f "
            "JOIN base.journal j ON (j.epoch, j.transaction, j.id) > (f.epoch, f.transaction, f.id))"
        ).fetchone()[0], 300)


if __name__ == "__main__":
    main(sys.argv[1:])
