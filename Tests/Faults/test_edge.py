"""The edge: one origin for the services and the console, over verified TLS, within limits."""

import gzip
import http.client
import json
import os
import select
import shutil
import signal
import ssl
import threading
import time

import h2.config
import h2.connection
import h2.events
import pytest

from support.certificates import Authority, served_serial, write
from support.raw import RawConnection
from support.rpc import RPCError
from support.suite import SERVICES, Suite, eventually, new_key

POLICY = ("default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          "frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
DISCOVER = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "rpc.discover", "params": {}}).encode()


def ask(suite, path, method="GET", body=None, **headers):
    """An answer of the edge: status, headers and body."""
    context = ssl.create_default_context(cafile=suite.authority)
    connection = http.client.HTTPSConnection("localhost", suite.port("edge"), context=context, timeout=20)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


class HTTP2(RawConnection):
    """A client by the library h2, with many calls at a time on one connection."""

    def __init__(self, suite):
        super().__init__(suite, "edge", protocol="h2")
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.state.initiate_connection()
        self.socket.sendall(self.state.data_to_send())
        self.answers = {}
        self.ended = set()

    def ask(self, path, body=None, *headers):
        """Sends a request and answers its stream."""
        stream = self.state.get_next_available_stream_id()
        method = "GET" if body is None else "POST"
        fields = [(":method", method), (":scheme", "https"), (":authority", "localhost"), (":path", path), *headers]
        if body is not None:
            fields.append(("content-type", "application/json"))
        self.state.send_headers(stream, fields, end_stream=body is None)
        if body is not None:
            self.state.send_data(stream, body, end_stream=True)
        self.socket.sendall(self.state.data_to_send())
        return stream

    def wait(self, streams, seconds=20):
        """Waits for these answers: stream → status, headers, body."""
        deadline = time.monotonic() + seconds
        while not set(streams) <= self.ended:
            assert time.monotonic() < deadline, "the edge does not answer"
            self.socket.settimeout(1)
            try:
                came = self.socket.recv(65_536)
            except TimeoutError:
                continue
            assert came, "the edge has closed the connection"
            for event in self.state.receive_data(came):
                self.take(event)
            self.socket.sendall(self.state.data_to_send())
        return {stream: self.answers[stream] for stream in streams}

    def take(self, event):
        if isinstance(event, h2.events.ResponseReceived):
            fields = dict(event.headers)
            self.answers[event.stream_id] = (int(fields[":status"]), fields, b"")
        elif isinstance(event, h2.events.DataReceived):
            status, fields, body = self.answers[event.stream_id]
            self.answers[event.stream_id] = (status, fields, body + event.data)
            self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
            self.ended.add(event.stream_id)


def test_every_service_is_reached_by_its_name_over_a_verified_certificate(suite):
    for service in SERVICES:
        with suite.through_edge(service) as client:
            document = client.call("rpc.discover")
            assert document["info"]["title"] == service
            assert client.post(b'{"jsonrpc":"2.0","method":"rpc.discover"}') == b"" and client.status == 204
    status, _, body = ask(suite, "/retention/openrpc.json")
    assert status == 200 and json.loads(body)["openrpc"] == "1.3.2"
    # The suite's own clients trust its authority; nobody else is vouched for.
    with pytest.raises(ssl.SSLCertVerificationError), suite.client("edge") as client:
        client.tls = ssl.create_default_context()
        client.post(DISCOVER)


def test_the_edge_talks_to_nobody_but_the_service_of_that_name(own_suite):
    suite = own_suite
    # A certificate of the suite's own authority, but another service's.
    for kind in ["key", "pem"]:
        with open(f"{suite.folder}/tls/acquisition.{kind}", "rb") as file:
            write(f"{suite.folder}/tls/retention.{kind}", file.read())
    stranger = Authority(f"stranger {new_key()}")
    stranger.issue(["localhost", "expansion"], usages=["server"]).write(f"{suite.folder}/tls/expansion")
    before = {service: suite.pid(service) for service in ["retention", "expansion"]}
    for service in before:
        suite.kill(service)
        eventually(lambda at=service: is_replaced(suite, at, before[at]))
    for service in before:
        status, _, body = ask(suite, f"/{service}/rpc", "POST", DISCOVER, Content_Type="application/json")
        assert (status, json.loads(body)["error"]["code"]) == (503, -32010), service
    assert "No faults" not in suite.ecrm("check", check=False)
    with suite.through_edge("acquisition") as client:
        assert client.call("rpc.discover")


