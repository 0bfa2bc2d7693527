"""Reliability test 26: with mutual TLS a client comes in with a listed certificate of a trusted authority, or not at all.

What a certificate must not be is refused in the handshake; whom the list does not name is answered -32003. Revocation is
by serial number in the list: the TLS library reads no CRLs.
"""

import json
import socket
import ssl
import tempfile
import time

import pytest

from support.certificates import DAY, Authority, write
from support.rpc import Client, RPCError
from support.suite import Suite, eventually, new_key

SERVICE = "channel-integration"
ERP = "spiffe://ecrm/erp"
LIST = f"""
# The ERP system writes profiles and orders; the shop looks for customers, and after jobs of another service.
{ERP}         profiles.* orders.import
Shop.Example  customers.search retention/jobs.*
"""


class Place:
    """A suite that asks for clients' certificates, its clients' authority, and its list."""

    def __init__(self, folder, rule="required"):
        self.folder = folder
        self.authority = Authority(f"clients {new_key()}")
        write(self.authorities, self.authority.pem)
        self.allow(LIST)
        self.suite = Suite(
            ECRM_TLS_CLIENT_AUTHORITY=self.authorities, ECRM_TLS_CLIENT_CERTIFICATES=rule,
            ECRM_CLIENT_ALLOW_LIST=self.list, ECRM_TLS_RELOAD_SECONDS="0.3")

    @property
    def authorities(self):
        return f"{self.folder}/authorities.pem"

    @property
    def list(self):
        return f"{self.folder}/allowed"

    def allow(self, text):
        write(self.list, text.encode())

    def client(self, leaf, token=None, version=None):
        files = leaf.write(f"{self.folder}/{leaf.serial}") if leaf else None
        client = self.suite.client(SERVICE, token, certificate=files)
        if version:
            client.tls.minimum_version = client.tls.maximum_version = version
        return client

    def outcome(self, leaf, method="profiles.upsert", params=None, **options):
        """`answered`, the error's code, or what the handshake's alert said."""
        params = params or {"source": "shop", "externalId": new_key()}
        try:
            with self.client(leaf, **options) as client:
                client.call(method, params)
                return "answered"
        except RPCError as error:
            return error.code
        except ssl.SSLError as error:
            return error.reason or str(error)
        except OSError as error:
            return type(error).__name__

    def log(self):
        return self.suite.text(f"logs/{SERVICE}.log")

    def becomes(self, outcome, leaf, **options):
        eventually(lambda: self.outcome(leaf, **options) == outcome)


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory(prefix="ecrm-mtls-") as folder:
        made = Place(folder)
        with made.suite:
            yield made


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_only_a_listed_certificate_of_a_trusted_authority_is_let_in(place, version, figure):
    own, other = place.authority, Authority("some other authority")
    impostor = Authority("impostor")
    impostor.certificate = own.certificate
    refused = {
        "no certificate": None,
        "self-signed": own.issue([ERP], self_signed=True),
        "of another authority": other.issue([ERP]),
        "of an authority that only has the trusted one's name": impostor.issue([ERP]),
        "expired": own.issue([ERP], begins=-2 * DAY, ends=-60),
        "not yet valid": own.issue([ERP], begins=3600, ends=DAY),
        "for servers": own.issue([ERP], usages=["server"]),
        "by a leaf": Authority.issue(lent(own.issue([ERP])), [ERP]),
        "of 200 KB": own.issue([ERP], padding=200_000),
    }
    for name, leaf in refused.items():
        outcome = place.outcome(leaf, version=version)
        figure(f"{version.name}, {name}: {outcome}")
        assert outcome != "answered" and not isinstance(outcome, int), name
    listed = own.issue([ERP])
    shop = own.issue(["shop.example"])
    expected = [
        ("listed", listed, "profiles.upsert", "answered"),
        ("the right name with another method", listed, "customers.search", -32003),
        ("a host with its method, which then refuses the params", shop, "customers.search", -32602),
        ("a method of another service", shop, "jobs.get", -32003),
        ("a wrong name", own.issue(["spiffe://ecrm/erp2"]), "profiles.upsert", -32003),
        ("a name that begins as a listed one", own.issue([f"{ERP}/sub"]), "profiles.upsert", -32003),
        ("no name but in its subject", own.issue([], common_name=ERP), "profiles.upsert", -32003),
        ("a second name that is listed", own.issue(["a.example", ERP]), "profiles.upsert", "answered"),
        ("what needs no listing", own.issue(["a.example"]), "rpc.discover", -32602),
    ]
    for name, leaf, method, outcome in expected:
        found = place.outcome(leaf, method, version=version)
        figure(f"{version.name}, {name}: {found}")
        assert found == outcome, name
    log = place.log()
    for reason in ["certificate verify failed", "peer did not return a certificate", "is not listed for"]:
        assert reason in log
    assert "spiffe://ecrm/erp2" in log
    handshakes = [json.loads(line) for line in log.splitlines() if "A client's certificate was refused." in line]
    assert any(line.get("client") == ERP and line["address"] == "127.0.0.1" for line in handshakes), handshakes[-3:]
    assert "PRIVATE" not in log and "BEGIN" not in log and "MII" not in log


