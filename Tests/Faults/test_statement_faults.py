"""Each statement of each writing method goes wrong in turn: tests 10 and 14 of the reliability plan.

The proxy between service and PostgreSQL finds the call's transaction by its idempotency key. What a proxy cannot show
is a failure inside of libpq itself; the Swift tests of Shared/Postgres look at that.
"""

import json
from contextlib import ExitStack

import pytest

from support.instance import LISTENING, Instance
from support.load import insist
from support.proxy import Proxy
from support.rpc import RPCError
from support.suite import eventually, new_key

TABLES = [
    "base.profiles", "base.profile_keys", "base.traits", "base.identifiers", "base.links", "base.customers",
    "base.members", "base.consents", "base.purposes", "base.purpose_texts", "base.products", "base.order_keys",
    "base.orders", "base.order_lines", "base.match_decisions", "base.segments", "base.blocked_values",
    "base.trait_policies", "base.retention_rules", "channel_integration.bounces", "base.answers", "base.jobs",
    "acquisition.events", "acquisition.event_ids", "retention.point_entries", "retention.point_lots",
    "retention.point_movements"]
SERVICES = ["channel-integration", "acquisition", "retention", "expansion"]


class House:
    """The services behind a proxy, and what their calls need to find."""

    def __init__(self, suite, stack):
        self.suite = suite
        self.proxy = stack.enter_context(Proxy(suite))
        self.instances = {}
        # Customers who call a method about themselves.
        self.selves = {}
        for service in SERVICES:
            instance = Instance(suite, service)
            instance.environment["ECRM_DATABASE_URL"] = self.proxy.address(instance.database_url)
            self.instances[service] = stack.enter_context(instance)
        for instance in self.instances.values():
            instance.ready()
        self.database = stack.enter_context(suite.database())

    def profile(self, mark):
        return self.suite.call(
            "channel-integration", "profiles.upsert", {"source": "shop", "externalId": f"{mark}-{new_key()}"},
            key=new_key())["customer"]

    def oneself(self, method, mark):
        """A customer of one's own, who calls: nobody else may."""
        token = self.suite.token("customer", "--customer", self.profile(mark))
        self.selves[method] = self.instances["channel-integration"].client(token)
        return {}

    def profile_row(self, mark):
        identifiers = [{"kind": "email", "value": f"{mark}@example.com", "verified": True}]
        return {"externalId": mark, "traits": {"givenName": mark}, "identifiers": identifiers}

    def order_row(self, mark):
        return {
            "externalId": mark, "customer": {"source": "erp", "externalId": f"party-{mark}"},
            "orderedAt": "2024-05-01T10:00:00Z", "currency": "EUR",
            "lines": [{"sku": f"sku-{mark}", "quantity": "2", "unitPrice": "19.90"}]}

    def link(self, mark):
        return self.suite.call(
            "channel-integration", "identities.link",
            {"a": self.profile(mark), "b": self.profile(mark), "reason": "the same person"}, key=new_key())["link"]

    def points(self, mark):
        """What somebody earns: their customer, and the entry."""
        customer = self.profile(mark)
        earned = self.suite.call("retention", "loyalty.earn", {"customer": customer, "points": 10}, key=new_key())
        return customer, earned["entry"]

    def segment(self, mark):
        return self.suite.call(
            "channel-integration", "segments.save", {"key": f"{mark}-{new_key()}", "rule": {"source": "none"}},
            key=new_key())["segment"]

    def blocked(self, mark):
        """A value that links nobody."""
        self.suite.call(
            "channel-integration", "identities.block",
            {"kind": "email", "value": f"{mark}@example.com", "reason": "many have it"}, key=new_key())
        return f"{mark}@example.com"

    def unruled(self):
        """No kind of fact has a rule."""
        self.database.execute("DELETE FROM base.retention_rules")
        return {}

    def address(self, mark):
        """Of a person of its own."""
        self.suite.call(
            "channel-integration", "profiles.upsert", {"source": "shop", **self.profile_row(mark)}, key=new_key())
        return f"{mark}@example.com"

    def upload(self, mark):
        """A file that was sent."""
        made = self.database.execute(
            "INSERT INTO channel_integration.files "
            "(id, kind, owner, media_type, bytes, created_at, completed_at, expires_at) "
            "VALUES (gen_random_uuid(), 'upload', 'test', 'text/csv', 3, now(), now(), now() + interval '1 day') "
            "RETURNING id").fetchone()[0]
        self.database.execute("INSERT INTO channel_integration.file_parts VALUES (%s, 0, 'id\n')", [made])
        return str(made)

    def job(self):
        """A job that no worker can take, because this connection holds it."""
        row = self.database.execute(
            """
            WITH made AS (SELECT gen_random_uuid() AS id)
            SELECT id, pg_advisory_lock(hashtextextended('job:' || id::text, 0)) FROM made
            """).fetchone()
        self.database.execute(
            "INSERT INTO base.jobs (id, service, name, params, actor, created_at) "
            "VALUES (%s, 'channel-integration', 'none', '{}', 'test', now())", [row[0]])
        return str(row[0])

    def counts(self):
        # Segments that follow what a call has changed for everybody start jobs of their own.
        columns = ", ".join(
            f"(SELECT count(*) FROM {table}{' WHERE actor <> %(follower)s' if table == 'base.jobs' else ''})"
            for table in TABLES)
        # Workers write to the journal when they have carried out what a call has begun.
        journal = (
            "(SELECT count(*) FROM base.journal WHERE service <> 'expansion' "
            "AND type <> ALL ('{matching.trained,matching.matched,segment.entered,segment.left,profile.exported,"
            "clv.published}'))")
        return self.database.execute(f"SELECT {columns}, {journal}", {"follower": "follower"}).fetchone()

    def idle_in_transaction(self):
        return self.database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'").fetchone()[0]

    def open_jobs(self, service):
        return self.database.execute(
            "SELECT count(*) FROM base.jobs WHERE service = %s AND state IN ('queued', 'running')",
            [service]).fetchone()[0]

    def trained(self):
        """All sources, once a model has been trained of them."""
        if not self.database.execute("SELECT count(*) FROM base.match_models").fetchone()[0]:
            job = self.suite.call("channel-integration", "identities.train", key=new_key())["job"]
            eventually(lambda: self.suite.call("channel-integration", "jobs.get", {"job": job})["state"] == "succeeded")
        return {}


