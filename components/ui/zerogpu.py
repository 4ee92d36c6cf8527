"""ZeroGPU Space: its library, and the decorated function without which Hugging Face stops an app at the start."""

from __future__ import annotations

import importlib

from components.errors import SetupError


def enter_zerogpu(*, has_gpu_engine: bool) -> None:
    """Import the library of ZeroGPU, which must be imported before Gradio and torch, and in one thread with them.

    Where no engine borrows a GPU, a function is decorated that does nothing. Raises SetupError without the library.
    """
    try:
        spaces = importlib.import_module("spaces")
    except ImportError as error:
        raise SetupError("A ZeroGPU Space needs the package spaces.", "Add it to requirements.txt.") from error
    if not has_gpu_engine:
        spaces.GPU(_use_no_gpu)


def _use_no_gpu() -> None:
    """Do nothing, and never be called: without an engine here, the images are made elsewhere or without a GPU."""
