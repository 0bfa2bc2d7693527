"""Reliability test 28: forged tokens are refused, all alike, and keys are rotated with overlap.

The tokens are made by hand with the `cryptography` package, so that they can be wrong in ways that no library signs.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
import time

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from support.suite import eventually, new_key

SERVICE = "channel-integration"
CALL = b'{"jsonrpc":"2.0","id":1,"method":"customers.search","params":{"text":"nobody"}}'


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def text(value):
    return (value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))).encode()


class Forger:
    """Signs whatever it is told with the suite's own key."""

    def __init__(self, suite):
        pem = suite.text("jwt/signing.pem").encode()
        self.key = serialization.load_pem_private_key(pem, password=None)
        self.public_pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        header = suite.staff.split(".")[0]
        self.header = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))

    @property
    def claims(self):
        now = int(time.time())
        return {"iss": "ecrm", "aud": "ecrm", "sub": "eve", "role": "staff", "nbf": now - 10, "exp": now + 300,
                "jti": new_key()}

    def token(self, header=None, claims=None, sign=None):
        """A token of header and claims, as they are or as changes to the right ones; None takes a member away."""
        header = changed(self.header, header)
        claims = changed(self.claims, claims)
        signed = f"{encoded(text(header))}.{encoded(text(claims))}"
        return f"{signed}.{encoded((sign or self.sign)(signed.encode()))}"

    def sign(self, data, key=None):
        r, s = utils.decode_dss_signature(self.sign_der(data, key))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign_der(self, data, key=None):
        return (key or self.key).sign(data, ec.ECDSA(hashes.SHA256()))


def changed(right, changes):
    if changes is None:
        return right
    if isinstance(changes, str):
        return changes
    return {name: value for name, value in (right | changes).items() if value is not None}


def duplicated(members, name, value):
    """The object's text with one member twice, the wrong one first."""
    return "{" + json.dumps(name) + ":" + json.dumps(value) + "," + json.dumps(members)[1:]


