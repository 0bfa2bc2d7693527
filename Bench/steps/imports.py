"""Imports of 100,000 records of people, by `profiles.import` and by `imports.start`, against psql's COPY.

A record has three traits and a verified address; every twentieth has that of an earlier one, so that the two are linked. The
peer copies the same rows into empty tables with the same columns and indexes, without reading, locking or checking anything.
"""

import http.client
import json
import os
import ssl
import subprocess
import tempfile
import threading
import time
import uuid

from jobs import finished
from support.suite import new_key
from table import Note, Ratio, median, ratio

PEOPLE = 100_000
ROWS = 1000
ROUNDS = 3
CLIENTS = 4
ASKED = 10_000


def people(run):
    for number in range(PEOPLE):
        shared = number - 1 if number % 20 == 19 else number
        yield (f"{run}-{number:06}", f"Given {number % 977}", f"Family {number % 1009}", f"P{number % 800}",
               f"{run}.{shared}@example{shared % 50}.com")


def measure(suite):
    rates, seconds = {}, {}
    for _ in range(ROUNDS):
        for work in (by_calls, by_file, by_copy):
            rate, used = measured(suite, lambda work=work: work(suite, new_key()[:8]))
            rates.setdefault(work, []).append(rate)
            seconds.setdefault(work, []).append(used)

    def told(work):
        used = " + ".join(f"{median(part):.3f}" for part in zip(*seconds[work], strict=True))
        each = ", ".join(f"{rate:,.0f}" for rate in rates[work])
        return f"{each} rows/s, {ratio(rates[work], rates[by_copy]):.2f} of it, {used}"

    rate = median(rates[by_calls])
    return [
        Ratio(f"`profiles.import`, {CLIENTS} × {ROWS} rows at a time, linking included, against what is asked",
              f"{rate:,.0f} rows/s", f"{ASKED:,} rows/s", rate / ASKED, 1),
        Note(f"psql's COPY of the same rows into equal tables, in turns: {median(rates[by_copy]):,.0f} rows/s. "
             "Each turn, its part of COPY's rate, and processor seconds for 1,000 rows, of the service and of PostgreSQL: "
             f"`profiles.import` {told(by_calls)}; `imports.start` of as many rows of CSV {told(by_file)}."),
    ]


def measured(suite, work):
    """What the work answers, and the processor time it took for a thousand rows, of the service and of PostgreSQL."""
    before = processor_seconds(suite)
    rate = work()
    return rate, [(after - start) * 1000 / PEOPLE for start, after in zip(before, processor_seconds(suite))]


def processor_seconds(suite):
    service = suite.pid("channel-integration")
    with open(f"{suite.folder}/postgres/postmaster.pid", encoding="ascii") as file:
        postmaster = int(file.readline())
    postgres = 0.0
    for name in os.listdir("/proc"):
        if name.isdigit():
            used, parent, reaped = times(name)
            if parent == postmaster:
                postgres += used
            if int(name) == postmaster:
                postgres += used + reaped
    return times(service)[0], postgres


def times(process):
    try:
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0, 0.0
    tick = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / tick, int(fields[1]), (int(fields[13]) + int(fields[14])) / tick


