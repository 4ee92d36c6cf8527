"""What stands under each LoRA row: its place, its check, its trigger words; and tags out of the prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.errors import InvalidRequest
from components.lora_check import LoraChecker, Verdict
from components.lora_link import read_tag
from components.lora_names import words_on_shelf
from components.lora_tags import tags_of, without_tags
from components.schema import PROMPT_LIMIT
from components.ui import assets
from components.ui.rows import told
from components.ui.who import values_of


def place_under_row(number: int) -> None:
    """Place what the script fills for one row."""
    gr.HTML(
        "",
        html_template="",
        js_on_load=assets.mount("mount_lora_row.js", {}),
        elem_id=f"lora-check-{number}",
        elem_classes=["lora-check-place"],
        apply_default_css=False,
        padding=False,
    )


class LoraNotes:
    """Owns the line below the rows, whose component answers for all of them."""

    def __init__(self, checker: LoraChecker, most: int) -> None:
        said = {"too_many_loras": told(messages.too_many_loras(most), is_free=True)}
        said["not_checked"] = told(messages.SITE_NOT_REACHED, is_free=True)
        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.mount("mount_loras.js", said),
            elem_id="lora-notes",
            apply_default_css=False,
            padding=False,
            server_functions=_answers(checker),
        )


def tie_rows(inputs: Mapping[str, Component], count: int) -> None:
    """Follow each row's text, and bring it into its usual form when its box is left."""
    for number in range(1, count + 1):
        path, scale = inputs[f"lora_{number}"], inputs[f"lora_{number}_scale"]
        path.change(None, path, None, js=_hook(f"changed_{number}"), api_visibility="private")  # type: ignore[attr-defined]
        for leaves in (path.blur, path.submit):  # type: ignore[attr-defined]
            leaves(None, [path, scale], [path, scale], js=_hook(f"left_{number}"), api_visibility="private")


def tie_prompt(prompt: Component, inputs: Mapping[str, Component], rows: list[gr.Group]) -> None:
    """Move tags from the prompt into rows when its box is left, and follow which words stand in it."""
    values = [prompt, *inputs.values()]
    prompt.blur(None, values, [*values, *rows], js=_hook("prompt_left"), api_visibility="private")  # type: ignore[attr-defined]
    prompt.change(None, None, None, js=_hook("prompt_changed"), api_visibility="private")  # type: ignore[attr-defined]


def _hook(function: str) -> str:
    return assets.hook("lora_rows", function)


def _answers(checker: LoraChecker) -> list[Callable[..., Awaitable[Any]]]:
    """Return what the script may ask; Gradio marks each, so they are functions and not methods."""

    words = words_on_shelf()

    async def understand(ask: Any) -> dict[str, Any]:
        """Return a pasted LoRA in its usual form with the words the shelf knows, or why it is none."""
        try:
            link = await asyncio.to_thread(checker.understand, _text(ask, "text"))
        except InvalidRequest as error:
            return {"refused": str(error)}
        known = list(words.get(link.path, ()))
        return {"path": link.path, "label": link.label, "weight": link.weight, "words": known, "refused": ""}

    async def check(ask: Any) -> dict[str, Any]:
        """Return what can be said of a LoRA before it is used, or why it is none."""
        try:
            return _shown(await checker.check(_text(ask, "text")))
        except InvalidRequest as error:
            return {"refused": str(error)}

    async def take_tags(ask: Any) -> dict[str, Any]:
        """Return a prompt without its tags, and what each of them named; a name that is not known stays as it is."""
        prompt = _text(ask, "prompt")
        try:
            loras = [await asyncio.to_thread(_named, checker, tag) for tag in tags_of(prompt)[:10]]
        except InvalidRequest as error:
            return {"refused": str(error)}
        return {"prompt": without_tags(prompt), "loras": loras, "refused": ""}

    return [understand, check, take_tags]


def _named(checker: LoraChecker, tag: str) -> dict[str, Any]:
    name, weight = read_tag(tag)
    try:
        path = checker.understand(name).path
    except InvalidRequest:
        path = name  # its row says what is wrong with it
    return {"path": path, "scale": 1.0 if weight is None else weight}


def _shown(verdict: Verdict) -> dict[str, Any]:
    return {
        "fit": verdict.fit.value,
        "sentence": messages.in_full(verdict.told, is_free=True),
        "path": verdict.link.path,
        "label": verdict.link.label,
        "title": verdict.title,
        "words": list(verdict.words),
        "rank": verdict.rank,
        "base": verdict.base.value,
        "refused": "",
    }


def _text(ask: Any, name: str) -> str:
    value = values_of(ask).get(name)
    return value[:PROMPT_LIMIT] if isinstance(value, str) else ""
