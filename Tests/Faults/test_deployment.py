"""docker-compose.yml is well formed, gives no container more than it needs, and what it says works."""

import os
import re
import shutil
import socket
import ssl
import tempfile
import urllib.request

import compose_spec
import pytest
import yaml

from support.certificates import Authority, served_serial, write
from support.containers import ROOT, Container, compose
from support.rpc import Client
from support.server import DatabaseServer
from support.suite import SERVICES, eventually, free_base, new_key


@pytest.fixture(scope="module")
def document():
    return compose()


def test_the_file_is_what_compose_takes(document):
    parsed = compose_spec.PyCompose.from_yaml(yaml.safe_dump(document))
    assert sorted(parsed.service_names()) == sorted(["db", "setup", "migrate", "sign-in", "backup", "edge", *SERVICES])


@pytest.mark.parametrize("name", ["migrate", "setup", "sign-in", "backup", "edge", *SERVICES])
def test_a_container_has_no_more_rights_than_it_needs(document, name):
    said = document["services"][name]
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert said["logging"]["options"] == {"max-size": "20m", "max-file": "5"}
    if name == "setup":
        assert said["network_mode"] == "none" and said["profiles"] == ["setup"]
    elif name in ("sign-in", "backup"):
        assert said["profiles"] == ["setup"] and said["cap_add"] == ["DAC_OVERRIDE"] and said["networks"] == ["data"]
        # A restore adds the backup's keys to those that are there; whoever signs in changes nothing.
        assert said["volumes"][0] == ("./secrets:/secrets:ro" if name == "sign-in" else "./secrets:/secrets")
    else:
        assert said["user"] == "10001:10001" and "cap_add" not in said and "mem_limit" in said


@pytest.mark.parametrize("place, name", enumerate(SERVICES, start=1))
def test_a_service_has_its_own_secrets_and_port_alone(document, place, name):
    said = document["services"][name]
    # Who erases, and who meets records from outside.
    keys = {"acquisition": ["erasure_key"], "channel-integration": ["erasure_key", "audit_key"]}.get(name, [])
    assert said["secrets"] == [f"{name.replace('-', '_')}_password", *keys]
    ledger = ["./secrets/ledger:/var/lib/ecrm"] if name == "channel-integration" else []
    assert said["volumes"] == [
        *ledger, f"./secrets/tls/{name}:/etc/ecrm/tls:ro", "./secrets/jwt/keys:/etc/ecrm/jwt:ro"]
    assert "ports" not in said
    assert said["environment"]["ECRM_PORT"] == str(7100 + place)
    assert said["healthcheck"]["test"] == ["CMD", "ecrm", "healthcheck"]
    assert said["stop_grace_period"] == "30s" and said["restart"] == "unless-stopped"
    assert said["depends_on"] == {
        "db": {"condition": "service_healthy"}, "migrate": {"condition": "service_completed_successfully"}}
    # Whom the edge asks for is told by the edge alone.
    assert said["environment"]["ECRM_TRUSTED_PROXIES"] == document["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert "https://localhost:7443" in said["environment"]["ECRM_ALLOWED_ORIGINS"]
    # No secret stands in the file itself.
    assert not re.search(r":[^/@]+@", said["environment"]["ECRM_DATABASE_URL"])


def test_the_database_is_reached_by_the_suite_alone(document):
    assert document["networks"]["data"]["internal"] is True
    assert document["services"]["db"]["networks"] == ["data"] == document["services"]["migrate"]["networks"]
    assert "ports" not in document["services"]["db"]
    owners = [name for name, said in document["services"].items() if "owner_password" in said.get("secrets", [])]
    assert sorted(owners) == ["backup", "db", "migrate", "sign-in"]


def test_the_edge_alone_is_published_and_sees_nothing_but_its_own(document):
    assert [name for name, said in document["services"].items() if "ports" in said] == ["edge"]
    edge = document["services"]["edge"]
    assert edge["ports"] == ["0.0.0.0:7443:7443"] and edge["networks"] == ["front"] and "secrets" not in edge
    assert edge["volumes"] == ["./secrets/tls/edge:/etc/ecrm/tls:ro"]
    assert edge["healthcheck"]["test"] == ["CMD", "ecrm", "healthcheck"] and edge["restart"] == "unless-stopped"
    told = edge["environment"]
    for place, name in enumerate(SERVICES, start=1):
        assert told[f"ECRM_{name.replace('-', '_').upper()}_ADDRESS"] == f"{name}:{7100 + place}"
    assert edge["build"]["target"] == "edge" and edge["image"] != document["services"]["acquisition"]["image"]
    assert document["services"]["migrate"]["build"]["target"] == "suite"


def test_the_image_has_every_program_and_an_ordinary_user(document):
    stages = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")[1:]
    assert len(stages) == 4 and stages[1].startswith("debian:bookworm-slim AS suite\n")
    products = set(re.search(r"for product in (.*);", stages[0])[1].split())
    assert products == {said["command"][0] for name, said in document["services"].items() if name != "db"}
    assert "\nUSER 10001:10001\n" in stages[1] and "curl" not in stages[1] and "nginx" not in stages[1]
    # The one for backups has PostgreSQL's client beside, the edge's nginx and the console; and an ordinary user as well.
    assert stages[2].startswith("suite AS backup\n") and "postgresql-client" in stages[2]
    assert document["services"]["backup"]["build"]["target"] == "backup"
    assert stages[3].startswith("suite AS edge\n")
    assert all(stage.rpartition("\nUSER ")[2].startswith("10001:10001\n") for stage in stages[2:])
    installed = (ROOT / "Setup/packages.sh").read_text(encoding="utf-8")
    assert all(package in stages[3] and package in installed for package in ["nginx-light", "libjs-chart.js"])
    # What is copied into the build is there, and nothing that was built here is.
    copied = re.findall(r"^COPY (\S+) \S+$", stages[0] + stages[3], re.MULTILINE)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"secrets", ".build", ".git"} <= set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())


