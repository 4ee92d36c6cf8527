"""The code of a request: whatever the words hold, each language sends the very body, and runs nothing else."""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import subprocess
import sys
import types
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.api.code_samples import code_samples
from components.domain.model_family import STANDARD_NAMES, Model
from components.domain.request import GenerationRequest
from components.ui.programs.generate import PARAMETERS
from tests.support.sample_requests import ALL, EVERY, MODEL, REFINED, REQUESTS, SERVICES, body_of

KEY = "the-key-of-whoever-runs-it"
every_request = pytest.mark.parametrize(("generation", "model"), EVERY)


def samples(generation: GenerationRequest, model: Model) -> dict[str, str]:
    return code_samples(generation, model, SERVICES)


def run_python(text: str, monkeypatch: pytest.MonkeyPatch, **modules: Any) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    for name, content in modules.items():
        monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(**content))  # pyright: ignore[reportArgumentType]
    exec(compile(text, "sample", "exec"), {})


@every_request
def test_python_with_the_official_package(
    generation: GenerationRequest, model: Model, monkeypatch: pytest.MonkeyPatch
):
    asked: list[Any] = []

    class Client:
        def __init__(self, *given: str) -> None:
            asked.append(given)

        def upload(self, file: str) -> str:
            return f"https://files/{file}"

        def run(self, *given: Any) -> dict[str, Any]:
            asked.append(given)
            return {"outputs": []}

    run_python(samples(generation, model)["wavespeed"], monkeypatch, wavespeed={"Client": Client})
    body = body_of(generation, model, "https://files/picture.png", "https://files/mask.png")
    assert asked == [(KEY, SERVICES.base_url), (model.id, body)]


@every_request
def test_python_with_the_page(generation: GenerationRequest, model: Model, monkeypatch: pytest.MonkeyPatch):
    asked: list[Any] = []

    class Client:
        def __init__(self, *given: str) -> None:
            asked.append(given)

        def predict(self, **given: Any) -> tuple[list[Any], dict[str, Any]]:
            asked.append(given)
            return [], {}

    files = {"Client": Client, "handle_file": lambda file: f"handled {file}"}
    run_python(samples(generation, model)["gradio"], monkeypatch, gradio_client=files)
    body = own_body(generation, "handled picture.png", "handled mask.png")
    assert asked == [(SERVICES.page,), body | {"api_name": "/generate"}]
    assert set(asked[1]) <= {*PARAMETERS, "api_name"}


def own_body(generation: GenerationRequest, image: str, mask: str) -> dict[str, Any]:
    """Return the parameters of the page's own endpoint."""
    body = body_of(generation, MODEL_OF_THE_PAGE, image, mask)
    del body["enable_base64_output"]
    width, height = map(int, body.pop("size").split("*"))
    return {**body, "width": width, "height": height}


@every_request
def test_javascript_with_the_page(generation: GenerationRequest, model: Model):
    text = samples(generation, model)["gradio_javascript"]
    body = text[text.index('predict("/generate", ') + len('predict("/generate", ') : text.index(");\nconst [files")]
    for variable in ("IMAGE", "MASK"):
        assert (f"const {variable} = " in text) == (f": {variable}" in body)
        body = body.replace(f": {variable}", f': "{variable}"')
    assert json.loads(body) == own_body(generation, "IMAGE", "MASK")
    assert f"Client.connect({json.dumps(SERVICES.page)})" in text


