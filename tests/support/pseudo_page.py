"""Page in a pseudo-language: what of it is left in English, and what is cut."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page

from tests.support.app_process import AppProcess
from tests.support.paths import ASSETS, ROOT

PROMPT = "qqfoxqq"
SERVICE_S_WORDS = "num_inference_steps"
LORA = "TheLastBen/Papercut_SDXL"
PLAIN = """() => {
  const found = [];
  const isSeen = (node) => node.offsetParent !== null && !node.closest("footer, code, pre, script, style, .examples");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (/[A-Za-z]{2}/.test(textContent) && isSeen(parentElement)) found.push(textContent.trim());
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      const value = node.getAttribute(name);
      if (/[A-Za-z]{2}/.test(value) && isSeen(node)) found.push(value);
    }
  }
  return found;
}"""
"""Visible texts with two letters of plain English in a row."""
CUT = """(isPseudo) => {
  const found = [];
  for (const node of document.body.querySelectorAll("*")) {
    if (node.offsetParent === null || node.closest("footer, .unseen, .examples, [hidden]")) continue;
    // Texts for screen readers alone, and those that end in dots.
    if (node.clientWidth <= 1 || node.matches(".fold-summary, .chip .face")) continue;
    if (!(isPseudo ? /[⟦⟧]/ : /\\S/).test(node.textContent) || node.children.length > 3) continue;
    const { overflowX, overflowY } = getComputedStyle(node);
    const hides = (overflow) => ["hidden", "clip"].includes(overflow);
    const isWide = hides(overflowX) && node.scrollWidth > node.clientWidth + 1;
    const isTall = hides(overflowY) && node.clientHeight && node.scrollHeight > node.clientHeight + 2;
    const { left, right, width } = node.getBoundingClientRect();
    const isOutside = width && (left < -1 || right > innerWidth + 1);
    const shown = `${node.tagName}.${node.className}: ${node.textContent.slice(0, 60)}`;
    if (isWide || isTall || isOutside) found.push(shown);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push("the page scrolls sideways");
  return found;
}"""
"""Elements whose text does not fit, or that stand out of the window."""
STARTERS = json.loads((ASSETS / "loras" / "starter.json").read_text(encoding="utf-8"))
DATA = (
    *(
        PROMPT,
        SERVICE_S_WORDS,
        LORA,
        "SDXL LoRA Playground",
        "stability-ai/sdxl-lora",
        "Hugging Face",
        "US$",
        "jetzt",
        "Heute",
        "und",
        "demo painter",
        LORA.partition("/")[2],
    ),
    *(word for lora in STARTERS for word in lora["trigger_words"]),
    *(lora["licence"] for lora in STARTERS if lora["licence"]),
)
"""Texts that are no texts of the catalogue: what was typed, and names."""
ID = re.compile("[0-9a-f]{8}(?:[0-9a-f]{24})?")


class AppWithPseudoLanguages(AppProcess):
    script = ROOT / "tests" / "support" / "app_with_pseudo_languages.py"


def open_settings(page: Page) -> None:
    """Open the sheet of the settings where they are in one, and all groups."""
    if page.locator("#tool-settings").is_visible() and not page.locator("#settings[data-open]").count():
        page.click("#tool-settings")
    closed = page.locator(".fold-head button[aria-expanded=false]:visible")
    while closed.count():
        closed.first.click()


def choose_lora(page: Page, text: str) -> None:
    """Type a LoRA into the first row and leave the box."""
    box = page.locator("#field-lora-1").locator("input, textarea")
    box.fill(text)
    box.blur()


def left_in_english(page: Page) -> list[str]:
    """Return what is shown in English and is no data."""
    found: list[Any] = page.evaluate(PLAIN)
    for name in sorted(DATA, key=len, reverse=True):
        found = [text.replace(name, "") for text in found]
    return [text for text in found if re.search("[A-Za-z]{2}", ID.sub("", text))]


def cut(page: Page, *, is_pseudo: bool = True) -> list[str]:
    """Return what does not fit, or stands out of the window; in a pseudo-language, of the catalogue's texts alone."""
    return page.evaluate(CUT, is_pseudo)