def lent(leaf):
    """A leaf that acts as an authority, which it is not."""
    authority = Authority("lent")
    authority.certificate, authority.key = leaf.certificate, leaf.key
    # The leaf goes along as if it stood between.
    authority.above = Authority("unused")
    return authority


def test_a_long_chain_is_followed_or_refused_at_once(place, figure):
    def chain(length, path_length=None):
        authority = Authority(f"root {new_key()}")
        root = authority.pem
        for number in range(length):
            authority = Authority(f"{number} below", authority, path_length if number == 0 else None)
        return root, authority.issue([ERP])

    (free, long), (narrow, forbidden), (_, endless) = chain(20), chain(20, path_length=0), chain(150)
    roots = [place.authority.pem, free, narrow]
    write(place.authorities, b"".join(roots))
    try:
        place.becomes("answered", long)
        start = time.monotonic()
        assert place.outcome(long) == "answered"
        figure(f"20 certificates between: answered in {time.monotonic() - start:.3f} s")
        outcome = place.outcome(forbidden)
        figure(f"20 certificates between, of which the first allows none: {outcome}")
        assert outcome != "answered" and not isinstance(outcome, int)
        outcome = place.outcome(endless)
        figure(f"150 certificates of an unknown root: {outcome}")
        assert outcome != "answered" and not isinstance(outcome, int)
    finally:
        write(place.authorities, place.authority.pem)


def test_the_contract_is_for_every_certified_client_and_tokens_count_all_the_same(place):
    unlisted, listed = place.authority.issue(["a.example"]), place.authority.issue([ERP])
    with place.client(unlisted) as client:
        assert client.call("rpc.discover")["openrpc"] == "1.3.2"
        for path in ["/", "/openrpc.json"]:
            client.connection.request("GET", path)
            answer = client.connection.getresponse()
            assert answer.status == 200
            json.loads(answer.read())
    # A listed certificate gives no rights that the token has not.
    with place.client(listed, token="") as client:
        client.post(b'{"jsonrpc":"2.0","id":1,"method":"profiles.upsert","params":{}}')
        assert client.status == 401
    scope = place.suite.token("service", "--scope", "orders:write")
    assert place.outcome(listed, token=scope) == -32003


def test_a_resumed_session_keeps_its_certificate_and_loses_it_with_its_authority(place, figure):
    leaf = place.authority.issue([ERP])
    files = leaf.write(f"{place.folder}/{leaf.serial}")
    client = Client(place.suite.port(SERVICE), place.suite.authority, place.suite.staff, certificate=files)
    client.tls.maximum_version = ssl.TLSVersion.TLSv1_2
    request = json.dumps({
        "jsonrpc": "2.0", "id": 1, "method": "profiles.upsert",
        "params": {"source": "shop", "externalId": new_key()}}).encode()

    def connect(session):
        raw = socket.create_connection(("localhost", client.port), timeout=20)
        return client.tls.wrap_socket(raw, server_hostname="localhost", session=session)

    def post(connection):
        head = (
            f"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Authorization: Bearer {client.token}\r\nContent-Length: {len(request)}\r\n\r\n")
        connection.sendall(head.encode() + request)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
        return json.loads(answer.split(b"\r\n\r\n", 1)[1])

    with connect(None) as first:
        assert "result" in post(first)
        session = first.session
    with connect(session) as second:
        figure(f"resumed: {second.session_reused}")
        assert "result" in post(second)
    other = Authority("the next authority")
    write(place.authorities, other.pem)
    try:
        place.becomes("answered", other.issue([ERP]))
        with pytest.raises((ssl.SSLError, OSError)):
            with connect(session) as third:
                assert not third.session_reused
                post(third)
    finally:
        write(place.authorities, place.authority.pem)
        place.becomes("answered", leaf)