def test_services_that_ask_for_certificates_know_the_edge_by_its_own():
    suite = Suite()
    allowed = f"{suite.folder}/allowed"
    write(allowed, b"spiffe://ecrm/edge  customers.search rpc.discover\n", 0o644)
    suite.environment |= {"ECRM_TLS_CLIENT_AUTHORITY": suite.authority, "ECRM_CLIENT_ALLOW_LIST": allowed}
    with suite:
        with suite.through_edge("channel-integration") as client:
            assert client.call("customers.search", {"text": "nobody"}) == {"items": []}
            with pytest.raises(RPCError) as refused:
                client.call("profiles.upsert", {"source": "shop", "externalId": "1"}, key=new_key())
            assert refused.value.code == -32003
        with pytest.raises(OSError), suite.client("channel-integration") as client:
            client.call("rpc.discover")


def is_replaced(suite, service, killed):
    try:
        return suite.pid(service) != killed and suite.health(service) == 200
    except (OSError, IndexError):
        return False


def test_many_calls_share_one_connection_of_http2(suite, figure):
    with HTTP2(suite) as connection:
        token = ("authorization", f"Bearer {suite.staff}")
        start = time.monotonic()
        streams = {}
        for number in range(60):
            service = SERVICES[number % 5]
            body = json.dumps({"jsonrpc": "2.0", "id": number, "method": "jobs.list", "params": {}}).encode()
            streams[connection.ask(f"/{service}/rpc", body, token)] = number
        answers = connection.wait(streams)
        for stream, number in streams.items():
            status, _, body = answers[stream]
            answer = json.loads(body)
            assert status == 200 and answer["id"] == number and "items" in answer["result"], answer
        figure(f"60 calls to 5 services on one connection in {time.monotonic() - start:.3f} s")


@pytest.mark.parametrize("path", ["/", "/index.html", "/customers/0190/timeline", "/ecrm.js", "/missing.js", "/health",
                                  "/acquisition/", "/acquisition/rpc", "/nobody/rpc", "/.git/config"])
def test_every_answer_is_held_to_the_policy(suite, path):
    _, headers, _ = ask(suite, path)
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers.get_all("Content-Security-Policy") == [POLICY]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Server"] in ("nginx", None)


def test_the_console_its_client_and_its_charts_are_served_and_asked_after(suite):
    status, headers, page = ask(suite, "/")
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-cache"
    # No script of a page's own text: the policy forbids it.
    assert b"<script>" not in page
    assert ask(suite, "/", If_None_Match=headers["ETag"])[0] == 304
    # A place within the console is the console's affair; a file that is not there is not.
    assert ask(suite, "/customers/0190/timeline")[2] == page
    assert [ask(suite, path)[0] for path in ["/missing.js", "/a/b.css", "/.git/config", "/../ca.key"]] == [
        404, 404, 404, 400]
    assert ask(suite, "/", "POST", b"{}")[0] == 405
    for path, begins in [("/ecrm.js", b"// The client of the e-CRM suite"), ("/chart.js", b"/*!")]:
        status, headers, body = ask(suite, path)
        assert status == 200 and headers["Content-Type"].startswith("text/javascript"), path
        assert body.startswith(begins), path


def test_what_is_large_is_compressed_for_those_who_take_it(suite, figure):
    for path in ["/ecrm.js", "/channel-integration/openrpc.json"]:
        _, headers, plain = ask(suite, path)
        assert headers["Content-Encoding"] is None
        _, headers, packed = ask(suite, path, Accept_Encoding="gzip")
        assert headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in ", ".join(headers.get_all("Vary"))
        assert gzip.decompress(packed) == plain
        figure(f"{path}: {len(plain)} bytes go as {len(packed)}")
        assert len(packed) < len(plain) / 2


