"""What the tests share: a suite with the demonstration's data, a browser that trusts its edge, and a page that listens."""

import base64
import contextlib
import hashlib
import os
import pathlib
import re
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import sync_playwright

import house
from support.suite import Suite

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def suite():
    """The demonstration as `make demo` leaves it, and a few facts that no data set of it has."""
    with Suite(ECRM_DATA=os.environ.get("ECRM_DATA", str(ROOT / ".data"))) as shared:
        # The demonstration looks beside the project for more data, which this one is to do without.
        with contextlib.chdir(shared.folder):
            shared.ecrm("demo")
        house.furnish(shared)
        yield shared


@pytest.fixture(scope="session")
def origin(suite):
    return f"https://localhost:{suite.base + 343}"


@pytest.fixture(scope="session")
def browser(suite):
    # Python has proved the edge's certificate by the suite's authority; the browser is told that key and no other.
    certificate = ssl.get_server_certificate(("localhost", suite.base + 343), ca_certs=suite.authority)
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    options = [f"--ignore-certificate-errors-spki-list={base64.b64encode(digest).decode()}"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["ECRM_CONSOLE_BROWSER"], args=options)
        yield chromium
        chromium.close()


class Visitor:
    """A person at a browser: a context of its own, and what its pages wrote to the browser's log."""

    def __init__(self, browser, origin, **options):
        settings = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce"} | options
        self.origin = origin
        self.context = browser.new_context(**settings)
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def close(self):
        self.context.close()

    def forgive(self, pattern):
        """Takes out of the log what the test has caused: the browser itself reports each answer that is no success."""
        kept = [error for error in self.errors if not re.search(pattern, error)]
        forgiven = len(self.errors) - len(kept)
        self.errors[:] = kept
        return forgiven

    def sign_in(self, token):
        """As a person does it who has a token."""
        self.page.goto(f"{self.origin}/")
        self.page.get_by_label("Token", exact=True).fill(token)
        self.page.get_by_role("button", name=re.compile("Sign in|Anmelden")).click()
        self.page.get_by_role("navigation").wait_for(state="visible")

    def enter(self, token):
        """Signed in already, as a tab that was used before."""
        self.page.goto(f"{self.origin}/")
        self.page.evaluate("token => sessionStorage.setItem('ecrm.token', token)", token)
        self.page.reload()
        self.settled()

    def open(self, address):
        """Goes to a page of the console, and waits until all of it is there."""
        self.page.evaluate("address => { location.hash = address }", address)
        self.settled()

    def settled(self):
        """Waits until nothing of the page loads any more."""
        still = 0
        for _ in range(600):
            loading = self.page.evaluate(
                "() => document.querySelector('main h1') === null || document.querySelector('[aria-busy=true]') !== null")
            still = 0 if loading else still + 1
            if still == 3:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.page.url} loads for ever")

    def heading(self):
        return self.page.locator("main h1").inner_text()


@pytest.fixture
def visit(browser, origin):
    """Makes visitors. At the end none may have an error in the browser's log."""
    visitors = []

    def make(**options):
        visitors.append(Visitor(browser, origin, **options))
        return visitors[-1]

    yield make
    errors = [error for visitor in visitors for error in visitor.errors]
    for visitor in visitors:
        visitor.close()
    assert errors == []


@pytest.fixture
def staff(visit, suite):
    """Somebody of the staff, signed in."""
    visitor = visit()
    visitor.enter(suite.staff)
    return visitor
