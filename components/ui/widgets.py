"""Widgets that panels share: sliders over a schema's ranges, help texts, and typed reading of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from components import messages
from components.domain.request import OPTIONS, choice_of
from components.domain.schema import Range, check_length
from components.errors import InvalidRequest


def slider(allowed: Range, field: str, label: str, info: str | None = None, **layout: Any) -> gr.Slider:
    """Return a slider over a range of the model's schema. `layout`: `scale` and `render` of gr.Slider."""
    return gr.Slider(
        allowed.minimum,
        allowed.maximum,
        allowed.default,
        step=allowed.step,
        label=label,
        info=info,
        **layout,
        elem_id=field_id(field),
    )


def help_text(field: str, text: str, **script: Any) -> gr.HTML:
    """Place a help text under a text box; a script ties it to the box by `aria-describedby`.

    Gradio's own `info=` would become part of the box's accessible name (6.31). `script`: further arguments of gr.HTML
    for help that changes while the visitor types.
    """
    return gr.HTML(
        text,
        elem_id=f"help-{field.replace('_', '-')}",
        elem_classes=["help"],
        apply_default_css=False,
        padding=False,
        **script,
    )


def field_id(field: str) -> str:
    """Return the element id of a field, by which the scripts find it."""
    return "field-" + field.replace("_", "-")


def text_of(value: Any, field: str) -> str:
    """Return a text field's value, "" for None. Raises InvalidRequest for no text, or too long a one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidRequest(field, messages.NOT_TEXT)
    check_length(field, len(value))
    return value


def number_of(value: Any, field: str) -> float:
    """Return a number field's value, whole ones as int. Raises InvalidRequest for anything but a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidRequest(field, messages.NOT_A_NUMBER)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def choice_in(field: str, value: Any) -> Any:
    """Return the value of a field with choices. Raises InvalidRequest when there is none of this name."""
    try:
        return choice_of(field, value)
    except ValueError as error:
        raise InvalidRequest(field, _NO_SUCH_CHOICE[field]) from error


def options_in(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the options of a request that the form has a value for. Raises InvalidRequest for what is no number."""
    present = [field.name for field in OPTIONS if values.get(field.name) is not None]
    return {name: number_of(values[name], name) for name in present}


_NO_SUCH_CHOICE = {
    "refine": messages.NO_SUCH_REFINER,
    "preset": messages.NO_SUCH_SPEED,
    "sampler": messages.NO_SUCH_SAMPLER,
}
