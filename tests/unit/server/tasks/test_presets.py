"""An engine may have presets; an order then chooses one of them."""

from __future__ import annotations

import pytest

from components.engines.protocol import Presets
from components.server.errors import Refused
from components.server.tasks.fields import FIELDS, fields_of
from components.server.tasks.validate import request_of
from tests.support.tiny_engines import GatedEngine, TinyEngine
from tests.support.v3_server import serving


class OfferingEngine(TinyEngine):
    def __init__(self, usual: str = "full") -> None:
        super().__init__()
        self._usual = usual

    def presets(self) -> Presets:
        return Presets(("full", "fast"), self._usual)


class GatedOffering(GatedEngine):
    def presets(self) -> Presets:
        return Presets(("full", "fast"), "full")


@pytest.fixture
def offering():
    return OfferingEngine()


@pytest.fixture
def caller(offering, tmp_path):
    with serving(offering, tmp_path) as caller:
        yield caller


def facts_of(caller):
    [model] = caller.data(caller.http.get("/api/v3/models"))
    return model["api_schema"]["api_schemas"][0]["request_schema"]


def test_the_model_s_entry_has_one_more_field(caller):
    schema = facts_of(caller)
    assert schema["properties"]["preset"] == {
        "type": "string",
        "description": "The way of painting.",
        "default": "full",
        "enum": ["full", "fast"],
    }
    assert schema["x-order-properties"] == [*(field.name for field in FIELDS), "preset"]
    assert schema["required"] == ["prompt"]


def test_the_steps_of_the_fast_one_are_told(tmp_path):
    class Bounded(TinyEngine):
        def presets(self) -> Presets:
            return Presets(("full", "fast"), "full", (8, 8))

    with serving(Bounded(), tmp_path) as caller:
        assert facts_of(caller)["properties"]["preset"]["x-fast-steps"] == [8, 8]


def test_what_is_usual_is_the_host_s_choice(tmp_path):
    engine = OfferingEngine("fast")
    with serving(engine, tmp_path) as caller:
        assert facts_of(caller)["properties"]["preset"]["default"] == "fast"
        for body in ({}, {"preset": None}, {"preset": "full"}):
            caller.end(caller.submit(**body)["id"])
    assert [request.preset for request in engine.requests] == ["fast", "fast", "full"]


def test_an_order_carries_it(caller, offering):
    for body in ({}, {"preset": "fast"}, {"preset": "full"}):
        caller.end(caller.submit(**body)["id"])
    assert [request.preset for request in offering.requests] == ["full", "fast", "full"]


@pytest.mark.parametrize("value", ["slow", "", 1, True, ["fast"]])
def test_a_wrong_one_is_refused_by_its_name(caller, offering, value):
    assert caller.refuse(preset=value) == (400, 1401, "preset must be one of full, fast.")
    assert offering.requests == []


def test_what_was_usual_when_a_task_was_accepted_holds_for_it(tmp_path):
    """Whoever starts the server anew with another preset changes no task that waits."""
    before, after = GatedOffering(), OfferingEngine("fast")
    with serving(before, tmp_path) as caller:
        waiting = caller.submit()["id"]
        assert before.begun.wait(5)
    with serving(after, tmp_path) as caller:
        assert caller.end(waiting)["status"] == "completed"
    assert [request.preset for request in after.requests] == ["full"]


def test_where_none_are_offered_the_field_is_dropped_like_any_unknown_one(tmp_path):
    engine = TinyEngine()
    with serving(engine, tmp_path) as caller:
        assert "preset" not in facts_of(caller)["properties"]
        for value in ("fast", "slow", 1):
            caller.end(caller.submit(preset=value)["id"])
    assert [request.preset for request in engine.requests] == ["", "", ""]


def test_a_body_is_only_asked_for_what_is_offered():
    assert request_of({"prompt": "x", "preset": "slow"}, lambda: 0).preset == ""
    with pytest.raises(Refused, match="preset must be"):
        request_of({"prompt": "x", "preset": "slow"}, lambda: 0, fields_of(OfferingEngine()))
