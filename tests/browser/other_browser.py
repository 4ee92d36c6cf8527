"""What a person does on the page in a browser that Playwright does not drive, by the names a person reads or hears."""

from __future__ import annotations

from typing import Any

from tests.support.waiting import wait_until
from tests.support.webdriver import WebDriver

PATIENCE = 60.0
"""Seconds."""
NAMED = """
  const [name] = arguments;
  const scope = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  const controls = "button, summary, a, canvas, textarea, label:has(input), input:not([type=hidden]), [role=img]";
  const textOf = (node) => node.labels?.[0]?.textContent ?? node.textContent;
  const nameOf = (node) => (node.getAttribute("aria-label") ?? textOf(node)).trim();
  const isSeen = (node) => node.getClientRects().length && getComputedStyle(node).visibility === "visible";
  const seen = [...scope.querySelectorAll(controls)].filter(isSeen);
  const node = seen.find((one) => nameOf(one) === name) ?? seen.find((one) => nameOf(one).startsWith(name));
"""
PLACE = (
    NAMED
    + """
  if (!node || node.disabled) return null;
  node.scrollIntoView({ block: "center" });
  const { left, top, width, height } = node.getBoundingClientRect();
  return [left, top, width, height];
"""
)
CHOOSE_PICTURE = """
  const [name, side] = arguments;
  const input = document.querySelector(`input[type=file][aria-label="${name}"]`);
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#369";
  brush.fillRect(0, 0, side, side);
  canvas.toBlob((blob) => {
    const files = new DataTransfer();
    files.items.add(new File([blob], "photo.png", { type: "image/png" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, "image/png");
"""
FINISHED = """return [...document.querySelectorAll("[data-job][data-state=completed] img")]
  .filter((image) => image.complete && image.naturalWidth).length;"""
ERRORS = """window.errorsSeen ??= (addEventListener("error", ({ message }) => errorsSeen.push(message)), []);
  return window.errorsSeen;"""
CONTROL, ENTER, TAB = "\ue009", "\ue007", "\ue004"


class OtherBrowser:
    """Somebody with one window open."""

    def __init__(self, driver: WebDriver, url: str) -> None:
        self.driver = driver
        driver.resize(1280, 900)
        driver.open(url)
        self.waits_for("Generate")
        self.holds("return Boolean(document.querySelector('.results'))")
        self.driver.run(ERRORS)

    def errors(self) -> list[str]:
        """Return the errors of scripts since the page was opened."""
        return self.driver.run(ERRORS)

    def holds(self, script: str, *arguments: Any) -> Any:
        """Wait until a script returns something true, and return it."""
        found: list[Any] = []

        def look() -> bool:
            found[:] = [self.driver.run(script, *arguments)]
            return bool(found[0])

        wait_until(look, lambda: f"{script.strip()[-200:]} {arguments}: {found}", seconds=PATIENCE, pause=0.2)
        return found[0]

    def waits_for(self, name: str) -> tuple[float, float, float, float]:
        """Wait for a control and return where it is: left, top, width, height."""
        left, top, width, height = self.holds(PLACE, name)
        return left, top, width, height

    def sees_text(self, text: str) -> None:
        """Wait until some words stand on the page."""
        self.holds("return document.body.innerText.includes(arguments[0])", text)

    def click(self, name: str) -> None:
        """Click the middle of a control."""
        left, top, width, height = self.waits_for(name)
        self.drag((left + width / 2, top + height / 2))

    def drag(self, *points: tuple[float, float]) -> None:
        """Press at the first point, move over the others, and release."""
        moves = [{"type": "pointerMove", "duration": 50, "x": round(x), "y": round(y)} for x, y in points]
        steps = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        self.driver.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps})

    def types(self, text: str) -> None:
        """Type at the focus, key by key; Control is held for the key behind it."""
        keys: list[dict[str, str]] = []
        is_held = False
        for key in text:
            keys.append({"type": "keyDown", "value": key})
            if key == CONTROL:
                is_held = True
                continue
            keys.append({"type": "keyUp", "value": key})
            if is_held:
                keys.append({"type": "keyUp", "value": CONTROL})
                is_held = False
        self.driver.act({"type": "key", "id": "keyboard", "actions": keys})

    def fills(self, name: str, text: str) -> None:
        """Replace what is in a box by typing."""
        self.click(name)
        self.types(f"{CONTROL}a{text}")

    def value_of(self, name: str) -> str:
        """Return the value of an input."""
        return self.driver.run(NAMED + "return node.value;", name)

    def chooses_picture(self, name: str, side: int) -> None:
        """Choose a square picture file of one color to start from."""
        self.driver.run(CHOOSE_PICTURE, name, side)

    def sees_pictures(self, count: int) -> None:
        """Wait until that many pictures are painted."""
        wait_until(lambda: self.driver.run(FINISHED) >= count, f"not {count} pictures", seconds=PATIENCE, pause=0.2)
