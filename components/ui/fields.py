"""What all panels share: sliders over the schema's ranges, help tied to its field, values read as what they are."""

from __future__ import annotations

from typing import Any

import gradio as gr

from components import messages
from components.errors import InvalidRequest
from components.schema import Span


def slider(span: Span, field: str, label: str, info: str | None = None, scale: int | None = None) -> gr.Slider:
    """Place a slider over a range of the schema."""
    return gr.Slider(
        span.minimum,
        span.maximum,
        span.default,
        step=span.step,
        label=label,
        info=info,
        scale=scale,
        elem_id=field_id(field),
    )


def help_text(field: str, text: str, **script: Any) -> gr.HTML:
    """Place a plain word of help under a text box; fields.js ties it to the box for screen readers.

    `script` is what gr.HTML takes for help that says more while the person writes.
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
    """Return the element id of a field, by which fields.js finds it."""
    return "field-" + field.replace("_", "-")


def text_of(value: Any, field: str) -> str:
    """Return a text field's value. Raises InvalidRequest for what is no text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidRequest(field, messages.NOT_TEXT)
    return value


def number_of(value: Any, field: str) -> float:
    """Return a number field's value, whole ones as int. Raises InvalidRequest."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidRequest(field, messages.NOT_A_NUMBER)
    return int(value) if isinstance(value, float) and value.is_integer() else value
