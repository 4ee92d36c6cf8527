"""Headers and metadata of up to the limits: read outside the event loop, in a time that grows with their length."""

from __future__ import annotations

import threading
from time import process_time
from typing import Any

import pytest

from components.loras import checker as checker_module
from components.loras.checker import Fit, LoraChecker
from components.loras.lora_facts import read_header, words_of
from tests.support.lora_sites import API, USUAL, FakeSites, gives
from tests.support.safetensors_files import file, kohya, tensor


def of_ranks(count: int) -> bytes:
    """Return a header whose layers have so many different ranks."""
    return file({f"{rank}.lora_down.weight": tensor(rank, 2048) for rank in range(1, count + 1)})


def seconds_of_ranks(count: int) -> float:
    """Return the processor time of reading a header of so many ranks, the shortest of three."""
    content, times = of_ranks(count), list[float]()
    for _ in range(3):
        begun = process_time()
        assert read_header(content).rank == count
        times.append(process_time() - begun)
    return min(times)


def test_c04_the_time_grows_with_the_number_of_ranks_alone():
    assert seconds_of_ranks(12_000) < 8 * seconds_of_ranks(3000), "four times as many; a square would take 16 times"


def test_c04_words_are_looked_at_until_there_are_enough():
    looked_at: list[str] = []

    def words() -> Any:
        for number in range(100_000):
            looked_at.append(str(number))
            yield f"word {number}"

    assert len(words_of(words())) == 12
    assert len(looked_at) < 100


async def test_c04_header_and_metadata_are_read_outside_the_event_loop(
    checker: LoraChecker, hosts: FakeSites, monkeypatch: pytest.MonkeyPatch
):
    threads: dict[str, int] = {}

    def noting(name: str) -> Any:
        read = getattr(checker_module, name)

        def noted(*given: Any) -> Any:
            threads[name] = threading.get_ident()
            return read(*given)

        return noted

    for name in ("read_header", "read_json", "from_hugging_face"):
        monkeypatch.setattr(checker_module, name, noting(name))
    hosts.at[API] = gives({"siblings": [{"rfilename": "pytorch_lora_weights.safetensors"}]})
    hosts.at[USUAL] = gives(kohya())
    assert (await checker.check("owner/name", "1.2.3.4")).fit is Fit.FITS
    assert set(threads) == {"read_header", "read_json", "from_hugging_face"}
    assert threading.get_ident() not in threads.values()
