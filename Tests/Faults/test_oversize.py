"""More than is taken, in every dimension: refused early, with the exact status, in bounded memory."""

import gzip
import json
import time

import pytest

from support.http2 import DATA, END_HEADERS, HEADERS, RawHTTP2, block, frame, request
from support.raw import RawConnection, post

SERVICE = "channel-integration"
CALL = b'{"jsonrpc":"2.0","id":1,"method":"no.such"}'
LARGEST = 5 << 20


@pytest.fixture
def bounded(suite, figure):
    """The service holds hardly more memory after the test than before it."""
    with suite.client(SERVICE) as client:
        # Buffers that are made once and kept, by each thread its own, are not what is measured.
        for _ in range(12):
            client.post(b"[" + b" " * (LARGEST - 2) + b"]")
    for _ in range(3):
        send_without_end(suite)
    resident = suite.resident(SERVICE)
    start = time.monotonic()
    yield
    grown = suite.resident(SERVICE) - resident
    figure(f"{time.monotonic() - start:.2f} s, memory {grown >> 10:+} KiB")
    assert grown < 10 << 20


def only(answers):
    (status, _, body), = answers
    return status, json.loads(body)["error"]["code"] if body else None


def test_a_length_over_the_limit_is_refused_before_the_body(suite, bounded):
    for _ in range(20):
        with RawConnection(suite) as connection:
            connection.send(post(b"", f"Content-Length: {LARGEST + 1}", token=suite.staff, length=False))
            assert only(connection.answers(5, 1)) == (413, -32005)


def test_the_largest_body_is_taken_and_one_byte_more_is_not(suite, bounded):
    with RawConnection(suite) as connection:
        connection.send(post(b"1" + b" " * (LARGEST - 1), token=suite.staff))
        # It is read, and is no bulk call.
        assert only(connection.answers(5, 1)) == (413, -32005)
        assert not connection.is_closed
    with RawConnection(suite) as connection:
        connection.send(post(b"1" + b" " * LARGEST, token=suite.staff))
        assert only(connection.answers(5, 1)) == (413, -32005)


def test_a_body_without_end_is_cut_off(suite, bounded):
    send_without_end(suite)


def send_without_end(suite):
    """After the refusal 16 MiB or 5 s more are read and dropped."""
    chunk = b"10000\r\n" + b" " * (1 << 16) + b"\r\n"
    with RawConnection(suite) as connection:
        connection.send(post(b"", "Transfer-Encoding: chunked", token=suite.staff, length=False))
        sent = 0
        while sent < 200 << 20 and connection.send(chunk):
            sent += 1 << 16
        connection.receive_until(lambda: connection.is_closed, 10)
        assert connection.is_closed
        assert sent < 64 << 20
    with RawHTTP2(suite) as connection:
        connection.send(frame(HEADERS, END_HEADERS, 1, block(request(token=suite.staff))))
        sent = 0
        while sent < 200 << 20 and not connection.statuses() and not connection.is_closed:
            # The windows are left out of account: who does not keep to them is ended, too.
            if not connection.send(frame(DATA, 0, 1, b" " * 16_000)):
                break
            connection.receive(0.001)
            sent += 16_000
        connection.receive_until(lambda: connection.statuses() or connection.is_closed, 10)
        # The stream is refused, or the connection ended for what was sent beyond its windows; who goes on sending may
        # lose what it was told.
        refused = connection.statuses() == {1: 413} or connection.goaway() == "FLOW_CONTROL_ERROR"
        assert refused or connection.is_closed
        assert sent < 64 << 20


def test_a_caller_without_a_token_gets_64_kibibytes(suite, bounded):
    with RawConnection(suite) as connection:
        connection.send(post(CALL + b" " * (1 << 16)))
        assert only(connection.answers(5, 1)) == (413, -32005)


def test_a_compressed_body_is_refused_unread(suite, bounded):
    bomb = gzip.compress(CALL + b" " * (64 << 20))
    assert len(bomb) < 1 << 20
    for coding in ("gzip", "deflate", "br", "zstd", "gzip, identity"):
        with RawConnection(suite) as connection:
            connection.send(post(bomb, f"Content-Encoding: {coding}", token=suite.staff))
            assert only(connection.answers(5, 1)) == (415, -32600)


def test_too_many_headers_are_refused(suite, bounded):
    for fields in ([f"X-{number}: a" for number in range(10_000)], ["X-Long: " + "a" * 20_000],
                   [f"X-{number}: " + "a" * 1000 for number in range(20)]):
        with RawConnection(suite) as connection:
            connection.send(post(CALL, *fields, token=suite.staff))
            assert only(connection.answers(5)) == (431, None)
            assert connection.is_closed
    with RawHTTP2(suite) as connection:
        fields = [(f"x-{number}", "a") for number in range(1000)]
        connection.send(frame(HEADERS, END_HEADERS, 1, block(request("/rpc", "POST", suite.staff, *fields))))
        connection.receive_until(lambda: connection.is_closed, 5)
        assert connection.goaway() == "COMPRESSION_ERROR"


def test_a_long_target_is_refused(suite, bounded):
    with RawConnection(suite) as connection:
        connection.send(post(CALL, target="/rpc?" + "a" * 100_000, token=suite.staff))
        assert only(connection.answers(5)) == (431, None)
        assert connection.is_closed
    with RawConnection(suite) as connection:
        connection.send(post(CALL, target="/rpc?" + "a" * 10_000, token=suite.staff))
        assert [status for status, _, _ in connection.answers(5, 1)] == [200]


def test_too_many_rows_are_refused_as_a_whole(suite, bounded):
    rows = [{"sku": f"BULK-{number}", "name": "Bulk"} for number in range(5_000)]
    with suite.client(SERVICE) as client:
        answer = json.loads(client.post(json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "products.import", "params": {"rows": rows}}).encode()))
        assert (client.status, answer["error"]["code"]) == (200, -32602)
        assert answer["error"]["data"]["errors"][0]["path"] == "/params/rows"
    events = [{"type": "track", "event": "a", "messageId": str(number), "anonymousId": "a"} for number in range(5_000)]
    with suite.client("acquisition") as client:
        answer = json.loads(client.post(json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "events.collect", "params": {"batch": events}}).encode()))
        assert (client.status, answer["error"]["code"]) == (200, -32602)
        assert answer["error"]["data"]["errors"][0]["path"] == "/params/batch"
    with suite.database() as database:
        assert database.execute("SELECT count(*) FROM base.products WHERE sku LIKE 'BULK-%'").fetchone() == (0,)


def test_a_batch_of_too_many_calls_is_refused_as_a_whole(suite, bounded):
    with suite.client(SERVICE) as client:
        answer = json.loads(client.post(b"[" + b",".join([CALL] * 5_000) + b"]"))
        assert (client.status, answer["error"]["code"], answer["id"]) == (200, -32600, None)