@pytest.fixture(scope="module")
def house(suite):
    with ExitStack() as stack:
        yield House(suite, stack)


@pytest.fixture
def clients():
    with ExitStack() as stack:
        yield stack


# Method → its service, and params for a call that finds everything new.
METHODS = {
    "profiles.upsert": ("channel-integration", lambda house, mark: {
        "source": "shop"} | house.profile_row(mark)),
    "profiles.import": ("channel-integration", lambda house, mark: {
        "source": "shop", "rows": [house.profile_row(f"{mark}-{number}") for number in range(3)]}),
    "products.import": ("channel-integration", lambda house, mark: {
        "rows": [{"sku": f"{mark}-{number}", "name": "A thing"} for number in range(3)]}),
    "orders.import": ("channel-integration", lambda house, mark: {
        "source": "erp", "rows": [house.order_row(mark)]}),
    "consents.record": ("channel-integration", lambda house, mark: {
        "customer": house.profile(mark), "purpose": "service", "state": "granted", "basis": mark}),
    "purposes.save": ("channel-integration", lambda house, mark: {
        "key": f"p-{mark}", "text": {"en": "A purpose"}, "basis": "consent"}),
    "self.consents.record": ("channel-integration", lambda house, mark: house.oneself("self.consents.record", mark) | {
        "purpose": "marketing", "state": "granted"}),
    "self.preferences.set": ("channel-integration", lambda house, mark: house.oneself("self.preferences.set", mark) | {
        "topics": [mark]}),
    "self.update": ("channel-integration", lambda house, mark: house.oneself("self.update", mark) | {
        "traits": {"givenName": mark}}),
    "identities.link": ("channel-integration", lambda house, mark: {
        "a": house.profile(mark), "b": house.profile(mark), "reason": "the same person"}),
    "identities.unlink": ("channel-integration", lambda house, mark: {
        "link": house.link(mark), "reason": "two persons"}),
    "identities.block": ("channel-integration", lambda house, mark: {
        "kind": "email", "value": f"{mark}@example.com", "reason": "many have it"}),
    "identities.unblock": ("channel-integration", lambda house, mark: {
        "kind": "email", "value": house.blocked(mark)}),
    "identities.train": ("channel-integration", lambda house, mark: {}),
    "identities.match": ("channel-integration", lambda house, mark: house.trained()),
    "identities.decide": ("channel-integration", lambda house, mark: {
        "a": house.profile(mark), "b": house.profile(mark), "verdict": "same", "reason": "the same person"}),
    "segments.save": ("channel-integration", lambda house, mark: {
        "key": mark, "rule": {"source": "shop"}}),
    "segments.remove": ("channel-integration", lambda house, mark: {"segment": house.segment(mark)}),
    "traitPolicies.save": ("channel-integration", lambda house, mark: {
        "trait": mark, "rule": "mostTrusted", "sources": ["crm", "shop"]}),
    "retentionRules.save": ("channel-integration", lambda house, mark: house.unruled() | {
        "kind": "events", "days": 36500}),
    "privacy.export": ("channel-integration", lambda house, mark: {"customer": house.profile(mark)}),
    "privacy.erase": ("channel-integration", lambda house, mark: {"customer": house.profile(mark)}),
    "imports.start": ("channel-integration", lambda house, mark: {
        "upload": house.upload(mark), "kind": "profiles", "format": "csv", "source": "shop", "mode": "validate",
        "mapping": {"externalId": "id"}}),
    "exports.start": ("channel-integration", lambda house, mark: {"kind": "products", "format": "csv"}),
    "addresses.markBounced": ("channel-integration", lambda house, mark: {
        "email": house.address(mark), "at": "2024-05-01T10:00:00Z", "kind": "soft"}),
    "jobs.cancel": ("channel-integration", lambda house, mark: {"job": house.job()}),
    "events.collect": ("acquisition", lambda house, mark: {
        "batch": [{"type": "track", "event": "Viewed", "messageId": f"{mark}-{number}", "anonymousId": mark,
                   "timestamp": "2024-05-01T10:00:00Z"} for number in range(3)]}),
    "clv.fit": ("retention", lambda house, mark: {
        "calibrationEnd": "2025-10-03", "unit": "week"}),
    "loyalty.earn": ("retention", lambda house, mark: {
        "customer": house.profile(mark), "points": 10, "reference": mark}),
    "loyalty.burn": ("retention", lambda house, mark: {"customer": house.points(mark)[0], "points": 7}),
    "loyalty.reverse": ("retention", lambda house, mark: {"entry": house.points(mark)[1], "reason": mark}),
    "recommendations.train": ("expansion", lambda house, mark: {"signals": "orders"}),
}


