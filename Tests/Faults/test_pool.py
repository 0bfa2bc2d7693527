"""The way to the database in every kind of trouble (test 20 of the reliability plan).

The proxy resets connections, delays, and swallows what comes. It cannot lose packets, which `tcp_user_timeout` and
keep-alive are for: test_black_hole.py does, where it may.
"""

import json
import os
import random
import signal
import threading
import time

import psycopg
import pytest

from support.instance import LISTENING, Instance
from support.load import UNKNOWN, insist
from support.proxy import Proxy
from support.rpc import RPCError
from support.suite import eventually, new_key

SERVICE = "channel-integration"
# Of the exclusive lane; the shared one has two.
CONNECTIONS = 16
# Two seconds for a connection, and some for a machine that is busy.
ACQUIRE_SECONDS = 3.5


class Place:
    """A service behind a proxy, and what is measured of it."""

    def __init__(self, suite, proxy, instance):
        self.suite = suite
        self.proxy = proxy
        self.instance = instance

    def write(self, client, key=None, seconds=30):
        params = {"source": "shop", "externalId": new_key()}
        return insist(client, "profiles.upsert", params, key or new_key(), seconds)

    def sessions(self):
        """The instance's connections as PostgreSQL sees them: state, and how long they have been in it."""
        with self.suite.database() as database:
            return database.execute(
                "SELECT state, extract(epoch FROM now() - state_change) FROM pg_stat_activity "
                "WHERE application_name = %s", [self.name]).fetchall()

    def waits(self):
        """How many of the instance's connections wait for a lock."""
        with self.suite.database() as database:
            return database.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'",
                [self.name]).fetchone()[0]

    @property
    def name(self):
        return f"{SERVICE}-{self.instance.port}"

    def is_at_rest(self):
        """Ready, with no connection lent but the one that listens, none waited for, none in a transaction."""
        return (
            self.instance.health() == 200 and self.instance.lent() == LISTENING
            and self.instance.metric("database_pool_waiting") == 0
            and not any("in transaction" in (state or "") for state, _ in self.sessions()))

    def rest(self, seconds=15):
        """How long it takes until all is as it was."""
        start = time.monotonic()
        eventually(self.is_at_rest, seconds, every=0.1)
        return time.monotonic() - start


@pytest.fixture(scope="module")
def place(suite):
    with Proxy(suite) as proxy:
        instance = Instance(suite, SERVICE)
        place = Place(suite, proxy, instance)
        instance.environment["ECRM_DATABASE_URL"] = (
            proxy.address(instance.database_url) + f"&application_name={place.name}")
        with instance:
            instance.ready()
            with instance.client() as client:
                place.write(client)
            place.rest()
            yield place


def hurry(place, count, seconds, method="profiles.upsert", make=None):
    """Calls from many clients for so long; each answer's code, 0 for a result, with its seconds."""
    answers, lock, until = [], threading.Lock(), time.monotonic() + seconds

    def run():
        with place.instance.client(timeout=30) as client:
            while time.monotonic() < until:
                start = time.monotonic()
                try:
                    client.call(method, make() if make else {"source": "shop", "externalId": new_key()}, key=new_key())
                    code = 0
                except RPCError as error:
                    code = error.code
                    time.sleep(0.02)
                with lock:
                    answers.append((code, time.monotonic() - start))

    threads = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


def join(threads):
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a call has no end"


def codes(answers):
    tally = {}
    for code, _ in answers:
        tally[code] = tally.get(code, 0) + 1
    return tally


def test_connections_that_are_reset_are_made_again(place, figure):
    threads, answers = hurry(place, 8, 4)
    lost = 0
    while threads[0].is_alive():
        time.sleep(0.2)
        lost += place.proxy.cut()
    join(threads)
    assert set(codes(answers)) <= {0, -32010, -32008}
    rest = place.rest()
    figure(f"{lost} connections reset under load: {codes(answers)}, at rest after {rest:.1f} s")


