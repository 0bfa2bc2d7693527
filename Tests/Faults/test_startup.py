"""Services, database and migration in any order, and settings that are wrong (test 24 of the reliability plan)."""

import json
import subprocess
import tempfile
from contextlib import contextmanager

import psycopg
import pytest

from support.instance import Instance
from support.proxy import Proxy
from support.rpc import RPCError
from support.suite import SERVICES, eventually, new_key

SERVICE = "channel-integration"


def answers(instance):
    """A call's result, or the code of its error."""
    try:
        return instance.call("identities.resolve", {"kind": "email", "value": "nobody@example.com"})
    except RPCError as error:
        return error.code


def reason(instance):
    """Why the process is not ready, in its own words."""
    status, text = instance.admin("/health/ready")
    if status != 503:
        return None
    return "; ".join(check.get("reason", "") for check in json.loads(text)["checks"] if check["status"] == "DOWN")


@contextmanager
def other_database(suite):
    """An empty database in the suite's cluster, and the owner's way to it."""
    name = f"other_{new_key()[:8]}"
    with suite.database() as database:
        database.execute(f"CREATE DATABASE {name}")
    url = suite.text("database.url").replace("/ecrm?", f"/{name}?")
    try:
        yield name, url
    finally:
        with suite.database() as database:
            database.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_service_waits_for_its_database(suite, figure):
    proxy = Proxy(suite)
    instance = Instance(suite, SERVICE)
    instance.environment["ECRM_DATABASE_URL"] = proxy.address(instance.database_url)
    with instance:
        eventually(lambda: instance.health("/health/live") == 200)
        assert instance.health() == 503 and instance.health("/health/started") == 503
        eventually(lambda: "database" in (reason(instance) or "") or "socket" in (reason(instance) or ""))
        assert answers(instance) == -32010
        with proxy:
            instance.ready(15)
            assert answers(instance) != -32010
        # And again when it goes: not ready, alive, and back by itself.
        eventually(lambda: instance.health() == 503, 10)
        assert instance.health("/health/live") == 200
    figure("live and not ready without a database, ready as soon as there is one")


def test_a_service_waits_for_its_migration(suite, figure):
    with other_database(suite) as (name, url):
        instance = Instance(suite, SERVICE)
        instance.environment["ECRM_DATABASE_URL"] = instance.database_url.replace("/ecrm?", f"/{name}?")
        with instance:
            eventually(lambda: "has no schema yet; run the migrations first" in (reason(instance) or ""))
            assert answers(instance) == -32010
            suite.ecrm("migrate", ECRM_DATABASE_URL=url)
            instance.ready(15)
            assert answers(instance) != -32010

            for change, undo, told in [
                    ("DELETE FROM schema_migrations WHERE schema = 'base' AND version = 6",
                     "INSERT INTO schema_migrations SELECT * FROM kept", "lacks migration"),
                    ("INSERT INTO schema_migrations (schema, version, name, checksum) VALUES "
                     "('base', 999, '0999_future', '')",
                     "DELETE FROM schema_migrations WHERE version = 999", "which this program does not know"),
                    ("UPDATE schema_migrations SET checksum = 'other' WHERE schema = 'base' AND version = 6",
                     "UPDATE schema_migrations m SET checksum = k.checksum FROM kept k "
                     "WHERE m.schema = k.schema AND m.version = k.version", "was changed after")]:
                with connect(url) as database:
                    database.execute(
                        "CREATE TEMPORARY TABLE kept AS SELECT * FROM schema_migrations "
                        "WHERE schema = 'base' AND version = 6")
                    database.execute(change)
                    eventually(lambda: told in (reason(instance) or ""), 10)
                    assert answers(instance) == -32010
                    database.execute(undo)
                instance.ready(10)
    figure("no schema, an older, a newer and a changed one: not ready, each with its reason; ready when it is right")


def connect(url):
    return psycopg.connect(url, autocommit=True)


