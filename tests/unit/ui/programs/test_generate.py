"""The endpoint for programs: what is said of the charge, and how many calls wait at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from components import messages
from components.api.visitor_token import current_token
from components.domain.job import JobState, StoredFile
from components.domain.model_family import ModelFamily
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import StorageError, TooManyJobs
from components.jobs.submission import JobLimits
from components.messages.message import Message
from components.services.playground import Playground
from components.ui.programs.call_limits import EVENT_SLOTS, MAX_CALLS, CallLimits
from components.ui.programs.generate import generate_endpoint
from components.ui.programs.picture_calls import CallFailed, PictureCalls
from components.ui.programs.tools import ProgramTools, ToolCaller
from tests.support.fake_clock import until
from tests.support.scripted_api import MODEL
from tests.support.zerogpu_visit import TOKEN, RefusingStart, visit

LIMITS = JobLimits(8, 200)
TOOL_CALLER = ToolCaller(Person.program(""), "192.0.2.1", "http://pictures.test")


def playground_of(*, finished: Any, start: Any = None, limits: JobLimits = LIMITS) -> Playground:
    """Return a playground whose service is charged for."""

    async def started(*given: Any) -> tuple[Any, ...]:
        return (waiting(),)

    family = ModelFamily.built_in([MODEL])
    return cast(
        "Playground",
        SimpleNamespace(
            backend=SimpleNamespace(free=False, schema=family.preferred.schema, family=family),
            start=start or started,
            jobs=SimpleNamespace(finished=finished),
            lora_checker=SimpleNamespace(resolve=None),  # there is no LoRA to understand
            config=SimpleNamespace(job_limits=limits),
        ),
    )


def waiting(problem: Message | None = None) -> Any:
    return SimpleNamespace(id="c-1", state="processing", problem=problem, ended=None, price=None)


def content(path: str) -> bytes:
    return Path(path).read_bytes()


def called(playground: Playground) -> Awaitable[Any]:
    return generate_endpoint(PictureCalls(playground))(prompt="a cat")


async def test_f31_a_program_is_told_that_its_job_goes_on():
    async def finished(job_id: str) -> None:
        return None

    with pytest.raises(gr.Error) as told:
        await called(playground_of(finished=finished))
    assert told.value.message == messages.in_full(messages.NO_END, is_free=False)


@pytest.mark.parametrize("problem", [messages.BUSY, messages.OUR_FAULT])
async def test_a_job_that_goes_on_is_never_said_to_be_free(problem: Message):
    async def finished(job_id: str) -> Any:
        return waiting(problem)

    with pytest.raises(gr.Error) as told:
        await called(playground_of(finished=finished))
    assert messages.charged(messages.NO_END, is_free=False) in told.value.message


async def test_a_job_that_cannot_be_read_after_its_start_is_not_said_to_be_free():
    async def finished(job_id: str) -> Any:
        raise StorageError(messages.STORE_TROUBLE)

    with pytest.raises(gr.Error) as told:
        await called(playground_of(finished=finished))
    assert told.value.message == messages.in_full(messages.NO_END, is_free=False)


async def test_a_call_that_was_not_started_is_free():
    async def start(*given: Any) -> tuple[Any, ...]:
        raise StorageError(messages.STORE_TROUBLE)

    with pytest.raises(gr.Error) as told:
        await called(playground_of(finished=None, start=start))
    assert told.value.message == messages.in_full(messages.STORE_TROUBLE, is_free=True)


@pytest.mark.parametrize(("token", "started_with"), [(TOKEN, TOKEN), (None, "")])
async def test_a_call_starts_its_job_with_the_caller_s_token_of_zerogpu(token: str | None, started_with: str):
    refusing = RefusingStart()
    generate = generate_endpoint(PictureCalls(playground_of(finished=None, start=refusing.start)))
    with pytest.raises(gr.Error):
        await generate(prompt="a cat", request=visit(token))
    assert refusing.tokens == [started_with]
    assert current_token() == "", "it is that call's alone"


async def test_calls_beyond_the_limit_are_refused_and_do_not_wait():
    end, waits = asyncio.Event(), list[str]()

    async def finished(job_id: str) -> None:
        waits.append(job_id)
        await end.wait()

    generate = generate_endpoint(PictureCalls(playground_of(finished=finished, limits=JobLimits(2, 200))))
    tasks = [asyncio.ensure_future(generate(prompt="a cat")) for _ in range(2)]
    await until(lambda: len(waits) == 2)
    with pytest.raises(gr.Error) as told:
        await generate(prompt="a cat")
    assert told.value.message == messages.in_full(messages.too_many_of_programs(2), is_free=True)
    end.set()
    for task in tasks:
        with pytest.raises(gr.Error, match="still in progress"):
            await task
    with pytest.raises(gr.Error, match="still in progress"):
        await generate(prompt="a cat")


async def test_a_paid_file_that_cannot_be_shown_is_returned_as_it_came(tmp_path: Path):
    file, problem = StoredFile(f"{'a' * 32}.jxl", "JPEG XL", 3), messages.stored_as_file("JPEG XL")
    (tmp_path / file.name).write_bytes(b"jxl")

    async def finished(job_id: str) -> Any:
        ended = {
            "state": JobState.FAILED,
            "ended": 1.0,
            "images": (),
            "files": (file,),
            "notes": (),
            "inference_ms": 5,
        }
        made = {"task_id": "t-1", "model": MODEL, "request": GenerationRequest("a cat"), "backend": "hosted"}
        return SimpleNamespace(**{**vars(waiting(problem)), **ended, **made})

    playground = playground_of(finished=finished)
    playground.store = cast("Any", SimpleNamespace(image_file=lambda name: tmp_path / name))
    (returned,), told = await called(playground)
    assert content(returned.path) == b"jxl"
    assert (returned.orig_name, returned.mime_type, returned.size) == ("sdxl-lora.jxl", "image/jxl", 3)
    assert told["note"] == str(problem)
    with pytest.raises(CallFailed) as refused:
        await ProgramTools(PictureCalls(playground)).generate({"prompt": "a cat"}, TOOL_CALLER, None)
    assert str(refused.value) == messages.in_full(problem, is_free=False)


def test_a_signed_in_program_has_calls_of_its_own_and_all_together_a_limit():
    limits = CallLimits(JobLimits(2, 3))
    with limits.waiting(Person.program("")), limits.waiting(Person.program("")), limits.waiting(Person.program("ann")):
        with pytest.raises(TooManyJobs) as refused, limits.waiting(Person.program("bob")):
            pass
        assert refused.value.message == messages.TOO_MANY_OF_ALL
    with limits.waiting(Person.program("ann")), limits.waiting(Person.program("ann")):
        with pytest.raises(TooManyJobs) as refused, limits.waiting(Person.program("ann")):
            pass
        assert refused.value.message == messages.too_many_of_yours(2)
    assert MAX_CALLS < EVENT_SLOTS, "the page has slots of its own"


def test_no_visitor_of_the_page_is_the_visitor_of_programs():
    shared = Person.program("")
    assert shared.visitor_id == Person.program("").visitor_id
    assert Person.browser(shared.visitor_id).visitor_id != shared.visitor_id
    assert Person.program("ann").visitor_id not in (shared.visitor_id, Person.signed_in("ann").visitor_id)
