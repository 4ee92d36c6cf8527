"""The app with a further number in its table of fields and a widget for it, and all listeners' components reversed."""

from __future__ import annotations

import importlib
import runpy
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def reverse_listeners() -> None:
    """Hand the components of every listener to Gradio in reversed order."""
    listeners: Any = importlib.import_module("components.ui.listeners")
    listen = listeners.listen

    def listen_reversed(*arguments: Any, **components: dict[str, Any]) -> None:
        listen(*arguments, **{name: dict(reversed([*mapping.items()])) for name, mapping in components.items()})

    listeners.listen = listen_reversed


def add_widget(name: str) -> None:
    """Place a number box in the sampling panel."""
    gr: Any = importlib.import_module("gradio")
    panel: Any = importlib.import_module("components.ui.panels.sampling").SamplingPanel
    place = panel.__init__

    def place_with_box(self: Any, schema: Any) -> None:
        place(self, schema)
        box = gr.Number(None, label="Clip skip", elem_id=f"field-{name.replace('_', '-')}")
        self.inputs = {name: box, **self.inputs}

    panel.__init__ = place_with_box


def main() -> None:
    """Serve the app until it is interrupted."""
    further: Any = importlib.import_module("tests.support.further_field")
    with further.modules_with_further_field():
        reverse_listeners()
        add_widget(further.NAME)
        runpy.run_path(str(ROOT / "app.py"), run_name="__main__")


if __name__ == "__main__":
    main()
