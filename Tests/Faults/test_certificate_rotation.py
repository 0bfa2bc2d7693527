"""Reliability test 27: certificates are replaced under load without a failed request; a bad pair leaves the old one."""

import os
import signal
import ssl
import tempfile
import threading
import time

import pytest

from support.certificates import DAY, Authority, served_serial, write
from support.rpc import Client
from support.suite import Suite, eventually, new_key

SERVICE = "channel-integration"
INTERVAL = 1.0
SERVED = ["localhost", "channel-integration"]
FAILURES = f'tls_certificate_reload_failures_total{{service="{SERVICE}"}}'
EXPIRY = f'tls_certificate_expiry_seconds{{service="{SERVICE}"}}'


class Load:
    """About a hundred calls a second from four clients, half of them on connections of their own."""

    def __init__(self, suite, trusted, certificates=()):
        self.suite, self.trusted = suite, trusted
        self.certificates = list(certificates) or [None]
        self.answered, self.failed, self.slowest = 0, [], 0.0
        self.lock, self.stopped = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(4)]

    def __enter__(self):
        self.start = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        self.seconds = time.monotonic() - self.start

    def run(self, number):
        token = self.suite.staff
        turn = 0
        client = None
        due = time.monotonic()
        while not self.stopped.wait(max(0, due - time.monotonic())):
            turn += 1
            due += 0.04
            begin = time.monotonic()
            try:
                if client is None:
                    certificate = self.certificates[turn // 2 % len(self.certificates)]
                    client = Client(self.suite.port(SERVICE), self.trusted, token, certificate=certificate)
                client.call("customers.search", {"text": "nobody"})
                with self.lock:
                    self.answered += 1
                    self.slowest = max(self.slowest, time.monotonic() - begin)
            except Exception as error:
                with self.lock:
                    self.failed.append(f"{type(error).__name__}: {error}")
            if client and (number % 2 == 0 or turn % 20 == 0):
                client.close()
                client = None


class Place:
    """A suite whose service serves certificates of authorities of the test's own."""

    def __init__(self, folder, **environment):
        self.folder = folder
        self.old, self.next = Authority(f"old {new_key()}"), Authority(f"next {new_key()}")
        self.suite = Suite(**environment)

    @property
    def pair(self):
        return f"{self.suite.folder}/tls/{SERVICE}"

    def trust(self):
        """The authorities that the clients trust: the suite's own and both of the test's."""
        path = f"{self.folder}/trusted.pem"
        with open(self.suite.authority, "rb") as file:
            write(path, file.read() + self.old.pem + self.next.pem)
        return path

    @property
    def serial(self):
        return served_serial(self.suite.port(SERVICE))

    def sees(self, serial):
        """Waits until the certificate is served and returns after how many seconds that was."""
        start = time.monotonic()
        eventually(lambda: self.serial == serial, every=0.02)
        return time.monotonic() - start

    def counts_a_failure(self):
        before = self.suite.metrics(SERVICE)[FAILURES]
        # The second look has certainly begun after this.
        eventually(lambda: self.suite.metrics(SERVICE)[FAILURES] >= before + 2)


def server(authority, **options):
    return authority.issue(SERVED, usages=["server"], **options)


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="ecrm-rotation-") as path:
        yield path


