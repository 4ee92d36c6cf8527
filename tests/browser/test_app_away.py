"""The app goes away and comes back while a tab is open: a press is sent once, and another version is said.

Sources: gradio-app/gradio#11543 and #12907 (a tab that was open across a restart or an upgrade).
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from components import messages
from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi


@pytest.mark.full
def test_a_press_while_the_app_is_away_is_sent_once_when_it_is_back(
    newcomer: Person, app: AppProcess, api: HostedApi
) -> None:
    app.kill()
    newcomer.generate("patience")
    expect(newcomer.page.get_by_text(messages.OFFLINE.happened)).to_be_visible()
    expect(newcomer.page.locator(".toast-wrap")).to_be_hidden()
    assert api.posts == []
    app.start()
    newcomer.sees_pictures(1)
    assert [body["prompt"] for body in api.posts] == ["patience"]
    newcomer.page.wait_for_function("() => !sessionStorage.getItem('playground-pending /')")
    newcomer.page.reload()
    newcomer.sees_pictures(1)
    assert len(api.posts) == 1


@pytest.mark.full
def test_a_tab_from_before_an_upgrade_says_reload_and_keeps_what_was_typed(
    newcomer: Person, app: AppProcess, api: HostedApi
) -> None:
    version = "**/playground/version"
    newcomer.page.route(version, lambda route: route.fulfill(body="0123456789ab"))
    api.is_stalled = True
    newcomer.generate("under way")
    newcomer.sees("processing", 1)
    newcomer.prompt.fill("half a thought")
    newcomer.draft_holds("half a thought")
    app.kill()
    app.start()
    alert = newcomer.page.get_by_role("alert").filter(has_text="This page has been updated.")
    expect(alert).to_be_visible()
    newcomer.page.unroute(version)
    alert.get_by_role("button", name="Reload").click()
    expect(newcomer.prompt).to_have_value("half a thought")
    newcomer.sees("processing", 1)
    expect(newcomer.page.locator("#not-loaded")).to_be_hidden()
    api.finish_all()
