"""Gradio's upload folder, kept within a size: the oldest files are deleted first, whoever sent them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from components.clock import Clock
from components.threads import optional_threads

MAX_BYTES = 1024 * 1024 * 1024
"""Bytes of all files: uploads of programs, and copies of finished images for them. Gradio deletes them after a day."""
SWEEP_SECONDS = 30.0


@asynccontextmanager
async def bounded_folder(folder: str, clock: Clock) -> AsyncGenerator[None]:
    """Keep the folder within MAX_BYTES inside the context."""
    task = asyncio.create_task(_sweep_always(Path(folder), clock))
    try:
        yield
    finally:
        task.cancel()


async def _sweep_always(folder: Path, clock: Clock) -> None:
    while True:
        await optional_threads().run(delete_oldest, folder, MAX_BYTES)
        await clock.sleep(SWEEP_SECONDS)


def delete_oldest(folder: Path, max_bytes: int) -> None:
    """Delete the oldest files below a folder until the others have at most `max_bytes`."""
    found = sorted(_files(folder), reverse=True)
    total = 0
    for _, size, path in found:
        total += size
        if total > max_bytes:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    """Return time of the last change, bytes and path of each file."""
    found: list[tuple[float, int, Path]] = []
    for path in folder.rglob("*"):
        # It may be deleted meanwhile, by Gradio.
        with contextlib.suppress(OSError):
            if path.is_file() and not path.is_symlink():
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
    return found
