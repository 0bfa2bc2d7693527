"""Requests of HTTP/1.1 that two readers could take for different ones (RFC 9112).

Each is sent on a connection of its own. Behind what is ambiguous lies a second request: a reader that sees it where
RFC 9112 sees none answers once too often. Behind a proxy that lets nothing but calls through, a service that gets to
see it has read otherwise than the proxy.
"""

import contextlib
import json
import shutil
import subprocess

import pytest

from support.raw import RawConnection, post
from support.suite import eventually, free_base, is_free

CALL = b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}'
HEAD = b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(CALL)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(CALL), CALL)
REFUSED = "400 and closed"

# Name → the bytes, and what is answered: the statuses of an open connection, or one 400 and the end.
CASES = {
    # Length and transfer coding together (RFC 9112, 6.1 and 6.3).
    "length before chunked": (HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "chunked before length": (
        HEAD + b"Transfer-Encoding: chunked\r\n" + LENGTH + b"\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "length short of the chunks": (
        HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "chunked with nothing and a length": (
        HEAD + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(SMUGGLED)) + SMUGGLED,
        REFUSED),
    # Spellings of the transfer coding.
    "chunked, as it should be": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED, [200]),
    "chunked in capitals": (HEAD + b"Transfer-Encoding: CHUNKED\r\n\r\n" + CHUNKED, [200]),
    "chunked with blanks around": (HEAD + b"Transfer-Encoding: \t chunked \r\n\r\n" + CHUNKED, [200]),
    "misspelt coding": (HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "misspelt coding and a length": (HEAD + b"Transfer-Encoding: xchunked\r\n" + LENGTH + b"\r\n" + CALL, REFUSED),
    "identity": (HEAD + b"Transfer-Encoding: identity\r\n" + LENGTH + b"\r\n" + CALL + SMUGGLED, REFUSED),
    "chunked, then identity": (HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "chunked twice": (HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "two transfer codings in two lines": (
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "gzip, then chunked": (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "an empty coding": (HEAD + b"Transfer-Encoding: \r\n" + LENGTH + b"\r\n" + CALL + SMUGGLED, REFUSED),
    "a quoted coding": (HEAD + b'Transfer-Encoding: "chunked"\r\n\r\n' + CHUNKED + SMUGGLED, REFUSED),
    "a vertical tab before the coding": (HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + CHUNKED, REFUSED),
    "a blank before the colon": (HEAD + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "an underscore in the name": (HEAD + b"Transfer_Encoding: chunked\r\n" + LENGTH + b"\r\n" + CALL, [200]),
    "a NUL in the coding": (HEAD + b"Transfer-Encoding: chu\x00nked\r\n\r\n" + CHUNKED, REFUSED),
    "a transfer coding of HTTP/1.0": (
        HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Transfer-Encoding: chunked\r\n" + LENGTH + b"\r\n" + CHUNKED,
        REFUSED),
    # Lines of headers (5.2, 2.2).
    "a folded coding": (HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + CHUNKED + SMUGGLED, REFUSED),
    "a folded header": (HEAD + b"X-Note: a\r\n b\r\n" + LENGTH + b"\r\n" + CALL, REFUSED),
    "a header without a name": (HEAD + b": nothing\r\n" + LENGTH + b"\r\n" + CALL, REFUSED),
    "a header without a colon": (HEAD + b"Nothing\r\n" + LENGTH + b"\r\n" + CALL, REFUSED),
    "a bare CR in a header": (HEAD + b"X-Note: a\rTransfer-Encoding: chunked\r\n" + LENGTH + b"\r\n" + CALL, REFUSED),
    "a bare CR for an end of line": (HEAD + b"X-Note: a\r" + LENGTH + b"\r\n" + CALL, REFUSED),
    "a blank before the first header": (
        HEAD.replace(b"Host:", b" Host:") + LENGTH + b"\r\n" + CALL, REFUSED),
    "LF only": ((HEAD + LENGTH + b"\r\n").replace(b"\r\n", b"\n") + CALL, REFUSED),
    # The length (6.2, 6.3).
    "the same length twice": (HEAD + LENGTH + LENGTH + b"\r\n" + CALL, REFUSED),
    "two lengths": (HEAD + LENGTH + b"Content-Length: 4\r\n\r\n" + CALL + SMUGGLED, REFUSED),
    "a list of lengths": (
        HEAD + b"Content-Length: %d, %d\r\n\r\n" % (len(CALL), len(CALL)) + CALL, REFUSED),
    "a length with a sign": (HEAD + b"Content-Length: +%d\r\n\r\n" % len(CALL) + CALL, REFUSED),
    "a negative length": (HEAD + b"Content-Length: -1\r\n\r\n" + SMUGGLED, REFUSED),
    "a hexadecimal length": (HEAD + b"Content-Length: 0x%x\r\n\r\n" % len(CALL) + CALL, REFUSED),
    "a length beyond 64 bits": (HEAD + b"Content-Length: 18446744073709551664\r\n\r\n" + CALL, REFUSED),
    "no length": (HEAD + b"\r\n" + SMUGGLED, [200, 404]),
    # Chunks (7.1).
    "a chunk with an extension": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED.replace(b"\r\n", b";note=a\r\n", 1), [200]),
    "an extension with a bare LF": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED.replace(b"\r\n", b";a\n", 1) + SMUGGLED, REFUSED),
    "a chunk with a sign": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n+" + CHUNKED, REFUSED),
    "a chunk of 0x and its size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x" + CHUNKED, REFUSED),
    "a chunk beyond 64 bits": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n10000000000000030\r\n" + CALL, REFUSED),
    "a chunk longer than told": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\n" + CALL + b"\r\n0\r\n\r\n", REFUSED),
    "a trailer that is a header": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED[:-2] + b"Content-Length: 4\r\n\r\n" + SMUGGLED, REFUSED),
    "a trailer": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED[:-2] + b"X-Sum: 4\r\n\r\n", [200]),
    # The first line (3).
    "a full address as target": (
        HEAD.replace(b" /rpc", b" https://localhost/rpc") + LENGTH + b"\r\n" + CALL, [200]),
    "a full address of another host": (
        HEAD.replace(b" /rpc", b" https://other.example/smuggled") + LENGTH + b"\r\n" + CALL, [404]),
    "two hosts": (HEAD + b"Host: other.example\r\n" + LENGTH + b"\r\n" + CALL, REFUSED),
    "no host": (HEAD.replace(b"Host: localhost\r\n", b"") + LENGTH + b"\r\n" + CALL, REFUSED),
    "a version to come": (HEAD.replace(b"HTTP/1.1", b"HTTP/1.9") + LENGTH + b"\r\n" + CALL, REFUSED),
    "HTTP/2 without its preface": (HEAD.replace(b"HTTP/1.1", b"HTTP/2.0") + LENGTH + b"\r\n" + CALL, REFUSED),
    "a blank in the target": (HEAD.replace(b" /rpc", b" /rpc /smuggled") + LENGTH + b"\r\n" + CALL, REFUSED),
    "empty lines before": (b"\r\n\r\n" + HEAD + LENGTH + b"\r\n" + CALL, [200]),
    # Expect (RFC 9110, 10.1.1).
    "continue is waited for": (HEAD + LENGTH + b"Expect: 100-continue\r\n\r\n" + CALL, [100, 200]),
    "another expectation": (HEAD + LENGTH + b"Expect: 200-ok\r\n\r\n" + CALL, [200]),
    # Other requests with a body.
    "a body of GET": (
        b"GET /openrpc.json HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        [200]),
    "a tunnel": (b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\n\r\n" + SMUGGLED, "404 and closed"),
    "an upgrade to HTTP/2": (
        HEAD + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n" + LENGTH + b"\r\n"
        + CALL, "200 and closed"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_doubtful_request_is_refused_or_read_as_the_standard_has_it(suite, name):
    data, expected = CASES[name]
    ends = isinstance(expected, str)
    statuses = [int(expected.split()[0])] if ends else expected
    token = f"Authorization: Bearer {suite.staff}\r\n".encode()
    with RawConnection(suite) as connection:
        # A token keeps the test's many requests out of the limit of those who have none.
        connection.send(data.replace(b"Content-Type: ", token + b"Content-Type: ", 1))
        answers = connection.answers(5, None if ends else len(statuses))
        assert [status for status, _, _ in answers] == statuses
        if ends:
            assert connection.is_closed and not connection.is_reset
            return
        # What was answered was all there was: the next answer is the next request's.
        connection.send(post(b'{"jsonrpc":"2.0","id":7,"method":"no.such"}', token=suite.staff))
        *_, (status, _, body) = connection.answers(5, len(statuses) + 1)
        assert len(connection.answers(0.05)) == len(statuses) + 1
        assert (status, json.loads(body)["id"]) == (200, 7)


@contextlib.contextmanager
def edge(suite):
    """The port of nginx, as the suite runs it, and the path of calls there."""
    yield suite.port("edge"), b"/channel-integration/rpc"


@contextlib.contextmanager
def haproxy(suite):
    """The port of a haproxy in front of the service, which keeps connections to it open and lends them to anybody."""
    port = free_base()
    pair = f"{suite.folder}/haproxy.pem"
    with open(pair, "w", encoding="utf-8") as file:
        file.write(suite.text("tls/channel-integration.pem") + "\n" + suite.text("tls/channel-integration.key") + "\n")
    config = f"{suite.folder}/haproxy.cfg"
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"""
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend front
  bind 127.0.0.1:{port} ssl crt {pair} alpn http/1.1
  http-request deny unless {{ path /rpc }}
  default_backend service
backend service
  http-reuse always
  server one 127.0.0.1:{suite.port("channel-integration")} ssl verify required ca-file {suite.authority} \
verifyhost localhost sni str(localhost) alpn http/1.1
""")
    program = shutil.which("haproxy") or "/usr/sbin/haproxy"
    process = subprocess.Popen(
        [program, "-db", "-f", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: not is_free(port))
        yield port, b"/rpc"
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("proxy", [edge, haproxy])
def test_nothing_is_smuggled_through_a_proxy(suite, proxy, figure):
    token = f"Authorization: Bearer {suite.staff}\r\n".encode()

    def smuggled():
        return suite.metrics("channel-integration").get(
            'http_requests_total{service="channel-integration",status="404"}', 0)

    before = smuggled()
    with RawConnection(suite) as connection:
        connection.send(SMUGGLED)
        assert [status for status, _, _ in connection.answers(5, 1)] == [404]
    assert smuggled() == before + 1, "what a service gets to see is counted"

    refused = 0
    with proxy(suite) as (port, path):
        for name, (data, _) in CASES.items():
            with RawConnection(suite, port=port) as connection:
                connection.send(
                    data.replace(b"Content-Type: ", token + b"Content-Type: ", 1).replace(b"/rpc ", path + b" ", 1))
                refused += any(status >= 400 for status, _, _ in connection.answers(0.3))
            # Whoever comes next, on the same connection to the service, has an answer to what was asked.
            with RawConnection(suite, port=port) as connection:
                connection.send(
                    post(b'{"jsonrpc":"2.0","id":7,"method":"no.such"}', target=path.decode(), token=suite.staff))
                (status, _, body), *_ = connection.answers(5, 1)
                assert (status, json.loads(body)["id"]) == (200, 7), name
            assert smuggled() == before + 1, name
    figure(f"{len(CASES)} requests in doubt through {proxy.__name__}, {refused} refused, none smuggled")
    assert refused > len(CASES) // 3


def test_a_pipeline_of_a_hundred_calls_is_answered_in_order(suite, figure):
    call = b'{"jsonrpc":"2.0","id":%d,"method":"identities.resolve","params":{"kind":"email","value":"a@x.de"}}'
    calls = [call % number for number in range(100)]
    with RawConnection(suite) as connection:
        connection.send(b"".join(post(call, token=suite.staff) for call in calls))
        answers = connection.answers(30, 100)
        assert [status for status, _, _ in answers] == [200] * 100
        assert [json.loads(body)["id"] for _, _, body in answers] == list(range(100))
        assert not connection.is_closed
    ended = sum(isinstance(expected, str) for _, expected in CASES.values())
    figure(f"100 of 100 answers; of {len(CASES)} requests in doubt {ended} end their connection, the others are read "
           "as RFC 9112 has it")
