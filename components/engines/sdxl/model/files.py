"""Model files of the Hub in a local folder: downloaded once, then used offline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from components.engines.sdxl import messages
from components.engines.sdxl.loras.header_check import SDXL_WIDTH
from components.engines.sdxl.model.download_progress import Report, byte_counter, no_report
from components.engines.sdxl.model.libraries import hub_errors, library
from components.engines.sdxl.settings import Source
from components.errors import EngineError

BASE_PARTS = ("unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
REFINER_PARTS = ("unet", "scheduler")
"""The refiner shares its other parts with the base."""
_SMALL = (".json", ".txt")
_HALF = ".fp16."


def wanted(files: Iterable[str], parts: Sequence[str]) -> list[str]:
    """Return the files to download of a repository: each part's small files, and its weights once, fp16 preferred."""
    names = list(files)
    chosen = [name for name in names if name == "model_index.json"]
    for part in parts:
        own = [name for name in names if name.startswith(f"{part}/") and name.count("/") == 1]
        weights = [name for name in own if name.endswith(".safetensors") and ".non_ema." not in name]
        halves = [name for name in weights if _HALF in name]
        chosen += [name for name in own if name.endswith(_SMALL)] + (halves or weights)
    return chosen


def is_complete(folder: Path, parts: Sequence[str]) -> bool:
    """Return whether a folder has all these parts; an interrupted download lacks some."""
    return (folder / "model_index.json").is_file() and all(_has(folder / part) for part in parts)


def cross_attention_dim(source: Source) -> int:
    """Return the cross-attention width of a model: read from its folder; SDXL's for any other source."""
    if source.folder is None:
        return SDXL_WIDTH
    try:
        return int(json.loads((source.folder / "unet" / "config.json").read_text())["cross_attention_dim"])
    except (OSError, ValueError, KeyError, TypeError):
        return SDXL_WIDTH


def variant(folder: Path) -> str | None:
    """Return the variant by which diffusers finds a folder's weights; None: unnamed."""
    return "fp16" if any((folder / "unet").glob(f"*{_HALF}safetensors")) else None


def cached(model: str, parts: Sequence[str]) -> Path | None:
    """Return the folder of a model that was downloaded completely before, or None."""
    index = library("huggingface_hub").try_to_load_from_cache(model, "model_index.json")
    folder = Path(index).parent if isinstance(index, str) else None
    return folder if folder and is_complete(folder, parts) else None


def on_this_machine(model: str, parts: Sequence[str], report: Report) -> Path:
    """Return the folder of a model, downloaded unless cached. Raise EngineError."""
    if folder := cached(model, parts):
        return folder
    try:
        return _fetched(model, parts, report)
    except hub_errors() as error:
        raise EngineError(messages.NO_MODEL) from error


def small_part(model: str, names: Sequence[str]) -> Path:
    """Return the folder of a model of few files, downloaded unless cached. Raises what the library raises."""
    hub = library("huggingface_hub")
    there = [hub.try_to_load_from_cache(model, name) for name in names]
    if all(isinstance(path, str) for path in there):
        return Path(there[0]).parent
    return Path(hub.snapshot_download(model, allow_patterns=[*names]))


def _has(part: Path) -> bool:
    if part.name.startswith("tokenizer"):
        return any((part / name).is_file() for name in ("tokenizer.json", "vocab.json"))
    if part.name == "scheduler":
        return (part / "scheduler_config.json").is_file()
    return (part / "config.json").is_file() and any(part.glob("*.safetensors"))


def _fetched(model: str, parts: Sequence[str], report: Report) -> Path:
    hub = library("huggingface_hub")
    info = hub.HfApi().model_info(model)
    names = wanted((sibling.rfilename for sibling in info.siblings or ()), parts)
    options: dict[str, Any] = {"allow_patterns": names}  # no revision: only a branch is found again offline
    plan = hub.snapshot_download(model, dry_run=True, tqdm_class=byte_counter(0, no_report), **options)
    total = sum(file.file_size for file in plan if file.will_download)
    counter = byte_counter(total, report)
    return Path(cast("str", hub.snapshot_download(model, tqdm_class=counter, **options)))