@pytest.fixture
def deployment():
    """The suite as the file says, each container a process: its containers by name and the folder of secrets/."""
    folder = tempfile.mkdtemp(prefix="ecrm-deployment-", dir="/tmp")
    os.chmod(folder, 0o711)
    base = free_base()
    ports = {}

    def translate(key, value):
        """What is another address here: the containers' names and ports, and the address of all their networks."""
        if key in ("ECRM_PORT", "ECRM_ADMIN_PORT", "ECRM_EDGE_PORT"):
            return str(int(value) - 7100 + base)
        if key.endswith("_ADDRESS"):
            return f"localhost:{int(value.rpartition(':')[2]) - 7100 + base}"
        if key == "ECRM_TRUSTED_PROXIES":
            return "127.0.0.1" if value else ""
        return value.replace("@db:5432/", f"@localhost:{ports.get('db')}/").replace("0.0.0.0", "127.0.0.1")

    document = compose(ECRM_USER="10001:10001" if os.geteuid() == 0 else f"{os.geteuid()}:{os.getegid()}")
    containers = {}
    os.mkdir(f"{folder}/secrets")
    setup = Container(document | {"services": {"setup": document["services"]["setup"] | {"volumes": []}}}, "setup",
                      folder, translate)
    setup.environment["ECRM_HOME"] = f"{folder}/secrets"
    # Root gives files away as the container's root may.
    setup.arguments = lambda command: command
    status, said = setup.run(setup.said["command"])
    assert status == 0, said
    try:
        with open(f"{folder}/secrets/passwords/ecrm", encoding="utf-8") as file:
            password = file.read().removesuffix("\n")
        with DatabaseServer(password) as server:
            ports["db"] = server.port
            for name in ["migrate", "edge", *SERVICES]:
                containers[name] = Container(document, name, folder, translate)
            # Its own place in memory.
            scratch = containers["edge"].folder + "/tmp"
            os.mkdir(scratch)
            os.chmod(scratch, 0o1777)
            containers["edge"].said = containers["edge"].said | {
                "command": ["ecrm", "edge", "--folder", f"{scratch}/edge"]}
            try:
                yield containers, setup, f"{folder}/secrets"
            finally:
                for container in containers.values():
                    if container.process and container.process.poll() is None:
                        container.process.kill()
                        container.process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_what_the_file_says_works(deployment, figure):
    containers, setup, secrets = deployment
    migrate = containers["migrate"]
    status, said = migrate.run(migrate.said["command"])
    assert (status, said) == (0, "The database is up to date.\n")
    # It may run again: compose runs it at each `up`.
    assert migrate.run(migrate.said["command"])[0] == 0

    services = [containers[name] for name in SERVICES]
    for service in services:
        assert service.run(["ecrm", "healthcheck"])[0] == 1
        service.start()
    for service in services:
        check = service.said["healthcheck"]["test"][1:]
        eventually(
            lambda at=service: at.process.poll() is not None or at.run(check)[0] == 0, seconds=60, every=0.2)
        assert service.process.poll() is None, service.text()
        status, said = service.run(["ecrm", "check"])
        assert (status, said) == (0, "No faults in the settings.\n")

    status, token = setup.run(["ecrm", "token", "--role", "staff"])
    assert status == 0
    for service in services:
        port = int(service.environment["ECRM_PORT"])
        with Client(port, f"{secrets}/ca.pem", token.strip()) as client:
            assert client.call("rpc.discover")["openrpc"] == "1.3.2"
        # Containers reach each other by the services' names.
        tls = ssl.create_default_context(cafile=f"{secrets}/ca.pem")
        with socket.create_connection(("127.0.0.1", port)) as plain:
            tls.wrap_socket(plain, server_hostname=service.name).close()
    port = int(containers["channel-integration"].environment["ECRM_PORT"])
    with open(f"{secrets}/tokens/staff.jwt", encoding="utf-8") as file, \
            Client(port, f"{secrets}/ca.pem", file.read().strip()) as client:
        assert client.call("profiles.upsert", {"source": "shop", "externalId": new_key()}, key=new_key())["profile"]

    answers_by_the_edge(containers["edge"], secrets, token.strip())
    assert [service.stop() for service in services] == [0] * 5
    figure(f"users {'those of the file' if os.geteuid() == 0 else 'this one alone: only root can change it'}")


