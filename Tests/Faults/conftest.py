"""What the tests share: one suite for all, or one of a test's own where it breaks things."""

import pytest

from support.suite import Suite


@pytest.fixture(scope="session")
def suite():
    """The suite that tests share who leave it as they found it."""
    with Suite() as shared:
        yield shared


@pytest.fixture
def own_suite():
    """A suite of the test's own, for tests that kill its processes or change its settings."""
    with Suite() as own:
        yield own


@pytest.fixture
def figure(request, capfd):
    """Prints what a test has measured, also when the test passes."""

    def say(text):
        with capfd.disabled():
            print(f"\n  {request.node.name}: {text}", flush=True)

    return say
