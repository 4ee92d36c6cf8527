"""The endpoint for programs where the app ends before the picture does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from components import messages
from components.domain.model_family import ModelFamily
from components.services.playground import Playground
from components.ui.programs.generate import generate_endpoint
from tests.support.scripted_api import MODEL


async def test_f31_a_program_is_told_that_its_job_goes_on():
    waiting = SimpleNamespace(id="c-1", state="processing", problem=None, price=None)

    async def start(*given: Any) -> tuple[Any, ...]:
        return (waiting,)

    async def finished(job_id: str) -> None:
        return None

    family = ModelFamily.built_in([MODEL])
    backend = SimpleNamespace(free=False, schema=family.preferred.schema, family=family)
    checker = SimpleNamespace(resolve=None)  # there is no LoRA to understand
    jobs = SimpleNamespace(finished=finished)
    playground = SimpleNamespace(backend=backend, start=start, jobs=jobs, lora_checker=checker)
    with pytest.raises(gr.Error) as told:
        await generate_endpoint(cast("Playground", playground))(prompt="a cat")
    assert told.value.message == messages.in_full(messages.NO_END, is_free=False)
