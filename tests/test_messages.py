"""The catalogue: three parts in plain words, each said somewhere and each tried by some test."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import gradio as gr
import httpx
import pytest

from components import messages
from components.backend import Backend
from components.client import Endpoint
from components.database import Database
from components.errors import Charge, InvalidRequest, Sentence, StoreTrouble
from components.family import Catalogue, Family, Model
from components.fence import Limits
from components.generation import GenerationRequest, LoraWeight
from components.job import Job, JobState
from components.playground import Playground
from components.schema import BUILT_IN, OURS, PROMPT_LIMIT, built_in
from components.seeds import batch
from components.store import Store
from components.ui.fields import number_of, text_of
from components.ui.generate import generate_endpoint
from components.ui.sampling import SamplingPanel
from tests import fakes, hosted_api
from tests.fakes import BASE, KEY, MODEL, house, refuses, running

ROOT = Path(__file__).resolve().parents[1]
FIXED = {name: value for name, value in vars(messages).items() if isinstance(value, Sentence)}
MADE = {
    "not_whole": messages.not_whole("Width"),
    "not_finite": messages.not_finite("Guidance"),
    "outside": messages.outside("Width", "256", "1536", "7"),
    "not_on_grid": messages.not_on_grid("Width"),
    "too_long": messages.too_long("The prompt", 5000),
    "too_many_loras": messages.too_many_loras(4),
    "too_many_cells": messages.too_many_cells(25),
    "too_many_pictures": messages.too_many_pictures(4),
    "code_of_several": messages.code_of_several(3),
    "nearly_full": messages.nearly_full(70, 75),
    "overfull": messages.overfull(92, 75, "at night, in the rain"),
    "not_offered": messages.not_offered("image"),
    "not_text": messages.not_text("prompt"),
    "picture_must_be_sent": messages.picture_must_be_sent("image"),
    "picture_limit": messages.picture_limit(20),
    "person_limit": messages.person_limit("$1.00"),
    "too_many_of_yours": messages.too_many_of_yours(8),
    "busy_until": messages.busy_until("12:30 UTC"),
    "setting_refused": messages.setting_refused(""),
    "refused": messages.refused("It said so."),
    "failed": messages.failed(""),
    "not_taken": messages.not_taken("LoRAs"),
    "no_model_takes": messages.no_model_takes("a mask"),
    "no_model_takes_together": messages.no_model_takes_together("a mask", "LoRAs"),
    "lora_for_another": messages.lora_for_another("FLUX"),
    "lora_fits": messages.lora_fits(16),
    "lora_of_make": messages.lora_of_make("LoHa"),
    "moved": messages.moved("Steps", "80", "50"),
    "more_loras": messages.more_loras(4),
    "lora_not_restored": messages.lora_not_restored("ink"),
    "refiner_not_restored": messages.refiner_not_restored("another"),
    "not_restored": messages.not_restored("Sampler, Model hash"),
    "kept_so_long": messages.kept_so_long(30, 20.0),
    "lora_several_files": messages.lora_several_files("a.safetensors, b.safetensors"),
}
TELLERS = {"charged", "in_full"}
ALL = FIXED | MADE
NO_ADVICE_NEEDED = {
    "NO_PROMPT": "it says itself what to do",
    "HALF_A_CHARACTER": "it says itself what to do",
    "NOT_TEXT": "it says itself what to do",
    "NOT_A_NUMBER": "it says itself what to do",
    "NO_NUMBER_OF_PICTURES": "it says itself what to do",
    "NO_LORA_PATH": "it says itself what to do",
    "NOT_A_LORA_PATH": "it says itself what to do",
    "NOT_A_LIST_OF_LORAS": "it says itself what to do",
    "NOT_A_LORA": "it says itself what to do",
    "OWN_KEY_ONLY_PROGRAM": "there is nothing a program can do",
    "TAKEN_BACK": "the person wanted it",
    "STOPPED_BY_YOU": "the person wanted it",
    "MODELS_NOT_TOLD": "there is nothing a person can do",
    "NOT_PUT_BACK": "the picture is there; making it anew costs money",
    "not_taken": "it stands where the thing is off",
    "not_whole": "it says itself what to do",
    "not_finite": "it says itself what to do",
    "outside": "it says itself what to do",
    "not_on_grid": "it says itself what to do",
    "too_long": "it says itself what to do",
    "too_many_loras": "it says itself what to do",
    "too_many_pictures": "it says itself what to do",
    "code_of_several": "it says what Generate does",
    "nearly_full": "nothing is lost yet",
    "not_offered": "the page has no such field; a program reads what to leave out",
    "not_text": "it says itself what to do",
    "picture_must_be_sent": "it says itself what to do",
    "moved": "it says what was done",
    "more_loras": "it says what was done",
    "refiner_not_restored": "it says what was done",
    "not_restored": "it says itself that nothing can be done",
    "setting_refused": "the service's own words say it, at the field",
}
FOR_PROGRAMS = {"NOT_A_LIST_OF_LORAS", "NOT_A_LORA", "not_offered", "not_text", "picture_must_be_sent"}
"""Their words name a parameter and its type."""
JARGON = re.compile(
    r"(?i)\b(tokens?|http|https? error|json|exceptions?|null|none|nan|timed? ?out|timeouts?|traceback|stack|errno|"
    r"status|endpoint|request|response|server error|gateway|retry|backend error|[45]\d\d|[45]xx|uuid|async|sql\w*|"
    r"invalid|abort|fatal|quota|rate.?limit|unauthori[sz]ed|forbidden|exceeded)\b"
)


@pytest.mark.parametrize("name", ALL)
def test_a_message_is_plain_sentences(name):
    told = ALL[name]
    for part in (told.happened, told.advice):
        if not part:
            continue
        assert part[0].isupper() or name in FOR_PROGRAMS, part
        assert part.endswith("."), part
        assert not set(part) & set("\n\r\t<>{}|`_"), part
        assert "  " not in part, part
        assert part == part.strip()
        assert len(part) < 160, part
    assert name in FOR_PROGRAMS or not JARGON.search(f"{told.happened} {told.advice}"), told


@pytest.mark.parametrize("name", ALL)
def test_a_message_says_what_to_do_or_there_is_a_reason_why_not(name):
    assert bool(ALL[name].advice) is (name not in NO_ADVICE_NEEDED)


def test_no_reason_is_given_for_a_message_that_is_gone():
    assert set(NO_ADVICE_NEEDED) | FOR_PROGRAMS <= set(ALL)


def test_every_made_message_is_looked_at_here():
    functions = {
        name
        for name, value in vars(messages).items()
        if callable(value) and getattr(value, "__module__", "") == messages.__name__
    }
    assert functions - TELLERS == set(MADE)


def test_no_two_messages_say_the_same_of_different_things():
    told = [f"{one.happened} {one.advice}" for one in FIXED.values()]
    assert len(told) == len(set(told))


def test_every_charge_has_its_words():
    assert set(messages.CHARGED) == set(Charge)
    for words in messages.CHARGED.values():
        assert words.endswith(".")
        assert not JARGON.search(words)


def test_a_message_in_full_has_its_three_parts_in_order_and_no_money_where_nothing_is_charged():
    told = Sentence("It happened.", "Do this.", Charge.MAYBE)
    assert messages.in_full(told, is_free=False) == "It happened. It may have been charged. Do this."
    assert messages.in_full(told, is_free=True) == "It happened. Do this."
    assert messages.in_full(Sentence("It happened."), is_free=True) == "It happened."
    assert messages.charged(Sentence("It happened."), is_free=False) == "Nothing was charged."


NOT_SENT = ("nothing was sent", "not sent", "before it was sent", "before this was sent")


@pytest.mark.parametrize("name", ALL)
def test_what_was_not_sent_was_not_charged(name):
    told = ALL[name]
    if any(words in told.happened for words in NOT_SENT):
        assert told.charge is Charge.NONE


@pytest.mark.parametrize(
    ("name", "charge"),
    [
        ("TAKES_LONG", Charge.MAYBE),
        ("NOT_FINISHED", Charge.MAYBE),
        ("SLOW_CONNECTION", Charge.MAYBE),
        ("KEY_NEEDED", Charge.MAYBE),
        ("BACKEND_AWAY", Charge.MAYBE),
        ("OUR_FAULT", Charge.MAYBE),
        ("GONE", Charge.MAYBE),
        ("NO_END", Charge.MAYBE),
        ("NOT_SAVED", Charge.SPENT),
        ("NOT_FETCHED", Charge.SPENT),
        ("FILE_GONE", Charge.SPENT),
        ("failed", Charge.REFUNDED),
    ],
)
def test_of_a_task_at_the_service_nobody_says_that_nothing_was_charged(name, charge):
    assert ALL[name].charge is charge


def test_what_the_service_says_is_handed_on_as_it_is():
    assert messages.refused("<b>no</b>").advice == "<b>no</b>", "shown as text"
    assert messages.failed("Out of paint.").advice == "Out of paint."
    assert "Out of range" in messages.setting_refused("Out of range").happened


# --- each is said, and each is tried ---


def _named(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(name for text in texts for name in re.findall(r"\bmessages\.(\w+)", text))


@cache
def said() -> frozenset[str]:
    """Return the messages that the app's own code names."""
    return _named(path.read_text() for path in (ROOT / "components").rglob("*.py") if path.name != "messages.py")


