"""The real processes of a suite, in a state folder and on ports of their own."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

import psycopg

from support.rpc import Client

SERVICES = ["acquisition", "retention", "expansion", "channel-integration", "performance-measurement"]


def eventually(condition, seconds=30, every=0.05):
    """Waits until the condition holds, and returns what it said."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{condition} did not come true within {seconds} s")
        time.sleep(every)


class Suite:
    """`ecrm up --detach`, and `ecrm down` at the end of the block, with the folder removed."""

    def __init__(self, **environment):
        self.folder = tempfile.mkdtemp(prefix="ecrm-faults-", dir="/tmp")
        os.chmod(self.folder, 0o711)
        self.base = free_base()
        # Another suite's settings are not this one's.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ECRM_")}
        self.programs = os.environ["ECRM_PROGRAMS"]
        self.environment = clean | {"ECRM_HOME": self.folder, "ECRM_PORT_BASE": str(self.base)} | environment

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.ecrm("down", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def up(self):
        self.ecrm("up", "--detach")

    def ecrm(self, *arguments, check=True, **environment):
        """Runs the tool to its end and returns what it printed."""
        done = subprocess.run(
            [f"{self.programs}/ecrm", *arguments], env=self.environment | environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
        if check and done.returncode != 0:
            raise AssertionError(f"ecrm {' '.join(arguments)} ended with {done.returncode}: {done.stdout}")
        return done.stdout

    def port(self, service):
        """Where a service answers, or the edge."""
        return self.base + 343 if service == "edge" else self.base + 1 + SERVICES.index(service)

    def admin_port(self, service):
        return self.port(service) + 100

    @property
    def authority(self):
        return f"{self.folder}/ca.pem"

    def text(self, path):
        with open(f"{self.folder}/{path}", encoding="utf-8") as file:
            return file.read().strip()

    @property
    def staff(self):
        return self.text("tokens/staff.jwt")

    @property
    def site(self):
        return self.text("tokens/site.jwt")

    def token(self, role, *options):
        return self.ecrm("token", "--role", role, *options).strip()

    def client(self, service, token=None, **options):
        """A connection of its own to a service; the staff's token unless another is given, "" for none."""
        return Client(self.port(service), self.authority, self.staff if token is None else token, **options)

    def through_edge(self, service, token=None, **options):
        """A connection of its own to a service by the edge."""
        return self.client("edge", token, path=f"/{service}/rpc", **options)

    def call(self, service, method, params=None, **options):
        """One call on a connection of its own; raises `RPCError` for an error."""
        with self.client(service) as client:
            return client.call(method, params, **options)

    def health(self, service, path="/health/ready", timeout=5):
        """The status of the admin port; 0 when nobody answers."""
        try:
            url = f"http://127.0.0.1:{self.admin_port(service)}{path}"
            with urllib.request.urlopen(url, timeout=timeout) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def metrics(self, service):
        """The samples of a service: name with its labels → value."""
        url = f"http://127.0.0.1:{self.admin_port(service)}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        samples = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in samples}

    def pid(self, service):
        """The process that runs the service now."""
        return int(self.text(f"run/{service}.pid").split()[0])

    @property
    def postmaster(self):
        return int(self.text("postgres/postmaster.pid").splitlines()[0])

    def kill(self, service, number=signal.SIGKILL):
        os.kill(self.pid(service), number)

    def resident(self, service):
        """Bytes of memory the service holds."""
        with open(f"/proc/{self.pid(service)}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self, service):
        return len(os.listdir(f"/proc/{self.pid(service)}/fd"))

    def processor_seconds(self, service):
        """Processor time the service has used so far."""
        with open(f"/proc/{self.pid(service)}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def database(self):
        """A connection as the database's owner."""
        return psycopg.connect(self.text("database.url"), autocommit=True)


def free_base():
    """A base whose ports nobody listens on, below those that the system gives to outgoing connections."""
    bases = range(10_400, 31_600, 400)
    for base in random.sample(bases, len(bases)):
        ports = [base + 343] + [base + offset + place for offset in (0, 100) for place in range(1, 6)]
        if all(is_free(port) for port in ports):
            return base
    raise AssertionError("there are no free ports")


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def new_key():
    return str(uuid.uuid4())


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()
