"""A data folder with a history of many finished pictures, as if they had been made there."""

from __future__ import annotations

from pathlib import Path

from components.generation import GenerationRequest, LoraWeight
from components.job import Job, JobState
from components.person import visitor_name
from components.store import Store
from tests.fakes import MODEL, picture_bytes

TOKEN = "a" * 32
"""The browser whose history it is."""
HOUR = 3600.0
LORA = "nerijs/pixel-art-xl"


def fill(folder: Path, count: int, now: float) -> None:
    """Make one finished job an hour, the newest an hour ago; every third has a LoRA. One file a picture."""
    store = Store(folder)
    for number in range(count):
        store.intend([finished(store, number, now - (number + 1) * HOUR)])
    store.close()


def finished(store: Store, number: int, made: float) -> Job:
    """Return a finished job whose picture lies in the store."""
    landing = store.landing()
    landing.write(picture_bytes(size=(48, 32)))
    picture, _ = store.keep(landing, nsfw=False)
    store.clear(landing)
    loras = (LoraWeight(LORA),) if number % 3 == 0 else ()
    request = GenerationRequest(f"Picture number {number} of a café", width=256, height=256, seed=number, loras=loras)
    click = f"{number:032x}"
    return Job(
        id=f"{click}-1",
        visitor=visitor_name(TOKEN),
        click=click,
        number=1,
        backend="hosted",
        model=MODEL,
        request=request,
        created=made,
        state=JobState.COMPLETED,
        task_id=f"task-{number}",
        accepted=made,
        started=made,
        ended=made + 5,
        pictures=(picture,),
    )
