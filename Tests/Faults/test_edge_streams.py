"""What the edge does to a request on its way, seen from the other side: streams, uploads, headers, certificates."""

import http.client
import json
import os
import ssl
import time

import pytest

from support.certificates import Authority
from support.suite import eventually, new_key
from support.upstream import Edge, Upstream

MEGABYTE = 1 << 20


@pytest.fixture
def place(tmp_path):
    os.chmod(tmp_path, 0o755)
    authority = Authority(f"edge {new_key()}")
    with Upstream(tmp_path, authority) as upstream, Edge(tmp_path, authority, upstream) as edge:
        yield edge, upstream


def connect(edge):
    context = ssl.create_default_context(cafile=edge.authority)
    return http.client.HTTPSConnection("localhost", edge.port("edge"), context=context, timeout=30)


def get(edge, path, **headers):
    connection = connect(edge)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_an_event_is_there_before_the_next_one_is_written(place, figure):
    edge, upstream = place
    connection = connect(edge)
    connection.request("GET", "/retention/events?topics=journal", headers={"Accept-Encoding": "gzip"})
    start = time.monotonic()
    answer = connection.getresponse()
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Content-Encoding"] is None and answer.headers["Cache-Control"] == "no-store"
    assert answer.read1(1000) == b"id: 1\ndata: one\n\n"
    figure(f"the first event came after {time.monotonic() - start:.3f} s, while the stream went on")
    upstream.release.set()
    assert answer.read() == b"id: 2\ndata: two\n\n"
    assert upstream.requests[-1][0] == "/events?topics=journal"
    connection.close()


@pytest.mark.parametrize("path", ["/retention/uploads", "/retention/uploads/part-1"])
def test_an_upload_goes_to_the_service_as_it_comes(place, path, figure):
    edge, upstream = place
    connection = connect(edge)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "text/csv")
    connection.putheader("Content-Length", str(20 * MEGABYTE))
    connection.endheaders()
    connection.send(bytes(MEGABYTE))
    # The service has the beginning while the end is not sent yet.
    eventually(lambda: upstream.arrived >= MEGABYTE // 2, 10)
    assert upstream.arrived <= MEGABYTE
    for _ in range(19):
        connection.send(bytes(MEGABYTE))
    answer = json.loads(connection.getresponse().read())
    assert answer == {"path": path.removeprefix("/retention"), "bytes": 20 * MEGABYTE}
    figure("20 MiB, of which the service had the first while the last was not sent")
    connection.close()


def test_uploads_end_at_a_hundred_megabytes_and_calls_at_five(place):
    edge, upstream = place
    for path, size, expected in [("/retention/uploads", 100 * MEGABYTE, None), ("/retention/uploads", 100 * MEGABYTE + 1, 413),
                                 ("/retention/rpc", 5 * MEGABYTE, None), ("/retention/rpc", 5 * MEGABYTE + 1, 413),
                                 ("/retention/uploadsmore", 5 * MEGABYTE + 1, 413)]:
        connection = connect(edge)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        if expected is None:
            # Taken: the edge waits for the body.
            connection.sock.settimeout(1)
            with pytest.raises(TimeoutError):
                connection.sock.recv(1)
        else:
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["error"]["code"]) == (413, -32005), (path, size)
        connection.close()
    assert upstream.arrived == 0


def test_the_service_sees_the_path_below_its_name_and_the_edges_word_for_the_caller(place):
    edge, upstream = place
    status, seen = get(edge, "/retention/a%20b/%C3%A9?x=%2F..&y=1", X_Forwarded_For="198.51.100.1", X_Real_IP="1.1.1.1",
                       Forwarded="for=1.1.1.1", X_Request_ID="call-7", Authorization="Bearer t", Idempotency_Key="k")
    assert (status, seen["path"]) == (200, "/a%20b/%C3%A9?x=%2F..&y=1")
    headers = seen["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1" and headers["x-request-id"] == "call-7"
    assert "x-real-ip" not in headers and "forwarded" not in headers
    assert (headers["authorization"], headers["idempotency-key"]) == ("Bearer t", "k")
    # An id that could be something else is replaced.
    assert len(get(edge, "/retention/", X_Request_ID='"},{')[1]["headers"]["x-request-id"]) == 32
    # By its certificate the service knows that it is the edge.
    names = {name for kind, name in upstream.requests[-1][2]["subjectAltName"]}
    assert "spiffe://ecrm/edge" in names


def test_a_balancer_is_believed_only_where_it_is_named(tmp_path):
    os.chmod(tmp_path, 0o755)
    authority = Authority(f"edge {new_key()}")
    with Upstream(tmp_path, authority) as upstream, \
            Edge(tmp_path, authority, upstream, ECRM_TRUSTED_PROXIES="127.0.0.0/8,10.0.0.0/8") as edge:
        told = get(edge, "/retention/", X_Forwarded_For="203.0.113.5, 198.51.100.1, 10.1.2.3")[1]["headers"]
        assert told["x-forwarded-for"] == "198.51.100.1"


@pytest.mark.parametrize("wrong", ["name", "authority"])
def test_whoever_is_not_the_service_is_told_nothing(tmp_path, wrong):
    os.chmod(tmp_path, 0o755)
    authority = Authority(f"edge {new_key()}")
    other = Authority(f"other {new_key()}") if wrong == "authority" else authority
    certified = "expansion" if wrong == "name" else None
    with Upstream(tmp_path, other, certified=certified) as upstream, Edge(tmp_path, authority, upstream) as edge:
        status, answer = get(edge, "/retention/", Authorization="Bearer secret")
        assert (status, answer["error"]["data"]["type"]) == (503, "unavailable")
        assert upstream.requests == []
