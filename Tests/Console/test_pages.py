"""What each page shows, against what the services answer."""

import math
import re

from playwright.sync_api import expect

import house

ALWAYS = {"from": "1970-01-01", "to": "2100-01-01"}


def test_every_page_is_reached_by_its_address_and_moves_the_focus(staff, suite):
    for _, address, heading, _ in house.pages(suite)[1:]:
        staff.open(address)
        expect(staff.page.get_by_role("heading", level=1)).to_have_text(heading)
        assert heading in staff.page.title()
        assert staff.page.evaluate("() => document.activeElement.tagName") == "H1"
        assert staff.page.locator(".fault").count() == 0, staff.page.locator(".fault").first.inner_text()


def test_the_value_chain_shows_the_scorecard(staff, suite):
    card = suite.call("performance-measurement", "scorecard.get", ALWAYS)
    staff.open("#/")
    figures = staff.page.locator(".chain .figures > div").all_inner_texts()
    shown = dict(text.split("\n") for text in figures)
    assert shown["Visitors"] == f"{card['acquisition']['visitors']:,}"
    assert shown["New buyers"] == f"{card['acquisition']['newCustomers']:,}"
    assert shown["Orders"] == f"{card['expansion']['orders']:,}"
    assert shown["Bought again"] == f"{card['retention']['repeatRate']:.0%}"
    assert shown["Profiles"] == f"{card['channelIntegration']['profiles']:,}"
    assert shown["Over several profiles"] == f"{card['channelIntegration']['linkedCustomers']:,}"
    assert float(card["expansion"]["averageOrder"][0]["amount"]) == float(shown["Average order"].lstrip("$"))


def test_every_activity_leads_to_the_facts_behind_it(staff):
    for activity, heading in [
        ("Strategy formation", "Retention"), ("Performance measurement", "Performance"), ("Acquisition", "Acquisition"),
        ("Retention", "Retention"), ("Expansion", "Expansion"), ("Channel integration", "Customers"),
        ("Information management", "Developers"),
    ]:
        staff.open("#/")
        staff.page.locator("main").get_by_role("link", name=activity, exact=True).click()
        expect(staff.page.get_by_role("heading", level=1)).to_have_text(heading)
    staff.settled()


def test_a_period_is_kept_in_the_address_and_compared_with_the_one_before(staff):
    staff.open("#/?period=1998-01-01..1998-07-01")
    expect(staff.page.locator(".change")).not_to_have_count(0)
    assert "1 Jan 1998 to 30 Jun 1998" in staff.page.locator("main").inner_text()
    staff.page.get_by_label("Period").select_option("always")
    staff.settled()
    assert "period" not in staff.page.url
    expect(staff.page.locator(".change")).to_have_count(0)


def test_the_rfm_map_has_the_cells_of_the_report_and_lists_who_is_behind_one(staff, suite):
    report = suite.call("retention", "rfm.report", {"asOf": "1998-06-30"})
    staff.open("#/retention?asOf=1998-06-30")
    cells = staff.page.locator(".map button")
    shown = sum(int(text.replace(",", "")) for text in cells.all_inner_texts())
    assert shown == report["customers"]
    # The highest score of a measure begins at the last cut point.
    expect(staff.page.locator(".map tbody th").first).to_have_text(f"≥ {math.ceil(report['cutPoints']['frequency'][-1])}")
    cells.last.click()
    expect(cells.last).to_have_attribute("aria-pressed", "true")
    inside = staff.page.locator(".inside")
    expect(inside.get_by_role("heading")).to_be_focused()
    expect(inside.locator(".spend li")).to_have_count(report["bins"])
    score = {"recency": 5, "frequency": 1}
    best = suite.call("retention", "rfm.list", {"asOf": "1998-06-30", "limit": 1, **score})["items"][0]
    expect(inside.locator("tbody tr").first).to_contain_text(f"{best['monetaryValue']:,.0f}")
    staff.settled()


def test_a_segment_lists_its_customers(staff, suite):
    items = suite.call(
        "retention", "rfm.list", {"asOf": "1998-06-30", "segment": "champions", "limit": 200})["items"]
    staff.open("#/retention?asOf=1998-06-30")
    staff.page.get_by_role("button", name="Champions").click()
    inside = staff.page.locator(".inside")
    expect(inside.locator("tbody tr")).to_have_count(10)
    inside.get_by_role("button", name="Show more").click()
    expect(inside.locator("tbody tr")).to_have_count(20)
    expect(inside.locator("tbody tr").nth(19)).to_contain_text(f"{items[19]['monetaryValue']:,.0f}")
    inside.get_by_role("link").first.click()
    staff.settled()
    assert staff.page.url.endswith(items[0]["customer"])


