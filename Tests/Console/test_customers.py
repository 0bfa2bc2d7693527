"""The search, the single view, and linking and unlinking."""

import re

from playwright.sync_api import expect

import house


def test_the_search_finds_as_one_types_and_leads_to_the_customer(staff):
    staff.open("#/customers")
    field = staff.page.get_by_label("Find a customer")
    field.press_sequentially("michaela neuman", delay=30)
    hits = staff.page.locator(".hit")
    expect(hits.first.get_by_role("link")).to_have_text("michaela neumann")
    expect(hits.first).to_contain_text("winston hills")
    assert "q=michaela+neuman" in staff.page.url
    staff.page.get_by_role("button", name="Show more").click()
    expect(hits).to_have_count(40)
    hits.first.get_by_role("link").click()
    expect(staff.page.get_by_role("heading", level=1)).to_have_text("michaela neumann")
    staff.settled()
    # And back, where the search still stands.
    staff.page.go_back()
    expect(field).to_have_value("michaela neuman")
    expect(hits.first).to_be_visible()
    staff.settled()


def test_only_the_last_of_what_was_typed_is_shown(staff):
    """A slow answer to an earlier text must not overwrite that to a later one."""
    asked = []

    def delay(route):
        text = route.request.post_data_json
        if isinstance(text, dict) and text["method"] == "customers.search":
            asked.append(text["params"]["text"])
            if len(asked) == 1:
                staff.page.wait_for_timeout(800)
        try:
            route.continue_()
        except Exception:  # The page has given the request up, which is what it should do.
            pass

    staff.open("#/customers")
    staff.page.route("**/channel-integration/rpc", delay)
    field = staff.page.get_by_label("Find a customer")
    field.press_sequentially("michaela")
    staff.page.wait_for_timeout(300)
    field.fill("lovelace")
    expect(staff.page.locator(".hit h2").first).to_have_text(house.NAME)
    staff.page.wait_for_timeout(800)
    expect(staff.page.locator(".hit h2").first).to_have_text(house.NAME)
    staff.page.unroute_all(behavior="ignoreErrors")


def test_nobody_found_and_too_little_typed_say_what_to_do(staff):
    staff.open("#/customers")
    field = staff.page.get_by_label("Find a customer")
    field.fill("z")
    expect(staff.page.get_by_text("Two letters or digits are needed.")).to_be_visible()
    field.fill("qqqqxxxxzzzz")
    expect(staff.page.get_by_text("Nobody is known by “qqqqxxxxzzzz”")).to_be_visible()
    field.press_sequentially("<b>")
    expect(staff.page.get_by_text("Nobody is known by “qqqqxxxxzzzz<b>”")).to_be_visible()


def test_the_single_view_tells_sources_reasons_consents_orders_and_what_happened(staff, suite):
    staff.open(f"#/customers/{house.customer(suite)}")
    section = lambda name: staff.page.locator("section.panel").filter(
        has=staff.page.get_by_role("heading", level=2, name=name, exact=True))
    # A name that two sources tell: the most recent is shown, the other is kept.
    expect(section("Traits").get_by_role("row", name=re.compile("^family name"))).to_contain_text("shop")
    section("Traits").get_by_text("1 other value").click()
    expect(section("Traits").locator("table").last).to_contain_text("given name")
    expect(section("Identifiers")).to_contain_text(house.EMAIL)
    expect(section("Identifiers")).to_contain_text("verified")
    expect(section("Profiles and links")).to_contain_text(f"Both carry the e-mail address {house.EMAIL}")
    expect(section("Consents").get_by_role("row", name=re.compile("^marketing"))).to_contain_text("granted")
    expect(section("Consents").get_by_role("row", name=re.compile("^profiling"))).to_contain_text("withdrawn")
    expect(section("Orders").get_by_role("row", name=re.compile("^A-1"))).to_contain_text("$47.40")
    expect(section("Timeline")).to_contain_text("Ordered A-1 $47.40")
    expect(section("Timeline")).to_contain_text("Points earned 1,250 · order A-1")
    expect(section("Worth").locator("dl", has_text="Points to spend")).to_contain_text("1,250")
    section("Consents").get_by_text("Every record").click()
    expect(section("Consents").locator("table")).to_have_count(2)
    staff.settled()


def test_two_customers_are_linked_with_a_reason_and_parted_again(staff, suite):
    """The records that the data set itself says are one person."""
    ids = [suite.call("channel-integration", "profiles.upsert", {"source": "hall", "externalId": name, "traits": {
        "givenName": name, "familyName": "Tweedle"}})["customer"] for name in ("Dum", "Dee")]
    staff.open(f"#/customers/{ids[0]}")
    staff.page.get_by_role("button", name="Link", exact=True).click()
    dialog = staff.page.get_by_role("dialog")
    expect(dialog.get_by_label("The other customer")).to_be_focused()
    dialog.get_by_label("Reason").fill("They came together")
    dialog.get_by_role("button", name="Link", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose the other customer first.")
    dialog.get_by_label("The other customer").fill("Dee Tweedle")
    dialog.get_by_role("button", name=re.compile("^Dee Tweedle")).click()
    dialog.get_by_role("button", name="Link", exact=True).click()
    expect(dialog).to_have_count(0)
    links = staff.page.locator(".links")
    expect(links).to_contain_text("A person said so")
    expect(links).to_contain_text("They came together")
    view = suite.call("channel-integration", "customers.get", {"customer": ids[0]})
    assert {profile["profile"] for profile in view["profiles"]} == set(ids)

    staff.page.get_by_role("button", name="Unlink").click()
    dialog.get_by_label("Reason").fill("They are two")
    dialog.get_by_role("button", name="Unlink").click()
    expect(links.locator(".removed")).to_contain_text("They are two")
    view = suite.call("channel-integration", "customers.get", {"customer": ids[0]})
    assert [profile["profile"] for profile in view["profiles"]] == [ids[0]]
    staff.settled()


def test_escape_leaves_the_dialog_and_gives_the_focus_back(staff, suite):
    staff.open(f"#/customers/{house.customer(suite)}")
    link = staff.page.get_by_role("button", name="Link", exact=True)
    link.click()
    staff.page.keyboard.press("Escape")
    expect(staff.page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_who_may_not_link_sees_no_way_to(visit, suite):
    reader = visit()
    reader.sign_in(suite.token("partner", "--scope", "customers:read identities:read orders:read"))
    reader.open(f"#/customers/{house.customer(suite)}")
    expect(reader.page.locator(".links")).to_contain_text("Both carry")
    expect(reader.page.get_by_role("button", name="Link", exact=True)).to_have_count(0)
    expect(reader.page.get_by_role("button", name="Unlink")).to_have_count(0)
    # What the token may not see is told where it would stand; the rest of the page is there.
    expect(reader.page.get_by_text("Your token may not do this.")).to_be_visible()


def test_a_customer_who_does_not_exist_is_told(staff):
    staff.open("#/customers/01a2050c-0000-7000-8000-000000000000")
    expect(staff.page.get_by_text("It does not exist.").first).to_be_visible()
