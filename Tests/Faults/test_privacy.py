"""Erasure over the wire, by real processes: nothing of the person is left anywhere, and nothing brings the person back."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from decimal import Decimal

import pytest

from support.rpc import RPCError
from support.suite import eventually, new_key

CHANNELS = "channel-integration"
CANARY = "canary"

# Text that is not of the person whoever writes it, as EraseTests lists it column by column, and columns that must agree
# with others: these have canaries by what the calls say.
PLANTED = """
    SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'jsonb')
      AND c.table_schema IN ('base', 'acquisition', 'retention', 'expansion', 'channel_integration',
        'performance_measurement')
    ORDER BY 1, 2, 3
"""

# Where the person's own rows are found, and which of their columns take any text.
OWN = {
    ("base", "traits", "value"): "profile = ANY (%(people)s)",
    ("base", "identifiers", "value"): None,
    ("base", "consents", "basis"): "profile = ANY (%(people)s)",
    ("base", "consents", "evidence"): "profile = ANY (%(people)s)",
    ("base", "links", "evidence"): "a = ANY (%(people)s) OR b = ANY (%(people)s)",
    ("base", "links", "reason"): "a = ANY (%(people)s) OR b = ANY (%(people)s)",
    ("base", "links", "removed_reason"): "a = ANY (%(people)s) OR b = ANY (%(people)s)",
    ("base", "journal", "payload"): "subject = ANY (%(people)s)",
    ("base", "answers", "answer"): "profiles && %(people)s",
    ("base", "jobs", "params"): "profiles && %(people)s",
    ("base", "jobs", "result"): "profiles && %(people)s",
    ("base", "jobs", "error"): "profiles && %(people)s",
    ("base", "match_decisions", "reason"): "a = ANY (%(people)s) OR b = ANY (%(people)s)",
}


@pytest.fixture
def folder():
    path = tempfile.mkdtemp(prefix="ecrm-privacy-", dir="/tmp")
    yield path
    shutil.rmtree(path, ignore_errors=True)


def person(mark):
    return {
        "source": "shop", "externalId": f"{mark}-record",
        "traits": {"givenName": f"{mark}-name", f"{mark}-trait": {"deep": [f"{mark}-deep"]}},
        "identifiers": [
            {"kind": "email", "value": f"{mark}@example.com", "verified": True},
            {"kind": "user", "value": f"{mark}-user", "verified": True}]}


def order(mark):
    return {
        "externalId": f"{mark}-order", "customer": {"source": "shop", "externalId": f"{mark}-record"},
        "orderedAt": "2026-03-11T10:00:00Z", "currency": "EUR",
        "lines": [{"sku": "TEA", "quantity": "1", "unitPrice": "7.50"}]}


def events(mark, time):
    who = {"anonymousId": f"{mark}-visitor", "userId": f"{mark}-user"}
    return {"batch": [
        {"type": "identify", "messageId": f"id-{time}-1", **who, "traits": {"email": f"{mark}@example.com"}},
        {"type": "track", "event": f"{mark}-event", "messageId": f"id-{time}-2", **who,
         "properties": {"note": f"{mark}-property"}},
        {"type": "page", "messageId": f"id-{time}-3", "anonymousId": f"{mark}-visitor"}]}


def settle(suite):
    """Waits until the followers have read everything: the audit trail is chained, matches are found."""
    with suite.database() as database:
        eventually(lambda: database.execute(
            """
            SELECT bool_and((f.epoch, f.transaction, f.id) >= (j.epoch, j.transaction, j.id))
            FROM base.followers f
            CROSS JOIN (SELECT epoch, transaction, id FROM base.journal ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT 1) j
            WHERE f.name IN ('channelIntegration.audit', 'channelIntegration.matching')
            """).fetchone()[0])


def live(suite, mark):
    """A person in every part of the suite, told by its calls; answers the customer and a call to be repeated."""
    with suite.client(CHANNELS) as client:
        key = new_key()
        said = client.call("profiles.upsert", person(mark), key=key)
        row = person(mark) | {"externalId": f"{mark}-crm", "traits": {"familyName": f"{mark}-family"}}
        del row["source"]
        client.call("profiles.import", {"source": "crm", "rows": [row]}, key=new_key())
        client.call("orders.import", {"source": "shop", "rows": [order(mark)]}, key=new_key())
        client.call("consents.record", {
            "customer": said["profile"], "purpose": "marketing", "state": "granted", "basis": f"{mark}-basis",
            "evidence": {"form": f"{mark}-form"}}, key=new_key())
        other = client.call("profiles.upsert", {"source": "shop", "externalId": new_key()}, key=new_key())["profile"]
        link = client.call("identities.link", {
            "a": said["profile"], "b": other, "reason": f"{mark}-reason"}, key=new_key())["link"]
        client.call("identities.unlink", {"link": link, "reason": f"{mark}-mistake"}, key=new_key())
        client.call("identities.decide", {
            "a": said["profile"], "b": other, "verdict": "different", "reason": f"{mark}-decided"}, key=new_key())
    with suite.client("acquisition", token=suite.site) as site:
        assert site.call("events.collect", events(mark, "first"), key=new_key())["accepted"] == 3
    settle(suite)
    return said["customer"], key


def people(suite, customer):
    with suite.database() as database:
        return [row[0] for row in database.execute(
            """
            SELECT m.profile FROM base.members m
            WHERE m.customer = (SELECT n.customer FROM base.members n WHERE n.profile = %s)
            """, [customer])]


def plant(suite, profiles):
    """A string of its own in each column that may tell of the person, beside what the calls have said."""
    with suite.database() as database:
        columns = [tuple(row) for row in database.execute(PLANTED)]
        assert set(OWN) <= {column[:3] for column in columns}, "a column of the list is not there any more"
        database.execute(
            "UPDATE base.jobs SET profiles = %s", [profiles])
        database.execute(
            """
            INSERT INTO base.jobs (id, service, name, params, profiles, state, actor, created_at, finished_at)
            VALUES (gen_random_uuid(), 'channel-integration', 'none', '{}', %s, 'failed', 'test', now(), now())
            """, [profiles])
        for schema, table, column, kind in columns:
            where = OWN.get((schema, table, column))
            if where is None:
                continue
            text = f"{CANARY}-{schema}-{table}-{column}"
            value = f"to_jsonb('{text}'::text)" if kind == "jsonb" else f"'{text}-' || gen_random_uuid()"
            if column == "answer":
                value = f"to_jsonb('{text}'::text)::text"
            planted = database.execute(
                f'UPDATE {schema}.{table} SET "{column}" = {value} WHERE {where}', {"people": profiles}).rowcount
            assert planted > 0, (schema, table, column)
        return len(columns)


def left(suite, folder, name):
    """What is found of the person in a dump of everything, in the ledger and in the logs."""
    path = f"{folder}/{name}.sql"
    subprocess.run(
        ["pg_dump", "--format=plain", "--file", path, suite.text("database.url")], check=True,
        env=os.environ | {"PATH": os.environ["PATH"] + ":" + postgres_programs()})
    found = []
    for place in [path, f"{suite.folder}/erasures.jsonl", *(
            f"{suite.folder}/logs/{log}" for log in os.listdir(f"{suite.folder}/logs") if not log.startswith("postgres"))]:
        if os.path.exists(place):
            with open(place, encoding="utf-8", errors="replace") as file:
                found += [f"{os.path.basename(place)}: {line.strip()[:200]}" for line in file if CANARY in line]
    return found


def postgres_programs():
    root = "/usr/lib/postgresql"
    return max((f"{root}/{version}/bin" for version in os.listdir(root)), default="/usr/bin")


def come_again(suite, mark, key):
    """Everything that could bring the person back, and what it is told."""
    told = []
    with suite.client(CHANNELS) as client:
        for attempt in (key, new_key()):
            with pytest.raises(RPCError) as refused:
                client.call("profiles.upsert", person(mark), key=attempt)
            told.append(refused.value.data["type"])
        row = person(mark)
        del row["source"]
        report = client.call("profiles.import", {"source": "shop", "rows": [row]}, key=new_key())
        told += [rejected["type"] for rejected in report["rejected"]]
        report = client.call("orders.import", {"source": "shop", "rows": [order(mark)]}, key=new_key())
        told += [rejected["type"] for rejected in report["rejected"]]
    with suite.client("acquisition", token=suite.site) as site:
        for time in ("first", "late"):
            report = site.call("events.collect", events(mark, time), key=new_key())
            assert report["accepted"] == 0
            told += [rejected["type"] for rejected in report["rejected"]]
    return told


def test_an_erased_person_is_nowhere_and_does_not_come_back(own_suite, folder, figure):
    suite, mark = own_suite, CANARY
    customer, key = live(suite, mark)
    profiles = people(suite, customer)
    assert len(profiles) == 3
    suite.ecrm("backup", "--output", f"{folder}/before.dump")
    columns = plant(suite, profiles)
    before = left(suite, folder, "before")
    assert len(before) > 30

    rehearsal = suite.call(CHANNELS, "privacy.erase", {"customer": customer, "dryRun": True}, key=new_key())
    told = [line.partition(": ")[2] for line in before]
    assert [line.partition(": ")[2] for line in left(suite, folder, "rehearsed")] == told
    erasing = new_key()
    erased = suite.call(CHANNELS, "privacy.erase", {"customer": customer, "reason": "request"}, key=erasing)
    assert erased["tables"] == rehearsal["tables"] and not erased["isRehearsal"]
    assert suite.call(CHANNELS, "privacy.erase", {"customer": customer, "reason": "request"}, key=erasing) == erased
    assert left(suite, folder, "after") == []
    verified = suite.call(
        CHANNELS, "privacy.verify", {"certificate": erased["certificate"], "tables": erased["tables"]})
    assert verified == {"isGenuine": True}
    with open(f"{suite.folder}/erasures.jsonl", encoding="utf-8") as ledger:
        lines = [json.loads(line) for line in ledger]
    assert [line["erasure"] for line in lines] == [erased["certificate"]["certificate"]]
    figure(f"{len(before)} lines with canaries in {columns} columns of text before, none after")

    assert set(come_again(suite, mark, key)) == {"idempotency_mismatch", "erased"}
    assert left(suite, folder, "again") == []
    with suite.database() as database:
        total = database.execute("SELECT total FROM base.orders WHERE profile = ANY (%s)", [profiles]).fetchone()
    assert list(total) == [Decimal("7.50")]
    settle(suite)
    said = suite.ecrm("check")
    # What was planted in the journal does not fit its digests, and is gone with the rest.
    assert "No faults" in said and "not verifiable" not in said, said

    # A backup from before still held the person.
    assert "3 profiles" in suite.ecrm("restore", f"{folder}/before.dump", "--replace")
    assert left(suite, folder, "restored") == []
    assert set(come_again(suite, mark, new_key())) == {"erased"}
    assert left(suite, folder, "restored-again") == []
    settle(suite)
    assert "No faults" in suite.ecrm("check")


# An entry that was moved is told as changed or as missing, as the batches of the chain fall.
@pytest.mark.parametrize("change, word", [
    ("UPDATE base.journal SET actor = 'nobody' WHERE id = (SELECT min(id) + 3 FROM base.journal)", "was changed"),
    ("DELETE FROM base.journal WHERE id = (SELECT min(id) + 3 FROM base.journal)", "is missing"),
    ("UPDATE base.journal j SET transaction = k.transaction FROM base.journal k "
     "WHERE j.id = (SELECT min(id) + 3 FROM base.journal) AND k.id = j.id + 1", "was changed|is missing"),
    ("INSERT INTO base.journal (epoch, transaction, at, service, method, actor, type, payload, salt, digest) "
     "SELECT epoch, transaction, at, service, method, actor, type, payload, salt, digest FROM base.journal "
     "WHERE id = (SELECT min(id) + 3 FROM base.journal)", "was added"),
])
def test_a_journal_that_the_owner_changed_is_found_at_its_first_wrong_entry(own_suite, change, word):
    suite = own_suite
    with suite.client(CHANNELS) as client:
        for number in range(12):
            client.call("profiles.upsert", {"source": "shop", "externalId": f"p-{number}"}, key=new_key())
    settle(suite)
    assert "No faults" in suite.ecrm("check")
    with suite.database() as database:
        fourth = database.execute("SELECT min(id) + 3 FROM base.journal").fetchone()[0]
        last = database.execute("SELECT max(id) FROM base.journal").fetchone()[0]
        database.execute(change)
        named = fourth if word != "was added" else database.execute("SELECT max(id) FROM base.journal").fetchone()[0]
    assert named != last
    said = suite.ecrm("check", check=False)
    faults = [line for line in said.splitlines() if re.search(word, line)]
    assert len(faults) == 1 and str(named) in faults[0], said


def test_no_role_of_a_service_changes_the_audit_trail(suite):
    with suite.database() as database:
        rights = database.execute(
            """
            SELECT r.rolname, t.name, p.privilege FROM pg_roles r
            CROSS JOIN unnest(ARRAY['base.journal', 'base.audit_chain', 'base.erased_values']) AS t (name)
            CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p (privilege)
            WHERE r.rolname = ANY (%s) AND has_table_privilege(r.rolname, t.name, p.privilege)
            """, [["acquisition", "retention", "expansion", "channel_integration", "performance_measurement"]]).fetchall()
    assert rights == []


def test_a_service_that_lacks_its_keys_does_not_start_and_says_which(own_suite):
    suite = own_suite
    from support.instance import Instance
    for service, setting in [
            ("acquisition", "ECRM_ERASURE_KEY"), (CHANNELS, "ECRM_ERASURE_KEY"), (CHANNELS, "ECRM_AUDIT_KEY")]:
        with Instance(suite, service, **{f"{setting}_FILE": None}) as instance:
            assert instance.process.wait(30) == 1
            with open(instance.log, encoding="utf-8") as log:
                assert f"{setting} is not set" in log.read()
