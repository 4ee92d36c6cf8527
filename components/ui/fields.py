"""What all panels share: a slider that leaves checking to the schema, and help that is tied to its field."""

from __future__ import annotations

from typing import Any

import gradio as gr

from components.errors import InvalidRequest
from components.schema import Span


class Slider(gr.Slider):
    """A slider whose range is checked with the request, so that the sentence can stand at its field."""

    def __init__(self, span: Span, field: str, *, label: str, info: str | None = None, **more: Any) -> None:
        super().__init__(
            span.minimum,
            span.maximum,
            span.default,
            step=span.step,
            label=label,
            info=info,
            elem_id=field_id(field),
            **more,
        )

    def get_block_name(self) -> str:
        """Use Gradio's own slider in the browser."""
        return "slider"

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        """Tell the browser what Gradio's own slider tells it, not the names of our arguments."""
        return super().get_config(cls or gr.Slider)

    def preprocess(self, payload: Any) -> Any:
        """Hand on what came; `read` of the panel checks it."""
        return payload


class Radio(gr.Radio):
    """A choice that is checked with the request, like the sliders."""

    def get_block_name(self) -> str:
        """Use Gradio's own radio buttons in the browser."""
        return "radio"

    def preprocess(self, payload: Any) -> Any:
        """Hand on what came; `read` of the panel checks it."""
        return payload


def help_text(field: str, text: str) -> gr.HTML:
    """Place a plain word of help under a text box; fields.js ties it to the box for screen readers."""
    return gr.HTML(
        text, elem_id=f"help-{field.replace('_', '-')}", elem_classes=["help"], apply_default_css=False, padding=False
    )


def field_id(field: str) -> str:
    """Return the element id of a field, by which fields.js finds it."""
    return "field-" + field.replace("_", "-")


def text_of(value: Any, field: str) -> str:
    """Return a text field's value. Raises InvalidRequest for what is no text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidRequest(field, "This must be text.")
    return value


def number_of(value: Any, field: str) -> float:
    """Return a number field's value, whole ones as int. Raises InvalidRequest."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidRequest(field, "Enter a number here.")
    return int(value) if isinstance(value, float) and value.is_integer() else value