def test_the_list_behind_a_point_of_the_scatter_leads_to_its_customers(staff, suite):
    best = suite.call("retention", "clv.list", {"sort": "value", "source": "cdnow", "limit": 1})["items"][0]
    staff.open("#/retention")
    rows = staff.page.locator(".behind tbody tr")
    expect(rows.first).to_contain_text(f"${best['expectedValue']:,.0f}")
    staff.page.get_by_label("Worth at least").fill("1000")
    staff.page.keyboard.press("Tab")
    expect(staff.page.locator(".behind caption")).to_contain_text("3 customers")
    # The point itself: the most valuable customer lies highest.
    staff.page.get_by_label("Worth at least").fill("0")
    staff.page.keyboard.press("Tab")
    x, y = staff.page.evaluate("""() => {
      const chart = Object.values(Chart.instances)[0];
      chart.canvas.scrollIntoView({ block: "center" });
      const [point] = chart.getDatasetMeta(0).data;
      const place = chart.canvas.getBoundingClientRect();
      return [place.x + point.x, place.y + point.y];
    }""")
    staff.page.mouse.click(x, y)
    expect(rows).to_have_count(1)
    rows.first.get_by_role("link").click()
    staff.settled()
    assert staff.page.url.endswith(best["customer"])


def test_a_model_is_fitted_and_taken_into_use(staff):
    staff.open("#/retention")
    staff.page.get_by_label("Last day of the calibration").fill("1997-09-30")
    staff.page.get_by_label("Source of the orders").fill("cdnow")
    staff.page.get_by_role("button", name="Fit", exact=True).click()
    expect(staff.page.get_by_text("Fitted to 2,357 customers, and in use from now on.")).to_be_visible(timeout=60_000)
    staff.settled()


def test_the_funnel_counts_and_its_steps_can_be_chosen(staff, suite):
    steps = ["product_view", "add_to_cart", "payment_details", "purchase"]
    report = suite.call("acquisition", "funnels.report", {"steps": steps, "withinHours": 24, **ALWAYS})
    staff.open("#/acquisition")
    rows = staff.page.locator("section", has_text="Funnel").locator("tbody tr")
    for place, step in enumerate(report["steps"]):
        expect(rows.nth(place)).to_contain_text(step["event"])
        expect(rows.nth(place)).to_contain_text(f"{step['visitors']:,}")
    staff.page.get_by_text("Choose the steps").click()
    staff.page.get_by_role("button", name="Remove the step add_to_cart").click()
    expect(rows).to_have_count(3)
    assert "add_to_cart" not in staff.page.url and "payment_details" in staff.page.url
    staff.settled()


def test_the_sessions_of_a_visitor_are_found_by_the_search(staff, suite):
    sessions = suite.call(
        "acquisition", "sessions.list", {"customer": house.customer(suite, "user_0002"), "limit": 1})["items"]
    staff.open("#/acquisition")
    staff.page.get_by_label("Whose sessions?").fill("user_0002")
    staff.page.get_by_role("button", name=re.compile("^user_0002")).click()
    rows = staff.page.locator("section", has_text="Sessions").last.locator("tbody tr")
    expect(rows.first).to_contain_text(sessions[0]["firstEvent"])
    staff.settled()


def test_recommendations_come_with_their_reasons(staff, suite):
    staff.open(f"#/expansion/{house.customer(suite)}")
    milk = staff.page.get_by_role("row", name=re.compile("^MILK-1"))
    expect(milk).to_contain_text("goes with TEA-100")
    staff.page.get_by_label("Product (SKU)").fill("MILK-1")
    staff.page.get_by_role("button", name="Show", exact=True).click()
    neighbours = staff.page.locator("table", has_text="Products that go with MILK-1")
    expect(neighbours.get_by_role("row", name=re.compile("^COFFEE-250"))).to_be_visible()


def test_the_cohort_heat_map_has_the_report_s_figures(staff, suite):
    report = suite.call("performance-measurement", "cohorts.report", {
        "grain": "month", "from": "1997-01-01", "to": "1998-07-01", "source": "cdnow"})
    staff.open("#/performance?from=1997-01-01&until=1998-06-30&source=cdnow")
    rows = staff.page.locator(".cohorts tbody tr")
    expect(rows).to_have_count(len(report["cohorts"]))
    for place, cohort in enumerate(report["cohorts"]):
        shown = rows.nth(place).locator("td").all_inner_texts()
        assert shown[0] == f"{cohort['customers']:,}"
        assert shown[2] == f"{cohort['periods'][1]['retention']:.0%}"
    staff.page.get_by_label("Show", exact=True).select_option("customers")
    expect(rows.first.locator("td").nth(2)).to_have_text(str(report["cohorts"][0]["periods"][1]["customers"]))
    expect(staff.page.get_by_role("row", name=re.compile("recommendations.train")).first).to_contain_text("succeeded")