def test_what_a_service_refuses_comes_through_as_it_is(suite):
    status, headers, body = ask(suite, "/retention/rpc", "POST", b'{"jsonrpc":"2.0","id":1,"method":"clv.get"}',
                                Content_Type="application/json", X_Request_ID="call-1")
    error = json.loads(body)["error"]
    assert (status, error["data"]["type"], headers["WWW-Authenticate"]) == (401, "unauthenticated", "Bearer")
    assert headers.get_all("X-Request-ID") == ["call-1"] == [error["data"]["requestID"]]
    assert headers.get_all("Cache-Control") == ["no-store"]
    assert ask(suite, "/retention/nothing")[0] == 404
    assert ask(suite, "/retention/rpc")[0] == 405


def test_a_body_that_is_too_large_is_refused_as_services_refuse_it(suite):
    for service in SERVICES:
        status, _, body = ask(suite, f"/{service}/rpc", "POST", bytes(5 * 1024 * 1024 + 1),
                              Content_Type="application/json", Authorization=f"Bearer {suite.staff}")
        error = json.loads(body)["error"]
        assert (status, error["code"], error["data"]["type"]) == (413, -32005, "limit_exceeded"), service
        assert error["data"]["retryable"] is False and error["data"]["requestID"]
    # What a service takes comes through; an import of 5 MB is one.
    rows = [{"externalId": f"P-{number}", "traits": {"note": "x" * 4900}} for number in range(1000)]
    with suite.through_edge("channel-integration") as client:
        report = client.call("profiles.import", {"source": "edge-test", "rows": rows}, key=new_key())
        assert report["accepted"] == 1000
    # Uploads are longer: they go to the service as they come, which has no such path yet.
    status, _, body = ask(suite, "/retention/uploads", "POST", bytes(8 * 1024 * 1024),
                          Content_Type="application/octet-stream")
    assert (status, json.loads(body)["error"]["code"]) == (404, -32600)


def test_an_address_that_asks_without_end_is_told_to_wait_and_the_suite_goes_on(own_suite, figure):
    suite = own_suite
    with HTTP2(suite) as connection:
        refused = None
        sent, start = 0, time.monotonic()
        while refused is None and time.monotonic() - start < 60:
            streams = [connection.ask("/acquisition/") for _ in range(100)]
            sent += 100
            answers = connection.wait(streams).values()
            assert {status for status, _, _ in answers} <= {200, 429}
            refused = next((answer for answer in answers if answer[0] == 429), None)
        figure(f"the first refusal is among {sent} requests in {time.monotonic() - start:.1f} s")
        status, headers, body = refused
        error = json.loads(body)["error"]
        assert (error["code"], error["data"]["type"], error["data"]["retryable"]) == (-32005, "limit_exceeded", True)
        assert headers["retry-after"] == "1" and error["data"]["retryAfterMs"] == 1000
        assert headers["x-request-id"] == error["data"]["requestID"]
    # The console has a limit of its own, and a second later calls are taken again.
    assert ask(suite, "/")[0] == 200
    eventually(lambda: ask(suite, "/acquisition/")[0] == 200, 5)


def test_a_service_is_told_the_callers_address_by_the_edge_alone(own_suite):
    suite = own_suite
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "signIns.redeem", "params": {"code": "wrong"}}).encode()

    def attempt(invented):
        return ask(suite, "/channel-integration/rpc", "POST", body, Content_Type="application/json",
                   X_Forwarded_For=invented, X_Real_IP=invented, Forwarded=f"for={invented}")[0]

    # Whoever invents addresses is still one caller, who has ten tries a minute.
    statuses = [attempt(f"198.51.100.{number}") for number in range(13)]
    assert statuses[:10] == [200] * 10 and 429 in statuses[10:], statuses
    # The edge's own word counts: another caller has tries of his own.
    with suite.client("channel-integration", token="") as client:
        client.post(body, headers={"X-Forwarded-For": "203.0.113.9"})
        assert client.status == 200
    status, headers, answer = ask(suite, "/channel-integration/rpc", "POST", body, Content_Type="application/json")
    assert status == 429 and int(headers["Retry-After"]) >= 1 and headers.get_all("Retry-After") == [headers["Retry-After"]]
    assert json.loads(answer)["error"]["data"]["type"] == "limit_exceeded"


