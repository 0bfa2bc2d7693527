"""A PostgreSQL of a test's own, durable and reached by TCP on the loopback address as a deployment's is."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile


class DatabaseServer:
    """Runs for as long as the block, with the database and the owner `ecrm`."""

    def __init__(self, password):
        self.password = password
        self.folder = tempfile.mkdtemp(prefix="ecrm-server-", dir="/tmp")
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        self.programs = os.environ.get("ECRM_POSTGRES_BIN") or found[-1]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def __enter__(self):
        secret = f"{self.folder}/password"
        with open(secret, "w", encoding="utf-8") as file:
            file.write(self.password)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            for path in (self.folder, secret):
                os.chown(path, user.pw_uid, user.pw_gid)
        self.run("initdb", "-U", "ecrm", "-A", "scram-sha-256", "--pwfile", secret, "--encoding=UTF8",
                 "--locale=C.UTF-8", "-D", f"{self.folder}/data").wait()
        with open(f"{self.folder}/log", "wb") as log:
            self.process = self.run(
                "postgres", "-D", f"{self.folder}/data", "-h", "127.0.0.1", "-p", str(self.port), "-k", self.folder,
                "-c", "max_connections=120", output=log)
        ready = f"{self.programs}/pg_isready"
        while subprocess.run(
                [ready, "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode != 0:
            assert self.process.poll() is None, "PostgreSQL ended"
        environment = os.environ | {"PGPASSWORD": self.password}
        subprocess.run(
            [f"{self.programs}/createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "ecrm", "ecrm"], check=True,
            env=environment)
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(2)
            self.process.wait(timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *arguments, output=subprocess.DEVNULL):
        command = [f"{self.programs}/{program}", *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--", *command]
        return subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
