"""The page: places the panels, merges their values into one request, and starts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.events import api

from components import messages
from components.errors import PlaygroundError
from components.generation import GenerationRequest, Preset
from components.jobs import Wish
from components.lora_tags import merged, take_tags
from components.person import Person, is_token
from components.playground import Playground
from components.schema import Span
from components.seeds import with_and_without
from components.ui import assets
from components.ui.account import Account
from components.ui.code import CodePanel
from components.ui.form_links import place_form_links
from components.ui.generate import document, generate_endpoint
from components.ui.grid import GridPanel
from components.ui.loras import LoraPanel
from components.ui.picture import PicturePanel
from components.ui.prompt import PromptPanel, Words
from components.ui.refiner import RefinerPanel
from components.ui.results import Results
from components.ui.sampling import SamplingPanel
from components.ui.shape import ShapePanel
from components.ui.speed import SpeedPanel
from components.ui.styles import StylesPanel
from components.ui.who import key_token, person_of, values_of

TITLE = "SDXL LoRA Playground"
HELD = ("picture", "styles", "comparison", "grid")
"""Values of controls that are no components of Gradio's; the ticket carries them, see assets/js/parts.js."""


class Page:
    """Owns the panels and the one handler that spends."""

    def __init__(self, playground: Playground) -> None:
        self._playground, schema = playground, playground.backend.schema
        with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 86_400)) as self.blocks:
            Account(TITLE, playground)
            with gr.Row(elem_id="columns"):
                with gr.Column(elem_id="form"):
                    with gr.Column(elem_id="words"):
                        self._prompt = PromptPanel(reads_all=playground.backend.reads_all)
                        self._styles = StylesPanel()
                    with gr.Column(elem_id="settings"):
                        self._picture = PicturePanel(playground.sources)
                        self._shape = ShapePanel(schema)
                        self._speed = SpeedPanel()
                        self._sampling = SamplingPanel(schema)
                        self._refiner = RefinerPanel(schema, each=playground.backend.shares_each)
                        self._loras = LoraPanel(schema, playground.lora_checker)
                        GridPanel(playground)
                        CodePanel(playground, self._request)
                        place_form_links()
                    with gr.Row(elem_id="action"):
                        settings = gr.Button("Settings", elem_id="to-settings", elem_classes=["minor"], scale=0)
                        button = gr.Button("Generate", variant="primary", size="lg", elem_id="generate")
                with gr.Column(elem_id="show"):
                    self._results = Results(playground)
                    self.packs = self._results.packs
            settings.click(None, None, None, js=assets.hook("form", "to_settings"), api_visibility="private")
            self._tie(button)
            self._loras.take_tags_from(self._prompt.inputs["prompt"])
            api(generate_endpoint(playground), api_name="generate", concurrency_limit=None)
            document(self.blocks)
        playground.when_models_change = self.fit

    def _tie(self, button: gr.Button) -> None:
        panels = (self._prompt, self._sampling, self._shape, self._loras, self._refiner, self._speed)
        inputs = self._inputs = {name: widget for panel in panels for name, widget in panel.inputs.items()}
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
        self._refiner.tie(self._sampling.steps)
        self._speed.tie(self._sampling)
        self._speed.fit(self._playground.backend.schema, self._sampling)
        self._picture.tie(inputs["width"], inputs["height"], self._shape.shape)
        filled = [*inputs.values(), self._shape.shape, *self._loras.rows, *self._refiner.places]
        self._results.component.fill(None, None, filled, js=assets.hook("form", "fill_form"), api_visibility="private")

    def fit(self) -> None:
        """Show at the next load what the models take by now."""
        schema = self._playground.backend.schema
        for name, widget in self._inputs.items():
            span = getattr(schema, name, None)
            if isinstance(widget, gr.Slider) and isinstance(span, Span):
                widget.minimum, widget.maximum, widget.value = span.minimum, span.maximum, span.default
        self._speed.fit(schema, self._sampling)
        self.blocks.config = self.blocks.get_config_file()

    async def generate(self, request: gr.Request, *, ticket: Any, **values: Any) -> dict[str, Any]:
        """Start one click's jobs and return its receipt at once."""
        person, click, token = _read(ticket, request)
        values |= {name: values_of(ticket).get(name) for name in HELD}
        try:
            family = self._playground.backend_for(token).family
            ask, pictures = self._request(values)
            ask = replace(ask, **(await self._picture.read(values, person)).fields)
            if values["comparison"] is True:
                requests, note = with_and_without(ask)
            else:
                requests, note = GridPanel.read(values, ask, pictures, family.choose(ask).schema)
            model = family.choose(max(requests, key=_wishes)).id
            wish = Wish(person.board, click, requests, note, model=model)
            jobs = await self._playground.start(person, wish, token)
        except PlaygroundError as error:
            return Results.refusal(click, error)
        return self._results.receipt(click, jobs)

    def _request(self, values: Mapping[str, Any]) -> tuple[GenerationRequest, int]:
        """Merge the panels' values into one request, all but its picture; returns it, and how many pictures.

        Raises InvalidRequest.
        """
        words, size = self._prompt.read(values), self._shape.read(values)
        prompt, tagged = take_tags(words.prompt, self._playground.lora_checker.to_send)
        words = self._styles.read(values, Words(prompt, words.negative_prompt))
        sampling, preset = self._sampling.read(values), self._speed.read(values)
        request = GenerationRequest(
            prompt=words.prompt,
            negative_prompt=words.negative_prompt,
            width=size.width,
            height=size.height,
            guidance_scale=sampling.guidance_scale,
            num_inference_steps=sampling.num_inference_steps,
            seed=sampling.seed,
            loras=merged(self._loras.read(values), tagged),
            preset=preset,
            **({} if preset is Preset.FAST else self._refiner.read(values).fields),
        ).as_painted()
        return request, sampling.pictures


def _wishes(request: GenerationRequest) -> int:
    return len(request.wishes)


def _read(ticket: Any, request: gr.Request) -> tuple[Person, str, str]:
    """Return who pressed, the click's id and the token of the tab's own key, "" when it has none.

    Raises gr.Error: only our own page's script makes tickets.
    """
    values = values_of(ticket)
    visitor, click = values.get("visitor"), values.get("click")
    if not is_token(visitor) or not is_token(click):
        raise gr.Error(messages.in_full(messages.PAGE_NOT_READY, is_free=True), print_exception=False)
    return person_of(values, request), str(click), key_token(values)