def test_every_writing_method_is_here(house):
    writing = set()
    for instance in house.instances.values():
        for method in instance.call("rpc.discover")["methods"]:
            if method["x-access"]["effect"] == "write":
                writing.add(method["name"])
    # A link signs in once, and no repetition brings its token again.
    assert writing == set(METHODS) | {"signIns.redeem"}


@pytest.mark.parametrize("method", METHODS)
def test_a_fault_at_each_statement_leaves_nothing_or_all_of_it(house, clients, method, figure):
    service, make = METHODS[method]
    instance = house.instances[service]
    # A client of the test's own: the service ends connections that were idle for the length of other tests.
    client = clients.enter_context(instance.client())
    plain = run(house, client, method, make, "none")
    statements, whole = len(plain.statements), plain.change
    assert any(whole)
    outcomes = {"nothing": 0, "all": 0}
    for fault in ("error", "cut", "silence"):
        for at in range(1, statements + 1):
            attempt = run(house, client, method, make, fault, at)
            assert attempt.change == whole, f"{fault} at {at}: {attempt.change} instead of {whole}"
            nothing = not any(attempt.before_retry)
            assert nothing or attempt.before_retry == whole, f"{fault} at {at}: half of it: {attempt.before_retry}"
            outcomes["nothing" if nothing else "all"] += 1
    # What the calls have begun, or followers for them, holds connections by right until it is done.
    eventually(lambda: house.open_jobs(service) == 0, 120)
    eventually(lambda: house.idle_in_transaction() == 0, 10)
    eventually(lambda: instance.lent() == LISTENING and instance.metric("database_pool_waiting") == 0, 15)
    assert instance.metric("database_pool_connections") <= 8
    # A COMMIT whose answer was lost has taken effect, and nothing else has.
    assert outcomes["all"] == 1
    figure(
        f"{statements} statements × 3 faults: {outcomes['nothing']} without effect, {outcomes['all']} with all of it, "
        "each resolved by its repetition")


