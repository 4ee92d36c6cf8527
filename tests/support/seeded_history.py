"""Data folder with a history of many finished images."""

from __future__ import annotations

from pathlib import Path

from components.domain.job import Job, JobState
from components.domain.person import visitor_id_of
from components.domain.request import GenerationRequest, LoraWeight
from components.storage.store import Store
from tests.support.scripted_api import MODEL, picture_bytes

TOKEN = "a" * 32
"""Token of the browser that owns the history."""
HOUR = 3600.0
LORA = "nerijs/pixel-art-xl"


def fill(folder: Path, count: int, now: float) -> None:
    """Store finished jobs an hour apart, the newest an hour before `now`; every third has a LoRA."""
    store = Store(folder)
    for number in range(count):
        store.add_jobs([finished(store, number, now - (number + 1) * HOUR)])
    store.close()


def finished(store: Store, number: int, made: float) -> Job:
    """Return a finished job whose image is stored."""
    temp = store.open_temp()
    temp.write(picture_bytes(size=(48, 32)))
    image, _ = store.commit_image(temp, nsfw=False)
    store.discard(temp)
    loras = (LoraWeight(LORA),) if number % 3 == 0 else ()
    request = GenerationRequest(f"Picture number {number} of a café", width=256, height=256, seed=number, loras=loras)
    click = f"{number:032x}"
    return Job(
        id=f"{click}-1",
        visitor=visitor_id_of(TOKEN),
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
        images=(image,),
    )