@pytest.mark.parametrize("name", ALL)
def test_every_message_is_said_somewhere(name):
    assert name in said()


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_message_is_tried_by_a_test(name):
    assert name in compared_with()


@cache
def compared_with() -> frozenset[str]:
    """Return the messages that tests name; those that this file makes above to look at them do not count."""
    here = Path(__file__)
    own = here.read_text().rpartition("# --- through the code that says them ---")[2]
    return _named([own, *(path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != here)])


# --- through the code that says them ---

CAT = GenerationRequest("a cat")
LORA = LoraWeight("owner/name")


def refused(work: Callable[[], object]) -> Sentence:
    with pytest.raises(InvalidRequest) as caught:
        work()
    return caught.value.sentence


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"prompt": " \n"}, messages.NO_PROMPT),
        ({"prompt": "half \ud83d"}, messages.HALF_A_CHARACTER),
        ({"negative_prompt": "\udc00"}, messages.HALF_A_CHARACTER),
        ({"width": 512.5}, messages.not_whole("Width")),
        ({"num_inference_steps": True}, messages.not_whole("Steps")),
        ({"guidance_scale": float("nan")}, messages.not_finite("Guidance")),
    ],
)
def test_f04_what_is_no_request(values, told):
    assert refused(lambda: replace(CAT, **values)) == told


