"""What docker-compose.yml says, carried out by plain processes: this stands in for an engine where there is none.

A container becomes a folder that holds what is mounted into it, with owners and modes as they are, and a process with
its command, its environment and its user. What only an engine can do is not shown by this: a read-only root, limits of
memory, the networks' walls.
"""

import os
import pathlib
import re
import shutil
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]


def compose(**variables):
    """docker-compose.yml with its anchors resolved and its variables, or their defaults, put in."""
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return put_in({name: part for name, part in document.items() if not name.startswith("x-")}, variables)


def put_in(value, variables):
    if isinstance(value, dict):
        return {name: put_in(part, variables) for name, part in value.items()}
    if isinstance(value, list):
        return [put_in(part, variables) for part in value]
    if isinstance(value, str):
        return re.sub(r"\$\{([A-Z_]+):-([^}]*)\}", lambda found: variables.get(found[1], found[2]), value)
    return value


class Container:
    """A container of one service of the file, without the container."""

    def __init__(self, document, name, folder, translate):
        self.name = name
        self.said = document["services"][name]
        self.folder = f"{folder}/{name}"
        os.mkdir(self.folder, 0o711)
        # Longest first: a path may begin with another.
        self.mounts = {}
        for secret in self.said.get("secrets", []):
            source = document["secrets"][secret]["file"]
            self.mount(source.removeprefix("./"), f"/run/secrets/{secret}", folder)
        for volume in self.said.get("volumes", []):
            source, target = volume.split(":")[:2]
            if source.startswith("./"):
                self.mount(source.removeprefix("./"), target, folder)
        self.environment = {
            key: self.inside(translate(key, str(value))) for key, value in self.said.get("environment", {}).items()}
        self.environment["PATH"] = os.environ["ECRM_PROGRAMS"] + ":/usr/bin:/bin"
        self.log = f"{folder}/{name}.log"
        self.process = None

    def mount(self, source, target, folder):
        """Copies what would be mounted, as its owner's."""
        place = self.folder + target
        os.makedirs(os.path.dirname(place), 0o755, exist_ok=True)
        source = f"{folder}/{source}"
        if os.path.isdir(source):
            shutil.copytree(source, place)
        else:
            shutil.copy2(source, place)
        for path in [source] + [f"{at}/{name}" for at, folders, files in os.walk(source) for name in folders + files]:
            status = os.stat(path)
            os.chown(place + path[len(source):], status.st_uid, status.st_gid)
        self.mounts[target] = place

    def inside(self, value):
        """A path of the container as one of this machine."""
        for target in sorted(self.mounts, key=len, reverse=True):
            if value.startswith(target):
                return self.mounts[target] + value[len(target):]
        return value

    def arguments(self, command):
        """The command as the container's user, who has no rights beyond his own; only root can become him."""
        if os.geteuid() != 0:
            return command
        user, group = self.said["user"].split(":")
        return ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--no-new-privs",
                "--bounding-set", "-all", "--inh-caps", "-all", *command]

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.arguments(self.said["command"]), env=self.environment, cwd="/", stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)

    def run(self, command):
        """Runs a command in the container to its end; answers its status and what it said."""
        done = subprocess.run(
            self.arguments(command), env=self.environment, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120)
        return done.returncode, done.stdout

    def stop(self):
        """Ends it as `docker stop` does, and answers its status."""
        self.process.terminate()
        grace = int(self.said["stop_grace_period"].removesuffix("s"))
        return self.process.wait(timeout=grace)

    def text(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()
