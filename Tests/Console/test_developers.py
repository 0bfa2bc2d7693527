"""The developers' pages: every method, found, run and copied."""

import json
import subprocess

import pytest
from playwright.sync_api import expect

from support.suite import SERVICES


def test_every_method_of_the_five_services_is_listed(staff, suite):
    staff.open("#/developers")
    documents = {service: suite.call(service, "rpc.discover") for service in SERVICES}
    names = [method["name"] for service in SERVICES for method in documents[service]["methods"]]
    assert staff.page.locator(".method-list a").all_inner_texts() == names
    assert f"{len(names)} methods" in staff.page.locator("main").inner_text()


def test_the_search_finds_by_words_of_the_description(staff):
    staff.open("#/developers")
    staff.page.get_by_label("Find a method").fill("collaborative filtering")
    expect(staff.page.locator(".method-list a")).to_have_text(["recommendations.train"])
    staff.page.get_by_label("Find a method").fill("zebra crossing")
    expect(staff.page.get_by_text("No method fits")).to_be_visible()


def test_each_method_has_a_page_that_shows_its_params_and_example(staff, suite):
    for service in SERVICES:
        for method in suite.call(service, "rpc.discover")["methods"]:
            name = method["name"]
            shared = name.startswith(("jobs.", "rpc."))
            staff.page.evaluate("address => { location.hash = address }",
                                f"#/developers/{f'{service}:{name}' if shared else name}")
            expect(staff.page.get_by_role("heading", level=1)).to_have_text(name)
            field = staff.page.get_by_label("Params (JSON)")
            example = {param["name"]: param["value"] for param in method["examples"][0]["params"]}
            assert json.loads(field.input_value()) == example
            for param in method["params"]:
                expect(staff.page.locator("th code").get_by_text(param["name"], exact=True).first).to_be_visible()


def test_a_method_is_run_with_one_s_own_token(staff):
    staff.open("#/developers/customers.search")
    staff.page.get_by_label("Params (JSON)").fill('{"text": "michaela neuman", "limit": 1}')
    staff.page.get_by_role("button", name="Run", exact=True).click()
    answer = staff.page.locator(".answer pre")
    expect(answer).to_contain_text('"neumann"')
    assert "HTTP 200" in staff.page.locator(".answer").inner_text()
    staff.page.get_by_label("Params (JSON)").fill('{"text": 7}')
    staff.page.get_by_role("button", name="Run", exact=True).click()
    expect(answer).to_contain_text("invalid_params")
    staff.page.get_by_label("Params (JSON)").fill('{"text":')
    staff.page.get_by_role("button", name="Run", exact=True).click()
    expect(staff.page.get_by_role("alert").filter(has_text="This is no JSON:")).to_be_visible()


def test_a_write_is_run_only_when_one_says_that_one_knows(staff, suite):
    staff.open("#/developers/profiles.upsert")
    staff.page.get_by_label("Params (JSON)").fill(
        '{"source": "console", "externalId": "1", "identifiers": [{"kind": "email", "value": "grace@example.com"}]}')
    staff.page.get_by_role("button", name="Run", exact=True).click()
    expect(staff.page.get_by_text("This method changes data.")).to_be_visible()
    known = {"kind": "email", "value": "grace@example.com"}
    assert suite.call("channel-integration", "identities.resolve", known) == {}
    staff.page.get_by_label("I know that this changes data").check()
    staff.page.get_by_role("button", name="Run", exact=True).click()
    expect(staff.page.locator(".answer pre")).to_contain_text('"created"')
    assert "customer" in suite.call("channel-integration", "identities.resolve", known)
    # For the next time it is asked again.
    expect(staff.page.get_by_label("I know that this changes data")).not_to_be_checked()


@pytest.mark.parametrize("name", ["curl", "TypeScript", "Python"])
def test_what_is_copied_runs_and_holds_no_token(visit, suite, origin, tmp_path, name):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.enter(suite.staff)
    visitor.open("#/developers/customers.search")
    # A quote, as it has to pass through a shell and two languages.
    visitor.page.get_by_label("Params (JSON)").fill('{"text": "michaela neuman o\'hara \\"x\\"", "limit": 1}')
    visitor.page.get_by_role("button", name=name, exact=True).click()
    expect(visitor.page.locator(".notice")).to_have_text(f"Copied as {name}.")
    text = visitor.page.evaluate("() => navigator.clipboard.readText()")
    assert suite.staff not in text
    file = tmp_path / {"curl": "call.sh", "TypeScript": "call.mjs", "Python": "call.py"}[name]
    file.write_text(text)
    program = {"curl": "bash", "TypeScript": "node", "Python": "python3"}[name]
    if name == "TypeScript":
        client = subprocess.run(["curl", "-s", "--cacert", suite.authority, f"{origin}/ecrm.js"],
                                check=True, capture_output=True).stdout
        (tmp_path / "ecrm.js").write_bytes(client)
        (tmp_path / "package.json").write_text('{"type": "module"}')
    environment = suite.environment | {
        "ECRM_TOKEN": suite.staff, "ECRM_CA": suite.authority, "NODE_EXTRA_CA_CERTS": suite.authority}
    done = subprocess.run([program, str(file)], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "neumann" in done.stdout
