"""Clients that write until they are told to stop, and remember what was acknowledged."""

import http.client
import threading
import time

from support.rpc import RPCError
from support.suite import new_key

# What says nothing about whether the call was carried out.
UNKNOWN = (OSError, http.client.HTTPException, ValueError)


def insist(client, method, params, key, seconds=60, tell=None):
    """Repeats a call with its key until there is an answer that is final; raises an error that may not be repeated.

    `tell` is told of each attempt that was in vain: its exception and the seconds it took.
    """
    deadline = time.monotonic() + seconds
    while True:
        start = time.monotonic()
        try:
            return client.call(method, params, key=key)
        except RPCError as error:
            if not error.retryable or time.monotonic() > deadline:
                raise
            failure, pause = error, error.data.get("retryAfterMs", 50) / 1000
        except UNKNOWN as error:
            if time.monotonic() > deadline:
                raise
            failure, pause = error, 0.05
        if tell:
            tell(failure, time.monotonic() - start)
        time.sleep(min(pause, 0.5))


class Writers:
    """Clients that each record consents, one after the other, each with a key and a mark of its own."""

    def __init__(self, suite, count=16, name=None):
        self.suite = suite
        self.name = name or new_key()[:8]
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        # Marks that were acknowledged.
        self.acknowledged = []
        # Attempts in vain: exception and seconds.
        self.failures = []
        # Errors that no client should see.
        self.errors = []
        profile = suite.call(
            "channel-integration", "profiles.upsert", {"source": "shop", "externalId": f"writers-{self.name}"},
            key=new_key())
        self.customer = profile["customer"]
        self.threads = [threading.Thread(target=self.run, args=[number], daemon=True) for number in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(90)

    def run(self, number):
        count = 0
        with self.suite.client("channel-integration", timeout=15) as client:
            while not self.is_over.is_set():
                mark = f"{self.name}-{number}-{count}"
                count += 1
                params = {"customer": self.customer, "purpose": "service", "state": "granted", "basis": mark}
                try:
                    insist(client, "consents.record", params, mark, tell=self.tell)
                except Exception as error:
                    with self.lock:
                        self.errors.append(error)
                    return
                with self.lock:
                    self.acknowledged.append(mark)

    def tell(self, failure, seconds):
        with self.lock:
            self.failures.append((failure, seconds))

    def progress(self, more=50, seconds=30):
        """Waits until that many more writes were acknowledged, and returns how long it took."""
        start = time.monotonic()
        goal = len(self.acknowledged) + more
        while len(self.acknowledged) < goal:
            assert not self.errors, self.errors[0]
            assert time.monotonic() - start < seconds, f"writes are not acknowledged: {self.failures[-1:]}"
            time.sleep(0.005)
        return time.monotonic() - start

    def verify(self):
        """Every acknowledged write is there exactly once, and no other; returns how many there are."""
        assert not self.errors, self.errors[0]
        with self.suite.database() as database:
            rows = database.execute(
                "SELECT basis FROM base.consents WHERE basis LIKE %s", [self.name + "-%"]).fetchall()
        stored = sorted(row[0] for row in rows)
        assert stored == sorted(self.acknowledged), (
            f"lost: {sorted(set(self.acknowledged) - set(stored))[:5]}, "
            f"unasked: {sorted(set(stored) - set(self.acknowledged))[:5]}, rows: {len(stored)}")
        return len(stored)
