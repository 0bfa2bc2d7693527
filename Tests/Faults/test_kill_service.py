"""A service that is killed under load: what was acknowledged is there, once (test 9 of the reliability plan)."""

import random
import time

import pytest

from support.load import Writers
from support.suite import eventually


def kill_under_load(suite, rounds, figure):
    chance = random.Random(rounds)
    slowest = 0.0
    with Writers(suite, count=16) as writers:
        for _ in range(rounds):
            writers.progress(20)
            time.sleep(chance.uniform(0.2, 3))
            killed = suite.pid("channel-integration")
            suite.kill("channel-integration")
            start = time.monotonic()
            eventually(lambda: is_replaced(suite, killed), 15, every=0.02)
            slowest = max(slowest, time.monotonic() - start)
            writers.progress(20)
        writers.stop()
        count = writers.verify()
    figure(
        f"{rounds} kills, {count} writes acknowledged, {len(writers.failures)} attempts repeated, none lost, none "
        f"doubled; ready again after {slowest:.1f} s at the longest")
    assert slowest < 10
    assert "No faults" in suite.ecrm("check")


def is_replaced(suite, killed):
    try:
        return suite.pid("channel-integration") != killed and suite.health("channel-integration") == 200
    except (OSError, IndexError):
        return False


def test_a_killed_service_loses_and_doubles_nothing(own_suite, figure):
    kill_under_load(own_suite, 3, figure)


@pytest.mark.soak
def test_fifty_kills_lose_and_double_nothing(own_suite, figure):
    kill_under_load(own_suite, 50, figure)
