"""A file imports only from layers below its own; nothing happens at import."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = (
    ("errors",),
    ("messages",),
    ("generation", "clock", "addresses", "money", "keys", "person", "redaction", "tokens", "zip_stream"),
    ("lora_sites", "lora_header", "lora_names", "prompt_styles", "recipe_lines", "recipe_exif", "found_recipe"),
    ("lora_link", "lora_answers", "lora_tags", "jpeg_file", "png_file", "webp_file"),
    (
        "schema",
        "job",
        "pictures",
        "inpainting",
        "handover",
        "retry",
        "pace",
        "seeds",
        "recipe",
        "recipe_files",
        "comfy_recipe",
        "fooocus_recipe",
        "keyring",
        "turns",
        "standing",
    ),
    ("fence", "wire", "source_pictures", "thumbnails", "search", "infotext_recipe"),
    ("outpaint", "grid", "recipe_reader"),
    ("family",),
    ("model_list", "estimate", "code_samples"),
    ("settings", "fetching", "shelf", "database", "host_loras", "folder_lock", "job_rows", "spendings"),
    ("client", "store"),
    ("backend", "board", "till", "restoring", "lora_check"),
    ("ledger",),
    ("uploading", "recipes", "history", "retention"),
    ("sending", "watching", "sources"),
    ("jobs",),
    ("visitors",),
    ("playground",),
    ("ui",),
    ("ui.page",),
    ("ui.launch",),
    ("app",),
)
PLACE = {name: place for place, names in enumerate(LAYERS) for name in names}
COLUMN = ("server", "engines")
"""Stands apart: knows errors and its own protocol, and is known by app alone."""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part not in ("components", "__init__")) or "components"


FILES = {name_of(path): path for path in (ROOT / "app.py", *sorted((ROOT / "components").rglob("*.py")))}


@cache
def imported(path: Path) -> set[str]:
    """Full dotted names of everything a file imports, however deep in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def ours(path: Path) -> set[str]:
    """Modules of ours that a file imports, by their names here."""
    tails = {name.removeprefix("components.") for name in imported(path) if name.startswith("components.")}
    return {tail if tail in FILES else tail.rpartition(".")[0] for tail in tails} - {""}


def place_of(name: str) -> int:
    return PLACE[name] if name in PLACE else PLACE[name.split(".")[0]]


CORE = [name for name in FILES if name != "components" and name.split(".")[0] not in COLUMN]


def test_every_file_has_a_layer():
    assert {name.split(".")[0] for name in CORE} <= set(PLACE)


@pytest.mark.parametrize("name", CORE)
def test_a_file_imports_only_from_below(name):
    for other in ours(FILES[name]):
        if other.split(".")[0] in COLUMN:
            assert name == "app", f"{name} imports {other}"
            continue
        if name.startswith("ui.") and place_of(other) == place_of(name) == PLACE["ui"]:
            continue  # panels share small files of their own layer
        assert place_of(other) < place_of(name), f"{name} imports {other}"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("server")])
def test_our_server_shares_no_code_with_the_client(name):
    allowed = {"errors", "server", "engines"}
    assert {other.split(".")[0] for other in ours(FILES[name])} <= allowed


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("engines.")])
def test_an_engine_knows_the_protocol_and_its_own_files(name):
    own = ".".join(name.split(".")[:2])
    for other in ours(FILES[name]):
        assert other in ("errors", "server.engine") or other.startswith(own), f"{name} imports {other}"


def importers(package: str) -> set[str]:
    return {name for name, path in FILES.items() if any(found.split(".")[0] == package for found in imported(path))}


def test_only_the_client_speaks_http():
    assert importers("httpx") == {"client", "fetching", "engines.sdxl.civitai_loras"}
    assert importers("httpcore") == {"fetching"}
    assert not importers("requests") | importers("aiohttp")


def test_only_the_page_knows_gradio():
    assert {name.split(".")[0] for name in importers("gradio")} == {"ui"}


HEAVY = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors", "onnxruntime")


def test_the_thin_app_never_imports_torch():
    assert not {name for library in HEAVY for name in importers(library)}
    names = [f"components.{name}" for name in FILES if name not in ("app", "components") and "__main__" not in name]
    program = f"import sys, app, {', '.join(names)}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_an_engine_is_made_without_torch():
    program = "import sys; from components.server.assembly import engine_named; engine_named('sdxl')"
    program += "; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False" or "pip install -r components/engines/sdxl/requirements.txt" in done.stderr


def test_only_the_settings_read_the_environment():
    readers = set()
    for name, path in FILES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"):
                readers.add(name)
            if isinstance(node, ast.ImportFrom) and node.module in ("os", "dotenv"):
                readers |= {name for alias in node.names if alias.name in ("environ", "getenv", "load_dotenv")}
    allowed = {"settings", "server.child", "engines.sdxl.settings"}
    assert readers <= allowed, "server.child hands the environment on to the child process, where the engine reads its"
    assert "settings" in readers


IMPORT_ALL = """
import importlib, socket, sys, threading
from functools import cache
from pathlib import Path

deeds = []
def watch(event, args):
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        deeds.append((event, str(args[0])))
    elif event.startswith(("socket.", "sqlite3.", "subprocess.", "os.mkdir", "os.remove", "os.rename")):
        deeds.append((event, str(args)))

sys.dont_write_bytecode = True
import asyncio, concurrent.futures, sqlite3, ssl  # theirs to do what they like
names = sys.argv[1:]
for third in ("httpx", "PIL.Image", "dotenv", "starlette.applications", "starlette.testclient", "uvicorn", "numpy"):
    try:
        importlib.import_module(third)
    except ImportError:
        pass
sys.addaudithook(watch)
for name in names:
    importlib.import_module(name)
sys.addaudithook(lambda *_: None)
print(deeds, threading.active_count())
"""


def test_importing_opens_no_file_for_writing_and_starts_no_thread():
    names = [f"components.{name}" for name in FILES if name.split(".")[0] not in ("ui", "app", "components")]
    names = [name for name in names if not name.endswith("__main__")]
    command = [sys.executable, "-c", IMPORT_ALL, *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[] 1"
