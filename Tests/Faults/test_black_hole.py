"""A network that swallows packets between service and database (of test 20 of the reliability plan).

A proxy cannot lose packets, so this needs a network namespace, which only root may make. The answers of the database's
side are dropped there by a route into nowhere: what the service sends is never acknowledged.
"""

import os
import subprocess
import sys
import time

import pytest

from support import relay
from support.instance import Instance
from support.load import insist
from support.rpc import RPCError
from support.suite import eventually, new_key

SERVICE = "channel-integration"
PORT = 5432


class Network:
    """A namespace with a relay to the suite's database, at the other end of a pair of interfaces."""

    def __init__(self, suite):
        number = os.getpid() % 200
        self.name = f"ecrm{number}"
        self.near, self.far = f"10.231.{number}.1", f"10.231.{number}.2"
        with suite.database() as database:
            self.path = f"{database.info.host}/.s.PGSQL.{database.info.port}"
        self.relay = None

    def __enter__(self):
        try:
            ip("netns", "add", self.name)
            ip("link", "add", f"{self.name}a", "type", "veth", "peer", "name", f"{self.name}b", "netns", self.name)
            ip("address", "add", f"{self.near}/30", "dev", f"{self.name}a")
            ip("link", "set", f"{self.name}a", "up")
            self.inside("address", "add", f"{self.far}/30", "dev", f"{self.name}b")
            self.inside("link", "set", f"{self.name}b", "up")
            self.relay = subprocess.Popen(
                ["ip", "netns", "exec", self.name, sys.executable, relay.__file__, self.far, str(PORT), self.path])
        except (OSError, subprocess.CalledProcessError) as error:
            self.__exit__()
            pytest.skip(f"this machine makes no network namespace: {error}")
        return self

    def __exit__(self, *_):
        if self.relay:
            self.relay.kill()
            self.relay.wait()
        ip("link", "delete", f"{self.name}a", check=False)
        ip("netns", "delete", self.name, check=False)

    def inside(self, *arguments):
        ip("-n", self.name, *arguments)

    def break_down(self):
        self.inside("route", "add", "blackhole", f"{self.near}/32")

    def recover(self):
        self.inside("route", "delete", "blackhole", f"{self.near}/32")

    def established(self):
        """Connections to the relay that the kernel still believes in."""
        listed = subprocess.run(
            ["ss", "-Htn", "state", "established", "dst", f"{self.far}:{PORT}"], capture_output=True, text=True)
        return len(listed.stdout.splitlines())


def ip(*arguments, check=True):
    subprocess.run(["ip", *arguments], check=check, capture_output=True, timeout=20)


@pytest.mark.skipif(
    os.geteuid() != 0,
    reason="only root may make a network namespace; test_pool.py shows what a proxy can: a database that is silent")
def test_packets_that_vanish_are_noticed(suite, figure):
    with Network(suite) as network:
        instance = Instance(suite, SERVICE)
        instance.environment["ECRM_DATABASE_URL"] = (
            instance.database_url.partition("@")[0] + f"@{network.far}:{PORT}/ecrm?sslmode=disable")
        with instance, instance.client(timeout=30) as client:
            instance.ready()
            insist(client, "profiles.upsert", {"source": "shop", "externalId": new_key()}, new_key())
            before = network.established()
            assert before >= 3
            network.break_down()
            start = time.monotonic()
            try:
                with pytest.raises(RPCError) as raised:
                    while True:
                        client.call("profiles.upsert", {"source": "shop", "externalId": new_key()}, key=new_key())
                answered = time.monotonic() - start
                assert raised.value.retryable
                eventually(lambda: instance.health() == 503, 10)
                assert instance.health("/health/live") == 200
                # The connection that listens sends nothing by itself: only keep-alive and tcp_user_timeout end it.
                eventually(lambda: network.established() == 0, 60, every=0.2)
                noticed = time.monotonic() - start
            finally:
                network.recover()
            start = time.monotonic()
            eventually(lambda: instance.health() == 200, 15)
            insist(client, "profiles.upsert", {"source": "shop", "externalId": new_key()}, new_key())
            back = time.monotonic() - start
    figure(
        f"{before} connections into a black hole: a write answered with {raised.value.code} after {answered:.1f} s, "
        f"the last connection given up after {noticed:.1f} s, writing again {back:.1f} s after its end")
    assert answered < 14
    assert noticed < 40
