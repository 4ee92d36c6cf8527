from __future__ import annotations

import pytest

from components.engines.by_name import engine_named
from components.engines.ray.settings import RaySettings
from components.errors import SetupError

ADDRESS = {"RAY_ADDRESS": "10.0.0.1:6379"}


def test_what_is_usual():
    found = RaySettings.from_env(ADDRESS)
    assert found == RaySettings("10.0.0.1:6379", "sdxl", 1, 8, gpus=1.0, passed_on={"SDXL_DEVICE": "cuda"})


def test_bounds_and_parts_of_a_gpu():
    found = RaySettings.from_env(ADDRESS | {"RAY_PAINTERS": "2-16", "RAY_PAINTER_GPUS": " 0.5 ", "RAY_ENGINE": "demo"})
    assert (found.least, found.most, found.gpus, found.inner) == (2, 16, 0.5, "demo")
    fixed = RaySettings.from_env(ADDRESS | {"RAY_PAINTERS": "8"})
    assert (fixed.least, fixed.most) == (8, 8)


@pytest.mark.parametrize("address", ["", " ", "local"])
def test_no_cluster_is_started_unless_it_is_asked_for(address):
    with pytest.raises(SetupError, match="RAY_ADDRESS names none"):
        RaySettings.from_env({"RAY_ADDRESS": address})
    assert RaySettings.from_env({"RAY_ADDRESS": address}, is_local=True).address == ""


def test_a_local_cluster_is_one_even_where_another_is_named():
    assert RaySettings.from_env(ADDRESS, is_local=True).address == ""


@pytest.mark.parametrize("text", ["0", "0-4", "4-2", "-1", "1-", "many", "99999"])
def test_bounds_that_cannot_be_are_refused(text):
    with pytest.raises(SetupError, match=f"RAY_PAINTERS={text} is no number"):
        RaySettings.from_env(ADDRESS | {"RAY_PAINTERS": text})


@pytest.mark.parametrize("text", ["-1", "nan", "one", "65"])
def test_parts_of_a_gpu_that_cannot_be_are_refused(text):
    with pytest.raises(SetupError, match="RAY_PAINTER_GPUS"):
        RaySettings.from_env(ADDRESS | {"RAY_PAINTER_GPUS": text})


def test_replicas_get_the_settings_of_sdxl_and_no_secret():
    env = ADDRESS | {"SDXL_MODEL": "a/b", "SDXL_DEVICE": "cpu", "CIVITAI_API_KEY": "secret", "HOME": "/home/x"}
    found = RaySettings.from_env(env | {"RAY_PAINTER_GPUS": "0"})
    assert found.passed_on == {"SDXL_DEVICE": "cpu", "SDXL_MODEL": "a/b"}


@pytest.mark.parametrize("gpus", ["1", "0.5"])
@pytest.mark.parametrize("device", ["", "cpu", "cuda:3", "cuda:0,cuda:1", "all"])
def test_a_replica_takes_the_gpu_that_ray_gives_it(device, gpus):
    """Ray shows it that one alone, as the first; the front's own choice may be one that the replica does not see."""
    found = RaySettings.from_env(ADDRESS | {"SDXL_DEVICE": device, "RAY_PAINTER_GPUS": gpus})
    assert found.passed_on == {"SDXL_DEVICE": "cuda"}


@pytest.mark.parametrize("inner", ["ray", "ray-local"])
def test_a_replica_runs_no_cluster_of_its_own(inner):
    with pytest.raises(SetupError, match="cannot run in a replica"):
        RaySettings.from_env(ADDRESS | {"RAY_ENGINE": inner})


def test_the_engine_is_found_by_its_name_and_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(SetupError, match="RAY_ADDRESS"):
        engine_named("ray")
