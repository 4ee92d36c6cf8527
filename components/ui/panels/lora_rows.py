"""LoRA rows: check result and trigger words under each row, and LoRA tags moved out of the prompt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.domain.fields import PROMPT_LIMIT
from components.errors import InvalidRequest
from components.loras.checker import LoraChecker, Verdict
from components.loras.link import read_tag
from components.loras.starter_set import starter_ids, starter_trigger_words
from components.loras.tags import tags_of, without_tags
from components.messages.catalogue import Param, Text, text_record
from components.services.lora_finder import LoraFinder
from components.threads import optional_threads
from components.ui import assets
from components.ui.http.client_address import address_of
from components.ui.identity import as_object
from components.ui.listeners import listen
from components.ui.message_json import message_json
from components.ui.panels.lora_search import search_function


def place_under_row(number: int) -> None:
    """Place the element under one row that the script fills."""
    gr.HTML(
        "",
        html_template="",
        js_on_load=assets.mount("loras/row_check", "mountRow", {}),
        elem_id=f"lora-check-{number}",
        elem_classes=["lora-check-place"],
        apply_default_css=False,
        padding=False,
    )


class LoraNotes:
    """Component below the rows, with the server functions of all of them."""

    def __init__(self, checker: LoraChecker, finder: LoraFinder | None, row_count: int) -> None:
        texts = {"too_many_loras": message_json(messages.too_many_loras(row_count), is_free=True)}
        texts["not_checked"] = message_json(messages.SITE_NOT_REACHED, is_free=True)
        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.mount("loras/row_check", "mount", texts),
            elem_id="lora-notes",
            apply_default_css=False,
            padding=False,
            server_functions=[*_server_functions(checker), *([search_function(finder)] if finder else [])],
        )


def tie_rows(inputs: Mapping[str, Component], count: int) -> None:
    """Run the script when a row's text changes, and normalize the text when its box loses the focus."""
    for number in range(1, count + 1):
        path, scale = inputs[f"lora_{number}"], inputs[f"lora_{number}_scale"]
        listen(path.change, "loras/row_check", "changed", number)  # type: ignore[attr-defined]
        # Enter submits a box of one line, which keeps the focus.
        row = {"path": path, "scale": scale}
        for event in (path.blur, path.submit):  # type: ignore[attr-defined]
            listen(event, "loras/row_check", "left", number, inputs=row, outputs=row)


def tie_prompt(prompt: Component, inputs: Mapping[str, Component], rows: Mapping[str, gr.Group]) -> None:
    """Move LoRA tags from the prompt into rows when its box loses the focus, and follow its trigger words."""
    values = {"prompt": prompt, **inputs}
    blur, change = prompt.blur, prompt.change  # type: ignore[attr-defined]
    listen(blur, "loras/row_check", "prompt_left", inputs=values, outputs={**values, **rows})
    listen(change, "loras/row_check", "prompt_changed")


def _server_functions(checker: LoraChecker) -> list[Callable[..., Awaitable[Any]]]:
    """Return the server functions of the script. Gradio sets an attribute on each, so they cannot be methods."""

    trigger_words, ids = starter_trigger_words(), starter_ids()

    async def parse_lora(payload: Any) -> dict[str, Any]:
        """Return a pasted LoRA, normalized, with the trigger words of the starter set, or the reason in `refused`."""
        try:
            # In a thread: names are looked up in the host's folder of LoRAs.
            lora = await optional_threads().run(checker.parse, _text(payload, "text"))
        except InvalidRequest as error:
            return {"refused": message_json(error.message, is_free=True)}
        words = list(trigger_words.get(lora.path, ()))
        return {
            "path": lora.path,
            "label": _label_json(lora.label),
            "weight": lora.weight,
            "words": words,
            "starter": ids.get(lora.path, ""),
            "refused": None,
        }

    async def check(payload: Any, request: gr.Request) -> dict[str, Any]:
        """Return the result of checking a LoRA's file, or the reason in `refused` when the text names none."""
        try:
            return _verdict_json(await checker.check(_text(payload, "text"), address_of(request)))
        except InvalidRequest as error:
            return {"refused": message_json(error.message, is_free=True)}

    async def take_tags(payload: Any) -> dict[str, Any]:
        """Return a prompt without its LoRA tags, and the LoRAs of the first ten; unknown names stay as typed."""
        prompt = _text(payload, "prompt")
        try:
            # Ten at most: there are four rows, and each name is looked up in the host's folder.
            loras = [await optional_threads().run(_lora_of_tag, checker, tag) for tag in tags_of(prompt)[:10]]
        except InvalidRequest as error:
            return {"refused": message_json(error.message, is_free=True)}
        return {"prompt": without_tags(prompt), "loras": loras, "refused": None}

    return [parse_lora, check, take_tags]


def _lora_of_tag(checker: LoraChecker, tag: str) -> dict[str, Any]:
    name, weight = read_tag(tag)
    try:
        path = checker.parse(name).path
    except InvalidRequest:
        # The row checks its text again, and shows what is wrong with it.
        path = name
    return {"path": path, "scale": 1.0 if weight is None else weight}


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "fit": verdict.fit.value,
        "message": message_json(verdict.message, is_free=True),
        "path": verdict.link.path,
        "label": _label_json(verdict.link.label),
        "title": verdict.title,
        "words": list(verdict.trigger_words),
        "rank": verdict.rank,
        "base": verdict.base.value,
        "refused": None,
    }


def _label_json(label: Param) -> Any:
    return text_record(label) if isinstance(label, Text) else label


def _text(payload: Any, name: str) -> str:
    value = as_object(payload).get(name)
    return value[:PROMPT_LIMIT] if isinstance(value, str) else ""
