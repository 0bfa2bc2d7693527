"""Another process of a service beside the suite's own, with settings of the test's choice."""

import os
import signal
import subprocess
import urllib.error
import urllib.request

from support.rpc import Client
from support.suite import eventually, is_free

# Connections of a service at rest that somebody holds: the listener of the journal's.
LISTENING = 1


class Instance:
    """One process of a service, started as the suite starts its own except for the given settings."""

    # Ports given away, whether or not their processes listen yet.
    taken = set()

    def __init__(self, suite, service, **environment):
        self.suite = suite
        with open(f"/proc/{suite.pid(service)}/environ", encoding="utf-8") as file:
            pairs = (entry.split("=", 1) for entry in file.read().split("\0") if entry)
            settings = dict(pairs)
        self.port = next(
            port for port in range(suite.base + 11, suite.base + 90)
            if port not in self.taken and is_free(port) and is_free(port + 100))
        self.admin_port = self.port + 100
        self.taken.add(self.port)
        settings |= {"ECRM_PORT": str(self.port), "ECRM_ADMIN_PORT": str(self.admin_port)}
        self.database_url = settings["ECRM_DATABASE_URL"]
        self.environment = settings | environment
        # A setting of None is one that is not there.
        self.environment = {name: value for name, value in self.environment.items() if value is not None}
        self.program = f"{suite.programs}/{service}"
        self.log = f"{suite.folder}/logs/{service}-{self.port}.log"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.taken.discard(self.port)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program], env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def ready(self, seconds=30):
        eventually(lambda: self.health() == 200, seconds)
        return self

    def end(self, number=signal.SIGTERM, seconds=40):
        """Signals the process and returns its exit status."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def client(self, token=None, **options):
        return Client(self.port, self.suite.authority, self.suite.staff if token is None else token, **options)

    def call(self, method, params=None, **options):
        with self.client() as client:
            return client.call(method, params, **options)

    def admin(self, path, timeout=5):
        """The status and the text of the admin port; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}{path}", timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def health(self, path="/health/ready"):
        return self.admin(path)[0]

    def metric(self, name):
        """The value of a sample without labels of its own."""
        for line in self.admin("/metrics")[1].splitlines():
            sample, _, value = line.rpartition(" ")
            if sample.partition("{")[0] == name:
                return float(value)
        raise AssertionError(f"there is no metric {name}")

    def lent(self):
        """Connections of the exclusive lane that somebody holds."""
        return self.metric("database_pool_connections") - self.metric("database_pool_idle_connections")

    def says(self, text):
        """Whether the process has written this."""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return text in file.read()

    def resident(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
