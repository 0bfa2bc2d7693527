"""Services that are told to end while they are in use (test 23 of the reliability plan)."""

import http.client
import signal
import threading
import time

from support.instance import Instance
from support.load import UNKNOWN, insist
from support.rpc import RPCError
from support.suite import SERVICES, eventually, new_key

SERVICE = "channel-integration"
RATE = 200


class Stream:
    """Calls at a steady rate, each sent when its time has come whether or not others are answered.

    A call counts as failed when its connection was there and took it, and no answer came. One that found no listener
    any more, or was refused with what may be repeated, was never in flight.
    """

    def __init__(self, connect, rate=RATE, clients=20):
        self.connect = connect
        self.pause = clients / rate
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.answered = 0
        self.refused = 0
        self.unreachable = 0
        self.failed = []
        self.threads = [threading.Thread(target=self.run, args=[number], daemon=True) for number in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join(60)

    def run(self, number):
        due = time.monotonic() + self.pause * number / len(self.threads)
        client = self.connect()
        while not self.is_over.wait(max(0, due - time.monotonic())):
            due += self.pause
            try:
                connect(client)
            except (OSError, http.client.HTTPException):
                client.close()
                with self.lock:
                    self.unreachable += 1
                time.sleep(0.05)
                continue
            try:
                client.call("identities.resolve", {"kind": "email", "value": "nobody@example.com"})
            except RPCError as error:
                with self.lock:
                    if error.code == -32004:
                        self.answered += 1
                    elif error.retryable:
                        self.refused += 1
                    else:
                        self.failed.append(error)
            except UNKNOWN as error:
                with self.lock:
                    self.failed.append(error)
            else:
                with self.lock:
                    self.answered += 1
        client.close()


def test_a_service_that_is_told_to_end_fails_no_call_in_flight(suite, figure):
    with Instance(suite, SERVICE) as instance, suite.database() as database:
        instance.ready()
        with Stream(instance.client) as stream:
            eventually(lambda: stream.answered > 2 * RATE)
            # A call that takes five seconds: it waits for a lock.
            database.execute("BEGIN")
            database.execute("LOCK TABLE base.products IN ACCESS EXCLUSIVE MODE")
            long = Call(instance, "products.import", {"rows": [{"sku": new_key(), "name": "A thing"}]})
            eventually(lambda: waits(suite))
            before = stream.answered
            start = time.monotonic()
            instance.process.send_signal(signal.SIGTERM)
            eventually(lambda: instance.health() == 503, 5, every=0.01)
            unready = time.monotonic() - start
            assert instance.health("/health/live") == 200
            # It goes on serving while balancers notice.
            eventually(lambda: stream.answered > before + RATE // 4)
            while time.monotonic() - start < 5:
                time.sleep(0.05)
            assert instance.process.poll() is None
            database.execute("COMMIT")
            status = instance.process.wait(40)
            took = time.monotonic() - start
            long.thread.join(10)
    assert long.result is not None, f"the long call failed: {long.failure}"
    figure(
        f"{stream.answered} calls answered, {stream.refused} refused as unavailable, {stream.unreachable} found "
        f"nobody, {len(stream.failed)} failed; not ready after {unready:.2f} s, ended with {status} after {took:.1f} "
        "s, 5 of them the long call's")
    assert not stream.failed, stream.failed[:3]
    assert status == 0
    assert took < 25


def connect(client):
    """Opens the client's connection, so that what fails afterwards has failed in flight."""
    if client.connection is None or client.connection.sock is None:
        client.close()
        client.connection = http.client.HTTPSConnection(
            "localhost", client.port, context=client.tls, timeout=client.timeout)
        client.connection.connect()


class Call:
    """A call in a thread of its own."""

    def __init__(self, instance, method, params):
        self.result = self.failure = None
        self.thread = threading.Thread(target=self.run, args=[instance, method, params], daemon=True)
        self.thread.start()

    def run(self, instance, method, params):
        try:
            with instance.client(timeout=60) as client:
                self.result = client.call(method, params, key=new_key())
        except (RPCError, OSError, http.client.HTTPException) as error:
            self.failure = error


def waits(suite):
    # By a connection of its own: within a transaction this view stands still.
    with suite.database() as database:
        return database.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone()[0]


def test_a_second_signal_ends_it_at_once(suite, figure):
    with Instance(suite, SERVICE) as instance, suite.database() as database:
        instance.ready()
        database.execute("BEGIN")
        database.execute("LOCK TABLE base.products IN ACCESS EXCLUSIVE MODE")
        Call(instance, "products.import", {"rows": [{"sku": new_key(), "name": "A thing"}]})
        eventually(lambda: waits(suite))
        instance.process.send_signal(signal.SIGTERM)
        eventually(lambda: instance.health() == 503, 5)
        start = time.monotonic()
        status = instance.end(signal.SIGTERM)
        took = time.monotonic() - start
        database.execute("ROLLBACK")
    figure(f"ended with {status} {took:.2f} s after the second signal")
    assert status == 1
    assert took < 1


def test_a_job_under_way_is_carried_out_by_the_next_process(suite):
    """The job's table is locked, so that it is under way when its process is told to end."""
    with suite.database() as database:
        database.execute("BEGIN")
        database.execute("LOCK TABLE base.orders IN ACCESS EXCLUSIVE MODE")
        job = suite.call("expansion", "recommendations.train", {"signals": "orders"})["job"]
        eventually(lambda: suite.call("expansion", "jobs.get", {"job": job})["state"] == "running")
        before = suite.pid("expansion")
        suite.kill("expansion", signal.SIGTERM)
        eventually(lambda: is_next(suite, "expansion", before), 40)
        database.execute("ROLLBACK")
    state = eventually(lambda: ended(suite.call("expansion", "jobs.get", {"job": job})["state"]))
    # There are no orders to learn from in an empty suite, which ends the job as well as a model would.
    assert state in ("succeeded", "failed")


def ended(state):
    return state if state not in ("queued", "running") else None


def is_next(suite, service, before):
    try:
        return suite.pid(service) != before and suite.health(service) == 200
    except (OSError, IndexError):
        return False


# A call of each service that a client may repeat, and its params.
ROLLING = {
    "acquisition": ("events.collect", lambda: {"batch": [
        {"type": "track", "event": "Viewed", "messageId": new_key(), "anonymousId": new_key()}]}),
    "retention": ("rfm.report", lambda: {"asOf": "2024-01-01"}),
    "expansion": ("recommendations.train", lambda: {"signals": "orders"}),
    "channel-integration": ("profiles.upsert", lambda: {"source": "shop", "externalId": new_key()}),
    "performance-measurement": ("scorecard.get", lambda: {"from": "2024-01-01", "to": "2024-02-01"}),
}


def test_a_rolling_restart_is_hidden_by_repetition(own_suite, figure):
    suite = own_suite
    is_over = threading.Event()
    lock = threading.Lock()
    count, repeated, errors, slowest = {}, {}, [], [0.0]

    def work(service):
        method, make = ROLLING[service]
        with suite.client(service) as client:
            while not is_over.is_set():
                start = time.monotonic()
                try:
                    insist(client, method, make(), new_key(), tell=lambda *_: tally(repeated, service))
                except Exception as error:
                    errors.append((service, error))
                    return
                tally(count, service)
                with lock:
                    slowest[0] = max(slowest[0], time.monotonic() - start)
                time.sleep(0.1 if service in ("expansion", "retention") else 0.02)

    def tally(counts, service):
        with lock:
            counts[service] = counts.get(service, 0) + 1

    threads = [threading.Thread(target=work, args=[service], daemon=True) for service in SERVICES for _ in range(3)]
    for thread in threads:
        thread.start()
    eventually(lambda: errors or len(count) == 5)
    for service in SERVICES:
        before = suite.pid(service)
        suite.kill(service, signal.SIGTERM)
        eventually(lambda: is_next(suite, service, before), 60)
    is_over.set()
    for thread in threads:
        thread.join(60)
    figure(
        f"five services restarted in turn: {sum(count.values())} calls, {sum(repeated.values())} attempts repeated, "
        f"{len(errors)} errors seen, the slowest call {slowest[0]:.1f} s")
    assert not errors, errors[:3]