def test_the_list_is_read_again_and_a_broken_one_is_not_taken(place, figure):
    metric = f'client_allow_list_reload_failures_total{{service="{SERVICE}"}}'
    listed, revoked = place.authority.issue([ERP]), place.authority.issue([ERP])
    with place.client(revoked) as client:
        upsert = {"source": "shop", "externalId": new_key()}
        client.call("profiles.upsert", upsert)
        try:
            start = time.monotonic()
            place.allow(f"{LIST}\n!{revoked.serial:X}\n")
            place.becomes(-32003, revoked)
            figure(f"a revoked serial number is refused {time.monotonic() - start:.2f} s later, the interval being 0.3 s")
            # Also on a connection that was there before.
            with pytest.raises(RPCError) as refusal:
                client.call("profiles.upsert", upsert)
            assert refusal.value.code == -32003 and "revoked" in refusal.value.data["detail"]
            assert place.outcome(listed) == "answered"
            place.allow(f"{ERP} everything!\n")
            eventually(lambda: place.suite.metrics(SERVICE)[metric] >= 2)
            assert place.outcome(listed) == "answered"
            assert place.outcome(revoked) == -32003
            place.allow("# nobody\n")
            place.becomes(-32003, listed)
        finally:
            place.allow(LIST)
            place.becomes("answered", listed)


def test_where_integrations_alone_need_certificates_others_come_without():
    with tempfile.TemporaryDirectory(prefix="ecrm-mtls-") as folder:
        place = Place(folder, rule="services")
        with place.suite:
            scope = place.suite.token("service", "--scope", "profiles:write")
            listed, unlisted = place.authority.issue([ERP]), place.authority.issue(["a.example"])
            assert place.outcome(None) == "answered"
            assert place.outcome(None, token=scope) == -32003
            assert place.outcome(unlisted, token=scope) == -32003
            assert place.outcome(listed, token=scope) == "answered"
            # Who shows a certificate is held to it, whatever the token.
            assert place.outcome(unlisted) == -32003
            assert isinstance(place.outcome(Authority("other").issue([ERP])), str)
            assert place.outcome(Authority("other").issue([ERP])) != "answered"


def test_a_certificate_that_the_tool_issues_is_taken():
    with tempfile.TemporaryDirectory(prefix="ecrm-mtls-") as folder:
        with Suite() as suite:
            write(f"{folder}/allowed", f"{ERP} profiles.*\nspiffe://ecrm/ecrm *\n".encode())
            told = suite.ecrm("certificates", "issue", "erp", "--days", "30")
            assert "clients/erp.pem" in told
            suite.ecrm("down")
            suite.environment |= {
                "ECRM_TLS_CLIENT_AUTHORITY": suite.authority, "ECRM_CLIENT_ALLOW_LIST": f"{folder}/allowed"}
            suite.up()
            files = (f"{suite.folder}/clients/erp.pem", f"{suite.folder}/clients/erp.key")
            with suite.client(SERVICE, certificate=files) as client:
                client.call("profiles.upsert", {"source": "shop", "externalId": new_key()})
                with pytest.raises(RPCError):
                    client.call("customers.search", {"text": "ada"})
            call = ["call", SERVICE, "customers.search", '{"text":"ada"}']
            assert "items" not in suite.ecrm(*call, check=False)
            suite.ecrm("certificates", "issue", "ecrm")
            assert "items" in suite.ecrm(*call)
