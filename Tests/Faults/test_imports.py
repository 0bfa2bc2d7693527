"""Uploads and imports of files: memory stays flat, and what is killed goes on where it was."""

import http.client
import json
import random
import ssl
import threading
import time

import pytest

from support.rpc import RPCError
from support.suite import eventually, new_key

MAPPING = {
    "externalId": "id", "traits": {"givenName": "name"},
    "identifiers": [{"kind": "email", "column": "mail", "verified": True}]}


def request(suite, method, path, body=None, headers=None, token=None, port=None):
    """Status, headers and bytes of an answer; the body may be an iterable that is sent in chunks."""
    connection = http.client.HTTPSConnection(
        "localhost", port or suite.port("channel-integration"),
        context=ssl.create_default_context(cafile=suite.authority), timeout=120)
    fields = {"Authorization": f"Bearer {suite.staff if token is None else token}"} | (headers or {})
    try:
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def upload(suite, content, **options):
    status, _, body = request(suite, "PUT", "/uploads", content, **options)
    assert status == 201, body
    return json.loads(body)


def start(suite, uploaded, mode="upsert"):
    return suite.call("channel-integration", "imports.start", {
        "upload": uploaded["upload"], "kind": "profiles", "format": "csv", "source": "list", "mapping": MAPPING,
        "mode": mode})["job"]


def job(suite, number):
    try:
        return suite.call("channel-integration", "jobs.get", {"job": number})
    except (OSError, http.client.HTTPException, RPCError):
        # The service is being killed.
        return {"state": "unknown", "progress": 0}


def ended(suite, number, seconds=300):
    eventually(lambda: job(suite, number)["state"] in ("succeeded", "failed"), seconds, every=0.3)
    return job(suite, number)


def people(mark, count, faults=()):
    lines = ["id,name,mail"]
    for number in range(count):
        mail = "nothing" if number in faults else f"{mark}.{number}@example.com"
        lines.append(f'{mark}-{number},"Name, {number}",{mail}')
    return "\n".join(lines).encode()


def test_a_hundred_megabytes_are_taken_in_flat_memory(suite, figure):
    upload(suite, people("warm", 10))
    before = suite.resident("channel-integration")
    peak = [before]
    is_over = threading.Event()

    def watch():
        while not is_over.wait(0.05):
            peak[0] = max(peak[0], suite.resident("channel-integration"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    size = 100 << 20
    row = (b"x" * 1023) + b"\n"
    begun = time.monotonic()
    try:
        taken = upload(suite, (row * 64 for _ in range(size // (64 * 1024))), headers={"Content-Length": str(size)})
    finally:
        is_over.set()
        watcher.join()
    assert taken["bytes"] == size
    grown = (peak[0] - before) / 2**20
    figure(f"100 MiB taken in {time.monotonic() - begun:.1f} s, memory {grown:+.0f} MiB")
    assert grown < 40
    with suite.database() as database:
        parts, total = database.execute(
            "SELECT count(*), sum(length(content)) FROM channel_integration.file_parts WHERE file = %s",
            [taken["upload"]]).fetchone()
    assert total == size and parts > 300


def test_refusals_of_an_upload(suite):
    assert request(suite, "PUT", "/uploads", b"x", token="")[0] in (401,)
    site = suite.site
    assert request(suite, "PUT", "/uploads", b"x", token=site)[0] == 403
    assert request(suite, "POST", "/uploads", b"x")[0] == 405
    status, _, body = request(suite, "PUT", "/uploads", iter([]), headers={"Content-Length": str((100 << 20) + 1)})
    assert status == 413
    error = json.loads(body)
    assert error["id"] is None and error["error"]["data"]["type"] == "limit_exceeded"
    for path in ("/imports/x/errors", f"/imports/{'0' * 8}-0000-7000-8000-{'0' * 12}/errors"):
        status, _, body = request(suite, "GET", path)
        assert status == 404 and json.loads(body)["error"]["code"] == -32004


def test_an_upload_goes_through_the_edge(suite):
    status, _, body = request(
        suite, "PUT", "/channel-integration/uploads", people("edge", 2000), port=suite.port("edge"))
    assert status == 201, body
    done = ended(suite, start(suite, json.loads(body)))
    assert done["result"]["new"] == 2000


def is_replaced(suite, killed):
    try:
        return suite.pid("channel-integration") != killed and suite.health("channel-integration") == 200
    except (OSError, IndexError):
        return False


def kill_during_import(suite, count, rounds, figure):
    mark = new_key()[:8]
    chance = random.Random(count)
    faults = set(range(7, count, count // 20))
    taken = upload(suite, people(mark, count, faults))
    number = start(suite, taken)
    kills = 0
    for _ in range(rounds):
        time.sleep(chance.uniform(0.3, 1.5))
        if job(suite, number)["state"] in ("succeeded", "failed"):
            break
        killed = suite.pid("channel-integration")
        suite.kill("channel-integration")
        kills += 1
        eventually(lambda: is_replaced(suite, killed), 30)
    done = ended(suite, number)
    assert done["state"] == "succeeded", done
    result = done["result"]
    assert kills > 0
    assert (result["rows"], result["new"], result["rejected"]) == (count, count - len(faults), len(faults)), result
    assert result["changed"] == 0 and result["duplicate"] == 0
    with suite.database() as database:
        profiles = database.execute(
            "SELECT count(*) FROM base.profiles WHERE external_id LIKE %s", [mark + "-%"]).fetchone()[0]
        created = database.execute(
            "SELECT count(*) FROM base.journal WHERE type = 'profile.created' AND payload ->> 'externalId' LIKE %s",
            [mark + "-%"]).fetchone()[0]
        left = database.execute(
            "SELECT count(*) FROM channel_integration.files WHERE id = %s", [taken["upload"]]).fetchone()[0]
    assert profiles == created == count - len(faults) and left == 0
    status, headers, body = request(suite, "GET", result["errors"])
    assert status == 200 and headers["Content-Type"].startswith("text/csv")
    lines = body.decode().strip().splitlines()
    assert len(lines) == len(faults) + 1
    assert sorted(int(line.split(",")[0]) - 1 for line in lines[1:]) == sorted(faults)
    figure(f"{count} rows, {kills} kills, nothing lost, nothing doubled, {len(faults)} rejected rows told")
    again = ended(suite, start(suite, upload(suite, people(mark, count, faults))))["result"]
    assert (again["new"], again["changed"], again["duplicate"]) == (0, 0, count - len(faults))


def test_an_import_that_is_killed_loses_and_doubles_nothing(own_suite, figure):
    kill_during_import(own_suite, 20_000, 4, figure)
    assert "No faults" in own_suite.ecrm("check")


@pytest.mark.soak
def test_an_import_that_is_killed_often_loses_and_doubles_nothing(own_suite, figure):
    kill_during_import(own_suite, 500_000, 40, figure)


def test_an_export_is_whole_and_told_in_flat_memory(suite, figure):
    mark = new_key()[:8]
    ended(suite, start(suite, upload(suite, people(mark, 5000))))
    number = suite.call("channel-integration", "exports.start", {"kind": "profiles", "format": "csv"})["job"]
    result = ended(suite, number)["result"]
    status, _, body = request(suite, "GET", result["file"])
    assert status == 200 and len(body) == result["bytes"]
    lines = body.decode().splitlines()
    assert len(lines) == result["rows"] + 1 and len(set(lines)) == len(lines)
    assert sum(mark in line for line in lines) == 5000
    figure(f"{result['rows']} rows, {result['bytes']} bytes")
