"""The panel of the picture to start from: an HTML component whose script takes, fits and shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.errors import InvalidRequest
from components.generation import SourceImage, is_whole
from components.person import Person
from components.sources import Sources
from components.ui import assets
from components.ui.fields import field_id, number_of
from components.ui.rows import told
from components.ui.who import values_of

WIDEST_FEATHER = 256
"""Pixels."""


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """What a request says of its picture; all as usual without one."""

    image: SourceImage | None = None
    mask: SourceImage | None = None
    feather: int = 0
    prompt_strength: float = 0.8

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of a request that it decides, its size among them."""
        if self.image is None:
            return {}
        chosen = {"image": self.image, "mask": self.mask, "feather": self.feather}
        return chosen | {
            "prompt_strength": self.prompt_strength,
            "width": self.image.width,
            "height": self.image.height,
        }


class PicturePanel:
    """Owns the component; its script is assets/js/picture.js."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.component = gr.HTML(
            {},
            html_template=assets.text("html/picture.html"),
            js_on_load=assets.mount("mount_picture.js", _messages()),
            apply_default_css=False,
            elem_id=field_id("image"),
            elem_classes=["picture-panel"],
            padding=False,
        )

    def tie(self, width: Component, height: Component, shape: Component) -> None:
        """Let "Match my picture" move the sliders and the named shape."""
        self.component.sized(  # an event of our own, named in mount_picture.js
            None,
            None,
            [width, height, shape],
            js=assets.hook("form", "size_of_picture"),
            api_visibility="private",
        )

    async def read(self, values: Mapping[str, Any], person: Person) -> PictureChoice:
        """Return what the page's script gave for `picture`. Raises InvalidRequest for what is not this person's."""
        given = values_of(values.get("picture"))
        if not given:
            return PictureChoice()
        image = await self._sources.require(person, _name(given.get("image")))
        mask = given.get("mask")
        return PictureChoice(
            image,
            None if mask is None else await self._sources.require(person, _name(mask), "mask_image"),
            _feather(given.get("feather", 0)),
            number_of(given.get("strength"), "prompt_strength"),
        )


def _name(value: Any) -> str:
    return value[:64] if isinstance(value, str) else ""


def _feather(value: Any) -> int:
    if not is_whole(value):
        raise InvalidRequest("feather", messages.NOT_A_NUMBER)
    return max(0, min(value, WIDEST_FEATHER))


def _messages() -> dict[str, dict[str, str]]:
    """Return what the script says by itself."""
    said = {
        "too_large": messages.SOURCE_TOO_LARGE,
        "not_sent": messages.SOURCE_NOT_SENT,
        "not_a_picture": messages.NOT_A_SOURCE,
        "no_camera": messages.NO_CAMERA,
    }
    return {name: told(sentence, is_free=True) for name, sentence in said.items()}
