"""A model of the Hub as a folder on this machine: fetched once, and never asked for again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from components.engines.sdxl import sentences
from components.engines.sdxl.byte_counter import Report, byte_counter, untold
from components.engines.sdxl.libraries import hub_troubles, library
from components.engines.sdxl.lora_gate import SDXL_WIDTH
from components.engines.sdxl.settings import Source
from components.errors import EngineError

BASE_PARTS = ("unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
REFINER_PARTS = ("unet", "scheduler")
"""The rest of it is the base's own."""
_SMALL = (".json", ".txt")
_HALF = ".fp16."


def wanted(files: Iterable[str], parts: Sequence[str]) -> list[str]:
    """Choose what is fetched of a repository: each part's small files, and its weights once, as half if there are."""
    names = list(files)
    chosen = [name for name in names if name == "model_index.json"]
    for part in parts:
        own = [name for name in names if name.startswith(f"{part}/") and name.count("/") == 1]
        weights = [name for name in own if name.endswith(".safetensors") and ".non_ema." not in name]
        halves = [name for name in weights if _HALF in name]
        chosen += [name for name in own if name.endswith(_SMALL)] + (halves or weights)
    return chosen


def is_complete(folder: Path, parts: Sequence[str]) -> bool:
    """Tell whether a folder has all these parts: whoever fetched it was perhaps stopped midway."""
    return (folder / "model_index.json").is_file() and all(_has(folder / part) for part in parts)


def words_width(source: Source) -> int:
    """Return by how many numbers a model is told words: a folder's own is read, any other is SDXL's."""
    if source.folder is None:
        return SDXL_WIDTH
    try:
        return int(json.loads((source.folder / "unet" / "config.json").read_text())["cross_attention_dim"])
    except (OSError, ValueError, KeyError, TypeError):
        return SDXL_WIDTH


def variant(folder: Path) -> str | None:
    """Return under which name diffusers finds a folder's weights."""
    return "fp16" if any((folder / "unet").glob(f"*{_HALF}safetensors")) else None


def kept(model: str, parts: Sequence[str]) -> Path | None:
    """Return the folder of a Hub's model that was fetched before, whole."""
    index = library("huggingface_hub").try_to_load_from_cache(model, "model_index.json")
    folder = Path(index).parent if isinstance(index, str) else None
    return folder if folder and is_complete(folder, parts) else None


def on_this_machine(model: str, parts: Sequence[str], report: Report) -> Path:
    """Return the folder of a Hub's model, fetched when it is not there. Raise EngineError."""
    if folder := kept(model, parts):
        return folder
    try:
        return _fetched(model, parts, report)
    except hub_troubles() as error:
        raise EngineError(sentences.NO_MODEL) from error


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
    plan = hub.snapshot_download(model, dry_run=True, tqdm_class=byte_counter(0, untold), **options)
    total = sum(file.file_size for file in plan if file.will_download)
    counter = byte_counter(total, report)
    return Path(cast("str", hub.snapshot_download(model, tqdm_class=counter, **options)))