def test_a_service_that_is_down_is_told_in_its_own_way_and_the_others_go_on(own_suite, figure):
    suite = own_suite
    # The supervisor keeps services down while a restore's record names a process that runs.
    record = f"{suite.folder}/run/restore.pid"
    shutil.copy(f"{suite.folder}/run/edge.pid", record)
    suite.kill("retention")
    eventually(lambda: ask(suite, "/retention/openrpc.json")[0] == 503)
    for _ in range(3):
        status, headers, body = ask(suite, "/retention/rpc", "POST", DISCOVER, Content_Type="application/json")
        error = json.loads(body)["error"]
        assert status == 503 and headers["Content-Type"] == "application/json"
        assert (error["code"], error["data"]["type"], error["data"]["retryable"]) == (-32010, "unavailable", True)
        assert headers["Retry-After"] == "1" and headers["Cache-Control"] == "no-store"
        for service in SERVICES:
            if service != "retention":
                with suite.through_edge(service) as client:
                    assert client.call("rpc.discover")
        assert ask(suite, "/")[0] == 200
    os.remove(record)
    start = time.monotonic()
    eventually(lambda: ask(suite, "/retention/openrpc.json")[0] == 200)
    figure(f"answers {time.monotonic() - start:.1f} s after it was let up again")


@pytest.mark.soak
def test_a_service_that_hangs_is_given_up(own_suite, figure):
    suite = own_suite
    with suite.through_edge("retention") as client:
        client.timeout = 100
        assert client.call("rpc.discover")
        os.kill(suite.pid("retention"), signal.SIGSTOP)
        try:
            start = time.monotonic()
            error = json.loads(client.post(DISCOVER))["error"]
            figure(f"given up after {time.monotonic() - start:.0f} s")
            assert (client.status, error["code"], error["data"]["retryable"]) == (504, -32010, True)
        finally:
            os.kill(suite.pid("retention"), signal.SIGCONT)


@pytest.mark.parametrize("whom", ["master", "worker", "both"])
def test_a_killed_edge_is_back_within_ten_seconds(own_suite, whom, figure):
    suite = own_suite
    master = suite.pid("edge")
    workers = children(master)
    assert workers
    killed = {"master": [master], "worker": workers, "both": [master, *workers]}[whom]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    start = time.monotonic()

    def is_back():
        try:
            renewed = suite.pid("edge") != master if master in killed else set(children(master)) - set(workers)
            return renewed and ask(suite, "/health")[0] == 200
        except (OSError, http.client.HTTPException, IndexError):
            return False

    eventually(is_back, 15, every=0.02)
    seconds = time.monotonic() - start
    figure(f"{whom} killed, back after {seconds:.2f} s")
    assert seconds < 10
    with suite.through_edge("acquisition") as client:
        assert client.call("rpc.discover")
    # Nothing of the one before is left at the port.
    assert [pid for pid in killed if is_running(pid)] == []
    assert "edge " in suite.ecrm("status")


def test_what_a_killed_supervisor_leaves_of_the_edge_makes_way(own_suite):
    suite = own_suite
    supervisor = int(suite.text("supervisor.pid").split()[0])
    master = suite.pid("edge")
    workers = children(master)
    os.kill(supervisor, signal.SIGKILL)
    os.kill(master, signal.SIGKILL)
    eventually(lambda: not is_running(supervisor))
    # The workers still answer, without anybody to look after them.
    assert ask(suite, "/health")[0] == 200
    suite.up()
    assert ask(suite, "/health")[0] == 200 and suite.pid("edge") != master
    assert [pid for pid in workers if is_running(pid)] == []
    suite.ecrm("down")
    with pytest.raises(OSError):
        ask(suite, "/health")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Callers:
    """Calls by the edge from three threads, two on kept connections and one on new ones, until the block ends."""

    def __init__(self, suite, trusted):
        self.suite, self.trusted = suite, trusted
        self.answered, self.again, self.failed = 0, 0, []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(keeps,)) for keeps in (True, True, False)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def run(self, keeps):
        client = self.suite.through_edge("channel-integration")
        client.tls = ssl.create_default_context(cafile=self.trusted)
        while not self.stopped.wait(0.02):
            try:
                self.call(client)
                self.answered += 1
            except (OSError, http.client.HTTPException, RPCError) as error:
                self.failed.append(f"{type(error).__name__}: {error}")
            if not keeps:
                client.close()
        client.close()

    def call(self, client):
        # A server may close a connection between two calls, which a client sees before it sends the next.
        if client.connection and client.connection.sock and select.select([client.connection.sock], [], [], 0)[0]:
            client.close()
        was_kept = client.connection is not None
        try:
            client.call("customers.search", {"text": "nobody"})
        except (ConnectionError, http.client.RemoteDisconnected, ssl.SSLEOFError):
            # Or just as the call is sent on it; browsers and the suite's client send it again then.
            if not was_kept:
                raise
            self.again += 1
            client.call("customers.search", {"text": "nobody"})