def test_a_second_of_latency_slows_and_breaks_nothing(place, figure):
    """Whatever is sent to the database arrives a second late: a look-up and a call have less time than that takes."""
    place.proxy.latency = 1.0
    try:
        threads, answers = hurry(place, 4, 4)
        assert place.instance.health("/health/live") == 200
        join(threads)
    finally:
        place.proxy.recover()
    slowest = max(seconds for _, seconds in answers)
    rest = place.rest()
    with place.instance.client() as client:
        place.write(client)
    figure(f"a second's latency: {codes(answers)}, slowest {slowest:.1f} s, at rest {rest:.1f} s after")
    assert set(codes(answers)) <= {0, -32010, -32011}
    assert slowest < 14


def test_a_stalled_statement_ends_by_its_time_limit(place, figure):
    """All connections wait for a lock: their statements end, who waits for a connection is told so, health answers."""
    with place.suite.database() as database:
        database.execute("BEGIN")
        database.execute("LOCK TABLE base.products IN ACCESS EXCLUSIVE MODE")
        threads, answers = hurry(
            place, 24, 9, "products.import", lambda: {"rows": [{"sku": new_key(), "name": "A thing"}]})
        slowest = 0.0
        eventually(lambda: place.instance.metric("database_pool_waiting") > 0)
        while threads[0].is_alive():
            start = time.monotonic()
            assert place.instance.health("/health/live") == 200
            ready = place.instance.health()
            slowest = max(slowest, time.monotonic() - start)
            # The look-ups of readiness have connections of their own, so that it does not go down with the writes.
            assert ready == 200
            time.sleep(0.1)
        join(threads)
        database.execute("ROLLBACK")
    refused = [seconds for code, seconds in answers if code == -32010]
    late = [seconds for code, seconds in answers if code == -32011]
    rest = place.rest()
    figure(
        f"24 clients on a locked table: {codes(answers)}; no connection after {max(refused):.1f} s, statements ended "
        f"after {max(late):.1f} s; health within {slowest:.2f} s; at rest after {rest:.1f} s")
    assert set(codes(answers)) <= {-32010, -32011, 0}
    assert refused and max(refused) < ACQUIRE_SECONDS
    assert late and max(late) < 13
    assert slowest < 1


def test_all_backends_terminated(place, figure):
    threads, answers = hurry(place, 8, 3)
    count = 0
    while threads[0].is_alive():
        time.sleep(0.3)
        with place.suite.database() as database:
            count += len(database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
                [place.name]).fetchall())
    join(threads)
    assert set(codes(answers)) <= {0, -32010, -32008}
    rest = place.rest()
    figure(f"{count} backends terminated under load: {codes(answers)}, at rest after {rest:.1f} s")


def test_no_connection_is_left(place, figure):
    """Others hold all that max_connections allows."""
    held = []
    try:
        with pytest.raises(psycopg.OperationalError):
            while len(held) < 200:
                held.append(psycopg.connect(place.suite.text("database.url"), autocommit=True))
        held[0].execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'channel_integration'")
        # What became free is taken at once, before the services come back.
        with pytest.raises(psycopg.OperationalError):
            while len(held) < 400:
                held.append(psycopg.connect(place.suite.text("database.url"), autocommit=True))
        threads, answers = hurry(place, 12, 4)
        while threads[0].is_alive():
            assert place.instance.health("/health/live") == 200
            assert place.instance.health() in (200, 503)
            time.sleep(0.1)
        join(threads)
    finally:
        for connection in held:
            connection.close()
    slowest = max(seconds for _, seconds in answers)
    assert set(codes(answers)) <= {0, -32010, -32008}
    assert slowest < ACQUIRE_SECONDS
    rest = place.rest()
    figure(
        f"max_connections reached by {len(held)} others: {codes(answers)}, slowest {slowest:.1f} s, at rest {rest:.1f} "
        "s after they left")


def test_a_database_that_is_silent(place, figure):
    """A black hole: connections stay and nothing comes back, and new ones get no greeting."""
    threads, answers = hurry(place, 12, 20)
    time.sleep(1)
    place.proxy.fall_silent()
    start = time.monotonic()
    unready = None
    while time.monotonic() - start < 15:
        assert place.instance.health("/health/live") == 200
        if place.instance.health() == 503 and unready is None:
            unready = time.monotonic() - start
        time.sleep(0.1)
    place.proxy.recover()
    join(threads)
    slowest = max(seconds for _, seconds in answers)
    rest = place.rest()
    figure(
        f"silent for 15 s: {codes(answers)}, slowest {slowest:.1f} s, not ready after {unready:.1f} s, at rest "
        f"{rest:.1f} s after it spoke again")
    assert set(codes(answers)) <= {0, -32010, -32011, -32008}
    # A write that was under way may use its ten seconds, and one more for giving up its connection.
    assert slowest < 14
    assert unready < 5