@pytest.mark.parametrize(
    ("path", "scale", "told"),
    [
        ("  ", 1.0, messages.NO_LORA_PATH),
        ("owner/name", float("inf"), messages.not_finite("The scale of a LoRA")),
    ],
)
def test_f04_what_is_no_lora(path, scale, told):
    assert refused(lambda: LoraWeight(path, scale)) == told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"prompt": "x" * (PROMPT_LIMIT + 1)}, messages.too_long("A prompt", PROMPT_LIMIT)),
        ({"width": 255}, messages.outside("Width", "256", "1536", "255")),
        ({"height": 300}, messages.not_on_grid("Height")),
        ({"loras": (LORA,) * 5}, messages.too_many_loras(4)),
        ({"loras": (LoraWeight("http://inside"),)}, messages.NOT_A_LORA_PATH),
        ({"loras": (LoraWeight("owner/name", 4.5),)}, messages.outside("The scale of a LoRA", "0", "4", "4.5")),
    ],
)
def test_f04_what_the_model_does_not_take(values, told):
    assert refused(lambda: BUILT_IN.check(replace(CAT, **values))) == told


def test_f04_what_the_model_has_no_field_for():
    without = built_in("stability-ai/sdxl")
    assert refused(lambda: without.check(replace(CAT, loras=(LORA,)))) == messages.NO_LORAS_HERE


