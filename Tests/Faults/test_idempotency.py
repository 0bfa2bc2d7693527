"""What an idempotency key promises (test 13 of the reliability plan)."""

import json
import os
import signal
import threading

import pytest

from support.instance import Instance
from support.load import insist
from support.rpc import RPCError
from support.suite import eventually, new_key

SERVICE = "channel-integration"
CLOCKS = [f"/usr/lib/{machine}-linux-gnu/faketime/libfaketimeMT.so.1" for machine in ("x86_64", "aarch64")]


def make_customer(suite):
    params = {"source": "shop", "externalId": new_key()}
    return suite.call(SERVICE, "profiles.upsert", params, key=new_key())["customer"]


def consent(customer, mark):
    return {"customer": customer, "purpose": "service", "state": "granted", "basis": mark}


def effects(suite, mark):
    with suite.database() as database:
        return database.execute("SELECT count(*) FROM base.consents WHERE basis = %s", [mark]).fetchone()[0]


def test_a_key_used_32_times_at_once_takes_effect_once(suite, figure):
    customer = make_customer(suite)
    tally = {}
    for _ in range(10):
        mark, key = new_key(), new_key()
        body = json.dumps({
            "jsonrpc": "2.0", "id": 1, "method": "consents.record", "params": consent(customer, mark)}).encode()
        answers = at_once(suite, 32, body, key)
        kinds = [kind for kind, _ in answers]
        assert set(kinds) <= {"first", "replayed", -32008}
        assert kinds.count("first") == 1
        bodies = {text for kind, text in answers if kind in ("first", "replayed")}
        assert len(bodies) == 1, "a kept answer differs from the first"
        with suite.client(SERVICE) as client:
            assert insist(client, "consents.record", consent(customer, mark), key) == json.loads(bodies.pop())["result"]
        assert effects(suite, mark) == 1
        for kind in kinds:
            tally[kind] = tally.get(kind, 0) + 1
    figure(f"10 × 32 calls with one key: 10 effects; answers: {tally}")


def at_once(suite, count, body, key):
    """Sends the body over so many connections at the same moment; each answer with what it is."""
    barrier, answers = threading.Barrier(count), []

    def send():
        with suite.client(SERVICE) as client:
            client.post(b'{"jsonrpc":"2.0","id":0,"method":"rpc.discover"}')
            barrier.wait(30)
            text = client.post(body, headers={"Idempotency-Key": key})
            error = json.loads(text).get("error")
            if error:
                assert error["data"]["retryable"] and error["data"]["retryAfterMs"] > 0
            replayed = client.headers.get("Idempotency-Replayed") == "true"
            answers.append((error["code"] if error else "replayed" if replayed else "first", text))

    threads = [threading.Thread(target=send) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == count
    return answers


def test_a_key_is_for_one_call_of_one_principal(suite):
    customer, mark, key = make_customer(suite), new_key(), new_key()
    first = suite.call(SERVICE, "consents.record", consent(customer, mark), key=key)
    for method, params in [
            ("consents.record", consent(customer, new_key())),
            ("profiles.upsert", {"source": "shop", "externalId": new_key()})]:
        with pytest.raises(RPCError) as raised:
            suite.call(SERVICE, method, params, key=key)
        assert raised.value.code == -32007 and not raised.value.retryable
    # The order of members and white space are no difference.
    with suite.client(SERVICE) as client:
        turned = dict(reversed(consent(customer, mark).items()))
        assert client.call("consents.record", turned, key=key) == first
        assert client.headers["Idempotency-Replayed"] == "true"
    # Another principal's key of the same name is another key.
    other = suite.token("staff", "--subject", "somebody-else")
    with suite.client(SERVICE, token=other) as client:
        second = client.call("consents.record", consent(customer, mark), key=key)
        assert "Idempotency-Replayed" not in client.headers
    assert second["consent"] != first["consent"]
    assert effects(suite, mark) == 2


def test_a_failure_is_not_kept(own_suite):
    suite = own_suite
    customer, mark, key = make_customer(suite), new_key(), new_key()
    nobody = str(new_key())
    with pytest.raises(RPCError) as raised:
        suite.call(SERVICE, "consents.record", consent(nobody, mark), key=key)
    assert raised.value.code == -32004
    with pytest.raises(RPCError) as raised:
        suite.call(SERVICE, "consents.record", {"customer": customer}, key=key)
    assert raised.value.code == -32602
    # While there is no database the call fails with what may be repeated, and then the key is as free as before.
    with suite.client(SERVICE) as client:
        os.kill(suite.postmaster, signal.SIGQUIT)
        failures = []
        answer = insist(
            client, "consents.record", consent(customer, mark), key, tell=lambda error, _: failures.append(error))
        assert "Idempotency-Replayed" not in client.headers
        assert all(error.code == -32010 for error in failures if isinstance(error, RPCError))
    eventually(lambda: suite.health(SERVICE) == 200)
    assert suite.call(SERVICE, "consents.record", consent(customer, mark), key=key) == answer
    assert effects(suite, mark) == 1


def test_a_kept_answer_outlives_the_process_and_the_database(own_suite):
    suite = own_suite
    customer, mark, key = make_customer(suite), new_key(), new_key()
    first = suite.call(SERVICE, "consents.record", consent(customer, mark), key=key)
    before = suite.pid(SERVICE)
    suite.kill(SERVICE)
    eventually(lambda: restarted(suite, before))
    assert suite.call(SERVICE, "consents.record", consent(customer, mark), key=key) == first
    suite.ecrm("down")
    suite.up()
    assert suite.call(SERVICE, "consents.record", consent(customer, mark), key=key) == first
    assert effects(suite, mark) == 1


def restarted(suite, before):
    try:
        return suite.pid(SERVICE) != before and suite.health(SERVICE) == 200
    except (OSError, IndexError):
        return False


def test_a_key_is_forgotten_after_a_day(own_suite, figure):
    """A second process lives in tomorrow, by libfaketime; where that is missing the kept answer is made older."""
    suite = own_suite
    customer, mark, key = make_customer(suite), new_key(), new_key()
    params = consent(customer, mark)
    first = suite.call(SERVICE, "consents.record", params, key=key)
    library = next((path for path in CLOCKS if os.path.exists(path)), None)
    if library is None:
        with suite.database() as database:
            database.execute(
                "UPDATE base.answers SET created_at = created_at - interval '24 hours' WHERE key = %s", [key])
        with suite.client(SERVICE) as client:
            assert client.call("consents.record", params, key=key)["consent"] != first["consent"]
        figure("libfaketime is not installed: shown with a kept answer whose time was set back by a day")
        return
    token = suite.token("staff", "--days", "3")
    # Its own chores would forget what is a day old in tomorrow's eyes, so the day before is looked at first.
    for hours, is_kept in [(23, True), (25, False)]:
        time = {"LD_PRELOAD": library, "FAKETIME": f"+{hours}h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        with Instance(suite, SERVICE, **time) as instance:
            instance.ready()
            with instance.client(token=token) as client:
                answer = client.call("consents.record", params, key=key)
                assert ("Idempotency-Replayed" in client.headers) == is_kept
                assert (answer == first) == is_kept
                if not is_kept:
                    assert answer["recordedAt"] > first["recordedAt"]
                    assert client.call("consents.record", params, key=key) == answer
    assert effects(suite, mark) == 2
    figure("kept after 23 hours, forgotten after 25, by a process whose clock libfaketime moves")
