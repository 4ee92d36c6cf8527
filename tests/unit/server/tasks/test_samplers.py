"""An engine may offer samplers; a request then names one of them."""

from __future__ import annotations

from typing import Any

import pytest

from components.server.errors import Refused
from components.server.http.models import entry
from components.server.tasks.fields import fields_of
from components.server.tasks.validate import request_of
from tests.support.tiny_engines import TinyEngine


class OfferingEngine(TinyEngine):
    def samplers(self) -> tuple[str, ...]:
        return ("Euler", "DDIM")


def test_the_model_s_entry_lists_them():
    described: Any = entry("", fields_of(OfferingEngine()))
    [run] = described["api_schema"]["api_schemas"]
    facts = run["request_schema"]["properties"]["sampler"]
    assert (facts["enum"], "default" in facts) == (["Euler", "DDIM"], False)


@pytest.mark.parametrize(("sent", "sampler"), [({}, None), ({"sampler": None}, None), ({"sampler": "DDIM"}, "DDIM")])
def test_a_request_names_one_or_none(sent, sampler):
    assert request_of({"prompt": "x", **sent}, lambda: 0, fields_of(OfferingEngine())).sampler == sampler


@pytest.mark.parametrize("value", ["UniPC", "euler", "", 1])
def test_any_other_is_refused(value):
    with pytest.raises(Refused, match="sampler must be one of Euler, DDIM"):
        request_of({"prompt": "x", "sampler": value}, lambda: 0, fields_of(OfferingEngine()))


def test_an_engine_without_samplers_ignores_it():
    assert fields_of(TinyEngine()) == ()
    assert request_of({"prompt": "x", "sampler": "Euler"}, lambda: 0).sampler is None
