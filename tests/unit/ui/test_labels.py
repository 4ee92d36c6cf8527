"""Labels of Gradio's widgets: all from the catalogue, in every language, with their parameters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from components.api.client import Endpoint
from components.messages.catalogue import languages, text
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.labels import LATER, Labels, label
from components.ui.page import Page
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, MODEL

SHOWN = ("label", "info", "placeholder", "value")
"""Properties of a widget that Gradio translates, as far as the page has them."""
NOT_SEEN = ("html", "state", "api")
"""Types of components without a text of their own; `api` is a parameter of an endpoint."""
NOT_TEXTS = {"1024x1024", "no_refiner"}
"""Values of choices, which scripts and requests use and nobody reads."""


@pytest.fixture
async def config(tmp_path) -> AsyncIterator[dict[str, Any]]:
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    store = Store(tmp_path / "data")
    yield cast("dict[str, Any]", Page(Playground(backend, store, host_config(backend))).blocks.get_config_file())
    store.close()


def shown(config: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return each visible text of the widgets, with the element's id."""
    widgets = [one["props"] for one in config["components"] if one["type"] not in NOT_SEEN]
    texts = [(one.get("elem_id") or "", one[name]) for one in widgets for name in SHOWN if one.get(name)]
    choices = [("choice", name) for one in widgets for name, _ in one.get("choices") or ()]
    return [(where, text) for where, text in texts + choices if not isinstance(text, (int, float, bool, list))]


async def test_every_text_of_a_widget_is_a_key_of_the_catalogue(config):
    found = shown(config)
    assert len(found) > 60
    for where, one in found:
        assert "translation_metadata" in str(one) or one in NOT_TEXTS or str(one).isdecimal(), (where, one)


async def test_the_page_carries_the_labels_that_it_uses_and_no_others(config):
    english = Labels(config).texts("en")
    assert english["field.guidance_scale.title"] == "Guidance"
    assert english["lora.path?number=%223%22"] == "LoRA 3"
    assert "gallery.again" not in english
    widgets = {str(text) for _, text in shown(config) if "translation_metadata" in str(text)}
    own = {"errors.use_via_api", "common.built_with_gradio"}
    assert len(english.keys() - own - set(LATER)) == len(widgets | help_keys(config))
    assert [english[key] for key in LATER] == ["Fast, 8 steps"]


def help_keys(config: dict[str, Any]) -> set[str]:
    """Return the labels of gr.HTML components, whose value is their text."""
    values = [str(one["props"].get("value")) for one in config["components"] if one["type"] == "html"]
    return {value for value in values if "translation_metadata" in value}


async def test_every_language_has_them_and_a_page_carries_one(config):
    labels = Labels(config)
    assert labels.translations().translations == {"en": labels.texts("en")}
    for language in languages():
        texts = labels.texts(language)
        assert texts.keys() == labels.texts("en").keys()
        assert texts["page.generate"] == text("page.generate", language=language)
        assert texts["lora.path?number=%222%22"] == text("lora.path", {"number": "2"}, language)
        assert json.loads(labels.as_json(language)) == {"en": texts}, "Gradio falls back to this name"


def test_a_label_s_parameters_are_part_of_its_key():
    assert '"key": "lora.path?number=%222%22"' in str(label("lora.path", number="2"))
    assert '"key": "page.generate"' in str(label("page.generate"))


def test_a_parameter_stays_what_it_is():
    names = Labels({"label": str(label("lora.host_names", names="1234"))}).texts("en")
    assert list(names.values())[:1] == ["Available here by name: 1234."]


def test_names_are_a_list_which_each_language_joins():
    names = Labels({"label": str(label("lora.host_names", names=("a", "b")))}).texts("en")
    assert list(names.values())[:1] == ["Available here by name: a, b."]