def forgeries(forger, suite):
    """Tokens by what is wrong with them."""
    now = int(time.time())
    other, edwards = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    numbers = other.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": encoded(numbers.x.to_bytes(32, "big")),
           "y": encoded(numbers.y.to_bytes(32, "big"))}

    def by_other(data):
        return forger.sign(data, other)

    def symmetric(secret):
        return lambda data: hmac.new(secret, data, hashlib.sha256).digest()

    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    good = forger.token()
    head, body, signature = good.split(".")
    with open(f"{suite.folder}/jwt/keys/{forger.header['kid']}.pem", "rb") as file:
        published = file.read()
    return {
        "alg none, no signature": forger.token({"alg": "none"}, sign=lambda _: b""),
        "alg none, signed": forger.token({"alg": "none"}),
        "alg None": forger.token({"alg": "None"}, sign=lambda _: b""),
        "alg nOnE": forger.token({"alg": "nOnE"}, sign=lambda _: b""),
        "alg empty": forger.token({"alg": ""}),
        "alg missing": forger.token({"alg": None}),
        "alg a list": forger.token({"alg": ["ES256"]}),
        "HS256 with the public key": forger.token({"alg": "HS256"}, sign=symmetric(forger.public_pem)),
        "HS256 with the key's file": forger.token({"alg": "HS256"}, sign=symmetric(published)),
        "ES256, in truth HS256": forger.token(sign=symmetric(forger.public_pem)),
        "alg ES384": forger.token({"alg": "ES384"}),
        "alg RS256": forger.token({"alg": "RS256"}),
        "kid of nobody": forger.token({"kid": "nobody"}),
        "kid missing": forger.token({"kid": None}),
        "kid empty": forger.token({"kid": ""}),
        "kid ../../dev/null": forger.token({"kid": "../../dev/null"}),
        "kid ../signing": forger.token({"kid": "../signing"}),
        "kid /dev/null": forger.token({"kid": "/dev/null"}, sign=symmetric(b"")),
        "kid revoked": forger.token({"kid": "revoked"}),
        "kid with SQL": forger.token({"kid": "x' UNION SELECT 'key"}, sign=by_other),
        "kid a list": forger.token({"kid": [forger.header["kid"]]}),
        "kid twice": forger.token(duplicated(forger.header, "kid", "nobody")),
        "jwk embedded": forger.token({"jwk": jwk}, sign=by_other),
        "jwk embedded without kid": forger.token({"jwk": jwk, "kid": None}, sign=by_other),
        "jwk embedded, rightly signed": forger.token({"jwk": jwk}),
        "jku": forger.token({"jku": "https://evil.example/keys"}, sign=by_other),
        "x5u": forger.token({"x5u": "https://evil.example/key"}, sign=by_other),
        "x5c": forger.token({"x5c": ["MII"]}, sign=by_other),
        "crit": forger.token({"crit": ["b64"], "b64": False}),
        "typ missing": forger.token({"typ": None}),
        "typ JWT": forger.token({"typ": "JWT"}),
        "typ dpop+jwt": forger.token({"typ": "dpop+jwt"}),
        "another key": forger.token(sign=by_other),
        "EdDSA with a key of its own": forger.token({"alg": "EdDSA"}, sign=edwards.sign),
        "EdDSA under ES256": forger.token(sign=edwards.sign),
        "r and s zero": forger.token(sign=lambda _: bytes(64)),
        "r and s the order": forger.token(sign=lambda _: order.to_bytes(32, "big") * 2),
        "DER signature": forger.token(sign=forger.sign_der),
        "signature cut": f"{head}.{body}.{signature[:-6]}",
        "signature missing": f"{head}.{body}.",
        "signature of another token": f"{head}.{body}.{forger.token().split('.')[2]}",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.{signature}",
        "bad base64": f"{head}.{body[:-2]}*{body[-1]}.{signature}",
        "padded base64": f"{head}=.{body}.{signature}",
        "10 KB": forger.token(claims={"scope": "leads:read " * 1000}),
        "expired beyond the skew": forger.token(claims={"exp": now - 65}),
        "exp missing": forger.token(claims={"exp": None}),
        "exp a text": forger.token(claims={"exp": str(now + 300)}),
        "exp without end": forger.token(claims={"exp": 10**30}),
        "nbf beyond the skew": forger.token(claims={"nbf": now + 120}),
        "nbf missing": forger.token(claims={"nbf": None}),
        "aud missing": forger.token(claims={"aud": None}),
        "aud another's": forger.token(claims={"aud": "other"}),
        "aud a list without us": forger.token(claims={"aud": ["other", "ecrm2"]}),
        "aud an empty list": forger.token(claims={"aud": []}),
        "iss another": forger.token(claims={"iss": "https://evil.example"}),
        "iss missing": forger.token(claims={"iss": None}),
        "sub missing": forger.token(claims={"sub": None}),
        "role unheard of": forger.token(claims={"role": "admin"}),
        "role twice": forger.token(claims=duplicated(forger.claims, "role", "customer")),
        "exp twice": forger.token(claims=duplicated(forger.claims, "exp", 1)),
        "customer without a customer": forger.token(claims={"role": "customer"}),
        "claims a list": forger.token(claims="[]"),
        "claims with a comma too many": forger.token(claims=json.dumps(forger.claims)[:-1] + ",}"),
    }


@pytest.fixture
def client(suite):
    with suite.client(SERVICE) as connection:
        yield connection


def status(client, token):
    client.token = token
    answer = client.post(CALL)
    return client.status, answer


def test_forged_tokens_are_refused_all_alike(suite, client, figure):
    forger = Forger(suite)
    assert status(client, forger.token())[0] == 200
    bodies = set()
    forged = forgeries(forger, suite)
    for name, token in forged.items():
        # Whoever tries tokens is held to the rate of those who have none.
        while (found := status(client, token))[0] == 429:
            time.sleep(1)
        assert found[0] == 401, name
        assert client.headers["WWW-Authenticate"] == "Bearer"
        body = json.loads(found[1])
        assert body["error"]["code"] == -32001
        body["error"]["data"].pop("requestID")
        bodies.add(json.dumps(body))
    assert len(bodies) == 1
    figure(f"{len(forged)} forged tokens: 401 each, with the same answer")


