"""What is done with a picture: the four ways, what each sends, what the prompt is for, and what a reload keeps."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import Locator, Route, expect

from components import messages
from components.messages.message import Message
from tests.browser.person import Person
from tests.support.v3_service import HostedApi
from tests.support.v3_task import png

pytestmark = pytest.mark.app("pictures")
ON_ITS_SIDE = {"width": 844, "height": 390}
"""A phone that is turned."""
GONE = '{"refused": {"code": "source_gone", "params": {}, "charge": ""}}'


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def give(person: Person, size: tuple[int, int] = (600, 800)) -> None:
    file = io.BytesIO()
    Image.new("RGB", size, (90, 150, 220)).save(file, "PNG")
    person.start_from("mine.png", file.getvalue())
    expect(person.page.get_by_role("img", name="Your starting picture")).to_be_visible()


def editor(person: Person, mode: str = "Edit a part", button: str = "Mark the part") -> Locator:
    person.edit(mode)
    person.button(button).click()
    dialog = person.page.locator("dialog.mask-editor")
    expect(canvas(dialog)).to_be_visible()
    return dialog


def canvas(dialog: Locator) -> Locator:
    return dialog.get_by_role("img", name="Your picture with the mask")


def mark(person: Person, dialog: Locator) -> None:
    """Draw a line across the middle."""
    box = canvas(dialog).bounding_box()
    assert box
    person.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    person.page.mouse.down()
    person.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    person.page.mouse.up()
    expect(dialog.get_by_text("of the picture will change.")).to_be_visible()


def mask_of(api: HostedApi, number: int = -1) -> Image.Image:
    return Image.open(io.BytesIO(api.uploaded(api.posts[number]["mask"])))


@pytest.mark.full
def test_each_way_sends_its_strength_and_says_what_the_prompt_is_for(person: Person, api: HostedApi) -> None:
    give(person)
    person.sees_text("Describe the whole picture.")
    expect(person.page.get_by_role("radio", name="Rework 0.55")).to_be_checked()
    person.generate("a watercolor")
    person.sees("completed", 1)
    assert (api.posts[-1]["strength"], "mask" in api.posts[-1]) == (0.55, False)

    person.choose("Prompt strength", "Touch up 0.35")
    person.generate()
    person.sees("completed", 2)
    assert api.posts[-1]["strength"] == 0.35

    dialog = editor(person)
    person.sees_text("What should be in the marked part?")
    mark(person, dialog)
    dialog.get_by_role("button", name="Done").click()
    person.generate("a red door")
    person.sees("completed", 3)
    assert (api.posts[-1]["prompt"], api.posts[-1]["strength"]) == ("a red door", 0.8)
    assert mask_of(api).getbbox()

    person.edit("Extend")
    person.sees_text("What should be in the new area?")
    person.edit("Restyle")
    expect(person.page.get_by_role("radio", name="Touch up 0.35")).to_be_checked()
    person.generate()
    person.sees("completed", 4)
    assert (api.posts[-1]["strength"], "mask" in api.posts[-1]) == (0.35, False), "the mask waits for its way"


@pytest.mark.full
def test_remove_paints_the_background_without_a_prompt(person: Person, api: HostedApi) -> None:
    person.prompt.fill("a red ball")
    give(person)
    dialog = editor(person, "Remove part", "Mark what should go")
    mark(person, dialog)
    posts = len(api.posts)
    dialog.get_by_role("button", name="Remove it").click()
    person.sees("completed", 1)
    body = api.posts[posts]
    assert body["prompt"].startswith("empty background")
    assert body["strength"] == 1
    assert mask_of(api, posts).getbbox()
    expect(person.prompt).to_have_value("a red ball")
    person.sees_text("no prompt is needed")
    expect(person.cards.first.get_by_text("Removed a part")).to_be_visible()
    expect(person.cards.first.get_by_role("img", name="Removed a part")).to_be_visible()


@pytest.mark.full
def test_a_prompt_that_asks_something_away_is_offered_the_way_that_does(person: Person) -> None:
    give(person)
    offer = person.button("Remove it instead")
    person.prompt.fill("remove the ball")
    expect(offer).to_be_hidden()
    dialog = editor(person)
    mark(person, dialog)
    dialog.get_by_role("button", name="Done").click()
    expect(offer).to_be_visible()
    person.prompt.fill("a removed ball")
    expect(offer).to_be_hidden()
    person.prompt.fill("Erase the ball")
    offer.click()
    expect(person.page.get_by_role("radio", name="Remove part")).to_be_checked()
    expect(offer).to_be_hidden()


@pytest.mark.parametrize(
    ("mode", "refusal"), [("Edit a part", messages.NOTHING_MARKED), ("Extend", messages.NOTHING_EXTENDED)]
)
def test_nothing_is_sent_while_what_shall_change_is_not_chosen(
    person: Person, api: HostedApi, mode: str, refusal: Message
) -> None:
    give(person)
    person.edit(mode)
    posts = len(api.posts)
    person.generate("a red door")
    person.sees_text(messages.in_full(refusal, is_free=True))
    assert len(api.posts) == posts


@pytest.mark.full
def test_a_reload_keeps_the_picture_its_mask_and_its_way(newcomer: Person, api: HostedApi) -> None:
    person = newcomer
    person.prompt.fill("a red door")
    give(person)
    dialog = editor(person)
    mark(person, dialog)
    dialog.get_by_role("button", name="Done").click()
    person.choose("Prompt strength", "Reimagine 0.80")
    person.generate()
    person.sees("completed", 1)
    person.draft_holds("a red door")
    person.page.reload()
    person.generate_button.wait_for()
    expect(person.page.get_by_role("img", name="fitted to 888 × 1184")).to_be_attached()
    expect(person.page.get_by_role("radio", name="Edit a part")).to_be_checked()
    expect(person.number("Width")).to_have_value("888")
    expect(person.page.locator("section.picture .frame canvas")).not_to_have_attribute("hidden", "")
    person.generate()
    person.sees("completed", 2)
    assert api.posts[-1]["image"] == api.posts[-2]["image"]
    assert api.posts[-1]["strength"] == 0.8
    assert mask_of(api, -1).tobytes() == mask_of(api, -2).tobytes()


@pytest.mark.full
def test_a_picture_that_the_server_has_no_more_is_said_and_dropped(newcomer: Person, api: HostedApi) -> None:
    person = newcomer
    give(person)

    def gone(route: Route) -> None:
        route.fulfill(status=404, body=GONE, content_type="application/json")

    person.page.route("**/playground/sources/fit", gone)
    person.page.reload()
    person.sees_text("Your starting picture is no longer here.")
    expect(person.page.get_by_role("img", name="Your starting picture")).to_have_count(0)
    person.generate("a fox")
    person.sees("completed", 1)
    assert "image" not in api.posts[-1]


@pytest.mark.full
def test_the_picture_is_removed_and_the_form_has_its_former_shape(person: Person) -> None:
    person.choose("Shape", "Wide")
    expect(person.number("Width")).to_have_value("1216")
    give(person)
    expect(person.number("Width")).to_have_value("888")
    person.button("Remove picture").click()
    expect(person.page.get_by_role("img", name="Your starting picture")).to_be_hidden()
    expect(person.number("Width")).to_have_value("1216")
    expect(person.number("Height")).to_have_value("832")
    expect(person.page.get_by_text("Describe the whole picture.")).to_be_hidden()


@pytest.mark.full
@pytest.mark.parametrize("leave", ["Escape", "Back"])
def test_leaving_the_editor_keeps_what_was_drawn(person: Person, leave: str) -> None:
    give(person)
    dialog = editor(person)
    for name in ("Clear", "Undo", "Redo"):
        expect(dialog.get_by_role("button", name=name)).to_be_disabled()
    mark(person, dialog)
    if leave == "Back":
        person.page.go_back()
    else:
        person.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    person.button("Change selection").click()
    expect(dialog.get_by_text("of the picture will change.")).to_be_visible()
    dialog.get_by_role("button", name="Clear").click()
    expect(dialog.get_by_role("button", name="Clear")).to_be_disabled()
    expect(dialog.get_by_role("button", name="Paint", exact=True)).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()
    expect(person.button("Change selection")).to_be_visible()


@pytest.mark.full
def test_on_a_phone_that_is_turned_the_picture_is_large_and_holds_still(person: Person) -> None:
    person.page.set_viewport_size(ON_ITS_SIDE)  # type: ignore[arg-type]
    give(person)
    dialog = editor(person)
    before = canvas(dialog).bounding_box()
    mark(person, dialog)
    assert before
    assert before["height"] >= 250
    assert canvas(dialog).bounding_box() == before


@pytest.mark.full
@pytest.mark.app("hosted")
def test_picture_and_lora_exclude_one_another_as_soon_as_one_is_chosen(person: Person) -> None:
    """Of the recorded models one takes LoRAs, another one a picture."""
    panel = person.page.get_by_role("region", name="Edit a picture")
    lora = person.page.get_by_role("textbox", name="LoRA 1", exact=True)
    person.start_from("mine.png", png(1024, 1024, 1))
    expect(person.page.get_by_text("can't combine LoRAs with a starting picture")).to_be_attached()
    panel.locator(".quiet-button").evaluate("button => button.click()")
    lora.evaluate("box => { box.value = 'owner/name'; box.dispatchEvent(new Event('input', { bubbles: true })); }")
    expect(panel.get_by_text("can't combine a starting picture with LoRAs")).to_be_attached()
    expect(person.page.get_by_label("Starting picture", exact=True)).to_be_disabled()


DROP = """files => {
  const transfer = new DataTransfer();
  for (const [name, type, bytes] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))], name, { type }));
  }
  const event = (name) => new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event("dragover"));
  const isShown = document.querySelector(".drop-target").checkVisibility();
  document.body.dispatchEvent(event("drop"));
  return isShown && !document.querySelector(".drop-target").checkVisibility();
}"""


def test_of_several_dropped_files_the_first_picture_is_taken(person: Person) -> None:
    picture = base64.b64encode(png(256, 256, 5)).decode()
    files = [["notes.pdf", "application/pdf", "JVBERg=="], ["dog.png", "image/png", picture]]
    files.append(["cat.png", "image/png", picture])
    assert person.page.evaluate(DROP, files), "the target is there while something is dragged"
    person.sees_text("Took dog.png. 2 more files weren't used.")
    expect(person.page.get_by_role("img", name="Your starting picture")).to_be_visible()


def test_a_dropped_file_that_is_no_picture_is_refused_as_an_error_looks(person: Person) -> None:
    assert person.page.evaluate(DROP, [["notes.pdf", "application/pdf", "JVBERg=="]])
    refusal = person.page.get_by_text("can't read this file as a picture")
    expect(refusal).to_be_visible()
    red, green, blue = refusal.evaluate("node => getComputedStyle(node).color.match(/\\d+/g).map(Number)")[:3]
    assert red > 2 * max(green, blue)


@pytest.mark.full
def test_a_way_chosen_while_another_picture_comes_is_that_picture_s(person: Person) -> None:
    give(person)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    person.page.route("**/playground/sources", hold)
    with person.page.expect_request("**/playground/sources"):
        person.start_from("another.png", png(512, 512, 1))
    person.edit("Edit a part")
    with person.page.expect_response("**/playground/sources"):
        held[0].continue_()
    person.page.unroute("**/playground/sources")
    expect(person.page.get_by_role("img", name="fitted to 1024 × 1024")).to_be_visible()
    expect(person.page.get_by_role("radio", name="Edit a part")).to_be_checked()
    expect(person.button("Mark the part")).to_be_visible()