def test_certificates_are_replaced_without_a_failed_call(own_suite, tmp_path, figure):
    suite = own_suite
    suite.ecrm("down")
    suite.environment["ECRM_TLS_RELOAD_SECONDS"] = "0.5"
    suite.up()
    ours = Authority(f"ours {new_key()}")
    trusted = tmp_path / "trusted.pem"
    with open(suite.authority, "rb") as file:
        trusted.write_bytes(file.read() + ours.pem)
    place = f"{suite.folder}/tls/edge"
    port, master = suite.port("edge"), suite.pid("edge")
    waits = []

    def sees(serial):
        start = time.monotonic()
        eventually(lambda: served_serial(port) == serial, 20)
        waits.append(time.monotonic() - start)

    with Callers(suite, trusted) as callers:
        leaf = ours.issue(["localhost", "edge"], usages=["server", "client"])
        leaf.write(place)
        sees(leaf.serial)
        # A key that belongs to another certificate, half a certificate and an expired one are not taken.
        other = ours.issue(["localhost"], usages=["server"])
        write(f"{place}.key", other.key_pem)
        time.sleep(1.5)
        assert served_serial(port) == leaf.serial
        write(f"{place}.pem", other.pem[: len(other.pem) // 2])
        time.sleep(1.5)
        assert served_serial(port) == leaf.serial
        ours.issue(["localhost"], usages=["server"], begins=-7200, ends=-60).write(place)
        time.sleep(1.5)
        assert served_serial(port) == leaf.serial
        assert "has expired" in suite.ecrm("check", check=False)
        suite.ecrm("certificates", "--renew")
        eventually(lambda: served_serial(port) not in (leaf.serial, other.serial), 20)
        time.sleep(1)
    assert suite.pid("edge") == master
    log = suite.text("logs/supervisor.log")
    assert log.count("goes on with the files it has read") == 3
    figure(f"{callers.answered} calls, {len(callers.failed)} failed, {callers.again} sent again on another connection; a new "
           f"certificate is served after {waits[0]:.2f} s")
    assert callers.failed == [] and callers.answered > 100


def test_a_link_signs_in_once(suite, figure):
    link = suite.ecrm("sign-in").strip()
    origin, _, code = link.partition("/#sign-in=")
    assert origin == f"https://localhost:{suite.port('edge')}" and len(code) == 43
    with suite.database() as database:
        kept = database.execute(
            "SELECT row(code_hash, sealed_token, token_id)::text, expires_at - now() FROM channel_integration.sign_ins"
        ).fetchall()
    assert all(code not in row for row, _ in kept) and 500 < kept[-1][1].total_seconds() <= 600

    with suite.through_edge("channel-integration", token="") as client:
        token = client.call("signIns.redeem", {"code": code})["token"]
        with pytest.raises(RPCError) as again:
            client.call("signIns.redeem", {"code": code})
    assert again.value.data["type"] == "not_found"
    with suite.through_edge("retention", token=token) as client:
        assert "items" in client.call("jobs.list")
    # It is a token as any other, and can be taken back.
    suite.ecrm("keys", "revoke", token)

    def is_refused():
        with suite.through_edge("retention", token=token) as client:
            client.post(DISCOVER)
            return client.status == 401

    eventually(is_refused, 10)
    scoped = suite.ecrm("sign-in", "--role", "partner", "--scope", "customers:read", "--minutes", "1")
    assert "#sign-in=" in scoped
    figure(f"a link of {len(link)} characters")


def test_check_knows_the_edges_configuration(own_suite):
    suite = own_suite
    assert "No faults" in suite.ecrm("check")
    path = f"{suite.folder}/edge/edge.conf"
    with open(path, "a", encoding="utf-8") as file:
        file.write("listen nowhere;\n")
    assert "fault: the edge: " in suite.ecrm("check", check=False)
