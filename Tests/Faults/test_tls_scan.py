"""Mozilla's intermediate profile on every port, by sslyze; and what it does not look at, in the long run by testssl.sh,
which takes a minute a port.
"""

import json
import os
import socket
import ssl
import subprocess
import sys

import pytest

from support.suite import SERVICES

PORTS = [*SERVICES, "edge"]


@pytest.fixture(scope="module")
def scans(suite, tmp_path_factory):
    """Port → sslyze's own result; one run for all of them."""
    path = tmp_path_factory.mktemp("sslyze") / "scan.json"
    targets = [f"localhost:{suite.port(service)}" for service in PORTS]
    done = subprocess.run(
        [sys.executable, "-m", "sslyze", "--mozilla_config=intermediate", "--reneg", "--compression",
         "--heartbleed", "--openssl_ccs", "--robot", "--fallback", "--early_data", "--resum", "--elliptic_curves",
         "--certinfo_ca_file", suite.authority, "--json_out", str(path), *targets],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    results = json.loads(path.read_text())["server_scan_results"]
    return done, {scan["server_location"]["port"]: scan["scan_result"] for scan in results}


def test_every_port_keeps_to_mozillas_intermediate_profile(suite, scans, figure):
    done, results = scans
    compliant = [line.split()[0] for line in done.stdout.splitlines() if "OK - Compliant" in line]
    figure(f"compliant: {', '.join(compliant)}")
    assert done.returncode == 0, done.stdout[-3000:]
    assert len(results) == len(PORTS) == len(compliant)


@pytest.mark.parametrize("service", PORTS)
def test_a_port_has_the_two_versions_and_six_suites_and_no_known_weakness(suite, scans, service):
    scan = scans[1][suite.port(service)]

    def of(command):
        assert scan[command]["status"] == "COMPLETED", command
        return scan[command]["result"]

    for version in ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"):
        assert of(f"{version}_cipher_suites")["accepted_cipher_suites"] == [], version
    accepted = {suite["cipher_suite"]["name"] for suite in of("tls_1_2_cipher_suites")["accepted_cipher_suites"]}
    # Those of an ECDSA key, which is what the development authority issues.
    assert accepted == {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"}
    assert len(of("tls_1_3_cipher_suites")["accepted_cipher_suites"]) == 3
    renegotiation = of("session_renegotiation")
    assert not renegotiation["is_vulnerable_to_client_renegotiation_dos"]
    assert renegotiation["supports_secure_renegotiation"]
    assert not of("tls_compression")["supports_compression"]
    assert not of("heartbleed")["is_vulnerable_to_heartbleed"]
    assert not of("openssl_ccs_injection")["is_vulnerable_to_ccs_injection"]
    assert not of("tls_1_3_early_data")["supports_early_data"]
    assert of("robot")["robot_result"].startswith("NOT_VULNERABLE")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("service", PORTS)
def test_a_port_speaks_both_versions_of_http_and_no_old_tls(suite, service):
    for offered, chosen in ((["h2", "http/1.1"], "h2"), (["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"),
                            ([], None)):
        assert handshake(suite, service, offered)[1] == chosen
    # Of neither, a service goes on in HTTP/1.1; nginx refuses, as RFC 7301 has it.
    if service == "edge":
        with pytest.raises((ssl.SSLError, OSError)):
            handshake(suite, service, ["spdy/3"])
    else:
        assert handshake(suite, service, ["spdy/3"])[1] is None
    with pytest.raises((ssl.SSLError, OSError)):
        handshake(suite, service, [], ssl.TLSVersion.TLSv1_1)
    assert handshake(suite, service, [], ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"
    assert handshake(suite, service, [])[0] == "TLSv1.3"


def handshake(suite, service, protocols, highest=ssl.TLSVersion.MAXIMUM_SUPPORTED):
    context = ssl.create_default_context(cafile=suite.authority)
    # What this machine's own settings forbid must not be taken for the service's refusal.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = highest
    if protocols:
        context.set_alpn_protocols(protocols)
    with socket.create_connection(("127.0.0.1", suite.port(service)), 10) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            return secure.version(), secure.selected_alpn_protocol()


# What testssl.sh finds that is meant to be so. Mozilla's profile lets the client choose among its suites, the
# development authority publishes no revocations, the local openssl has no suites of GOST. The edge compresses (BREACH),
# which gives nothing away where no request bears credentials that a foreign page could have the browser send: tokens
# are headers. And one check that testssl.sh says it could not make: openssl leaves when its input ends, which may be
# before the tickets of TLS 1.3 have come, and without them there is nothing to resume.
MEANT = {"cipher_order", "cert_revocation", "engine_problem", "BREACH", "sessionresumption_ticket"}


@pytest.mark.soak
@pytest.mark.parametrize("service", PORTS)
def test_testssl_finds_nothing_of_weight(suite, service, tmp_path, figure):
    path = tmp_path / "testssl.json"
    done = subprocess.run(
        ["testssl", "--quiet", "--color", "0", "--severity", "MEDIUM", "--jsonfile", str(path),
         f"localhost:{suite.port(service)}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False,
        env=os.environ | {"ADDITIONAL_CA_FILES": suite.authority})
    assert "Rating" in done.stdout or "Done" in done.stdout, done.stdout[-2000:]
    found = {finding["id"]: finding["finding"] for finding in json.loads(path.read_text())}
    figure(f"{service}: {', '.join(sorted(found)) or 'nothing'} of medium weight or more")
    assert set(found) <= MEANT, found
