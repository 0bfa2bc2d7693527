"""No service works on a database that may lose what was answered."""

import subprocess
import time
import urllib.error
import urllib.request

import pytest

from support.suite import SERVICES, Suite, eventually, free_base


@pytest.fixture(scope="module")
def suite():
    """A suite of this file's own: its settings are changed."""
    with Suite() as own:
        yield own


def environment_of(suite, service):
    """What the running service was started with, but for its ports."""
    with open(f"/proc/{suite.pid(service)}/environ", encoding="utf-8") as file:
        told = dict(entry.split("=", 1) for entry in file.read().split("\0") if entry)
    base = free_base()
    return told | {"ECRM_PORT": str(base + 1), "ECRM_ADMIN_PORT": str(base + 101)}


def start(suite, service, environment):
    return subprocess.Popen(
        [f"{suite.programs}/{service}"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("setting, whose, sentence", [
    ("ALTER ROLE retention SET synchronous_commit = off", "ALTER ROLE retention RESET ALL", "synchronous_commit off"),
    ("ALTER DATABASE ecrm SET synchronous_commit = off", "ALTER DATABASE ecrm RESET ALL", "synchronous_commit off"),
    ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync", "fsync off"),
    ("ALTER SYSTEM SET full_page_writes = off", "ALTER SYSTEM RESET full_page_writes", "full_page_writes off"),
])
def test_a_service_refuses_to_start_on_it(suite, setting, whose, sentence):
    environment = environment_of(suite, "retention")
    with suite.database() as database:
        try:
            database.execute(setting)
            database.execute("SELECT pg_reload_conf()")
            if "SYSTEM" in setting:
                eventually(lambda: database.execute(f"SHOW {sentence.split()[0]}").fetchone() == ("off",))
            process = start(suite, "retention", environment)
            _, said = process.communicate(timeout=60)
        finally:
            database.execute(whose)
            database.execute("SELECT pg_reload_conf()")
    assert process.returncode == 1
    lines = said.splitlines()
    assert len(lines) == 1 and lines[0].startswith(f"retention: The database has {sentence}, "), said


def test_running_services_are_not_ready_while_it_is_switched_off(suite):
    pids = {service: suite.pid(service) for service in SERVICES}
    with suite.database() as database:
        try:
            database.execute("ALTER SYSTEM SET synchronous_commit = off")
            database.execute("SELECT pg_reload_conf()")
            eventually(lambda: all(suite.health(service) == 503 for service in SERVICES))
        finally:
            database.execute("ALTER SYSTEM RESET synchronous_commit")
            database.execute("SELECT pg_reload_conf()")
    eventually(lambda: all(suite.health(service) == 200 for service in SERVICES))
    assert {service: suite.pid(service) for service in SERVICES} == pids


def test_a_service_waits_for_a_database_that_is_not_there(suite):
    environment = environment_of(suite, "expansion") | {"ECRM_DATABASE_URL": "host=/nowhere user=expansion"}
    process = start(suite, "expansion", environment)

    def status(path):
        try:
            url = f"http://127.0.0.1:{environment['ECRM_ADMIN_PORT']}/health/{path}"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    try:
        eventually(lambda: status("live") == 200)
        # Longer than several attempts to connect take; a service that gave up would be gone.
        began = time.monotonic()
        eventually(lambda: time.monotonic() - began > 3)
        assert status("ready") == 503 and status("started") == 503 and process.poll() is None
        process.terminate()
        assert process.wait(timeout=40) == 0
    finally:
        process.kill()
        process.communicate()