def test_certificates_are_replaced_under_load_without_a_failed_request(folder, figure):
    place = Place(folder, ECRM_TLS_RELOAD_SECONDS=str(INTERVAL))
    with place.suite as suite, Load(suite, place.trust()) as load:
        good = server(place.old)
        good.write(place.pair)
        waits = [place.sees(good.serial)]

        bad = server(place.old)
        write(f"{place.pair}.key", bad.key_pem)
        place.counts_a_failure()
        assert place.serial == good.serial
        write(f"{place.pair}.pem", bad.pem[: len(bad.pem) // 2])
        place.counts_a_failure()
        assert place.serial == good.serial

        # Written in place, slowly, as an editor or a copy over the network does.
        slow = Authority("between", above=place.old).issue(SERVED, usages=["server"])
        write(f"{place.pair}.key", slow.key_pem)
        with open(f"{place.pair}.pem", "wb", buffering=0) as file:
            for part in [slow.pem[:300], slow.pem[300:-200]]:
                file.write(part)
                place.counts_a_failure()
                assert place.serial == good.serial
            file.write(slow.pem[-200:])
        waits.append(place.sees(slow.serial))

        for name, wrong in [("expired", server(place.old, begins=-2 * DAY, ends=-60)),
                            ("early", server(place.old, begins=3600))]:
            wrong.write(place.pair)
            place.counts_a_failure()
            assert place.serial == slow.serial, name
        os.remove(f"{place.pair}.pem")
        place.counts_a_failure()
        assert place.serial == slow.serial

        # The next authority, which the clients trust already.
        rolled = server(place.next, ends=5 * DAY)
        rolled.write(place.pair)
        waits.append(place.sees(rolled.serial))
        assert 4 * DAY < suite.metrics(SERVICE)[EXPIRY] <= 5 * DAY

        suite.ecrm("certificates", "--renew")
        eventually(lambda: place.serial not in [good.serial, slow.serial, rolled.serial])
        settled = suite.metrics(SERVICE)[FAILURES]
        time.sleep(2 * INTERVAL)
        assert suite.metrics(SERVICE)[FAILURES] == settled
    figure(
        f"{load.answered} requests, {load.answered / load.seconds:.0f} a second, {len(load.failed)} failed, the slowest "
        f"{load.slowest:.3f} s; a new certificate is served after {', '.join(f'{wait:.2f} s' for wait in waits)}, the "
        f"interval being {INTERVAL:g} s")
    assert load.failed == []
    # The interval, and what a look and a handshake take on a machine that is busy.
    assert max(waits) < INTERVAL + 2


def test_a_hang_up_reads_at_once_and_clients_authorities_roll_with_overlap(folder, figure):
    clients_old, clients_next = Authority(f"clients {new_key()}"), Authority(f"clients {new_key()}")
    authorities = f"{folder}/clients.pem"
    write(authorities, clients_old.pem)
    old = clients_old.issue(["old.example"]).write(f"{folder}/old")
    new = clients_next.issue(["new.example"]).write(f"{folder}/new")
    place = Place(folder, ECRM_TLS_RELOAD_SECONDS="3600", ECRM_TLS_CLIENT_AUTHORITY=authorities)

    def answers(certificate):
        try:
            with Client(place.suite.port(SERVICE), trusted, place.suite.staff, certificate=certificate) as client:
                client.call("customers.search", {"text": "nobody"})
                return True
        except (ssl.SSLError, OSError):
            return False

    def hang_up():
        place.suite.kill(SERVICE, signal.SIGHUP)
        return time.monotonic()

    with place.suite as suite:
        trusted = place.trust()
        process = suite.pid(SERVICE)
        with Load(suite, trusted, [old]) as load:
            leaf = server(place.old)
            leaf.write(place.pair)
            time.sleep(1.5)
            # Nobody has looked.
            assert answers(old) and not answers(new)
            start = hang_up()
            eventually(lambda: suite.metrics(SERVICE)[EXPIRY] <= DAY, every=0.02)
            figure(f"a new certificate is served {time.monotonic() - start:.3f} s after SIGHUP")
            write(authorities, clients_old.pem + clients_next.pem)
            hang_up()
            eventually(lambda: answers(new))
        with Load(suite, trusted, [old, new]) as both:
            time.sleep(3)
            # Broken, and told so: both stay.
            write(authorities, clients_old.pem + clients_next.pem[:200])
            hang_up()
            eventually(lambda: suite.metrics(SERVICE)[FAILURES] >= 1)
            time.sleep(1)
        with Load(suite, trusted, [new]) as after:
            write(authorities, clients_next.pem)
            hang_up()
            eventually(lambda: not answers(old))
            time.sleep(1)
        assert answers(new)
        assert suite.pid(SERVICE) == process
        for phase in [load, both, after]:
            assert phase.failed == []
        total = load.answered + both.answered + after.answered
        figure(f"{total} requests of certified clients while their authority was replaced, 0 failed")
