"""Listeners that run a script of the page in the browser, with the values of components by name, never by position."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradio.blocks import Block

from components.ui import assets

_NONE: Mapping[str, Block] = {}


def listen(
    event: Callable[..., Any],
    module: str,
    function: str,
    *arguments: Any,
    inputs: Mapping[str, Block] = _NONE,
    outputs: Mapping[str, Block] = _NONE,
) -> None:
    """Run a function of a served module when an event occurs; nothing is requested.

    It gets `arguments`, values of JSON, then an object with the values of `inputs`; it returns an object with the
    values of `outputs`, or nothing to leave them as they are.
    """
    js = assets.hook(module, function, *arguments, inputs=list(inputs), outputs=list(outputs))
    # Gradio would lay its "processing" over the outputs for a moment, although nothing is requested.
    event(
        None,
        list(inputs.values()),
        list(outputs.values()),
        js=js,
        api_visibility="private",
        show_progress="hidden",
    )
