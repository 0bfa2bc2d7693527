"""What the services hold in memory: idle, and after a million calls each.

A service's memory is what the kernel counts as resident. Of the five together each page that they share, as those of
the runtime's libraries, is counted once (`Pss`), since it is in memory once.

Every other request is an envelope of ten calls: a million requests of one call each would take a quarter of an hour for
the five services, and both ways in are to be used.
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
SLICE_SECONDS = 5
ENVELOPE = 10
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
    """Megabytes after each part of the calls: look-ups in the database, of which a hundredth is refused."""
    def call(limit):
        return {"jsonrpc": "2.0", "id": 1, "method": "jobs.list", "params": {"limit": limit}}

    one, many = json.dumps(call(1)), json.dumps([call(1)] * ENVELOPE)
    # Of eighteen requests, with 99 calls, one has a call that is refused.
    refused = json.dumps([call("one")] + [call(1)] * (ENVELOPE - 1))
    lua = script(suite.staff, f"n % 18 == 0 and [[ {refused} ]] or n % 2 == 0 and [[ {many} ]] or [[ {one} ]]")
    url = f"https://localhost:{suite.port(service)}/rpc"
    samples, calls = [], 0
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(lua)
        file.flush()
        while len(samples) < SAMPLES:
            done = subprocess.run(
                ["wrk", "-t2", "-c64", f"-d{SLICE_SECONDS}s", "-s", file.name, url], stdout=subprocess.PIPE, text=True,
                check=True)
            if "Non-2xx" in done.stdout:
                raise RuntimeError(f"{service}: {done.stdout}")
            calls += int(re.search(r"(\d+) requests in", done.stdout).group(1)) * (1 + ENVELOPE) // 2
            while len(samples) < SAMPLES and calls >= CALLS * (len(samples) + 1) // SAMPLES:
                samples.append(megabytes(suite, service, "Rss"))
    return samples


def megabytes(suite, service, kind):
    with open(f"/proc/{suite.pid(service)}/smaps_rollup", encoding="ascii") as file:
        return int(re.search(rf"^{kind}:\s+(\d+) kB", file.read(), re.MULTILINE).group(1)) / 1024
