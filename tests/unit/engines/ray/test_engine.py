"""The engine asks the replicas' engine for what it can say itself, and Ray for the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.engines.protocol import (
    EngineRequest,
    LoraRef,
    Presets,
    SupportsOptions,
    SupportsPrecheck,
    SupportsPresets,
    lanes_of,
)
from components.engines.ray import messages
from components.engines.ray.cluster import Cluster, fingerprint, options_of
from components.engines.ray.engine import RayEngine
from components.engines.ray.events import affinity_of
from components.engines.ray.settings import RaySettings
from components.errors import EngineError, SetupError
from tests.support.tiny_engines import TinyEngine

SETTINGS = RaySettings("127.0.0.1:1", "demo", 2, 6, 0.5, {"SDXL_DEVICE": "cpu"})


class Unreachable(Cluster):
    """Cluster that is away."""

    def join(self):
        raise EngineError(messages.UNREACHABLE)

    def is_gone(self, error):
        return False


class Knowing(TinyEngine):
    """Engine with presets, further numbers and a check."""

    def presets(self):
        return Presets(("full", "fast"), "fast")

    def options(self):
        return ("clip_skip",)

    def check(self, request):
        raise EngineError(messages.GONE)


def engine(inner=None):
    return RayEngine(SETTINGS, Unreachable(SETTINGS), inner or TinyEngine())


def test_presets_options_and_checks_are_those_of_the_replicas_engine():
    found = engine(Knowing())
    assert isinstance(found, SupportsPresets)
    assert isinstance(found, SupportsOptions)
    assert isinstance(found, SupportsPrecheck)
    assert (found.presets().usual, found.options()) == ("fast", ("clip_skip",))
    with pytest.raises(EngineError):
        found.check(EngineRequest("a cat", 1))


def test_it_claims_nothing_that_the_replicas_engine_has_not():
    found = engine()
    assert not isinstance(found, SupportsPresets | SupportsOptions | SupportsPrecheck)


def test_as_many_lanes_as_there_may_be_replicas():
    assert lanes_of(engine()) == 6


def test_a_cluster_that_is_away_is_said():
    stages: list[object] = []
    with pytest.raises(EngineError):
        engine().prepare(stages.append)
    assert stages == [messages.STARTING]
    with pytest.raises(EngineError) as caught:
        engine().generate(EngineRequest("a cat", 1), lambda *_, **__: None)
    assert caught.value.message == messages.UNREACHABLE


def test_without_ray_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("components.engines.ray.engine.is_installed", lambda: False)
    with pytest.raises(SetupError, match=r"pip install -r components/engines/ray/requirements.txt"):
        RayEngine(SETTINGS)


def test_one_picture_a_replica_between_the_bounds():
    options = options_of(SETTINGS)
    assert options["max_ongoing_requests"] == 1
    assert options["ray_actor_options"]["num_gpus"] == 0.5
    assert options["ray_actor_options"]["runtime_env"] == {"env_vars": {"SDXL_DEVICE": "cpu"}}
    scaling = options["autoscaling_config"]
    assert (scaling["min_replicas"], scaling["max_replicas"], scaling["target_ongoing_requests"]) == (2, 6, 1)


def test_replicas_stay_for_the_same_settings_at_another_address_alone():
    assert fingerprint(SETTINGS) == fingerprint(replace(SETTINGS, address="127.0.0.1:2"))
    others = [replace(SETTINGS, most=7), replace(SETTINGS, inner="sdxl"), replace(SETTINGS, passed_on={})]
    assert len({fingerprint(one) for one in [SETTINGS, *others]}) == 4


def test_the_same_loras_in_any_order_and_weight_go_the_same_way_and_no_address_is_shown():
    a, b = LoraRef("https://x/a?token=secret", 1.0), LoraRef("b", 0.5)
    both, other = (EngineRequest("x", 1, loras=loras) for loras in ((a, b), (b, replace(a, scale=0.2))))
    assert affinity_of(both) == affinity_of(other)
    assert "secret" not in affinity_of(both)
    assert affinity_of(EngineRequest("x", 1, loras=(a,))) != affinity_of(both)
    assert affinity_of(EngineRequest("x", 1)) == ""


@pytest.mark.full
def test_a_front_without_cards_checks_requests_for_replicas_that_have_them(monkeypatch):
    pytest.importorskip("diffusers")
    monkeypatch.setenv("SDXL_DEVICE", "all")
    engine = RayEngine(replace(SETTINGS, inner="sdxl"), Unreachable(SETTINGS))
    assert isinstance(engine, SupportsPresets)
    assert engine.presets().names
