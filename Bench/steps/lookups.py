"""Look-ups over TLS against a server that looks nothing up.

The peer takes the very same requests, with the suite's certificate and TLS settings, and answers a fixed text of the
answer's length.
"""

import json
import os
import subprocess

from load import load, script
from support.suite import eventually, free_base, is_free
from table import Ratio, median, ratio

ROUNDS = 9
SECONDS = 2
PEOPLE = 10_000


def call(method, params):
    """The Lua expression of a call's body; the params are JSON with a person's number where `%d` stands."""
    text = f'{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}'
    return f"string.format([[{text}]], math.random(0, {PEOPLE - 1}))"


def measure(suite):
    seed(suite)
    customer = suite.call(
        "channel-integration", "identities.resolve", {"kind": "email", "value": "person7@bench.example"})["customer"]
    bodies = {
        "identities.resolve": call(
            "identities.resolve", '{"kind":"email","value":"person%d@bench.example"}'),
        "customers.get": f"""'{json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "customers.get", "params": {"customer": customer}})}'""",
    }
    required = {"identities.resolve": 0.5, "customers.get": 0.25}
    suite_url = f"https://localhost:{suite.port('channel-integration')}/rpc"
    found = []
    for method, body in bodies.items():
        lua = script(suite.staff, body)
        with Echo(suite, answer_bytes(suite, method, customer)) as echo:
            load(suite_url, lua, 64, 2)
            load(echo.url, lua, 64, 1)
            ours, peers = [], []
            for _ in range(ROUNDS):
                peers.append(load(echo.url, lua, 64, SECONDS))
                ours.append(load(suite_url, lua, 64, SECONDS))
        rate, p99 = median([one.rate for one in ours]), median([one.p99 for one in ours])
        peer_rate, peer_p99 = median([one.rate for one in peers]), median([one.p99 for one in peers])
        found.append(Ratio(
            f"`{method}`, 64 connections, against a bare Hummingbird echo", f"{rate:,.0f}/s, p99 {p99:.1f} ms",
            f"{peer_rate:,.0f}/s, p99 {peer_p99:.1f} ms",
            ratio([one.rate for one in ours], [one.rate for one in peers]), required[method]))
    return found


def seed(suite):
    """People of whom each has one profile with one verified address and two traits."""
    with suite.client("channel-integration") as client:
        for start in range(0, PEOPLE, 1000):
            client.call("profiles.import", {"source": "shop", "rows": [
                {"externalId": f"S-{number}", "traits": {"givenName": "Ada", "familyName": "Lovelace"},
                 "identifiers": [
                     {"kind": "email", "value": f"person{number}@bench.example", "verified": True}]}
                for number in range(start, start + 1000)]})
    with suite.database() as database:
        database.execute("VACUUM ANALYZE")


def answer_bytes(suite, method, customer):
    params = {"customer": customer} if method == "customers.get" \
        else {"kind": "email", "value": "person7@bench.example"}
    with suite.client("channel-integration") as client:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return len(client.post(json.dumps(request).encode()))


class Echo:
    """The peer, running until the end of the block."""

    def __init__(self, suite, size):
        self.port = free_base()
        tls = f"{suite.folder}/tls/channel-integration"
        self.process = subprocess.Popen(
            [f"{os.environ['ECRM_PROGRAMS']}/echo-bench", str(self.port), f"{tls}.pem", f"{tls}.key", str(size)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"https://localhost:{self.port}/rpc"

    def __enter__(self):
        eventually(lambda: not is_free(self.port))
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
