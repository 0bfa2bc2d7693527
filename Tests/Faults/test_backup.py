"""Backups taken under load, restored elsewhere and in place: every customer comes back byte for byte."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import psycopg
import pytest

from support.rpc import RPCError
from support.suite import SERVICES, Suite, eventually, new_key

CHANNELS = "channel-integration"
PEOPLE = 400


@pytest.fixture
def folder():
    """A folder for backups."""
    path = tempfile.mkdtemp(prefix="ecrm-backups-", dir="/tmp")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def elsewhere():
    """A state folder of its own that nothing was done in."""
    other = Suite()
    yield other
    other.__exit__()


def person(number, source="shop"):
    return {
        "source": source, "externalId": f"p-{number}", "traits": {"givenName": f"Name {number}", "note": "naïve ✓"},
        "identifiers": [{"kind": "email", "value": f"p{number}@example.com", "verified": True}]}


def load(suite):
    """People of two sources that are linked by their addresses, orders, consents and events."""
    with suite.client(CHANNELS) as client:
        for source in ("shop", "crm"):
            rows = [person(number) for number in range(PEOPLE)]
            for row in rows:
                del row["source"]
            client.call("profiles.import", {"source": source, "rows": rows}, key=new_key())
        orders = [{
            "externalId": f"o-{number}", "customer": {"source": "shop", "externalId": f"p-{number % PEOPLE}"},
            "orderedAt": f"2026-0{1 + number % 9}-11T10:00:00Z", "currency": "EUR", "status": "fulfilled",
            "lines": [{"sku": f"SKU-{number % 7}", "quantity": "2", "unitPrice": "19.95"}],
        } for number in range(800)]
        client.call("orders.import", {"source": "shop", "rows": orders}, key=new_key())
        for profile in profiles(suite)[:20]:
            client.call("consents.record", {
                "customer": profile, "purpose": "marketing", "state": "granted", "basis": "consent",
                "evidence": {"form": "newsletter"}}, key=new_key())
    with suite.client("acquisition", token=suite.site) as site:
        batch = [{
            "type": "track", "event": "Product Viewed", "messageId": f"m-{number}",
            "anonymousId": f"visitor-{number % 50}", "properties": {"sku": f"SKU-{number % 7}"},
        } for number in range(500)]
        site.call("events.collect", {"batch": batch}, key=new_key())


def profiles(suite):
    with suite.database() as database:
        return [row[0] for row in database.execute("SELECT id::text FROM base.profiles ORDER BY id")]


def views(suite, names):
    """What the service shows of each customer, as the bytes of its answers."""
    with suite.client(CHANNELS) as client:
        def view(name):
            request = {"jsonrpc": "2.0", "id": 1, "method": "customers.get", "params": {"customer": name}}
            return client.post(json.dumps(request).encode())
        return {name: view(name) for name in names}


class Writers:
    """Writes new people from several threads until the block ends, and keeps who was acknowledged."""

    def __init__(self, suite, threads=3):
        self.suite = suite
        self.acknowledged = []
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(name,)) for name in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        eventually(lambda: len(self.acknowledged) > 10)
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def write(self, name):
        number = 0
        with self.suite.client(CHANNELS) as client:
            while not self.ending.is_set():
                number += 1
                try:
                    answer = client.call("profiles.upsert", person(f"{name}-{number}", "load"), key=new_key())
                    self.acknowledged.append(answer["profile"])
                except (OSError, RPCError):
                    time.sleep(0.05)


def clean(suite):
    """Whether `ecrm check` finds no fault."""
    said = suite.ecrm("check")
    assert "fault:" not in said and "No faults" in said, said
    return True


def followed(suite):
    """How far the followers are, as positions in the journal."""
    with suite.database() as database:
        return database.execute("SELECT min((epoch, transaction, id)::text), min(epoch) FROM base.followers").fetchone()


def test_a_backup_under_load_is_of_one_moment_and_restores_elsewhere(own_suite, elsewhere, folder, figure):
    suite, file = own_suite, f"{folder}/shop.dump"
    load(suite)
    names = profiles(suite)
    before = views(suite, names)
    with Writers(suite) as writers:
        acknowledged = len(writers.acknowledged)
        earlier = writers.acknowledged[:acknowledged]
        start = time.monotonic()
        suite.ecrm("backup", "--output", file)
        figure(f"backup of {os.path.getsize(file) >> 10} kB under load in {time.monotonic() - start:.2f} s")
        during = len(writers.acknowledged) - acknowledged
    assert during > 0, "nobody could write during the backup"
    for written in (file, f"{file}.keys"):
        assert os.stat(written).st_mode & 0o777 == 0o600
    assert sorted(os.listdir(folder)) == ["shop.dump", "shop.dump.keys"]

    # Before anything was brought up there.
    start = time.monotonic()
    assert "Loading, items: 100 %" in elsewhere.ecrm("restore", file)
    figure(f"restored before up in {time.monotonic() - start:.2f} s")
    elsewhere.up()
    assert views(elsewhere, names) == before
    assert set(earlier) <= set(profiles(elsewhere))
    clean(elsewhere)

    # A cluster of its own: the journal goes on in another epoch, and whoever follows it goes on too.
    with elsewhere.database() as database:
        assert database.execute("SELECT max(epoch) FROM base.epochs").fetchone()[0] == 2
    written = elsewhere.call(CHANNELS, "profiles.upsert", person("later"), key=new_key())
    with elsewhere.database() as database:
        entry = database.execute(
            "SELECT epoch, transaction::text, id FROM base.journal WHERE subject = %s", [written["profile"]]).fetchone()
    assert entry[0] == 2
    eventually(lambda: followed(elsewhere)[1] == 2)

    # Over what is there now, only when that is said.
    refused = elsewhere.ecrm("restore", file, check=False)
    assert "--replace" in refused
    assert written["profile"] in profiles(elsewhere)
    pids = [elsewhere.pid(service) for service in SERVICES]
    start = time.monotonic()
    elsewhere.ecrm("restore", file, "--replace")
    figure(f"restored in place, services answering again, in {time.monotonic() - start:.2f} s")
    assert pids != [elsewhere.pid(service) for service in SERVICES]
    assert views(elsewhere, names) == before
    assert written["profile"] not in profiles(elsewhere)
    with elsewhere.database() as database:
        assert database.execute("SELECT max(epoch) FROM base.epochs").fetchone()[0] == 3
    elsewhere.call(CHANNELS, "profiles.upsert", person("later-still"), key=new_key())
    eventually(lambda: followed(elsewhere)[1] == 3)
    clean(elsewhere)


def test_a_plain_backup_restores_into_a_fresh_suite_that_runs(own_suite, elsewhere, folder):
    suite, file = own_suite, f"{folder}/shop.sql"
    load(suite)
    names = profiles(suite)
    before = views(suite, names)
    suite.ecrm("backup", "--format", "plain", "--output", file)
    suite.ecrm("down")
    again = suite.ecrm("backup", "--output", f"{folder}/down.dump")
    assert "down.dump" in again
    assert "not running" in suite.ecrm("status", check=False)

    elsewhere.up()
    os.rename(f"{file}.keys", f"{folder}/kept-apart")
    told = elsewhere.ecrm("restore", file, "--keys", f"{folder}/kept-apart")
    assert "cannot be recognised" not in told and "Loading, tables: 100 %" in told
    assert views(elsewhere, names) == before
    clean(elsewhere)
    kept = {name for name in os.listdir(f"{elsewhere.folder}/keys") if "-" in name}
    assert len(kept) == 4, "the keys of both suites are kept"
    assert "cannot be recognised" in elsewhere.ecrm("restore", file, "--replace")


def test_nobody_comes_back_from_a_backup(own_suite, folder):
    suite, file = own_suite, f"{folder}/shop.dump"
    load(suite)
    suite.ecrm("backup", "--output", file)
    gone = profiles(suite)[:2]
    # As an erasure writes it, after the backup was taken.
    line = {"erasure": new_key(), "at": "2026-11-22T10:00:00Z", "profiles": gone, "hashes": ["00ff"]}
    with open(f"{suite.folder}/erasures.jsonl", "w", encoding="utf-8") as ledger:
        ledger.write(json.dumps(line) + "\n")
    assert "fault: Profile" in suite.ecrm("check", check=False)
    assert "2 profiles" in suite.ecrm("restore", file, "--replace")
    with suite.database() as database:
        left = database.execute(
            "SELECT count(*) FROM base.identifiers WHERE profile = ANY (%s::uuid[])", [gone]).fetchone()[0]
        names = database.execute(
            "SELECT count(*) FROM base.journal WHERE subject = ANY (%s::uuid[]) AND payload IS NOT NULL",
            [gone]).fetchone()[0]
    assert (left, names) == (0, 0)
    clean(suite)
    shown = suite.call(CHANNELS, "customers.get", {"customer": gone[0]})
    assert shown["profiles"][0]["externalId"].startswith("erased:")


def test_what_cannot_be_restored_leaves_the_suite_as_it_was(own_suite, folder):
    suite, file = own_suite, f"{folder}/shop.dump"
    load(suite)
    suite.ecrm("backup", "--output", file)
    whole = open(file, "rb").read()
    pids = [suite.pid(service) for service in SERVICES]
    assert "is there already" in suite.ecrm("backup", "--output", file, check=False)

    cut = f"{folder}/cut.dump"
    with open(cut, "wb") as half:
        half.write(whole[:len(whole) // 2])
    assert "cut off" in suite.ecrm("restore", cut, "--replace", check=False)
    with open(cut, "wb") as foreign:
        foreign.write(b"hello")
    assert "no backup" in suite.ecrm("restore", cut, "--replace", check=False)
    other = f"{folder}/other.dump"
    suite.call(CHANNELS, "profiles.upsert", person("between"), key=new_key())
    suite.ecrm("backup", "--output", other)
    mismatch = suite.ecrm("restore", file, "--keys", f"{other}.keys", "--replace", check=False)
    assert "belongs to another backup" in mismatch

    # Of a newer version: the row that it would have.
    with suite.database() as database:
        database.execute(
            "INSERT INTO public.schema_migrations (schema, version, name, checksum) VALUES ('base', 99, 'future', '')")
        suite.ecrm("backup", "--output", f"{folder}/newer.dump")
        database.execute("DELETE FROM public.schema_migrations WHERE version = 99")
    assert "newer version" in suite.ecrm("restore", f"{folder}/newer.dump", "--replace", check=False)
    assert pids == [suite.pid(service) for service in SERVICES], "no service was stopped for these"
    clean(suite)


def test_a_restore_that_is_killed_leaves_the_suite_as_it_was(own_suite, folder, figure):
    suite, file = own_suite, f"{folder}/shop.dump"
    load(suite)
    suite.ecrm("backup", "--output", file)
    later = suite.call(CHANNELS, "profiles.upsert", person("later"), key=new_key())["profile"]
    names = profiles(suite)
    for number in (signal.SIGKILL, signal.SIGTERM):
        process = subprocess.Popen(
            [f"{suite.programs}/ecrm", "restore", file, "--replace"], env=suite.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        # Until the services are down and the loading has begun.
        for line in process.stdout:
            if line.startswith("Loading"):
                break
        assert all(suite.health(service) == 0 for service in SERVICES)
        process.send_signal(number)
        start = time.monotonic()
        process.communicate()
        eventually(lambda: all(suite.health(service) == 200 for service in SERVICES))
        figure(f"after {signal.Signals(number).name} services answer again in {time.monotonic() - start:.1f} s")
        assert profiles(suite) == names and later in names
    suite.ecrm("restore", file, "--replace")
    assert later not in profiles(suite)
    with suite.database() as database:
        databases = database.execute("SELECT datname FROM pg_database WHERE datname LIKE 'ecrm%'").fetchall()
    assert databases == [("ecrm",)]
    clean(suite)


def test_a_database_by_its_address_is_backed_up_and_restored(own_suite, elsewhere, folder):
    """As beside containers: the tool knows the owner's address alone, and stops nobody's services."""
    suite, file = own_suite, f"{folder}/shop.dump"
    load(suite)
    address = suite.text("database.url")
    elsewhere.ecrm("backup", "--output", file, ECRM_DATABASE_URL=address)
    refused = elsewhere.ecrm("restore", file, "--replace", check=False, ECRM_DATABASE_URL=address)
    assert "in use by" in refused
    names = profiles(suite)
    before = views(suite, names)
    suite.call(CHANNELS, "profiles.upsert", person("later"), key=new_key())
    # With its services stopped: the supervisor holds them down while a restore's record names a process that runs.
    with open(f"{suite.folder}/run/restore.pid", "w", encoding="ascii") as record:
        record.write(identity(os.getpid()))
    for service in SERVICES:
        suite.kill(service, signal.SIGTERM)
    with suite.database() as database:
        eventually(lambda: database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename <> 'ecrm' AND datname = 'ecrm'").fetchone() == (0,))
    elsewhere.ecrm("restore", file, "--replace", ECRM_DATABASE_URL=address)
    os.unlink(f"{suite.folder}/run/restore.pid")
    eventually(lambda: all(suite.health(service) == 200 for service in SERVICES))
    assert profiles(suite) == names
    assert views(suite, names) == before
    clean(suite)


def identity(pid):
    """A process as the suite's records name it: its number, when it started, and since which start of the machine."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        started = file.read().rpartition(")")[2].split()[19]
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return f"{pid} {started} {file.read().strip()}\n"
