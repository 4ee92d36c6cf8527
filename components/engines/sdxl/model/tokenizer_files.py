"""Writes the two files of CLIP's vocabulary, from its merges alone: everything else follows from them."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
CONFIG = Path(__file__).resolve().parents[1] / "config"
_MERGES = ROOT / "assets" / "tokens" / "merges.txt.gz"
_SPECIAL_TOKENS = ("<|startoftext|>", "<|endoftext|>")


def write_config(part: str, folder: Path) -> Path:
    """Lay out SDXL's configuration without its weights in `folder`; `part` is base or refiner."""
    shutil.copytree(CONFIG / part, folder, dirs_exist_ok=True)
    merges = gzip.decompress(_MERGES.read_bytes()).decode("utf-8").splitlines()
    for tokenizer in folder.glob("tokenizer*"):
        write_vocabulary(tokenizer, merges)
    return folder


def write_vocabulary(folder: Path, merges: list[str]) -> None:
    """Write vocab.json and merges.txt; each merge makes one entry, in this order."""
    letters = byte_letters()
    ends = [f"{letter}</w>" for letter in letters]
    entries = [
        *letters,
        *ends,
        *(merge.replace(" ", "") for merge in merges),
        *_SPECIAL_TOKENS,
    ]
    vocabulary = {entry: number for number, entry in enumerate(entries)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]), encoding="utf-8")


def byte_letters() -> list[str]:
    """Return one visible letter for each byte, in the order in which CLIP numbers them."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return [chr(byte) for byte in visible] + [chr(256 + place) for place in range(len(hidden))]
