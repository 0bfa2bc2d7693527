"""What the services expose is as Prometheus wants it, and what dashboard and alerts ask for is there."""

import json
import urllib.request

import pytest
import yaml

from support.prometheus import ROOT, metrics_of, promtool
from support.rpc import RPCError
from support.suite import SERVICES, eventually, new_key

# What Prometheus itself says of what it scrapes.
OWN = {"up"}


@pytest.fixture(scope="module")
def exposed(suite):
    """The text of every service's metrics, after calls that succeed and fail and the first look at the database."""
    suite.call("channel-integration", "profiles.upsert", {"source": "shop", "externalId": new_key()}, key=new_key())
    for service in SERVICES:
        suite.call(service, "rpc.discover")
        with pytest.raises(RPCError):
            suite.call(service, "jobs.get", {"job": new_key()})
    texts = {service: eventually(lambda at=service: text_with_schemas(suite, at)) for service in SERVICES}
    return texts


def text_with_schemas(suite, service):
    with urllib.request.urlopen(f"http://127.0.0.1:{suite.admin_port(service)}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return text if "\nschema_version{" in text else None


def families(text):
    """The names that queries may use, histograms by their parts."""
    names = set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            names |= {name + part for part in ("_bucket", "_sum", "_count")} if kind == "histogram" else {name}
    return names


@pytest.mark.parametrize("service", SERVICES)
def test_promtool_finds_nothing_to_complain_about(exposed, service):
    assert promtool("check", "metrics", text=exposed[service]) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_every_series_names_its_service(exposed, service):
    samples = [line for line in exposed[service].splitlines() if line and not line.startswith("#")]
    assert len(samples) > 30
    assert [line for line in samples if f'service="{service}"' not in line] == []


def test_what_operations_need_is_there(exposed):
    for service, text in exposed.items():
        wanted = {
            "rpc_requests_total", "rpc_duration_seconds_bucket", "http_requests_in_flight", "http_connections_open",
            "database_pool_connections", "database_pool_wait_seconds_total", "database_pool_timeouts_total",
            "jobs_open", "jobs_oldest_age_seconds", "tls_certificate_expiry_seconds", "schema_version", "build_info",
            "service_ready", "process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"}
        assert wanted - families(text) == set(), service
    assert "follower_oldest_entry_age_seconds" in families(exposed["retention"])


def test_rules_and_the_configuration_are_well_formed():
    folder = ROOT / "Operations"
    for arguments in (("check", "config", "prometheus.yml"), ("check", "rules", "alerts.yml")):
        status, said = promtool(*arguments, folder=folder)
        assert status == 0, said


def test_alerts_ring_when_they_should_and_only_then():
    status, said = promtool("test", "rules", "alerts.test.yml", folder=ROOT / "Operations")
    assert status == 0, said


def test_every_alert_has_a_test_in_which_it_rings():
    alerts = yaml.safe_load((ROOT / "Operations/alerts.yml").read_text())
    tests = yaml.safe_load((ROOT / "Operations/alerts.test.yml").read_text())["tests"]
    named = {rule["alert"] for group in alerts["groups"] for rule in group["rules"]}
    ringing = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case["exp_alerts"]}
    assert named == ringing


def test_alerts_ask_for_metrics_that_exist(exposed):
    there = set().union(*map(families, exposed.values())) | OWN
    rules = yaml.safe_load((ROOT / "Operations/alerts.yml").read_text())["groups"][0]["rules"]
    for rule in rules:
        names = metrics_of(rule["expr"])
        assert names and names <= there, rule["alert"]


def test_the_dashboard_asks_for_metrics_that_exist(exposed):
    there = set().union(*map(families, exposed.values()))
    dashboard = json.loads((ROOT / "Operations/grafana-dashboard.json").read_text())
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert variables == {"datasource", "service"}
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for panel in panels:
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            names = metrics_of(target["expr"])
            assert names and names <= there, panel["title"]
            # Grafana's own variable stands for a duration that promtool's parser wants to see.
            rule = {"groups": [{"name": "g", "rules": [
                {"record": "r", "expr": target["expr"].replace("$__rate_interval", "5m")}]}]}
            status, said = promtool("check", "rules", "/dev/stdin", text=yaml.safe_dump(rule))
            assert status == 0, f"{panel['title']}: {said}"
