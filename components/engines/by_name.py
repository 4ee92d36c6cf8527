"""Engines by their names, each imported only where it is chosen."""

from __future__ import annotations

import importlib
from typing import Any

from components.engines.protocol import Engine
from components.errors import SetupError

ENGINES = {
    "demo": "components.engines.demo:DemoPainter",
    "sdxl": "components.engines.sdxl.cards:sdxl_engine",
    "sdxl-one-card": "components.engines.sdxl.cards:one_card_engine",
    "ray": "components.engines.ray.engine:RayEngine",
    "ray-local": "components.engines.ray.engine:local_engine",
}
"""Short names; any other engine is named by its class, or a function, as package.module:Class."""


def engine_named(name: str) -> Engine:
    """Return a new engine by name, imported only now. Raise SetupError for an unknown name."""
    module, colon, attribute = ENGINES.get(name, name).partition(":")
    if not colon:
        raise SetupError(f"There is no engine called {name}.", "The engines are demo, sdxl and ray.")
    try:
        build: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SetupError(f"The engine {name} is not installed ({error}).") from error
    return build()
