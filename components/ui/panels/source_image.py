"""Source image panel: the image to start from, its mask, and how strongly it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.domain.person import Person
from components.domain.request import SourceImage, is_whole
from components.errors import InvalidRequest
from components.services.source_images import SourceImages
from components.ui import assets
from components.ui.identity import as_object
from components.ui.listeners import listen
from components.ui.message_json import message_json
from components.ui.widgets import field_id, number_of

MAX_FEATHER = 256
"""Widest feather of a mask's edge, in pixels."""


@dataclass(frozen=True, slots=True)
class SourceImageChoice:
    """Source image fields of a request; all defaults without an image."""

    image: SourceImage | None = None
    mask: SourceImage | None = None
    feather: int = 0
    prompt_strength: float = 0.8

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of GenerationRequest that the image determines, the size too; empty without one."""
        if self.image is None:
            return {}
        image_fields = {"image": self.image, "mask": self.mask, "feather": self.feather}
        return image_fields | {
            "prompt_strength": self.prompt_strength,
            "width": self.image.width,
            "height": self.image.height,
        }


class SourceImagePanel:
    """HTML component whose script uploads, fits and shows the image: assets/ui/source_image/panel.js."""

    def __init__(self, sources: SourceImages) -> None:
        self._sources = sources
        self.component = gr.HTML(
            {},
            html_template=assets.template("ui/source_image/panel.html"),
            js_on_load=assets.mount("source_image/panel", "mount", _messages(), ["sized"]),
            apply_default_css=False,
            elem_id=field_id("image"),
            elem_classes=["picture-panel"],
            padding=False,
        )

    def tie(self, width: Component, height: Component, shape: Component) -> None:
        """Connect "Match my picture", which sets the sliders and the named shape."""
        # An event of our own: Gradio 6.31 offers it because `mount` above names it in `js_on_load`.
        sized = {"width": width, "height": height, "shape": shape}
        listen(self.component.sized, "source_image/size", "size_of_image", outputs=sized)

    async def read(self, values: Mapping[str, Any], person: Person) -> SourceImageChoice:
        """Return the choice in `values["picture"]`, which the ticket carries.

        Raises InvalidRequest for an image that is missing or another visitor's, and for a value that is no number.
        """
        choice = as_object(values.get("picture"))
        if not choice:
            return SourceImageChoice()
        image = await self._sources.require(person, _name(choice.get("image")))
        mask = choice.get("mask")
        return SourceImageChoice(
            image,
            None if mask is None else await self._sources.require(person, _name(mask), "mask_image"),
            _feather(choice.get("feather", 0)),
            number_of(choice.get("strength"), "prompt_strength"),
        )


def _name(value: Any) -> str:
    return value[:64] if isinstance(value, str) else ""


def _feather(value: Any) -> int:
    if not is_whole(value):
        raise InvalidRequest("feather", messages.NOT_A_NUMBER)
    return max(0, min(value, MAX_FEATHER))


def _messages() -> dict[str, dict[str, Any]]:
    """Return the messages that the script shows without an answer of the server."""
    texts = {
        "too_large": messages.SOURCE_TOO_LARGE,
        "not_sent": messages.SOURCE_NOT_SENT,
        "not_a_picture": messages.NOT_A_SOURCE,
        "no_camera": messages.NO_CAMERA,
        "nothing_marked": messages.NOTHING_MARKED,
        "nothing_extended": messages.NOTHING_EXTENDED,
    }
    found = {name: message_json(message, is_free=True) for name, message in texts.items()}
    # By a proxy: whoever pays by the picture wants to know that a refused one was not.
    return found | {"refused_on_the_way": message_json(messages.SOURCE_REFUSED_ON_THE_WAY, is_free=False)}