def test_a_migrator_refuses_a_newer_schema(suite):
    with other_database(suite) as (_, url):
        suite.ecrm("migrate", ECRM_DATABASE_URL=url)
        with connect(url) as database:
            database.execute(
                "INSERT INTO schema_migrations (schema, version, name, checksum) "
                "VALUES ('base', 999, '0999_future', '')")
        done = subprocess.run(
            [f"{suite.programs}/ecrm", "migrate"], env=suite.environment | {"ECRM_DATABASE_URL": url},
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert "0999_future" in done.stderr and "does not know" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_migrators_at_once_migrate_once(suite, figure):
    with other_database(suite) as (_, url):
        environment = suite.environment | {"ECRM_DATABASE_URL": url}
        running = [
            subprocess.Popen(
                [f"{suite.programs}/ecrm", "migrate"], env=environment, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT)
            for _ in range(4)]
        for process in running:
            output = process.communicate(timeout=120)[0]
            assert process.returncode == 0, output
        with connect(url) as database:
            listing = "SELECT schema, version, applied_at FROM schema_migrations ORDER BY 1, 2"
            applied = database.execute(listing).fetchall()
            tables = schema_of(database)
            suite.ecrm("migrate", ECRM_DATABASE_URL=url)
            assert database.execute(listing).fetchall() == applied
            assert schema_of(database) == tables
        with suite.database() as database:
            assert len(database.execute("SELECT 1 FROM pg_roles WHERE rolname = 'channel_integration'").fetchall()) == 1
    figure(f"4 migrators at once applied {len(applied)} migrations once each; a fifth changed nothing")


def schema_of(database):
    return database.execute(
        """
        SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3
        """).fetchall()


WRONG = {
    "ECRM_DATABASE_URL": [None, ""],
    "ECRM_PORT": [None, "https", "0", "70000"],
    "ECRM_ADMIN_PORT": [None, "-1"],
    "ECRM_TLS_CERTIFICATE": [None, "/nowhere.pem", "/etc/hostname"],
    "ECRM_TLS_KEY": [None, "/nowhere.pem", "/etc/hostname"],
    "ECRM_JWT_KEYS": [None, "/nowhere"],
    "ECRM_ALLOWED_ORIGINS": ["shop.example", "https://shop.example/"],
    "ECRM_TRUSTED_PROXIES": ["10.0.0.0/99", "proxy"],
    "ECRM_TLS_CLIENT_AUTHORITY": ["/nowhere.pem"],
    "ECRM_LOG_LEVEL": ["loud"],
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_wrong_setting_is_named(suite, service, figure):
    tried = 0
    for name, values in WRONG.items():
        # One service tries all values, the others one each: they read their settings by the same code.
        for value in values if service == SERVICE else values[:1]:
            status, output = start(suite, service, {name: value})
            assert status == 1, f"{name}={value} ended with {status}: {output}"
            assert len(output.splitlines()) == 1, output
            assert name in output and output.startswith(f"{service}: "), output
            tried += 1
    figure(f"{tried} wrong settings, each named in one line, each ended with 1")


def test_a_secret_given_twice_or_not_readable_is_named(suite):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("postgresql:///\n")
        file.flush()
        _, output = start(suite, SERVICE, {"ECRM_DATABASE_URL_FILE": file.name})
        assert "ECRM_DATABASE_URL and ECRM_DATABASE_URL_FILE are both set" in output
    _, output = start(suite, SERVICE, {"ECRM_DATABASE_URL": None, "ECRM_DATABASE_URL_FILE": "/nowhere"})
    assert "ECRM_DATABASE_URL_FILE names /nowhere" in output


def test_a_port_that_is_taken_is_named(suite):
    status, output = start(suite, SERVICE, {"ECRM_PORT": str(suite.port(SERVICE))})
    assert status == 1
    assert "ECRM_PORT" in output and "in use" in output


def start(suite, service, settings):
    """Starts a service that is to end by itself; its status and what it said that is no log."""
    instance = Instance(suite, service)
    environment = instance.environment | settings
    environment = {name: value for name, value in environment.items() if value is not None}
    done = subprocess.run(
        [instance.program], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    instance.taken.discard(instance.port)
    return done.returncode, done.stderr.strip()