def answers_by_the_edge(edge, secrets, token):
    """Starts the edge beside the running services, asks each by it, and stops it."""
    assert edge.run(["ecrm", "healthcheck"])[0] == 1
    edge.start()
    eventually(lambda: edge.process.poll() is not None or edge.run(["ecrm", "healthcheck"])[0] == 0, seconds=30,
               every=0.2)
    assert edge.process.poll() is None, edge.text()
    port = int(edge.environment["ECRM_EDGE_PORT"])
    for name in SERVICES:
        with Client(port, f"{secrets}/ca.pem", token, path=f"/{name}/rpc") as client:
            assert client.call("rpc.discover")["info"]["title"] == name
    tls = ssl.create_default_context(cafile=f"{secrets}/ca.pem")
    with urllib.request.urlopen(f"https://localhost:{port}/", context=tls) as page:
        assert page.status == 200 and "script-src 'self'" in page.headers["Content-Security-Policy"]
    # A new certificate, which its own supervisor sees.
    before = served_serial(port)
    renewed = Authority("renewed").issue(["localhost"], usages=["server", "client"])
    folder = edge.mounts["/etc/ecrm/tls"]
    for name, content in [("key", renewed.key_pem), ("certificate", renewed.pem)]:
        write(f"{folder}/{name}.pem", content)
        os.chown(f"{folder}/{name}.pem", os.stat(folder).st_uid, -1)
    eventually(lambda: served_serial(port) == renewed.serial, seconds=20)
    assert before != renewed.serial
    assert edge.stop() == 0, edge.text()


def test_the_settings_are_shown_without_secrets(deployment):
    containers, _, secrets = deployment
    service = containers["retention"]
    status, said = service.run(["ecrm", "check", "--print"])
    assert status == 0, said
    with open(f"{secrets}/passwords/retention", encoding="utf-8") as file:
        assert file.read().strip() not in said
    lines = {line.split()[0]: line.split()[1] for line in said.splitlines()[1:]}
    assert lines["ECRM_DATABASE_PASSWORD"] == lines["ECRM_DATABASE_URL"] == "***"
    assert lines["ECRM_PORT"] == service.environment["ECRM_PORT"]


def test_what_setup_made_is_never_overwritten(deployment):
    _, setup, secrets = deployment
    status, said = setup.run(setup.said["command"])
    assert status == 1 and "nothing in it is overwritten" in said
    # The same folder goes on as a state folder.
    status, said = setup.run(["ecrm", "certificates", "--renew"])
    assert status == 0 and "performance-measurement" in said
    if os.geteuid() == 0:
        assert os.stat(f"{secrets}/tls/retention/key.pem").st_uid == 10_001
        assert os.stat(f"{secrets}/ca.key").st_uid == 0


def test_check_shows_what_a_suites_services_are_told(suite):
    lines = suite.ecrm("check", "--print", "expansion").splitlines()
    assert lines[0] == "expansion" and len([line for line in lines if not line.startswith(" ")]) == 1
    told = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert told["ECRM_PORT"] == [str(suite.port("expansion")), "environment"]
    assert told["ECRM_ADMIN_HOST"] == ["127.0.0.1", "default"]
    assert told["ECRM_DATABASE_URL"][0] == "***"
    assert "No faults in" in suite.ecrm("check")
    said = suite.ecrm("check", "expansion", check=False, ECRM_LOG_LEVEL="loud")
    assert "fault: expansion: ECRM_LOG_LEVEL is loud, which is none of trace, " in said
