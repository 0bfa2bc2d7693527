"""What a client of HTTP/2 must not do (RFC 9113): each ends its own connection, or stream, and nobody else's.

h2spec is a program of Go that the machine need not have; the cases are its sections, written as frames.
"""

import json
import struct
import time

import hpack
import pytest

from support.http2 import (
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PREFACE, PRIORITY, PUSH_PROMISE,
    RST_STREAM, SETTINGS, WINDOW_UPDATE, RawHTTP2, block, frame, request, settings)
from support.suite import eventually

SERVICE = "channel-integration"
CALL = b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}'
GET = request("/", "GET")
POST = request()
LENGTH = ("content-length", str(len(CALL)))


def headers(fields, flags=END_HEADERS | END_STREAM, stream=1):
    return frame(HEADERS, flags, stream, block(fields))


def post(*fields):
    """The head of a call whose body follows."""
    return headers([*POST, *fields], END_HEADERS)


def without(name):
    return [field for field in GET if field[0] != name]


def instead(name, value):
    return [(field[0], value) if field[0] == name else field for field in GET]


def number(value):
    return struct.pack(">L", value)


# Name → the frames, and the error that the connection is ended with.
CONNECTION_ERRORS = {
    # The beginning (3.4). Those that are no bytes after a greeting are the greeting.
    "another preface": ((b"PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n" + settings(),), "PROTOCOL_ERROR"),
    "a request of HTTP/1.1": ((b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",), "PROTOCOL_ERROR"),
    "no settings first": ((PREFACE + frame(PING, payload=b"12345678") + headers(GET),), "PROTOCOL_ERROR"),
    # The size of frames (4.2, 6).
    "too much data in a frame": (post() + frame(DATA, 0, 1, b"x" * 16_385), "FRAME_SIZE_ERROR"),
    "too many headers in a frame": (
        frame(HEADERS, END_HEADERS, 1, block(GET) + b"\x00" * 16_385), "FRAME_SIZE_ERROR"),
    "too many settings in a frame": (frame(SETTINGS, payload=b"\x00" * 16_386), "FRAME_SIZE_ERROR"),
    "16 MiB told": (frame(DATA, 0, 1, length=0xFFFFFF), "FRAME_SIZE_ERROR"),
    "a short ping": (frame(PING, payload=b"1234567"), "FRAME_SIZE_ERROR"),
    "a short reset": (post() + frame(RST_STREAM, 0, 1, b"123"), "FRAME_SIZE_ERROR"),
    "a short window update": (frame(WINDOW_UPDATE, 0, 0, b"123"), "FRAME_SIZE_ERROR"),
    "a short priority": (frame(PRIORITY, 0, 1, b"123"), "FRAME_SIZE_ERROR"),
    "half a setting": (frame(SETTINGS, payload=b"12345"), "FRAME_SIZE_ERROR"),
    "settings acknowledged with some": (frame(SETTINGS, ACK, 0, b"123456"), "FRAME_SIZE_ERROR"),
    # Streams (5.1, 6).
    "a ping of a stream": (frame(PING, 0, 1, b"12345678"), "PROTOCOL_ERROR"),
    "settings of a stream": (frame(SETTINGS, 0, 1), "PROTOCOL_ERROR"),
    "data of no stream": (frame(DATA, 0, 0, b"x"), "PROTOCOL_ERROR"),
    "headers of no stream": (frame(HEADERS, END_HEADERS, 0, block(GET)), "PROTOCOL_ERROR"),
    "data of a stream to come": (frame(DATA, 0, 1, b"x"), "PROTOCOL_ERROR"),
    "a reset of a stream to come": (frame(RST_STREAM, 0, 1, number(8)), "PROTOCOL_ERROR"),
    "a window of a stream to come": (frame(WINDOW_UPDATE, 0, 1, number(1)), "PROTOCOL_ERROR"),
    "a stream of the server's number": (headers(GET, stream=2), "PROTOCOL_ERROR"),
    "a stream out of order": (headers(GET, stream=5) + headers(GET, stream=3), "PROTOCOL_ERROR"),
    "more streams than are taken": (
        b"".join(headers(POST, END_HEADERS, 1 + 2 * place) for place in range(200)), "PROTOCOL_ERROR"),
    "a promise of a client": (frame(PUSH_PROMISE, END_HEADERS, 1, number(2) + block(GET)), "PROTOCOL_ERROR"),
    "a stream that waits for itself": (frame(PRIORITY, 0, 1, number(1) + b"\x10"), "PROTOCOL_ERROR"),
    # Headers in several frames (6.10).
    "a continuation of nothing": (frame(CONTINUATION, END_HEADERS, 1, block(GET)), "PROTOCOL_ERROR"),
    "a frame between headers": (
        frame(HEADERS, END_STREAM, 1, block(GET)[:10]) + frame(PING, payload=b"12345678"), "PROTOCOL_ERROR"),
    "a continuation of another stream": (
        frame(HEADERS, END_STREAM, 1, block(GET)[:10]) + frame(CONTINUATION, END_HEADERS, 3, block(GET)[10:]),
        "PROTOCOL_ERROR"),
    "more padding than frame": (post() + frame(DATA, PADDED, 1, b"\x09abc"), "PROTOCOL_ERROR"),
    # Flow control (6.9).
    "a window of nothing": (frame(WINDOW_UPDATE, 0, 0, number(0)), "PROTOCOL_ERROR"),
    "a window of over 2 GiB": (frame(WINDOW_UPDATE, 0, 0, number(2**31 - 1)), "FLOW_CONTROL_ERROR"),
    "a first window of over 2 GiB": (settings((4, 2**31)), "FLOW_CONTROL_ERROR"),
    "a window made over 2 GiB by a setting": (
        post() + frame(WINDOW_UPDATE, 0, 1, number(2**30)) + settings((4, 2**31 - 1)), "FLOW_CONTROL_ERROR"),
    # Settings (6.5.2).
    "pushing that is neither on nor off": (settings((2, 2)), "PROTOCOL_ERROR"),
    "frames of 100 bytes": (settings((5, 100)), "PROTOCOL_ERROR"),
    # Compression (RFC 7541).
    "an index of nothing": (frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x80"), "COMPRESSION_ERROR"),
    "an index beyond the table": (
        frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff\xff\xff\xff\x0f"), "COMPRESSION_ERROR"),
    "a table larger than allowed": (
        frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x3f\xff\xff\xff\x07" + block(GET)), "COMPRESSION_ERROR"),
    "a wrong code of Huffman's": (
        frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x84\xff\xff\xff\xff\x00"), "COMPRESSION_ERROR"),
    "a header without a name": (headers([*GET, ("", "a")]), "COMPRESSION_ERROR"),
}

# Name → the frames of stream 1, and the error that it is reset with. The services close such a connection too, as
# RFC 9113, 5.4.1, allows.
STREAM_ERRORS = {
    "a window of the stream of over 2 GiB": (
        post() + frame(WINDOW_UPDATE, 0, 1, number(2**31 - 1)), "FLOW_CONTROL_ERROR"),
    "a window of the stream of nothing": (post() + frame(WINDOW_UPDATE, 0, 1, number(0)), "PROTOCOL_ERROR"),
    "data after the end": (headers(GET) + frame(DATA, 0, 1, b"x"), "STREAM_CLOSED"),
    "CR and LF in the path": (headers(request("/\r\nX-Smuggled: 1", "GET")), "PROTOCOL_ERROR"),
    "LF in the path": (headers(request("/\nb", "GET")), "PROTOCOL_ERROR"),
    "a blank in the path": (headers(request("/ HTTP/1.1", "GET")), "PROTOCOL_ERROR"),
    "a tab in the path": (headers(request("/\tb", "GET")), "PROTOCOL_ERROR"),
    "NUL in the path": (headers(request("/\x00", "GET")), "PROTOCOL_ERROR"),
    "an empty path": (headers(request("", "GET")), "PROTOCOL_ERROR"),
    "no path": (headers(without(":path")), "PROTOCOL_ERROR"),
    "two paths": (headers([(":path", "/"), *GET]), "PROTOCOL_ERROR"),
    "no method": (headers(without(":method")), "PROTOCOL_ERROR"),
    "no scheme": (headers(without(":scheme")), "PROTOCOL_ERROR"),
    "CR and LF in the method": (headers(instead(":method", "GET / HTTP/1.1\r\n")), "PROTOCOL_ERROR"),
    "a blank in the method": (headers(instead(":method", "GET /x")), "PROTOCOL_ERROR"),
    "CR and LF in the host": (headers(instead(":authority", "a\r\nb: c")), "PROTOCOL_ERROR"),
    "a method after other headers": (headers([*GET[1:], ("x-a", "b"), GET[0]]), "PROTOCOL_ERROR"),
    "an unknown pseudo header": (headers([(":what", "x"), *GET]), "PROTOCOL_ERROR"),
    "a status in a request": (headers([(":status", "200"), *GET]), "PROTOCOL_ERROR"),
    "a name in capitals": (headers([*GET, ("X-Upper", "a")]), "PROTOCOL_ERROR"),
    "CR and LF in a name": (headers([*GET, ("x\r\ny", "a")]), "PROTOCOL_ERROR"),
    "a colon in a name": (headers([*GET, ("a:b", "c")]), "PROTOCOL_ERROR"),
    "CR and LF in a value": (headers([*GET, ("x", "a\r\nb: c")]), "PROTOCOL_ERROR"),
    "NUL in a value": (headers([*GET, ("x", "a\x00")]), "PROTOCOL_ERROR"),
    "a transfer coding": (headers([*GET, ("transfer-encoding", "chunked")]), "PROTOCOL_ERROR"),
    "a connection's header": (headers([*GET, ("connection", "close")]), "PROTOCOL_ERROR"),
    "an upgrade": (headers([*GET, ("upgrade", "h2c")]), "PROTOCOL_ERROR"),
    "a coding of trailers": (headers([*GET, ("te", "gzip")]), "PROTOCOL_ERROR"),
    "a length too short": (post(("content-length", "3")) + frame(DATA, END_STREAM, 1, CALL), "PROTOCOL_ERROR"),
    "a length too long": (post(("content-length", "300")) + frame(DATA, END_STREAM, 1, CALL), "PROTOCOL_ERROR"),
    "two lengths": (post(LENGTH, ("content-length", "3")) + frame(DATA, END_STREAM, 1, CALL), "PROTOCOL_ERROR"),
    "a path among the trailers": (
        post() + frame(DATA, 0, 1, CALL) + headers([(":path", "/")]), "PROTOCOL_ERROR"),
    "trailers that are not the end": (
        post() + frame(DATA, 0, 1, CALL) + headers([("x-sum", "1")], END_HEADERS), "PROTOCOL_ERROR"),
}

# Name → the frames of stream 1, and the status they are answered with.
ANSWERS = {
    "a call": (post() + frame(DATA, END_STREAM, 1, CALL), 200),
    "a call with its length": (post(LENGTH) + frame(DATA, END_STREAM, 1, CALL), 200),
    "a call with trailers": (post() + frame(DATA, 0, 1, CALL) + headers([("x-sum", "1")]), 200),
    "a call in many frames": (
        post() + b"".join(frame(DATA, 0, 1, CALL[place:place + 1]) for place in range(len(CALL)))
        + frame(DATA, END_STREAM, 1), 200),
    "an unknown setting": (settings((0x99, 1)) + headers(GET), 200),
    "a frame of an unknown kind": (frame(0x42, 0xFF, 0, b"abc") + headers(GET), 200),
    "a path that is none": (headers(request("*", "GET")), 404),
    "a tunnel": (headers([(":method", "CONNECT"), (":authority", "localhost:22")]), 405),
}


@pytest.mark.parametrize("name", CONNECTION_ERRORS)
def test_a_connection_that_breaks_the_rules_is_ended(suite, name):
    frames, error = CONNECTION_ERRORS[name]
    greeting, frames = (frames[0], b"") if isinstance(frames, tuple) else (PREFACE + settings(), frames)
    with RawHTTP2(suite, greeting) as connection:
        connection.send(frames)
        connection.receive_until(lambda: connection.is_closed, 5)
        assert connection.goaway() == error
        assert connection.is_closed


@pytest.mark.parametrize("name", STREAM_ERRORS)
def test_a_stream_that_breaks_the_rules_is_reset(suite, name):
    frames, error = STREAM_ERRORS[name]
    with RawHTTP2(suite) as connection:
        connection.send(frames)
        connection.receive_until(lambda: connection.resets() or connection.is_closed, 5)
        assert connection.resets() == {1: error}
        assert connection.statuses() == {}


def test_what_is_within_the_rules_is_answered(suite):
    # Callers without a token have ten calls a second, of which other tests may have taken some.
    time.sleep(2)
    for name, (frames, status) in ANSWERS.items():
        with RawHTTP2(suite) as connection:
            connection.send(frames)
            connection.receive_until(lambda: connection.statuses(), 5)
            assert connection.statuses() == {1: status}, name
            assert connection.goaway() is None


def test_a_client_that_says_goodbye_gets_its_answers(suite):
    with RawHTTP2(suite) as connection:
        for stream in (1, 3, 5):
            connection.call(stream, CALL.replace(b"1,", b"%d," % stream), token=suite.staff)
        connection.send(frame(GOAWAY, 0, 0, number(0) + number(0)) + frame(WINDOW_UPDATE, 0, 0, number(1 << 24)))
        connection.send(b"".join(frame(WINDOW_UPDATE, 0, stream, number(1 << 20)) for stream in (1, 3, 5)))
        connection.receive_until(lambda: len(connection.bodies()) == 3, 10)
        for stream, body in connection.bodies().items():
            assert json.loads(body)["id"] == stream


def streams(count, after, token):
    """Calls without a body, each followed by a frame of its own stream."""
    head = block(request(token=token))
    return b"".join(
        frame(HEADERS, END_HEADERS, stream, head) + after(stream) for stream in range(1, 2 * count, 2))


def bomb():
    """A header of 4,000 bytes, then by one byte each 16,000 times more: 64 MB in a frame."""
    entry = b"\x40" + b"".join(
        hpack.hpack.encode_integer(len(text), 7) + text for text in (b"x-bomb", b"a" * 4000))
    first = frame(HEADERS, END_HEADERS | END_STREAM, 1, block(GET) + entry)
    return first + b"".join(
        frame(HEADERS, END_HEADERS | END_STREAM, stream, block(GET) + b"\xbe" * 16_000) for stream in range(3, 400, 2))


FLOODS = {
    "a bomb of headers": lambda token: bomb(),
    "continuations without end": lambda token: (
        frame(HEADERS, END_STREAM, 1, block(GET)) + frame(CONTINUATION, 0, 1, block([("x", "a" * 1000)])) * 10_000),
    "empty continuations": lambda token: (
        frame(HEADERS, END_STREAM, 1, block(GET)) + frame(CONTINUATION, 0, 1) * 10_000),
    "rapid resets": lambda token: streams(10_000, lambda stream: frame(RST_STREAM, 0, stream, number(8)), token),
    "resets that the server is made to send": lambda token: streams(
        10_000, lambda stream: frame(WINDOW_UPDATE, 0, stream, number(0)), token),
    "settings": lambda token: settings((3, 100)) * 20_000,
    "changes of the table": lambda token: settings((1, 4096), (1, 0)) * 20_000,
    "pings": lambda token: frame(PING, payload=b"12345678") * 20_000,
    "acknowledged pings": lambda token: frame(PING, ACK, payload=b"12345678") * 20_000,
    "priorities": lambda token: b"".join(
        frame(PRIORITY, 0, stream, number(0) + b"\x10") for stream in range(1, 40_000, 2)),
    "empty data": lambda token: (
        headers(request(token=token), END_HEADERS) + frame(DATA, 0, 1) * 20_000),
    "padding": lambda token: (
        headers(request(token=token), END_HEADERS) + frame(DATA, PADDED, 1, b"\xff" + bytes(255)) * 20_000),
    "windows": lambda token: frame(WINDOW_UPDATE, 0, 0, number(1)) * 50_000,
    "frames of an unknown kind": lambda token: frame(0x77, 0, 0, b"x" * 100) * 20_000,
}
# What may be sent as much as anybody likes costs little, and is no reason to end a connection.
ALLOWED = {"windows", "frames of an unknown kind"}


def call_seconds(client):
    start = time.monotonic()
    client.call("identities.resolve", {"kind": "email", "value": "nobody@example.com"})
    return time.monotonic() - start


def test_floods_are_ended_and_harm_nobody_else(suite, figure):
    with suite.client(SERVICE) as client:
        usual = sorted(call_seconds(client) for _ in range(200))[197]
        resident, busy, start = suite.resident(SERVICE), suite.processor_seconds(SERVICE), time.monotonic()
        meanwhile, most = [], 0
        for name, make in FLOODS.items():
            frames = make(suite.staff)
            with RawHTTP2(suite) as connection:
                connection.socket.settimeout(5)
                connection.send(frames)
                meanwhile += [call_seconds(client) for _ in range(20)]
                ended = connection.receive_until(lambda: connection.goaway() or connection.is_closed, 0.5)
                most = max(most, suite.resident(SERVICE) - resident)
                if name in ALLOWED:
                    assert not ended, name
                else:
                    assert connection.goaway() in ("ENHANCE_YOUR_CALM", "COMPRESSION_ERROR", None), name
                    assert ended, name
        took, busy = time.monotonic() - start, suite.processor_seconds(SERVICE) - busy
    slow = sorted(meanwhile)[len(meanwhile) * 99 // 100 - 1]
    figure(f"{len(FLOODS)} floods in {took:.1f} s: {busy / took:.0%} of a core, memory +{most >> 10} KiB; a call of "
           f"another client took {slow * 1000:.1f} ms at the 99th percentile, {usual * 1000:.1f} ms before")
    assert most < 20 << 20
    # The client sends as fast as it can, so what counts is what one flood costs.
    assert busy / len(FLOODS) < 0.25
    assert slow < max(3 * usual, 0.1)
    eventually(lambda: suite.health(SERVICE) == 200)