def by_calls(suite, run):
    """Rows a second."""
    bodies, rows = [], []
    for external_id, given, family, code, email in people(run):
        rows.append({
            "externalId": external_id, "traits": {"givenName": given, "familyName": family, "postalCode": code},
            "identifiers": [{"kind": "email", "value": email, "verified": True}]})
        if len(rows) == ROWS:
            params = {"source": "crm", "rows": rows}
            bodies.append(json.dumps(
                {"jsonrpc": "2.0", "id": 1, "method": "profiles.import", "params": params}).encode())
            rows = []
    faults = []

    def work(own):
        with suite.client("channel-integration", timeout=60) as client:
            for body in own:
                answer = json.loads(client.post(body))
                if answer.get("result", {}).get("accepted") != ROWS:
                    faults.append(answer)

    threads = [threading.Thread(target=work, args=(bodies[number::CLIENTS],)) for number in range(CLIENTS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - start
    if faults:
        raise RuntimeError(f"an import answered {str(faults[0])[:500]}")
    return PEOPLE / seconds


def by_file(suite, run):
    """Rows a second, from the start of the job to its end."""
    lines = ["Customer ID,First name,Last name,Postal code,E-Mail"]
    lines += [",".join(person) for person in people(run)]
    upload = put(suite, "\r\n".join(lines).encode())["upload"]
    mapping = {
        "externalId": "Customer ID",
        "traits": {"givenName": "First name", "familyName": "Last name", "postalCode": "Postal code"},
        "identifiers": [{"kind": "email", "column": "E-Mail", "verified": True}]}
    with suite.client("channel-integration") as client:
        start = time.monotonic()
        done = finished(client, "imports.start", {
            "upload": upload, "kind": "profiles", "format": "csv", "source": "file", "mapping": mapping,
            "mode": "upsert"})
        seconds = time.monotonic() - start
    if done["result"]["new"] != PEOPLE:
        raise RuntimeError(f"the import ended with {done}")
    return PEOPLE / seconds


def put(suite, content):
    """Sends a file and returns what the service says of it."""
    connection = http.client.HTTPSConnection(
        "localhost", suite.port("channel-integration"), context=ssl.create_default_context(cafile=suite.authority),
        timeout=60)
    connection.request("PUT", "/uploads", content, {"Authorization": f"Bearer {suite.staff}"})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    if answer.status != 201:
        raise RuntimeError(f"an upload was answered {answer.status}: {body}")
    return body


def by_copy(suite, run):
    """Rows a second: a row is all that is written of a record."""
    tables = {name: [] for name in (
        "identifier_values", "profile_keys", "profiles", "customers", "members", "traits", "identifiers", "journal")}
    at = "2026-01-01T00:00:00Z"
    values = set()
    for number, (external_id, given, family, code, email) in enumerate(people(run)):
        profile = uuid.UUID(f"01890000-0000-7000-8000-{number:012x}")
        if email not in values:
            values.add(email)
            tables["identifier_values"].append(f"email\t{email}")
        tables["profile_keys"].append(f"crm\t{external_id}\t{profile}")
        tables["profiles"].append(f"{profile}\tcrm\t{external_id}\t{at}\t\\N")
        tables["customers"].append(f"{profile}")
        tables["members"].append(f"{profile}\t{profile}")
        for name, value in (("givenName", given), ("familyName", family), ("postalCode", code)):
            tables["traits"].append(f"{profile}\t{name}\t{json.dumps(value)}\t{at}")
        tables["identifiers"].append(f"{profile}\temail\t{email}\tt\t{at}\t\\N")
        payload = json.dumps({
            "source": "crm", "externalId": external_id, "identifiers": [f"email:{email}"],
            "traits": {"givenName": given, "familyName": family, "postalCode": code}})
        tables["journal"].append(
            f"{at}\tchannel-integration\tprofiles.import\tecrm|staff\t{profile}\tprofile.created\t{payload}\t"
            f"\\\\x{profile.hex}\t\\\\x{profile.hex}{profile.hex}")
    columns = {"journal": " (at, service, method, actor, subject, type, payload, salt, digest)"}
    with tempfile.TemporaryDirectory(dir=suite.folder) as folder:
        script = ["BEGIN;"]
        for name, lines in tables.items():
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
            script.append(f"\\copy peer.{name}{columns.get(name, '')} from '{folder}/{name}'")
        script.append("COMMIT;")
        with suite.database() as database:
            database.execute("CREATE SCHEMA peer")
            for name in tables:
                database.execute(f"CREATE TABLE peer.{name} (LIKE base.{name} INCLUDING ALL)")
            start = time.monotonic()
            subprocess.run(
                ["psql", "-q", "-v", "ON_ERROR_STOP=1", suite.text("database.url")], input="\n".join(script), text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
            seconds = time.monotonic() - start
            database.execute("DROP SCHEMA peer CASCADE")
    return PEOPLE / seconds
