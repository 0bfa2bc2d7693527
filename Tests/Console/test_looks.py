"""How the console looks and reads: axe's rules, widths, modes, languages, the keyboard. Screenshots are left to be seen."""

import os
import pathlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import house

WIDTHS = {360: 760, 1280: 800, 3840: 2160}
MODES = ["light", "dark"]
#: Where axe looks: each mode, and the narrow layout.
EXAMINED = [(360, "light"), (1280, "light"), (1280, "dark")]
SCREENSHOTS = pathlib.Path(os.environ["ECRM_CONSOLE_SCREENSHOTS"])
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page):
    """What axe finds wrong with the page as it is now."""
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}: {node.get('failureSummary', '')}"
        for violation in results.response["violations"] for node in violation["nodes"]]


@pytest.mark.parametrize("width, mode", [(width, mode) for width in WIDTHS for mode in MODES])
def test_every_page_is_accessible_fits_and_is_photographed(visit, suite, width, mode):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = WIDTHS[width]
    # German words are the longer ones: they are tried where there is the least room.
    language = "de-DE" if width == 360 else "en-GB"
    visitor = visit(viewport={"width": width, "height": height}, color_scheme=mode, locale=language)
    page = visitor.page
    page.goto(f"{visitor.origin}/")
    page.wait_for_selector("h1")
    examine = faults if (width, mode) in EXAMINED else lambda _: []
    found = {"sign-in": examine(page)}
    page.screenshot(path=SCREENSHOTS / f"sign-in-{width}-{mode}.png")
    visitor.enter(suite.staff)
    for name, address, english, german in house.pages(suite):
        visitor.open(address)
        assert visitor.heading() == (german if width == 360 else english)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{mode}.png", full_page=width < 3840)
        found[name] = examine(page)
        wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} pixels wider than {width}"
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_phone_has_all_pages_and_settings_behind_one_button(visit, suite):
    visitor = visit(viewport={"width": 360, "height": 760}, has_touch=True)
    visitor.page.goto(f"{visitor.origin}/")
    visitor.page.get_by_label("Token", exact=True).fill(suite.staff)
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.settled()
    developers = visitor.page.get_by_role("link", name="Developers", exact=True)
    expect(developers).to_be_hidden()
    more = visitor.page.get_by_role("button", name="More")
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(visitor.page.get_by_role("button", name="Sign out")).to_be_visible()
    assert faults(visitor.page) == []
    developers.click()
    visitor.settled()
    assert visitor.heading() == "Developers"
    expect(developers).to_be_hidden()
    # What a finger has to hit is large enough.
    small = visitor.page.evaluate("""() => [...document.querySelectorAll(".rail li:not(.later) > *")]
      .map((one) => one.getBoundingClientRect()).filter(({ width, height }) => width < 44 || height < 44).length""")
    assert small == 0


def test_the_keyboard_alone_reaches_everything(staff):
    page = staff.page
    page.reload()
    staff.settled()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.tagName") == "MAIN"
    assert page.url.endswith("/") or page.url.endswith("#/")
    page.keyboard.press("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    staff.settled()
    page.keyboard.press("/")
    expect(page.get_by_label("Find a customer")).to_be_focused()
    page.keyboard.type("michaela neuman")
    expect(page.locator(".hit").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".hit a").first).to_be_focused()
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("michaela neumann")
    staff.settled()


def test_language_and_mode_are_chosen_and_kept(visit, suite):
    visitor = visit(locale="en-US", color_scheme="light")
    visitor.enter(suite.staff)
    visitor.open("#/performance")
    assert visitor.page.evaluate("() => document.documentElement.lang") == "en"
    visitor.page.get_by_label("Language").select_option("de")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Leistung")
    visitor.settled()
    visitor.page.get_by_label("Hell oder dunkel").select_option("dark")
    visitor.page.reload()
    visitor.settled()
    assert visitor.heading() == "Leistung"
    assert visitor.page.evaluate("() => [document.documentElement.lang, document.documentElement.dataset.mode]") == [
        "de", "dark"]
    # The reader's own numbers: a point between thousands in German.
    visitor.open("#/")
    assert "13.3" in visitor.page.locator(".information").inner_text()
    assert visitor.page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(17, 23, 26)"


def test_the_system_s_mode_is_followed_while_nothing_else_is_chosen(staff):
    staff.open("#/acquisition")
    root = staff.page.locator("html")
    expect(root).to_have_attribute("data-mode", "light")
    staff.page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-mode", "dark")
    # The chart has changed with it.
    assert staff.page.evaluate("() => Object.values(Chart.instances)[0].data.datasets[0].backgroundColor") == "#68c8c1"


def test_nothing_moves_for_who_wants_no_motion(visit, suite):
    visitor = visit(reduced_motion="reduce")
    visitor.enter(suite.staff)
    visitor.page.evaluate("() => document.querySelector('main').append(Object.assign(document.createElement('span'), "
                          "{ className: 'bar' }))")
    duration = visitor.page.evaluate("() => getComputedStyle(document.querySelector('main .bar')).animationDuration")
    assert float(duration.removesuffix("s")) < 0.001
    visitor.settled()