def test_f04_a_lora_of_the_host_s_folder_goes_to_our_own_engine_alone():
    request = replace(CAT, loras=(LoraWeight("ink.safetensors"),))
    OURS.check(request)
    assert refused(lambda: BUILT_IN.check(request)) == messages.NO_HOST_LORAS_THERE


@pytest.mark.parametrize("count", [0, 5])
def test_f04_how_many_pictures(count):
    assert refused(lambda: batch(CAT, count)) == messages.too_many_pictures(4)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (refuses(502), messages.SLOW_CONNECTION),
        (lambda request: httpx.Response(200, content=b"<html>log in"), messages.PAGE_IN_PLACE_OF_API),
    ],
)
async def test_f16_a_look_that_finds_trouble_twice_says_so_and_goes_on(tmp_path, api, clock, reply, told):
    heard: list[Sentence | None] = []
    api.next_looks = [reply] * 4
    async with running(tmp_path, api.client(), clock) as rig:
        show = rig.ledger.show

        async def listen(*jobs: Job) -> None:
            heard.extend(job.trouble for job in jobs)
            await show(*jobs)

        rig.ledger.show = listen  # type: ignore[method-assign]
        done = await rig.picture()
    assert told in heard
    assert (done.state, done.trouble) == (JobState.COMPLETED, None)


async def test_c04_a_list_that_cannot_be_read_is_said_while_a_lost_picture_is_looked_for(tmp_path, api, clock):
    heard: list[Sentence | None] = []
    api.list_fails = True
    api.next_submits = [api.loses(made=True)]
    async with running(tmp_path, api.client(), clock) as rig:
        show = rig.ledger.show

        async def listen(*jobs: Job) -> None:
            heard.extend(job.trouble for job in jobs)
            await show(*jobs)

        rig.ledger.show = listen  # type: ignore[method-assign]
        end = await rig.picture()
    assert messages.LIST_UNREADABLE in heard
    assert fakes.said(end) == messages.NOT_FOUND


async def test_f17_a_task_the_service_has_forgotten(tmp_path, api, clock):
    api.next_looks = [refuses(404)] * 3
    async with running(tmp_path, api.client(), clock) as rig:
        end = await rig.picture()
    assert (end.state, fakes.said(end)) == (JobState.FAILED, messages.GONE)


async def test_c07_a_long_task_is_said_to_take_long_and_then_not_to_be_finished_and_never_to_have_failed(
    tmp_path, api, clock
):
    api.course = [*[{"status": "processing"}] * 700, {"status": "completed"}]
    heard: list[tuple[float, Sentence]] = []
    async with running(tmp_path, api.client(), clock) as rig:
        show = rig.ledger.show

        async def listen(*jobs: Job) -> None:
            heard.extend((clock.now() - (job.accepted or 0), job.trouble) for job in jobs if job.trouble)
            await show(*jobs)

        rig.ledger.show = listen  # type: ignore[method-assign]
        done = await rig.picture()
    assert (done.state, done.trouble) == (JobState.COMPLETED, None)
    first = {told: min(at for at, other in heard if other == told) for _, told in heard}
    assert set(first) == {messages.TAKES_LONG, messages.NOT_FINISHED}
    assert 180 < first[messages.TAKES_LONG] < 200
    assert 900 < first[messages.NOT_FINISHED] < 920


