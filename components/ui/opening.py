"""Opening: the first paint of the page, which works until Gradio's elements take its place.

It holds the title, the prompt, Generate and, for a browser without images, ideas for prompts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from components.messages.catalogue import text
from components.ui import assets

_MAX_PROMPT_LENGTH = 120
"""Characters of a prompt on its card, see `clip` of assets/ui/shared/labels.js."""

_FIRST = 4
"""Cards that are in sight at every width."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first paint shows: the same for all visitors, whom the first response does not know."""

    title: str
    is_priced: bool
    """A press costs something, which stands below Generate."""
    is_practice: bool
    """The demo painter draws, as it drew the samples."""
    needs_key: bool
    """The box for a key is open in the head: what is below it is not shown before its place is known."""

    def html(self, language: str) -> str:
        """Return the HTML and its script in a language of the catalogue."""
        fills = {
            "title": escape(self.title),
            "start_class": "priced" if self.is_priced else "",
            "placeholder": escape(text("field.prompt.placeholder", language=language)),
            "waiting": escape(text("shell.getting_ready", language=language)),
            "practice": assets.text("ui/shell/practice.html") if self.is_practice else "",
            "ideas": self._ideas(language),
            "head": "high" if self.needs_key else "",
        }
        # They hold templates, whose texts are filled in with those of the whole.
        placeholders = {f"${{{name}}}": value for name, value in fills.items()}
        opening = assets.template("ui/shell/opening.html", placeholders, language=language)
        return opening + assets.inline_script("shell/opening.js")

    def _ideas(self, language: str) -> str:
        examples = json.loads(assets.text("examples/examples.json"))
        # The first pictures are loaded before Gradio's scripts: 18 kB that are seen at once.
        cards = "".join(_card(one, language, is_first=place < _FIRST) for place, one in enumerate(examples))
        note = "hidden" if self.is_practice else ""
        return assets.fragment("ui/form/ideas.html", {"note_hidden": note}, cards=cards)


def _card(example: dict[str, Any], language: str, *, is_first: bool) -> str:
    title = text(f"example.{example['id']}.title", language=language)
    prompt = _clipped(example["prompt"])
    use = text("form.use_example", {"title": title}, language)
    values = {
        "title": title,
        "prompt": prompt,
        "label": f"{use}. {prompt}",  # speech control takes what is seen
        "picture": assets.address(f"examples/{example['picture']}"),
        "fields": json.dumps(example),
    }
    return assets.fragment("ui/form/idea.html", values, priority='fetchpriority="high"' if is_first else "")


def _clipped(prompt: str) -> str:
    return f"{prompt[:_MAX_PROMPT_LENGTH]}…" if len(prompt) > _MAX_PROMPT_LENGTH else prompt
