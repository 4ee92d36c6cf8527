"""A Hub on loopback with one model and one LoRA."""

from __future__ import annotations

import pytest

from tests.support.fake_hub import FakeHub
from tests.support.lora_downloads import lora
from tests.support.sdxl_repository import MODEL


@pytest.fixture
def hub(monkeypatch, tmp_path):
    constants = pytest.importorskip("huggingface_hub.constants")
    fake = FakeHub({"owner/model": dict(MODEL), "owner/lora": {"a.safetensors": lora(), "README.md": b""}})
    monkeypatch.setattr(constants, "ENDPOINT", fake.url)
    template = fake.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield fake
    fake.close()
