"""How long what is derived takes to follow: a customer is in a segment, or found to be like another, after the answer
to the call that is the reason."""

import time

from jobs import finished
from steps import lookups, matching
from table import Ratio

WRITES = 60
# What is promised, in seconds.
PROMISED = 1.0


def measure(suite):
    lookups.seed(suite)
    return [segment(suite), match(suite)]


def segment(suite):
    seconds = []
    with suite.client("channel-integration") as client, suite.database() as database:
        finished(client, "segments.save", {"key": "bench", "rule": {"trait": {"name": "locality", "is": "Whitby"}}})
        for number in range(WRITES):
            profile = client.call("profiles.upsert", {
                "source": "shop", "externalId": f"S-{number}", "traits": {"locality": "Whitby"}})["profile"]
            seconds.append(until(database, """
                SELECT 1 FROM base.segment_members s JOIN base.members m ON m.customer = s.customer
                WHERE s.segment = 'bench' AND m.profile = %s""", profile))
    return verdict("a customer among 10,000 is in a segment after the write that puts it there", seconds)


def match(suite):
    febrl = matching.lists()[0]
    known, arriving = febrl.rows
    with suite.client("channel-integration") as client, suite.database() as database:
        matching.load_rows(client, "known", known, febrl.fields)
        finished(client, "identities.train", {"sources": ["known"]})
        # A list in which nobody is there twice teaches nothing of that: what counts is that the two are compared.
        seconds = []
        for row in arriving[:WRITES]:
            made = matching.imported(row, febrl.fields)
            client.call("profiles.upsert", {"source": "known", **made})
            seconds.append(until(database, """
                SELECT 1 FROM base.match_keys k JOIN base.profile_keys p ON p.profile = k.profile
                WHERE p.source = 'known' AND p.external_id = %s""", made["externalId"]))
    return verdict("a new profile among 5,000 is compared with those that are like it", seconds)


def until(database, query, value):
    """Seconds until the query finds a row."""
    start = time.perf_counter()
    while not database.execute(query, (value,)).fetchone():
        if time.perf_counter() - start > 30:
            raise RuntimeError("a follower has not come for half a minute")
        time.sleep(0.005)
    return time.perf_counter() - start


def verdict(name, seconds):
    seconds = sorted(seconds)
    middle, late = seconds[len(seconds) // 2], seconds[len(seconds) * 95 // 100]
    return Ratio(
        f"{name}, 95th percentile of {len(seconds)}", f"{late * 1000:.0f} ms, median {middle * 1000:.0f} ms",
        f"{PROMISED:.0f} s", late / PROMISED, 1, at_most=True)