class Attempt:
    """What a call with a fault in it did, and its repetition."""

    def __init__(self, statements, before_retry, change):
        self.statements = statements
        self.before_retry = before_retry
        self.change = change


def run(house, client, method, make, fault, at=0):
    key = f"fault-{new_key()}"
    params = make(house, key[6:18])
    client = house.selves.pop(method, client)
    before = house.counts()
    watch = house.proxy.watch(key, fault, at)
    failure = None
    try:
        client.call(method, params, key=key)
    except RPCError as error:
        failure = error
    house.proxy.watches = {}
    if fault == "none":
        assert failure is None, failure
    else:
        assert watch.happened, f"{fault} at {at} did not come about: {watch.statements}"
        assert failure is not None and failure.code == -32010 and failure.retryable, f"{fault} at {at}: {failure}"
    # The backend of a connection that was cut takes a moment to notice it.
    before_retry = difference(before, house.counts())
    first = insist(client, method, params, key, seconds=15)
    again = client.call(method, params, key=key)
    assert again == first and client.headers["Idempotency-Replayed"] == "true"
    return Attempt(watch.statements, before_retry, difference(before, house.counts()))


def difference(before, after):
    return tuple(new - old for old, new in zip(before, after))


def test_the_data_is_whole_after_all_that(house):
    assert "No faults" in house.suite.ecrm("check")


@pytest.mark.parametrize("rounds", [60, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_lost_answer_to_commit_is_found_again(house, clients, rounds, figure):
    client = clients.enter_context(house.instances["channel-integration"].client())
    customer = house.profile("commit")
    mark = new_key()
    for number in range(rounds):
        key = f"commit-{new_key()}"
        params = {"customer": customer, "purpose": "service", "state": "granted", "basis": f"{mark}-{number}"}
        watch = house.proxy.watch(key, "silence")
        with pytest.raises(RPCError) as raised:
            client.call("consents.record", params, key=key)
        assert watch.happened and watch.statements[-1] == "COMMIT"
        assert raised.value.code == -32010 and raised.value.retryable
        assert "not known" in raised.value.data["detail"]
        kept = house.database.execute("SELECT answer FROM base.answers WHERE key = %s", [key]).fetchone()[0]
        assert client.call("consents.record", params, key=key) == json.loads(kept)
        assert client.headers["Idempotency-Replayed"] == "true"
    count = house.database.execute(
        "SELECT count(*) FROM base.consents WHERE basis LIKE %s", [mark + "-%"]).fetchone()[0]
    assert count == rounds
    figure(f"{rounds} answers to COMMIT lost, {count} effects, every repetition got the first answer")
