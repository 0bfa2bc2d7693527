"""New identities by `profiles.upsert`, each with an idempotency key, against pgbench writing the same rows.

pgbench's transactions insert into the suite's own tables what a call leaves there, by prepared statements over the
same socket, without reading, locking or checking anything; ids are ordered as the suite's are. (A colon before a letter
would be a variable to pgbench, hence chr(58).)
"""

import re
import subprocess
import tempfile

from load import load, script
from support.suite import new_key
from table import Ratio, median, ratio

CLIENTS = 16
ROUNDS = 5
SECONDS = 5

# What `profiles.upsert` writes for a new record with one verified address, in its order.
PEER = """
\\set n :n + 1
BEGIN;
INSERT INTO base.identifier_values (kind, value)
  VALUES ('email', 'peer-{run}-' || :client_id::text || '-' || :n::text || '@bench.example');
INSERT INTO base.profile_keys (source, external_id, profile)
  VALUES ('shop', 'peer-{run}-' || :client_id::text || '-' || :n::text, {id}::uuid);
INSERT INTO base.profiles (id, source, external_id, created_at)
  VALUES ({id}::uuid, 'shop', 'peer-{run}-' || :client_id::text || '-' || :n::text, now());
INSERT INTO base.customers (id) VALUES ({id}::uuid);
INSERT INTO base.members (profile, customer) VALUES ({id}::uuid, {id}::uuid);
INSERT INTO base.identifiers (profile, kind, value, verified, at)
  VALUES ({id}::uuid, 'email', 'peer-{run}-' || :client_id::text || '-' || :n::text || '@bench.example', true, now());
INSERT INTO base.journal (at, service, method, actor, subject, type, payload, salt, digest)
  SELECT now(), 'channel-integration', 'profiles.upsert', 'ecrm|staff', {id}::uuid, 'profile.created', e.payload,
    e.salt, sha256(e.salt || convert_to(e.payload::text, 'UTF8'))
  FROM (SELECT jsonb_build_object(
    'source', 'shop', 'externalId', 'peer-{run}-' || :client_id::text || '-' || :n::text, 'traits', '{{}}'::jsonb, 'identifiers',
    jsonb_build_array('email' || chr(58) || 'peer-{run}-' || :client_id::text || '-' || :n::text || '@bench.example')) AS payload,
    uuid_send(gen_random_uuid()) AS salt OFFSET 0) e;
INSERT INTO base.answers (principal, key, request, answer, profiles, created_at)
  VALUES ('ecrm|staff', 'peer-{run}-' || :client_id::text || '-' || :n::text, sha256('request'),
    '{{"profile":"' || {id} || '","customer":"' || {id} || '","outcome":"created","linked":[]}}', ARRAY[{id}::uuid],
    now());
COMMIT;
"""


def measure(suite):
    url = f"https://localhost:{suite.port('channel-integration')}/rpc"
    ours, peers = [], []
    for turn in range(-1, ROUNDS):
        one = load(url, calls(suite.staff), CLIENTS, SECONDS if turn >= 0 else 2)
        other = pgbench(suite, SECONDS if turn >= 0 else 2)
        # The first turn warms both up.
        if turn >= 0:
            ours.append(one)
            peers.append(other)
    rate, p99 = median([one.rate for one in ours]), median([one.p99 for one in ours])
    peer = median(peers)
    return [Ratio(
        f"`profiles.upsert` of new identities, {CLIENTS} clients, against pgbench writing the same rows",
        f"{rate:,.0f}/s, p99 {p99:.1f} ms", f"{peer:,.0f}/s", ratio([one.rate for one in ours], peers), 0.5)]


def calls(token):
    run = new_key()
    body = (
        '{"jsonrpc":"2.0","id":1,"method":"profiles.upsert","params":{"source":"shop","externalId":"' + run
        + '-%d-%d","identifiers":[{"kind":"email","value":"' + run + '-%d-%d@bench.example","verified":true}]}}')
    return script(
        token, f"string.format([[{body}]], thread, n, thread, n)",
        headers=f'headers["Idempotency-Key"] = "{run}-" .. thread .. "-" .. n')


def pgbench(suite, seconds):
    """Transactions a second."""
    run = new_key().replace("-", "")
    # Ordered within a client, unlike any other run's.
    identity = f"('{run[:12]}' || lpad(to_hex(:client_id::integer), 4, '0') || lpad(to_hex(:n::bigint), 16, '0'))"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(PEER.format(run=run[:12], id=identity))
        file.flush()
        printed = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-D", "n=0", f"-c{CLIENTS}", "-j2", f"-T{seconds}", "-f", file.name,
             suite.text("database.url")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    found = re.search(r"tps = ([\d.]+)", printed)
    failed = re.search(r"number of failed transactions: (\d+)", printed)
    if not found or not failed or int(failed.group(1)):
        raise RuntimeError(f"pgbench failed: {printed}")
    return float(found.group(1))
