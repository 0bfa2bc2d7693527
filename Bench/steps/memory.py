"""What the services hold in memory: idle, and after a million calls each.

A service's memory is what the kernel counts as resident. Of the five together each page that they share, as those of
the runtime's libraries, is counted once (`Pss`), since it is in memory once.
"""

import json
import re
import subprocess
import tempfile
import time

from load import script
from support.suite import SERVICES, Suite
from table import Note, Ratio

CALLS = 1_000_000
SAMPLES = 4
SLICE_SECONDS = 10
EACH_MEGABYTES = 100
TOGETHER_MEGABYTES = 200


def measure():
    with Suite() as suite:
        time.sleep(10)
        together = sum(megabytes(suite, service, "Pss") for service in SERVICES)
        singly = ", ".join(f"{megabytes(suite, service, 'Rss'):.0f}" for service in SERVICES)
        found = [Ratio(
            "memory of the five services, idle, together", f"{together:.0f} MB", f"{TOGETHER_MEGABYTES} MB",
            together / TOGETHER_MEGABYTES, 1, at_most=True)]
        notes = [f"Idle, each with what it shares: {singly} MB."]
        for service in SERVICES:
            samples = after_calls(suite, service)
            found.append(Ratio(
                f"memory of {service} after {CALLS:,} calls", f"{samples[-1]:.0f} MB", f"{EACH_MEGABYTES} MB",
                samples[-1] / EACH_MEGABYTES, 1, at_most=True))
            steps = ", ".join(f"{sample:.0f}" for sample in samples)
            notes.append(f"{service}, after each {CALLS // SAMPLES:,} calls: {steps} MB.")
    return [*found, Note(" ".join(notes))]


def after_calls(suite, service):
    """Megabytes after each part of the calls: look-ups in the database, of which each hundredth is refused."""
    good = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "jobs.list", "params": {"limit": 1}})
    bad = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "jobs.list", "params": {"limit": "one"}})
    lua = script(suite.staff, f"n % 100 == 0 and [[{bad}]] or [[{good}]]")
    url = f"https://localhost:{suite.port(service)}/rpc"
    samples, calls = [], 0
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(lua)
        file.flush()
        while len(samples) < SAMPLES:
            done = subprocess.run(
                ["wrk", "-t1", "-c64", f"-d{SLICE_SECONDS}s", "-s", file.name, url], stdout=subprocess.PIPE, text=True,
                check=True)
            calls += int(re.search(r"(\d+) requests in", done.stdout).group(1))
            while len(samples) < SAMPLES and calls >= CALLS * (len(samples) + 1) // SAMPLES:
                samples.append(megabytes(suite, service, "Rss"))
    return samples


def megabytes(suite, service, kind):
    with open(f"/proc/{suite.pid(service)}/smaps_rollup", encoding="ascii") as file:
        return int(re.search(rf"^{kind}:\s+(\d+) kB", file.read(), re.MULTILINE).group(1)) / 1024