def is_another(suite, postmaster):
    try:
        return suite.postmaster != postmaster
    except (OSError, IndexError, ValueError):
        return False


def test_a_database_that_is_restarted(own_suite, figure):
    suite = own_suite
    with suite.client(SERVICE) as client:
        params = {"source": "shop", "externalId": new_key()}
        client.call("profiles.upsert", params, key=new_key())
        before = suite.postmaster
        os.kill(before, signal.SIGINT)
        start = time.monotonic()
        # The one that is told to end still takes what comes meanwhile.
        eventually(lambda: is_another(suite, before))
        insist(client, "profiles.upsert", params, new_key())
        took = time.monotonic() - start
    eventually(lambda: suite.health(SERVICE) == 200, 15)
    figure(f"a write was answered {took:.1f} s after the restart began")


def test_a_password_that_is_rotated(own_suite, figure):
    """libpq reads a passfile for each connection, so a process lives through a rotation; else it is restarted."""
    suite = own_suite
    old = Instance(suite, SERVICE).database_url
    head, _, rest = old.partition("@")
    role, _, password = head.removeprefix("postgresql://").partition(":")
    path = f"{suite.folder}/passfile"
    write_passfile(path, role, password)
    instance = Instance(suite, SERVICE, ECRM_DATABASE_URL=f"postgresql://{role}@{rest}&passfile={path}")
    with instance, instance.ready().client() as client:
        params = {"source": "shop", "externalId": new_key()}
        client.call("profiles.upsert", params, key=new_key())
        with suite.database() as database:
            database.execute(f"ALTER ROLE {role} PASSWORD 'another-{new_key()[:8]}'")
            # Who is connected stays so.
            client.call("profiles.upsert", params, key=new_key())
            password = f"next-{new_key()}"
            database.execute(f"ALTER ROLE {role} PASSWORD '{password}'")
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [role])
        eventually(lambda: instance.health() == 503)
        status, text = instance.admin("/health/ready")
        assert "password authentication failed" in text
        assert password not in text
        with pytest.raises(RPCError) as raised:
            client.call("profiles.upsert", params, key=new_key())
        assert raised.value.code == -32010
        write_passfile(path, role, password)
        start = time.monotonic()
        eventually(lambda: instance.health() == 200, 15)
        took = time.monotonic() - start
        client.call("profiles.upsert", params, key=new_key())
    figure(f"ready {took:.1f} s after the new password was in the passfile, in the same process")


def write_passfile(path, role, password):
    with open(f"{path}.new", "w", encoding="ascii") as file:
        file.write(f"*:*:*:{role}:{password}\n")
    os.chmod(f"{path}.new", 0o600)
    os.replace(f"{path}.new", path)


@pytest.mark.parametrize("ending", ["closed", "cut"])
def test_a_call_whose_caller_leaves_frees_its_connection(place, ending, figure):
    """Callers wait for a lock and take all connections; they leave, and the connections are free."""
    with place.suite.database() as database:
        database.execute("BEGIN")
        database.execute("LOCK TABLE base.products IN ACCESS EXCLUSIVE MODE")
        clients = []
        try:
            for _ in range(CONNECTIONS - LISTENING):
                client = place.instance.client()
                clients.append(client)
                client.post(b'{"jsonrpc":"2.0","id":0,"method":"rpc.discover"}')
                body = json.dumps({
                    "jsonrpc": "2.0", "id": 1, "method": "products.import",
                    "params": {"rows": [{"sku": new_key(), "name": "A thing"}]}}).encode()
                client.connection.request("POST", "/rpc", body, {
                    "Content-Type": "application/json", "Authorization": f"Bearer {client.token}"})
            eventually(lambda: place.instance.lent() == CONNECTIONS and place.waits() == CONNECTIONS - LISTENING)
            start = time.monotonic()
            for client in clients:
                leave(client, ending)
            eventually(lambda: place.instance.lent() == LISTENING, 5, every=0.01)
            took = time.monotonic() - start
            # While the table is still locked: a call that went on without its connection would wait to this moment.
            eventually(lambda: place.waits() == 0, 2, every=0.01)
        finally:
            for client in clients:
                client.close()
        database.execute("ROLLBACK")
    rest = place.rest()
    figure(f"{len(clients)} connections were free {took:.2f} s after their callers had left, at rest after {rest:.1f} s")
    assert took < 2


