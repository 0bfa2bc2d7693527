"""Look-ups over TLS against a server that looks nothing up, and against a thin one that looks up the same.

Both peers take the very same requests, with the suite's certificate. The first has the suite's TLS settings and answers
a fixed text of the answer's length; the second is written in Go and asks the same database the same by pgx.
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
# What the thin service does best with of 4, 8, 16 and 32.
PEER_CONNECTIONS = 8


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
    url = f"https://localhost:{suite.port('channel-integration')}/rpc"
    found = []
    for method, body in bodies.items():
        lua = script(suite.staff, body)
        with Peer(suite, "echo-bench", answer_bytes(suite, method, customer)) as echo:
            ours, peers = in_turns(lua, url, echo.url)
        found.append(Ratio(
            f"`{method}`, 64 connections, against a bare Hummingbird echo", said(ours), said(peers),
            ratio(rates(ours), rates(peers)), required[method]))
    with Peer(suite, "lookup-peer", suite.text("database.url"), PEER_CONNECTIONS) as thin:
        ours, peers = in_turns(script(suite.staff, bodies["identities.resolve"]), url, thin.url)
    against = "`identities.resolve`, 64 connections, against a thin Go service on pgx"
    found.append(Ratio(f"{against}: rate", said(ours), said(peers), ratio(rates(ours), rates(peers)), 1))
    found.append(Ratio(
        f"{against}: 99th percentile", said(ours), said(peers),
        ratio([one.p99 for one in ours], [one.p99 for one in peers]), 1, at_most=True))
    return found


def in_turns(lua, ours, peer):
    """The loads that ours and the peer took, turn by turn, after a while of warming up."""
    load(ours, lua, 64, 2)
    load(peer, lua, 64, 1)
    turns = [(load(peer, lua, 64, SECONDS), load(ours, lua, 64, SECONDS)) for _ in range(ROUNDS)]
    return [ours for _, ours in turns], [peer for peer, _ in turns]


def rates(loads):
    return [one.rate for one in loads]


def said(loads):
    return f"{median(rates(loads)):,.0f}/s, p99 {median([one.p99 for one in loads]):.1f} ms"


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


class Peer:
    """A program that serves with the suite's certificate until the end of the block."""

    def __init__(self, suite, program, *arguments):
        port = free_base()
        tls = f"{suite.folder}/tls/channel-integration"
        self.process = subprocess.Popen(
            [f"{os.environ['ECRM_PROGRAMS']}/{program}", str(port), f"{tls}.pem", f"{tls}.key",
             *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.port = port
        self.url = f"https://localhost:{port}/rpc"

    def __enter__(self):
        eventually(lambda: not is_free(self.port))
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