async def test_f28_a_click_that_can_be_written_down_nowhere_is_not_sent(tmp_path, api, clock, monkeypatch):
    def fails(self: Database, work: object) -> None:
        raise sqlite3.OperationalError("out of memory")

    async with running(tmp_path, api.client(), clock) as rig:
        monkeypatch.setattr(Database, "write", fails)
        with pytest.raises(StoreTrouble) as caught:
            await rig.click()
        assert caught.value.sentence == messages.STORE_TROUBLE
        monkeypatch.undo()
        assert (await rig.picture("c2")).state is JobState.COMPLETED
    assert len(api.posts) == 1


@pytest.fixture
def noticed():
    """What the page says of a store and a host's settings."""
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    backend.catalogue.family = Family((replace(Model.built_in(MODEL), is_told=True),))

    async def notices(folder: Path, *, lasting: bool) -> tuple[Sentence, ...]:
        playground = Playground(backend, Store(folder), replace(house(backend), lasting=lasting))
        playground.till = None  # nobody is asked for a price here
        async with playground.running():
            return playground.notices

    return notices


async def test_f28_and_f29_what_is_said_of_the_disk(tmp_path, noticed):
    assert await noticed(tmp_path / "good", lasting=True) == ()
    assert await noticed(tmp_path / "space", lasting=False) == (messages.UNTIL_RESTART,)
    assert await noticed(Path("/dev/null/nowhere"), lasting=True) == (messages.NOT_KEPT,)
    assert await noticed(Path("/dev/null/nowhere"), lasting=False) == (messages.NOT_KEPT,)
    (tmp_path / "good" / "playground.sqlite3").write_text("a shopping list " * 100)
    assert await noticed(tmp_path / "good", lasting=True) == (messages.SET_ASIDE,)
    assert await noticed(tmp_path / "good", lasting=True) == (), "once"


async def test_f34_what_the_models_take_is_said_to_be_unknown(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(tmp_path), house(backend))
    assert playground.notices == (messages.MODELS_NOT_TOLD,)
    assert backend.family.reason("mask_image") == messages.not_taken("a mask")
    assert backend.family.reason("loras") is None


# --- at the page's own doors ---


def test_f04_what_a_field_of_the_page_cannot_hold():
    assert refused(lambda: text_of(["a"], "prompt")) == messages.NOT_TEXT
    for value in ("7", None, True, [7]):
        assert refused(lambda value=value: number_of(value, "width")) == messages.NOT_A_NUMBER
    assert refused(lambda: SamplingPanel.read({"pictures": 1.5})) == messages.NO_NUMBER_OF_PICTURES


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"loras": {"path": "owner/name"}}, messages.NOT_A_LIST_OF_LORAS),
        ({"loras": ["owner/name"]}, messages.NOT_A_LORA),
        ({"loras": [{"path": "owner/name", "weight": 1}]}, messages.NOT_A_LORA),
        ({"prompt": 7}, messages.not_text("prompt")),
        ({"image": "x.png"}, messages.not_offered("image")),
    ],
)
async def test_f04_what_a_program_may_not_send(given, told):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(Path("/dev/null/nowhere")), house(backend))
    with pytest.raises(gr.Error) as caught:
        await generate_endpoint(playground)(**{"prompt": "a cat", **given})
    assert caught.value.message == messages.in_full(told, is_free=True)


async def test_f28_a_picture_whose_file_is_gone_is_said_to_a_program(hosted, tmp_path, monkeypatch):
    backend = Backend(
        "hosted",
        "A test.",
        "",
        Catalogue(Family.built_in([MODEL])),
        Endpoint(hosted.base_url, hosted_api.KEY),
        free=False,
    )
    home = replace(house(backend), limits=Limits())
    playground = Playground(backend, Store(tmp_path), home)
    monkeypatch.setattr(playground, "picture", lambda name: None)
    async with playground.running():
        making = asyncio.ensure_future(generate_endpoint(playground)(prompt="a cat"))
        while not making.done():
            hosted.finish_all()
            await asyncio.sleep(0.02)
        with pytest.raises(gr.Error) as caught:
            await making
    assert caught.value.message == messages.in_full(messages.FILE_GONE, is_free=False)