def leave(client, ending):
    if ending == "closed":
        client.close()
    else:
        # Without TLS's goodbye.
        os.close(client.connection.sock.detach())


def test_long_answers_leave_no_memory_behind(place, figure):
    """Callers that had a long answer and leave without waiting for the next one."""
    def leavers(count):
        for _ in range(count):
            with place.instance.client(timeout=30) as client:
                client.post(b'{"jsonrpc":"2.0","id":0,"method":"rpc.discover"}')
                body = json.dumps({
                    "jsonrpc": "2.0", "id": 1, "method": "profiles.upsert",
                    "params": {"source": "shop", "externalId": new_key()}}).encode()
                client.connection.request("POST", "/rpc", body, {
                    "Content-Type": "application/json", "Authorization": f"Bearer {client.token}"})

    def round_of(count):
        threads = [threading.Thread(target=leavers, args=(count // 2,), daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        join(threads)
        place.rest()
        return place.instance.resident()

    before = round_of(60)
    after = round_of(400)
    figure(f"memory {before >> 20} → {after >> 20} MB by 400 callers that left after long answers")
    assert after - before < 32 << 20


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])
def test_nothing_leaks_after_many_faults(place, count, figure):
    """Faults of all kinds at random, under load; then memory, descriptors and connections are what they were."""
    chance = random.Random(20)
    is_over = threading.Event()
    tally = {}

    def load():
        with place.instance.client(timeout=30) as client:
            while not is_over.is_set():
                try:
                    client.call("profiles.upsert", {"source": "shop", "externalId": new_key()}, key=new_key())
                    code = 0
                except RPCError as error:
                    code = error.code
                except UNKNOWN:
                    code = -1
                tally[code] = tally.get(code, 0) + 1
                if chance.random() < 0.05:
                    client.close()

    def leaver():
        """Callers that leave in the middle."""
        while not is_over.is_set():
            with place.instance.client(timeout=30) as client:
                try:
                    # A long answer, whose buffers may not stay behind.
                    client.post(b'{"jsonrpc":"2.0","id":0,"method":"rpc.discover"}')
                    body = json.dumps({
                        "jsonrpc": "2.0", "id": 1, "method": "profiles.upsert",
                        "params": {"source": "shop", "externalId": new_key()}}).encode()
                    client.connection.request("POST", "/rpc", body, {
                        "Content-Type": "application/json", "Authorization": f"Bearer {client.token}"})
                except UNKNOWN:
                    pass

    threads = [threading.Thread(target=load, daemon=True) for _ in range(10)]
    threads += [threading.Thread(target=leaver, daemon=True) for _ in range(2)]
    place.rest()
    for thread in threads:
        thread.start()
    time.sleep(1)
    before = place.instance.descriptors(), place.instance.resident()
    faults = 0
    with place.suite.database() as database:
        while faults < count:
            kind = chance.randrange(3)
            if kind == 0:
                faults += place.proxy.cut()
            elif kind == 1:
                faults += len(database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
                    [place.name]).fetchall())
            else:
                faults += len(database.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = %s AND state = 'active'", [place.name]).fetchall())
            time.sleep(chance.uniform(0.02, 0.3))
    is_over.set()
    join(threads)
    rest = place.rest()
    eventually(lambda: place.instance.descriptors() <= before[0] + 8, 20)
    after = place.instance.descriptors(), place.instance.resident()
    figure(
        f"{faults} faults: {dict(sorted(tally.items()))}; at rest after {rest:.1f} s; descriptors {before[0]} → "
        f"{after[0]}, memory {before[1] >> 20} → {after[1] >> 20} MB")
    assert set(tally) <= {0, -32010, -32008, -32011, -1}
    assert after[1] - before[1] < 64 << 20
    assert len(place.sessions()) <= CONNECTIONS + 2
