"""What is opened later is loaded later: dialogs, editors and the large view cost nothing before."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.v3_task import png

LATER = (
    "/ui/code/",
    "/ui/compare/dialog",
    "/ui/compare/lora_pair",
    "/ui/grid/view",
    "/ui/history/",
    "/ui/keys/",
    "/ui/loras/dialog",
    "/loras/starter.json",
    "/ui/presets/",
    "/ui/prompt/former",
    "/ui/prompt/styles_dialog",
    "/ui/prompt/weigh",
    "/prompt_styles/",
    "/ui/shared/card_dialog",
    "/ui/shared/dialog",
    "/ui/source_image/mask",
    "/ui/viewer/",
)


@pytest.mark.full
@pytest.mark.app("pictures")
def test_the_page_opens_without_what_is_opened_later(bare_page: Page, app: AppProcess) -> None:
    person, loaded = Person(bare_page, app.url), list[str]()
    person.page.on("request", lambda request: loaded.append(request.url))
    person.open()
    person.page.wait_for_load_state("networkidle")
    assert [url for url in loaded if "/ui/main.js" in url]
    assert [url for url in loaded if any(name in url for name in LATER)] == []
    person.start_from("photo.png", png(64, 64, 1))
    person.edit("Edit a part")
    person.button("Mark the part").click()
    person.page.get_by_role("dialog", name="Edit a part of the picture").wait_for()
    assert [url for url in loaded if "/ui/source_image/mask" in url]
