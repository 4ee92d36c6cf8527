"""A mask stays with the picture it was drawn on when the picture is fitted to another size."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi
from tests.support.v3_task import png

pytestmark = pytest.mark.app("pictures")


@pytest.mark.full
def test_another_size_takes_the_mask_along(person: Person, api: HostedApi) -> None:
    page = person.page
    photo = {"name": "square.png", "mimeType": "image/png", "buffer": png(1024, 1024, 3)}
    page.get_by_label("Starting picture").set_input_files(photo)  # type: ignore[arg-type]
    expect(page.get_by_role("img", name="fitted to 1024 × 1024")).to_be_visible()
    person.edit("Edit a part")
    person.button("Mark the part").click()
    dialog = page.get_by_role("dialog", name="Edit a part of the picture")
    dialog.get_by_role("button", name="Select all").click()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()
    page.get_by_text("Exact strength and fit").click()
    page.get_by_role("radio", name="Extend the edges", exact=True).check()
    person.choose("Shape", "Wide")
    expect(page.get_by_role("img", name="fitted to 1216 × 832")).to_be_visible()
    person.generate("a red door")
    person.sees("completed", 1)
    mask = Image.open(io.BytesIO(api.uploaded(api.posts[-1]["mask"])))
    assert mask.size == (1216, 832)
    assert mask.getbbox() == (192, 0, 1024, 832), "the square picture lies in the middle of the wide one"


@pytest.mark.full
def test_a_mask_file_of_the_photo_is_cropped_with_it_and_an_unclear_one_is_asked_about(
    person: Person, api: HostedApi, tmp_path: Path
) -> None:
    page = person.page
    photo = {"name": "wide.png", "mimeType": "image/png", "buffer": png(1600, 800, 3)}
    page.get_by_label("Starting picture").set_input_files(photo)  # type: ignore[arg-type]
    expect(page.get_by_role("img", name="fitted to")).to_be_visible()
    person.edit("Edit a part")
    person.choose("Shape", "Square")
    expect(page.get_by_role("img", name="fitted to 1024 × 1024")).to_be_visible()
    hole = Image.new("RGBA", (1600, 800), (9, 9, 9, 255))
    hole.paste((0, 0, 0, 0), (1000, 0, 1100, 800))
    hole.save(tmp_path / "hole.png")
    person.button("Mark the part").click()
    dialog = page.get_by_role("dialog", name="Edit a part of the picture")
    dialog.get_by_label("Upload a mask").set_input_files(tmp_path / "hole.png")
    expect(dialog.get_by_role("group", name="Is it the striped part?")).to_be_visible()
    expect(dialog.get_by_text("13% of the picture will change.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Done")).to_be_disabled()
    dialog.get_by_role("button", name="No, the rest").click()
    expect(dialog.get_by_role("group", name="Is it the striped part?")).to_be_hidden()
    expect(dialog.get_by_text("88% of the picture will change.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Done")).to_be_enabled()
    dialog.get_by_label("Upload a mask").set_input_files(tmp_path / "hole.png")
    dialog.get_by_role("button", name="Yes, the striped part").click()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()
    person.generate("a red door")
    person.sees("completed", 1)
    mask = Image.open(io.BytesIO(api.uploaded(api.posts[-1]["mask"])))
    assert mask.getbbox() == (768, 0, 896, 1024)
