"""Who may import what from outside, and nothing happens at import."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec

from tests.architecture.modules import FILES, ROOT, importers, tree_of

HEAVY = ("ray", "torch", "diffusers", "transformers", "peft", "accelerate", "safetensors", "onnxruntime")
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


def output_of(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project's root."""
    return subprocess.run([sys.executable, "-c", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_only_the_client_speaks_http() -> None:
    transports = {"net.public_transport", "net.public_transport_sync"}
    network = {"api.body", "api.client", "api.endpoint", "net.http_pool", "net.ranged_get", "net.tls"} | transports
    assert importers("httpx") == network | {"engines.sdxl.loras.civitai"}
    assert importers("httpcore") == {"net.public_transport"}
    assert not importers("requests") | importers("aiohttp")


def test_only_the_page_knows_gradio() -> None:
    assert {name.split(".")[0] for name in importers("gradio")} == {"ui"}


def test_the_thin_app_never_imports_torch() -> None:
    assert not {name for library in HEAVY for name in importers(library)}
    lacking = {"ui.programs.mcp_server"} if find_spec("mcp") is None else set[str]()
    others = FILES.keys() - {"app", "components"} - lacking
    names = [f"components.{name}" for name in sorted(others) if "__main__" not in name]
    program = f"import sys, app, {', '.join(names)}; print([name for name in {HEAVY} if name in sys.modules])"
    done = output_of(program)
    assert done.stdout.strip() == "[]", done.stderr


def test_an_engine_is_made_without_torch() -> None:
    program = "import sys; from components.engines.by_name import engine_named; engine_named('sdxl')"
    done = output_of(program + "; print('torch' in sys.modules)")
    assert done.stdout.strip() == "False" or "pip install -r components/engines/sdxl/requirements.txt" in done.stderr


def test_only_the_settings_read_the_environment() -> None:
    readers: set[str] = set()
    for name in FILES:
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"):
                readers.add(name)
            if isinstance(node, ast.ImportFrom) and node.module in ("os", "dotenv"):
                readers |= {name for alias in node.names if alias.name in ("environ", "getenv", "load_dotenv")}
    allowed = {
        "settings",
        "server.process.child",
        "engines.lanes.lane_process",
        "engines.ray.settings",
        "engines.sdxl.settings",
    }
    assert readers <= allowed, (
        "the server's child and a lane hand the environment on to the process where the engine reads its"
    )
    assert "settings" in readers


def test_importing_opens_no_file_for_writing_and_starts_no_thread() -> None:
    names = [f"components.{name}" for name in FILES if name.split(".")[0] not in ("ui", "app", "components")]
    done = output_of(IMPORT_ALL, *(name for name in names if not name.endswith("__main__")))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[] 1"
