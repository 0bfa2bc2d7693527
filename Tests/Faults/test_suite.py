"""The suite that the tests of this folder bring up is a whole one."""

from support.suite import SERVICES, new_key


def test_every_service_answers_with_its_contract(suite):
    for service in SERVICES:
        assert suite.health(service) == 200
        document = suite.call(service, "rpc.discover")
        assert document["openrpc"] == "1.3.2"


def test_a_written_profile_is_in_the_database(suite):
    email = f"{new_key()}@example.com"
    identifiers = [{"kind": "email", "value": email, "verified": True}]
    written = suite.call(
        "channel-integration", "profiles.upsert", {"source": "shop", "externalId": email, "identifiers": identifiers},
        key=new_key())
    with suite.database() as database:
        rows = database.execute("SELECT profile::text FROM base.identifiers WHERE value = %s", [email]).fetchall()
    assert rows == [(written["profile"],)]
