"""Clients that take their time: each is cut off at its deadline, and nobody else notices.

Own sockets instead of slowhttptest: its deadlines are the test's, and TLS is included. All kinds run at once, so that
the run takes as long as the longest deadline and no longer.
"""

import asyncio
import contextlib
import ssl
import threading
import time

import pytest

from support.raw import RawConnection, post
from support.suite import eventually

SERVICE = "channel-integration"
# The service's own deadlines, and what is granted beyond them on a busy machine.
HANDSHAKE = HEADERS = BODY = 10
ANSWER = 60
GRACE = 2
# A hello of TLS that promises 512 bytes and sends one of them.
HALF_HELLO = b"\x16\x03\x01\x02\x00\x01"


class Watch:
    """Asks for health and makes a call, over and over, in a thread of its own."""

    def __init__(self, suite):
        self.suite = suite
        self.health, self.calls, self.failures = [], [], []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def run(self):
        with self.suite.client(SERVICE) as client:
            while not self.is_over.wait(0.05):
                try:
                    start = time.monotonic()
                    if self.suite.health(SERVICE) != 200:
                        self.failures.append("not ready")
                    self.health.append(time.monotonic() - start)
                    start = time.monotonic()
                    client.call("identities.resolve", {"kind": "email", "value": "nobody@example.com"})
                    self.calls.append(time.monotonic() - start)
                except Exception as error:  # Whatever goes wrong is the figure.
                    self.failures.append(repr(error))


class SlowClients:
    """Connections of several kinds, and when each of them was closed."""

    def __init__(self, suite):
        self.suite = suite
        self.staff = suite.staff
        self.tls = ssl.create_default_context(cafile=suite.authority)
        self.tls.set_alpn_protocols(["http/1.1"])
        # Kind → seconds from the beginning of the wait to the close, None for those that were never closed.
        self.closed = {}
        self.answers = {}

    async def run(self, count, patience):
        kinds = [self.silent, self.half_hello, self.headers, self.drip, self.stalled_body, self.dripping_body]
        tasks = [self.one(kind, patience) for kind in kinds for _ in range(count // len(kinds))]
        await asyncio.gather(*tasks)

    async def one(self, kind, patience):
        reader, writer, drip = await kind()
        start = time.monotonic()
        received = b""
        dripping = asyncio.create_task(self.keep(writer, *drip)) if drip else None
        try:
            async with asyncio.timeout(patience):
                while data := await reader.read(65_536):
                    received += data
            seconds = time.monotonic() - start
        except TimeoutError:
            seconds = None
        except OSError:
            seconds = time.monotonic() - start
        if dripping:
            dripping.cancel()
        writer.transport.abort()
        self.closed.setdefault(kind.__name__, []).append(seconds)
        self.answers.setdefault(kind.__name__, set()).add(received[9:12])

    async def keep(self, writer, piece, pause):
        """Sends a piece from time to time, for as long as it is taken."""
        while not writer.transport.is_closing():
            await asyncio.sleep(pause)
            writer.write(piece)

    async def open(self, secure=True):
        return await asyncio.open_connection(
            "127.0.0.1", self.suite.port(SERVICE), ssl=self.tls if secure else None,
            server_hostname="localhost" if secure else None, ssl_handshake_timeout=60 if secure else None)

    async def started(self, data, secure=True, drip=None):
        reader, writer = await self.open(secure)
        writer.write(data)
        return reader, writer, drip

    async def silent(self):
        return await self.started(b"", secure=False)

    async def half_hello(self):
        return await self.started(HALF_HELLO, secure=False, drip=(b"\x00", 1))

    async def headers(self):
        return await self.started(b"POST /rpc HTTP/1.1\r\nHost: localhost\r\n")

    async def drip(self):
        return await self.started(b"POST /rpc HTTP/1.1\r\nHost: localhost\r\n", drip=(b"X-Slow: 1\r\n", 1))

    async def stalled_body(self):
        return await self.started(post(b"{", "Content-Length: 5000", token=self.staff, length=False))

    async def dripping_body(self):
        return await self.started(post(b"{", "Content-Length: 50000", token=self.staff, length=False), drip=(b" ", 0.5))


def test_clients_that_send_slowly_are_cut_off_and_harm_nobody(suite, figure):
    withstand(suite, figure, rounds=1)


@pytest.mark.soak
def test_slow_clients_that_come_again_and_again_harm_nobody(suite, figure):
    withstand(suite, figure, rounds=10)


def withstand(suite, figure, rounds):
    descriptors = suite.descriptors(SERVICE)
    resident = suite.resident(SERVICE)
    with Watch(suite) as watch:
        for _ in range(rounds):
            clients = SlowClients(suite)
            asyncio.run(clients.run(400, HEADERS + 10))
            deadlines = {"silent": HANDSHAKE, "half_hello": HANDSHAKE, "headers": HEADERS, "drip": HEADERS,
                         "stalled_body": BODY, "dripping_body": BODY}
            for kind, deadline in deadlines.items():
                closed = clients.closed[kind]
                assert None not in closed, f"{kind} was never closed"
                assert max(closed) < deadline + GRACE, kind
            # What came late is told so; what is no request yet gets no answer.
            assert clients.answers["stalled_body"] == clients.answers["dripping_body"] == {b"408"}
    eventually(lambda: suite.descriptors(SERVICE) <= descriptors + 3, 10)
    latest = {kind: round(max(closed), 1) for kind, closed in clients.closed.items()}
    figure(f"400 connections, closed after at most {latest} s; health at most {max(watch.health) * 1000:.0f} ms, "
           f"calls at most {max(watch.calls) * 1000:.0f} ms, memory +{(suite.resident(SERVICE) - resident) >> 10} KiB")
    assert watch.failures == []
    assert len(watch.health) > 50
    assert max(watch.health) < 0.5


def test_clients_that_do_not_take_their_answers_cost_little(suite, figure):
    refuse_to_read(suite, figure, until_closed=False)


@pytest.mark.soak
def test_clients_that_do_not_take_their_answers_are_cut_off(suite, figure):
    """Not beside the others: an answer has a minute to be taken."""
    refuse_to_read(suite, figure, until_closed=True)


def refuse_to_read(suite, figure, until_closed):
    descriptors = suite.descriptors(SERVICE)
    resident = suite.resident(SERVICE)
    questions = b"GET /openrpc.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200
    with Watch(suite) as watch, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawConnection(suite, receive_buffer=4096)) for _ in range(100)]
        start = time.monotonic()
        for client in clients:
            client.send(questions)
        eventually(lambda: len(watch.calls) > 30, 30)
        grown = suite.resident(SERVICE) - resident
        if until_closed:
            left = eventually(lambda: suite.descriptors(SERVICE) <= descriptors + 3, ANSWER + 10 + GRACE)
            assert left
            seconds = time.monotonic() - start
    eventually(lambda: suite.descriptors(SERVICE) <= descriptors + 3, 10)
    closed = f", closed after {seconds:.1f} s" if until_closed else ""
    figure(f"100 connections of 200 answers each that nobody reads: memory +{grown >> 10} KiB{closed}; "
           f"health at most {max(watch.health) * 1000:.0f} ms, calls at most {max(watch.calls) * 1000:.0f} ms")
    assert watch.failures == []
    assert max(watch.health) < 0.5
    assert grown < 32 << 20