@every_request
def test_python_with_mcp(generation: GenerationRequest, model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    called: list[Any] = []
    monkeypatch.chdir(tmp_path)
    for name in ("picture", "mask"):
        Path(f"{name}.png").write_bytes(name.encode())

    class Session:
        def __init__(self, *given: str) -> None:
            called.append(given)

        async def __aenter__(self) -> Any:
            return self

        async def __aexit__(self, *_: object) -> None:
            pass

        async def initialize(self) -> None:
            pass

        async def call_tool(self, *given: Any) -> Any:
            called.append(given)
            picture = types.SimpleNamespace(data=base64.b64encode(b"painted").decode())
            return types.SimpleNamespace(isError=False, content=[picture], structuredContent={})

    @asynccontextmanager
    async def connected(address: str) -> AsyncGenerator[Any]:
        yield address, "written", None

    modules = {"mcp": {"ClientSession": Session}, "mcp.client.streamable_http": {"streamable_http_client": connected}}
    run_python(with_mcp(generation, model)["mcp_python"], monkeypatch, **modules, **{"mcp.client": {}})
    image, mask = (f"data:image/png;base64,{base64.b64encode(name).decode()}" for name in (b"picture", b"mask"))
    assert called == [(MCP, "written"), ("generate", own_body(generation, image, mask))]
    assert Path("picture.webp").read_bytes() == b"painted"


def test_apps_have_a_file_each() -> None:
    text = with_mcp(GenerationRequest("a fox"), ALL)["mcp_apps"]
    vs_code, cursor, desktop = (json.loads(f"{{{block}}}") for block in re.findall(r"(?ms)^\{(.*?)^\}", text))
    assert vs_code["servers"]["sdxl-lora-playground"] == {"type": "http", "url": MCP}
    assert cursor["mcpServers"]["sdxl-lora-playground"] == {"url": MCP}
    assert desktop["mcpServers"]["sdxl-lora-playground"]["args"] == ["-y", "mcp-remote", MCP, "--allow-http"]
    assert text.endswith(f" {MCP}") and not set(samples(GenerationRequest("a fox"), ALL)) & {"mcp_apps", "mcp_python"}


MCP = "http://127.0.0.1:7860/gradio_api/mcp/"


def with_mcp(generation: GenerationRequest, model: Model) -> dict[str, str]:
    return code_samples(generation, model, replace(SERVICES, mcp=MCP))


MODEL_OF_THE_PAGE = Model("", MODEL.schema, STANDARD_NAMES)
"""The page's own endpoint has the usual names for all there is."""


def in_shell(text: str, folder: Path) -> list[str]:
    """Run a script where `curl` writes down what it was given, and nothing else may be done."""
    fake, written = folder / "curl", folder / "given"
    fake.write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" > '{written}'\n")
    fake.chmod(0o755)
    script = folder / "script.sh"
    script.write_text(text, encoding="utf-8")
    env = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "WAVESPEED_API_KEY": KEY, "LC_ALL": "C.UTF-8"}
    subprocess.run(["bash", "-n", script], check=True)
    subprocess.run(["bash", script], check=True, cwd=folder, env=env, capture_output=True)
    assert sorted(path.name for path in folder.iterdir()) == ["curl", "given", "script.sh"]
    return written.read_bytes().decode().split("\0")[:-1]


@every_request
def test_curl(generation: GenerationRequest, model: Model, tmp_path: Path):
    given = in_shell(samples(generation, model)["curl"], tmp_path)
    headers = [given[at + 1] for at, one in enumerate(given) if one == "-H"]
    assert headers == [f"Authorization: Bearer {KEY}", "Content-Type: application/json"]
    assert f"{SERVICES.base_url}/api/v3/{model.id}" in given
    body = body_of(generation, model, "https://example.com/picture.png", "https://example.com/mask.png")
    assert json.loads(given[given.index("--data-raw") + 1]) == body


@every_request
def test_javascript_is_a_script_and_its_body_is_the_body(generation: GenerationRequest, model: Model, tmp_path: Path):
    """The page's tests run it; here its body is read as what it is, JSON but for the variables."""
    text = samples(generation, model)["javascript"]
    inside = text.partition("const body = ")[2].partition("\n};\n")[0] + "\n}"
    named = dict(re.findall(r'^const (IMAGE|MASK) = (".*");', text, re.M))
    found = json.loads(re.sub(r": (IMAGE|MASK)\b", lambda place: f": {named[place[1]]}", inside))
    assert found == body_of(generation, model, "https://example.com/picture.png", "https://example.com/mask.png")
    assert "</" not in text
    assert "<!--" not in text
    assert text.isascii() or all(sign.isprintable() or sign == "\n" for sign in text)


def test_what_cannot_be_seen_is_spelled_out_in_every_language():
    """Signs that turn the direction of writing would show another code than the one that is copied."""
    for generation in REQUESTS:
        for name, text in samples(generation, MODEL).items():
            hidden = [sign for sign in text if not sign.isprintable() and sign != "\n"]
            assert hidden == [], f"{name} hides {hidden}"


def test_what_is_plain_is_read_as_it_was_written():
    for text in samples(GenerationRequest("Füchse, 狐, שועל 🦊", seed=-1), MODEL).values():
        assert "Füchse, 狐, שועל 🦊" in text
        assert re.search(r"\bseed\b.{1,3}-1\b", text)


@pytest.mark.parametrize("name", ["curl", "wavespeed", "javascript"])
def test_the_key_is_a_variable(name: str):
    assert "WAVESPEED_API_KEY" in samples(GenerationRequest("a fox"), MODEL)[name]


def test_pictures_stay_where_they_are():
    for text in samples(REFINED[2], ALL).values():
        assert "secret-name" not in text
        assert "digest" not in text
        assert "IMAGE" in text
        assert "MASK" in text
    for text in samples(GenerationRequest("a fox"), MODEL).values():
        assert "IMAGE" not in text
        assert "MASK" not in text
        assert "handle_file" not in text


def test_python_names_nothing_that_it_does_not_use():
    for generation, model in EVERY:
        for name in ("wavespeed", "gradio"):
            tree = ast.parse(samples(generation, model)[name])
            imported = {one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names}
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            assert imported <= used
