"""`customers.get` among 100,000 profiles and among ten times as many.

Both suites run side by side and are asked in turns, so that what slows the machine hits both.
"""

import json

from load import load, script
from support.suite import Suite
from table import Ratio, median, ratio

SMALL, LARGE = 100_000, 1_000_000
ROUNDS = 9
SECONDS = 3
CONNECTIONS = 4

# A person has one profile with a verified address and two traits. What checks and searches is put aside meanwhile.
PEOPLE = """
SET session_replication_role = replica;
DROP INDEX base.traits_name_search, base.identifiers_mailbox_search;
CREATE TEMPORARY TABLE people AS
  SELECT n, ('01890000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id FROM generate_series(1, {count}) n;
INSERT INTO base.profile_keys (source, external_id, profile) SELECT 'shop', 'S-' || n, id FROM people;
INSERT INTO base.profiles (id, source, external_id, created_at) SELECT id, 'shop', 'S-' || n, now() FROM people;
INSERT INTO base.customers (id) SELECT id FROM people;
INSERT INTO base.members (profile, customer) SELECT id, id FROM people;
INSERT INTO base.identifier_values (kind, value) SELECT 'email', 'person' || n || '@bench.example' FROM people;
INSERT INTO base.identifiers (profile, kind, value, verified, at)
  SELECT id, 'email', 'person' || n || '@bench.example', true, now() FROM people;
INSERT INTO base.traits (profile, name, value, at)
  SELECT id, t.name, t.value, now() FROM people, (VALUES ('givenName', '"Ada"'::jsonb), ('size', '7')) AS t (name, value);
"""


def measure():
    with Suite() as small, Suite() as large:
        urls = {}
        for suite, count in ((small, SMALL), (large, LARGE)):
            with suite.database() as database:
                indexes = [row[0] for row in database.execute(
                    "SELECT pg_get_indexdef(to_regclass('base.' || name)) FROM unnest(ARRAY["
                    "'traits_name_search', 'identifiers_mailbox_search']) AS name"
                ).fetchall()]
                for statement in PEOPLE.format(count=count).strip().split(";\n"):
                    database.execute(statement)
                for index in indexes:
                    database.execute(index)
                database.execute("VACUUM ANALYZE")
            urls[suite] = (f"https://localhost:{suite.port('channel-integration')}/rpc", calls(suite.staff, count))
        found = {small: [], large: []}
        for turn in range(-1, ROUNDS):
            for suite, (url, lua) in urls.items():
                one = load(url, lua, CONNECTIONS, SECONDS)
                # The first turn warms both up.
                if turn >= 0:
                    found[suite].append(one.p99)
    return [Ratio(
        "`customers.get` among 10⁶ profiles against among 10⁵, p99", f"{median(found[large]):.2f} ms",
        f"{median(found[small]):.2f} ms", ratio(found[large], found[small]), 1.2, at_most=True)]


def calls(token, count):
    body = json.dumps({
        "jsonrpc": "2.0", "id": 1, "method": "customers.get",
        "params": {"customer": "01890000-0000-7000-8000-%012x"}})
    return script(token, f"string.format([[{body}]], math.random(1, {count}))")
