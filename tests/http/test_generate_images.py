"""`/generate` with images that are no uploads: refused with a message; no file read, no URL fetched, no path shown."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.http.conftest import Listener
from tests.http.raw_client import RawClient
from tests.support.v3_service import HostedApi
from tests.support.v3_task import png

FILE_DATA = {"_type": "gradio.FileData"}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """An image file on this computer that was not uploaded."""
    path = tmp_path / "private-photo.png"
    path.write_bytes(png(64, 64, 5))
    return path


def shapes(path: str) -> list[Any]:
    """Return a path or URL in every form in which Gradio accepts files."""
    return [
        path,
        {"path": path},
        {"path": path, "meta": FILE_DATA},
        {"path": path, "url": path, "meta": FILE_DATA},
        {"path": path, "url": path, "orig_name": "a.png", "mime_type": "image/png", "is_stream": True},
        {"url": path, "meta": FILE_DATA},
        [{"path": path, "meta": FILE_DATA}],
    ]


@pytest.mark.parametrize("parameter", ["image", "mask_image"])
@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param(lambda path, listener: str(path), id="path"),
        pytest.param(lambda path, listener: f"file://{path}", id="file link"),
        pytest.param(lambda path, listener: f"/gradio_api/file={path}", id="file route"),
        pytest.param(lambda path, listener: f"../../../../../../../..{path}", id="dots"),
        pytest.param(lambda path, listener: f"{listener.url}/private-photo.png", id="http link"),
        pytest.param(lambda path, listener: "https://example.org/private-photo.png", id="https link"),
        pytest.param(lambda path, listener: "data:image/png;base64,private-photo", id="data link"),
    ],
)
def test_s06_s08_a_picture_is_an_upload(
    client: RawClient,
    api: HostedApi,
    listener: Listener,
    secret: Path,
    parameter: str,
    spelled: Callable[[Path, Listener], str],
) -> None:
    posts, opened = len(api.posts), secret.stat().st_atime_ns
    for shape in shapes(spelled(secret, listener)):
        text = client.generate(prompt="x", **{parameter: shape})
        assert "private-photo" not in text
        assert any(words in text for words in ("must be uploaded first", f"{parameter} isn't supported by this model"))
    assert len(api.posts) == posts
    assert secret.stat().st_atime_ns == opened


def test_s08_an_uploaded_picture_is_taken_bare(client: RawClient, api: HostedApi) -> None:
    posts = len(api.posts)
    (path,) = client.http.post("/gradio_api/upload", files={"files": ("a.png", png(64, 64, 5))}).json()
    client.generate(prompt="x", image={"path": path, "meta": FILE_DATA})
    sent = api.uploaded(api.posts[posts]["image"])
    assert sent != png(64, 64, 5)
    assert Image.open(io.BytesIO(sent)).size == (1024, 1024)
    assert len(api.posts) == posts + 1


@pytest.mark.parametrize(
    "loras",
    [
        [{"path": "/etc/passwd"}],
        [{"path": "../../etc/passwd", "scale": 1}],
        [{"path": "file:///etc/passwd", "scale": 1}],
        [{"path": "http://127.0.0.1/x.safetensors", "scale": 1}],
        [{"path": "https://127.0.0.1/x.safetensors", "scale": 1}],
        [{"path": "https://user:word@example.org/x.safetensors", "scale": 1}],
        [{"path": "a/b", "scale": "x"}],
        [{"path": 5}],
        [{"path": "a/b"}] * 5,
        ["a/b"],
        "a/b",
        {"path": "a/b"},
        5,
    ],
)
def test_s06_loras_are_checked_here_again(client: RawClient, api: HostedApi, loras: Any) -> None:
    posts = len(api.posts)
    text = client.generate(prompt="x", loras=loras)
    assert text.startswith("event: error")
    assert json.loads(text.split("data: ")[1])["error"]
    assert len(api.posts) == posts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 10**30),
        ("width", -8),
        ("width", 1001),
        ("width", 512.5),
        ("width", "wide"),
        ("height", []),
        ("guidance_scale", True),
        ("num_inference_steps", 0),
        ("num_inference_steps", {"path": "/etc/passwd"}),
        ("seed", 2**31),
        ("seed", -2),
        ("prompt", ""),
        ("prompt", None),
        ("prompt", 5),
        ("prompt", ["x"]),
        ("negative_prompt", {"a": 1}),
    ],
)
def test_s06_values_are_checked_here_again(client: RawClient, api: HostedApi, name: str, value: Any) -> None:
    posts = len(api.posts)
    text = client.generate(**({"prompt": "x"} | {name: value}))
    assert json.loads(text.split("data: ")[1])["error"]
    assert len(api.posts) == posts
