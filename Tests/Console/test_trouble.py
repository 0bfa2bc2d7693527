"""A service that is down, an answer that is slow, and a library that does not come."""

import os
import signal
import threading
import time

from playwright.sync_api import expect


class Down:
    """Kills a service as often as it is started again."""

    def __init__(self, suite, service):
        self.suite = suite
        self.service = service
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.keep_down)

    def keep_down(self):
        while not self.over.wait(0.02):
            try:
                process = self.suite.pid(self.service)
                # The number in the file may by now be another program's.
                if os.readlink(f"/proc/{process}/exe").endswith(f"/{self.service}"):
                    os.kill(process, signal.SIGKILL)
            except (OSError, ValueError, IndexError):
                pass

    def __enter__(self):
        self.thread.start()
        while self.suite.health(self.service) == 200:
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def test_a_service_that_is_down_is_told_and_tried_again(staff, suite):
    with Down(suite, "retention"):
        staff.page.evaluate("() => { location.hash = '#/retention' }")
        faults = staff.page.locator("main .fault")
        expect(faults.first).to_contain_text("The service cannot answer now.", timeout=30_000)
        # The other pages work meanwhile.
        staff.open("#/performance?source=cdnow")
        expect(staff.page.locator(".cohorts")).to_be_visible()
        staff.page.evaluate("() => { location.hash = '#/retention' }")
        expect(faults.first).to_be_visible(timeout=30_000)
    deadline = time.monotonic() + 30
    while suite.health("retention") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    while faults.count() > 0:
        assert time.monotonic() < deadline
        faults.first.get_by_role("button", name="Try again").click()
        staff.settled()
    expect(staff.page.locator(".map")).to_be_visible()
    assert staff.forgive(r"status of 50[23]") >= 1


def test_a_slow_answer_keeps_the_layout_and_is_told(staff, suite):
    process = suite.pid("performance-measurement")
    os.kill(process, signal.SIGSTOP)
    try:
        staff.page.reload()
        expect(staff.page.locator(".chain.skeleton")).to_be_visible()
        before = staff.page.locator(".chain.skeleton").bounding_box()
        expect(staff.page.get_by_text("This takes longer than usual.")).to_be_visible(timeout=10_000)
    finally:
        os.kill(process, signal.SIGCONT)
    staff.settled()
    after = staff.page.locator(".chain").bounding_box()
    assert (before["x"], before["width"]) == (after["x"], after["width"])
    expect(staff.page.get_by_text("This takes longer than usual.")).to_have_count(0)


def test_leaving_a_page_gives_its_calls_up(staff, suite):
    process = suite.pid("retention")
    os.kill(process, signal.SIGSTOP)
    try:
        failed = []
        staff.page.on("requestfailed", lambda request: failed.append(request.url))
        staff.page.evaluate("() => { location.hash = '#/retention' }")
        expect(staff.page.get_by_role("heading", level=1)).to_have_text("Retention")
        staff.page.wait_for_timeout(300)
        staff.page.evaluate("() => { location.hash = '#/developers' }")
        expect(staff.page.get_by_role("heading", level=1)).to_have_text("Developers")
        for _ in range(50):
            if any(url.endswith("/retention/rpc") for url in failed):
                break
            staff.page.wait_for_timeout(50)
        assert any(url.endswith("/retention/rpc") for url in failed)
    finally:
        os.kill(process, signal.SIGCONT)
    staff.settled()


def test_a_page_that_does_not_come_is_told_and_tried_again(staff, origin):
    staff.page.route(f"{origin}/pages/performance.js", lambda route: route.abort())
    staff.open("#/performance")
    expect(staff.page.locator("main .fault")).to_contain_text("The service does not answer.")
    assert staff.forgive(r"net::ERR_FAILED") >= 1


def test_without_the_chart_library_the_figures_are_there(visit, suite, origin):
    visitor = visit()
    visitor.page.route(f"{origin}/chart.js", lambda route: route.abort())
    visitor.enter(suite.staff)
    visitor.open("#/retention")
    expect(visitor.page.locator(".behind tbody tr").first).to_be_visible()
    expect(visitor.page.locator(".scatter .fault")).to_be_visible()
    assert visitor.forgive(r"net::ERR_FAILED") >= 1
