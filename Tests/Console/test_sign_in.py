"""The ways in and out."""

import re

from playwright.sync_api import expect


def links(text):
    return re.search(r"https://\S+#sign-in=\S+", text).group()


def test_a_link_signs_in_once_and_leaves_no_trace_in_the_address(visit, suite, origin):
    link = links(suite.ecrm("sign-in"))
    assert link.startswith(f"{origin}/")
    first = visit()
    first.page.goto(link)
    first.settled()
    assert first.heading() == "Value chain"
    assert first.page.url == f"{origin}/#/"
    assert first.page.evaluate("() => sessionStorage.length") == 1
    assert first.page.evaluate("() => localStorage.length") == 0
    second = visit()
    second.page.goto(link)
    expect(second.page.get_by_text("This link was used before, or is too old.")).to_be_visible()


def test_a_wrong_token_is_refused_with_a_sentence(visit, origin):
    visitor = visit()
    visitor.page.goto(f"{origin}/#/retention")
    visitor.page.get_by_label("Token", exact=True).fill("no.token.atall")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("No service takes this token.")
    assert visitor.forgive(r"status of 401") >= 1
    assert visitor.page.evaluate("() => sessionStorage.length") == 0


def test_an_expired_token_leads_to_the_sign_in_and_back(visit, suite):
    visitor = visit()
    visitor.page.clock.install()
    visitor.sign_in(suite.token("staff"))
    visitor.open("#/performance")
    # A day has passed, with the page left open.
    visitor.page.clock.fast_forward("25:00:00")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(visitor.page.get_by_text("Your token has expired.")).to_be_visible()
    assert visitor.page.evaluate("() => sessionStorage.length") == 0
    visitor.page.get_by_label("Token", exact=True).fill(suite.staff)
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Performance")
    visitor.settled()


def test_a_revoked_token_leads_to_the_sign_in_and_back(visit, suite):
    token = suite.token("staff")
    visitor = visit()
    visitor.sign_in(token)
    visitor.open("#/developers")
    suite.ecrm("keys", "revoke", token)
    expired = visitor.page.get_by_text("The services take your token no longer")
    for _ in range(100):
        # The services notice within a second.
        visitor.page.evaluate("() => { location.hash = location.hash === '#/performance' ? '#/' : '#/performance' }")
        visitor.page.wait_for_timeout(200)
        if expired.count() > 0:
            break
    expect(expired).to_be_visible()
    assert visitor.forgive(r"status of 401") >= 1
    visitor.page.get_by_label("Token", exact=True).fill(suite.staff)
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(re.compile("Performance|Value chain"))
    visitor.settled()


def test_signing_out_forgets_the_token(staff):
    staff.page.get_by_role("button", name="Sign out").click()
    expect(staff.page.get_by_text("You have signed out.")).to_be_visible()
    assert staff.page.evaluate("() => sessionStorage.length") == 0
    staff.page.reload()
    expect(staff.page.get_by_role("heading", level=1)).to_have_text("Sign in")
