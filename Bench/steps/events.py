"""Click-stream by `events.collect` against psql's COPY of the very rows it stored.

The visitors are known already, as most of a website's events come from visitors with an earlier one. A round's rows
are taken out of the suite's table, and COPYed by as many psql as there were clients into a table of the same columns,
indexes and partitions, all rows of a client at once.
"""

import datetime
import json
import os
import re
import subprocess
import tempfile
import threading
import time

from support.suite import new_key
from table import Ratio, median, ratio

ROUNDS = 9
BATCH = 500
BATCHES = 24
VISITORS = 2000
COLUMNS = "profile, received_at, id, message_id, type, name, occurred_at, entry, body"


def measure(suite):
    with suite.database() as database:
        database.execute("CREATE SCHEMA bench")
        database.execute(
            "CREATE TABLE bench.events (LIKE acquisition.events INCLUDING ALL) PARTITION BY RANGE (received_at)")
        database.execute("""
            DO $$ DECLARE month record; BEGIN
              FOR month IN SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bound FROM pg_inherits i
                JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'acquisition.events'::regclass LOOP
                EXECUTE format('CREATE TABLE bench.%I PARTITION OF bench.events %s', month.relname, month.bound);
              END LOOP;
            END $$""")
    send(suite, [[body("first", range(start, start + BATCH)) for start in range(0, VISITORS, BATCH)]])
    with suite.database() as database:
        # What autovacuum does within a minute.
        database.execute("VACUUM ANALYZE")
    found = []
    for clients in (1, 4):
        ours, peers = [], []
        for turn in range(-1, ROUNDS):
            one, other = round_of(suite, clients)
            if turn >= 0:
                ours.append(one)
                peers.append(other)
        rate, peer = median(ours), median(peers)
        found.append(Ratio(
            f"`events.collect` in batches of {BATCH}, {clients} client{'s' if clients > 1 else ''}, against COPY",
            f"{rate:,.0f} rows/s", f"{peer:,.0f} rows/s", ratio(ours, peers), 0.4))
    return found


def round_of(suite, clients):
    """Rows a second of the suite, then of COPY with the same rows."""
    run = new_key()
    per_client = BATCHES // clients
    work = [
        [body(f"{run}-{client}-{batch}", range(batch * BATCH, (batch + 1) * BATCH)) for batch in range(per_client)]
        for client in range(clients)]
    rows = clients * per_client * BATCH
    seconds = send(suite, work)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        files = []
        for client in range(clients):
            files.append(f"{folder}/{client}")
            psql(suite, f"\\copy (SELECT {COLUMNS} FROM acquisition.events "
                        f"WHERE message_id LIKE '{run}-{client}-%' ORDER BY received_at, id) TO '{files[-1]}'")
        copied = copy(suite, files)
    return rows / seconds, rows / copied


def body(prefix, numbers):
    """A batch as Segment's libraries send it."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    batch = [{
        "type": "track", "event": "Product Viewed", "messageId": f"{prefix}-{number}",
        "anonymousId": f"bench-visitor-{number * 7 % VISITORS}", "timestamp": now,
        "properties": {"sku": f"SKU-{number % 997}", "price": 18.99, "currency": "EUR", "quantity": 1},
        "context": {
            "page": {"path": f"/products/{number % 997}", "title": "Garden chair",
                     "referrer": "https://search.example/"},
            "locale": "de-DE", "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
    } for number in numbers]
    return json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "events.collect", "params": {"batch": batch, "sentAt": now}}).encode()


def send(suite, work):
    """Seconds until every client has sent its bodies, one after the other on a connection of its own."""
    faults = []
    ready = threading.Barrier(len(work) + 1)

    def client(bodies):
        try:
            with suite.client("acquisition") as connection:
                connection.post(b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}')
                ready.wait()
                for one in bodies:
                    answer = json.loads(connection.post(one, headers={"Idempotency-Key": new_key()}))
                    if answer.get("result", {}).get("accepted") != BATCH:
                        faults.append(str(answer)[:500])
        except Exception as error:  # Told where the clients are waited for.
            faults.append(repr(error))
            ready.abort()

    threads = [threading.Thread(target=client, args=(bodies,)) for bodies in work]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if faults:
        raise RuntimeError(f"events.collect failed: {faults[0]}")
    return seconds


def copy(suite, files):
    """Seconds that the slowest psql says its COPY took; they run side by side."""
    running = [
        subprocess.Popen(
            ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", "\\timing on", "-c",
             f"\\copy bench.events ({COLUMNS}) FROM '{file}'", suite.text("database.url")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for file in files]
    printed = [process.communicate()[0] for process in running]
    times = [re.search(r"Time: ([\d.]+) ms", text) for text in printed]
    if not all(times):
        raise RuntimeError(f"COPY failed: {printed}")
    return max(float(found.group(1)) for found in times) / 1000


def psql(suite, command):
    subprocess.run(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command, suite.text("database.url")],
        stdout=subprocess.DEVNULL, check=True)