def test_what_may_differ_is_accepted(suite, client):
    forger = Forger(suite)
    now = int(time.time())
    for name, token in {
        "expired within the skew": forger.token(claims={"exp": now - 40}),
        "nbf within the skew": forger.token(claims={"nbf": now + 40}),
        "aud a list with us": forger.token(claims={"aud": ["other", "ecrm"]}),
        "typ in full": forger.token({"typ": "application/at+jwt"}),
        "claims that nobody knows": forger.token(claims={"azp": "client", "nested": {"a": [1]}}),
    }.items():
        assert status(client, token)[0] == 200, name


def test_the_time_of_a_refusal_does_not_tell_its_reason(suite, figure):
    """The quickest of each reason's refusals, since what else the machine does only adds to them. The calls come more
    slowly than the ten a second that callers without a token have."""
    forger = Forger(suite)
    forged = forgeries(forger, suite)
    reasons = ["kid of nobody", "another key", "DER signature", "expired beyond the skew", "aud another's", "two parts"]
    times = {reason: [] for reason in reasons}
    with suite.client(SERVICE) as client:
        for _ in range(15):
            for reason in reasons:
                time.sleep(0.11)
                start = time.perf_counter()
                code, _ = status(client, forged[reason])
                times[reason].append((time.perf_counter() - start) * 1000)
                assert code == 401
    quickest = {reason: min(found) for reason, found in times.items()}
    spread = max(quickest.values()) - min(quickest.values())
    told = ", ".join(f"{reason} {fastest:.2f}" for reason, fastest in quickest.items())
    figure(f"milliseconds: {told}; spread {spread:.2f} ms")
    assert spread < 2


def test_keys_rotate_with_overlap_and_without_a_refusal(own_suite, figure):
    suite = own_suite
    old_staff, old_site, old_forger = suite.staff, suite.site, Forger(suite)
    refused, answered, done = [], [0], threading.Event()

    def call():
        with suite.client(SERVICE) as client:
            while not done.is_set():
                found, _ = status(client, suite.staff)
                answered[0] += 1
                if found != 200:
                    refused.append(found)

    callers = [threading.Thread(target=call) for _ in range(2)]
    for caller in callers:
        caller.start()
    try:
        for _ in range(3):
            suite.ecrm("keys", "rotate")
    finally:
        done.set()
        for caller in callers:
            caller.join()
    figure(f"{answered[0]} calls with the standing token while the key was rotated three times, {len(refused)} refused")
    assert refused == []

    assert suite.staff != old_staff and suite.site != old_site
    keys = suite.ecrm("keys").split("\n")
    assert len([key for key in keys if key]) == 4 and keys[0].endswith("  signs")
    with suite.client(SERVICE) as client:
        for token in [old_staff, suite.staff, old_forger.token()]:
            assert status(client, token)[0] == 200
        # A service that nobody has called since: the first look is the one that finds the key.
        with suite.client("expansion", token=suite.staff) as fresh:
            fresh.call("rpc.discover")
        old = old_forger.header["kid"]
        assert "signs the tokens" in suite.ecrm("keys", "retire", keys[0].split()[0], check=False)
        start = time.monotonic()
        suite.ecrm("keys", "retire", old)
        eventually(lambda: status(client, old_staff)[0] in (401, 429))
        figure(f"tokens of a retired key are refused {time.monotonic() - start:.2f} s after the command began")
        eventually(lambda: status(client, old_forger.token())[0] == 401)
        assert status(client, suite.staff)[0] == 200
        # Bringing the suite up again changes nothing about it.
        suite.ecrm("certificates")
        assert old not in suite.ecrm("keys")


def test_a_revoked_token_is_refused_and_no_other(own_suite, figure):
    suite = own_suite
    first, second = suite.token("staff"), suite.token("staff")
    with suite.client(SERVICE) as client:
        assert status(client, first)[0] == status(client, second)[0] == 200
        start = time.monotonic()
        suite.ecrm("keys", "revoke", first)
        eventually(lambda: status(client, first)[0] == 401)
        figure(f"a revoked token is refused {time.monotonic() - start:.2f} s after the command began")
        assert status(client, second)[0] == 200
        assert os.path.exists(f"{suite.folder}/jwt/keys/revoked")
