"""The page: places the panels, merges their values into one request, and starts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.events import api

from components.errors import InvalidRequest, StoreTrouble, TooMany
from components.generation import GenerationRequest
from components.job import is_token, visitor_name
from components.jobs import Wish
from components.playground import Playground
from components.seeds import batch
from components.ui import assets
from components.ui.account import account_lines, storage_line
from components.ui.generate import document, generate_endpoint
from components.ui.loras import LoraPanel
from components.ui.prompt import PromptPanel
from components.ui.results import Results
from components.ui.sampling import SamplingPanel
from components.ui.shape import ShapePanel

TITLE = "SDXL LoRA Playground"


class Page:
    """Owns the panels and the one handler that spends."""

    def __init__(self, playground: Playground) -> None:
        self._playground, schema = playground, playground.backend.schema
        with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 86_400)) as self.blocks:
            account_lines(TITLE, playground)
            with gr.Row(elem_id="columns"):
                with gr.Column(elem_id="form"):
                    with gr.Column(elem_id="words"):
                        self._prompt = PromptPanel()
                    with gr.Column(elem_id="settings"):
                        self._shape = ShapePanel(schema)
                        self._sampling = SamplingPanel(schema)
                        self._loras = LoraPanel(schema)
                    with gr.Row(elem_id="action"):
                        settings = gr.Button("Settings", elem_id="to-settings", elem_classes=["minor"], scale=0)
                        button = gr.Button("Generate", variant="primary", size="lg", elem_id="generate")
                with gr.Column(elem_id="show"):
                    storage_line(playground)
                    self._results = Results(playground.jobs, playground.backend)
            settings.click(None, None, None, js=assets.hook("form", "to_settings"), api_visibility="private")
            self._tie(button)
            api(generate_endpoint(playground), api_name="generate", concurrency_limit=None)
            document(self.blocks)

    def _tie(self, button: gr.Button) -> None:
        panels = (self._prompt, self._sampling, self._shape, self._loras)
        inputs = {name: widget for panel in panels for name, widget in panel.inputs.items()}
        order = ["prompt", "pictures", *(name for name in inputs if name not in ("prompt", "pictures"))]
        button.click(
            self.generate,
            outputs=self._results.component,
            inputs_kwargs={"ticket": self._results.component, **{name: inputs[name] for name in order}},
            js=assets.hook("form", "press"),
            trigger_mode="multiple",
            concurrency_limit=None,
            show_progress="hidden",
            preprocess=False,  # Gradio would answer a value out of range by a toast, not by a sentence at its field
            api_name="press",
            api_visibility="private",
        )
        filled = [*inputs.values(), self._shape.shape, *self._loras.rows]
        self._results.component.example(
            None, None, filled, js=assets.hook("form", "fill_example"), api_visibility="private"
        )

    async def generate(self, *, ticket: Any, **values: Any) -> dict[str, Any]:
        """Start one click's jobs and return its receipt at once."""
        visitor, click = _read(ticket)
        try:
            requests, note = self._requests(values)
            jobs = await self._playground.jobs.start(Wish(visitor, click, requests, note))
        except (InvalidRequest, TooMany, StoreTrouble) as error:
            return Results.refusal(click, error)
        return self._results.receipt(click, jobs)

    def _requests(self, values: Mapping[str, Any]) -> tuple[tuple[GenerationRequest, ...], str]:
        """Merge the panels' values into a request for each picture. Raises InvalidRequest."""
        words, size = self._prompt.read(values), self._shape.read(values)
        sampling = self._sampling.read(values)
        request = GenerationRequest(
            prompt=words.prompt,
            negative_prompt=words.negative_prompt,
            width=size.width,
            height=size.height,
            guidance_scale=sampling.guidance_scale,
            num_inference_steps=sampling.num_inference_steps,
            seed=sampling.seed,
            loras=self._loras.read(values),
        )
        self._playground.backend.schema.check(request)
        return batch(request, sampling.pictures)


def _read(ticket: Any) -> tuple[str, str]:
    """Return the visitor's name and the click's id. Raises gr.Error: only our own page's script makes tickets."""
    values: Mapping[str, Any] = ticket if isinstance(ticket, dict) else {}
    visitor, click = values.get("visitor"), values.get("click")
    if not is_token(visitor) or not is_token(click):
        raise gr.Error("The page was not ready. Reload it and try again.", print_exception=False)
    return visitor_name(str(visitor)), str(click)
