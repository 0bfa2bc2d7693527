"""Reliability test 12: what eight clients write and read at once is as though it had happened one after the other.

After Elle (Kingsbury and Alvaro 2020): calls append to several records in one transaction, others read all of them at
once, over the wire or in the database. A read that shows a write comes after it, one that does not comes before it, and
what had ended comes before what began later. An order that holds for all of that exists unless these run in a circle.
"""

import graphlib
import random
import threading
import time
from dataclasses import dataclass, field

import pytest

from support.rpc import RPCError
from support.suite import new_key

SERVICE = "channel-integration"
RECORDS = 4
CLIENTS = 8


@dataclass(eq=False)
class Operation:
    """A call, or a transaction of SQL, and what it has appended or seen: pairs of a record and a value."""

    started: float
    ended: float = 0.0
    appended: frozenset = frozenset()
    # None of what appends.
    seen: frozenset | None = None
    # Of what appends: which client's count it has raised to what; of what reads: the counts by client.
    counts: dict = field(default_factory=dict)


@pytest.mark.parametrize("operations", [40, pytest.param(300, marks=pytest.mark.soak)])
def test_what_is_done_at_once_has_an_order(suite, operations, figure):
    source = f"isolation{new_key()[:8]}"
    with suite.client(SERVICE) as client:
        profiles = [
            client.call("profiles.upsert", {"source": source, "externalId": str(record)})["profile"]
            for record in range(RECORDS)]
        for profile in profiles[1:]:
            client.call("identities.link", {"a": profiles[0], "b": profile, "reason": "one person"})
    before = deadlocks(suite)
    done, faults = [], []
    threads = [
        threading.Thread(target=work, args=(suite, source, profiles, number, operations, done, faults))
        for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    writes = [operation for operation in done if operation.seen is None]
    reads = [operation for operation in done if operation.seen is not None]
    assert len(done) == CLIENTS * operations and writes and reads

    for read in reads:
        for write in writes:
            assert write.appended <= read.seen or not write.appended & read.seen, "a part of a transaction was seen"
    check_counts(reads, writes)
    check_order(reads, writes)
    # The check can fail: a read that has missed what had ended before it began runs in a circle.
    last = max(reads, key=lambda read: read.started)
    earlier = next(write for write in writes if write.ended < last.started)
    last.seen -= earlier.appended
    with pytest.raises(graphlib.CycleError):
        check_order(reads, writes)
    figure(f"{len(writes)} calls of two records each and {len(reads)} reads have one order; "
           f"{deadlocks(suite) - before} deadlocks, which no caller saw")


def test_points_that_many_spend_at_once_are_exact(suite, figure):
    """The ledger of points: eight clients earn, spend and take back at once, and every state of it adds up."""
    with suite.client(SERVICE) as client:
        profiles = [
            client.call("profiles.upsert", {"source": "shop", "externalId": new_key()})["profile"] for _ in range(2)]
        client.call("identities.link", {"a": profiles[0], "b": profiles[1], "reason": "one person"})
    before = deadlocks(suite)
    posted, refused, faults = [], [], []
    threads = [
        threading.Thread(target=spend, args=(suite, profiles, number, posted, refused, faults))
        for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    states = 0
    with suite.database() as database:
        while any(thread.is_alive() for thread in threads):
            states += 1
            assert database.execute(
                """
                SELECT count(*) FROM retention.point_lots l WHERE l.profile = ANY (%s::uuid[]) AND (l.remaining < 0
                  OR l.remaining <> (SELECT sum(v.points) FROM retention.point_movements v WHERE v.lot = l.id))
                """, [profiles]).fetchone()[0] == 0
    for thread in threads:
        thread.join()
    assert faults == [] and posted and refused
    balance = suite.call("retention", "loyalty.balance", {"customer": profiles[1]})["active"]
    assert balance == sum(posted)
    figure(
        f"{len(posted)} entries and {len(refused)} refusals leave {balance} points, as their sum is; {states} states "
        f"looked at; {deadlocks(suite) - before} deadlocks, which no caller saw")


def spend(suite, profiles, number, posted, refused, faults):
    chance = random.Random(number)
    entries = []
    try:
        with suite.client("retention", timeout=60) as client:
            for _ in range(40):
                kind = chance.choice(["earn", "burn", "burn", "reverse"])
                params = {"customer": chance.choice(profiles), "points": chance.randint(1, 20)}
                if kind == "reverse":
                    params = {"entry": entries.pop(), "reason": "taken back"} if entries else None
                if params is None:
                    continue
                try:
                    made = client.call(f"loyalty.{kind}", params)
                except RPCError as error:
                    assert error.data["type"] == "insufficient_points", error
                    refused.append(kind)
                    continue
                posted.append(made["points"])
                if kind != "reverse":
                    entries.append(made["entry"])
    except (RPCError, OSError, AssertionError) as error:
        faults.append(repr(error))


def work(suite, source, profiles, number, operations, done, faults):
    chance = random.Random(number)
    count = 0
    try:
        with suite.client(SERVICE, timeout=60) as client, suite.database() as database:
            for step in range(operations):
                operation = Operation(time.monotonic())
                kind = chance.choice(["write", "write", "wire", "database"]) if step else "write"
                if kind == "write":
                    count += 1
                    append(client, source, number, count, chance, operation)
                elif kind == "wire":
                    read_wire(client, profiles, operation)
                else:
                    read_database(database, profiles, operation)
                operation.ended = time.monotonic()
                done.append(operation)
    except (RPCError, OSError, AssertionError) as error:
        faults.append(repr(error))


def append(client, source, number, count, chance, operation):
    """One call, that is one transaction, on two of the records, in an order that invites deadlocks."""
    value = f"{number}-{count}"
    records = chance.sample(range(RECORDS), 2)
    rows = [
        {"externalId": str(record), "identifiers": [{"kind": "erp", "value": value, "verified": False}]}
        for record in records]
    # The client's own count stands with the record of its number.
    rows.append({"externalId": str(number % RECORDS), "traits": {f"count{number}": count}})
    report = client.call("profiles.import", {"source": source, "rows": rows})
    assert report["rejected"] == [] and report["updated"] == len(rows), report
    operation.appended = frozenset((record, value) for record in records)
    operation.counts = {number: count}


def read_wire(client, profiles, operation):
    customer = client.call("customers.get", {"customer": profiles[0]})
    operation.seen = frozenset((profiles.index(item["profile"]), item["value"]) for item in customer["identifiers"])
    operation.counts = {
        int(trait["name"].removeprefix("count")): trait["value"] for trait in customer["traits"]}


def read_database(database, profiles, operation):
    with database.transaction():
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        identifiers = database.execute(
            "SELECT profile::text, value FROM base.identifiers WHERE profile = ANY (%s::uuid[])",
            (profiles,)).fetchall()
        traits = database.execute(
            "SELECT name, value FROM base.traits WHERE profile = ANY (%s::uuid[])", (profiles,)).fetchall()
    operation.seen = frozenset((profiles.index(profile), value) for profile, value in identifiers)
    operation.counts = {int(name.removeprefix("count")): value for name, value in traits}


def check_counts(reads, writes):
    """No count goes back or ahead of its client: no update was lost."""
    for read in reads:
        for number in range(CLIENTS):
            own = [write for write in writes if number in write.counts]
            told = [write.counts[number] for write in own if write.ended < read.started]
            asked = [write.counts[number] for write in own if write.started < read.ended]
            assert max(told, default=0) <= read.counts.get(number, 0) <= max(asked, default=0)


def check_order(reads, writes):
    """Raises `CycleError` where no order holds."""
    graph = graphlib.TopologicalSorter()
    for read in reads:
        for write in writes:
            if write.appended <= read.seen:
                graph.add(read, write)
            else:
                graph.add(write, read)
    # Each end is a point of time behind the last one; whatever begins after it comes behind it.
    moments = [(one.started, True, one) for one in reads + writes] + [(one.ended, False, one) for one in reads + writes]
    point = None
    for number, (_, is_start, operation) in enumerate(sorted(moments, key=lambda moment: moment[:2])):
        if is_start and point is not None:
            graph.add(operation, point)
        elif not is_start:
            graph.add(number, operation, *([] if point is None else [point]))
            point = number
    graph.prepare()


def deadlocks(suite):
    with suite.database() as database:
        return database.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()[0]
