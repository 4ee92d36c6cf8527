"""Page: places the panels, merges their values into requests, and submits them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import api

from components import messages
from components.domain.batch import with_and_without
from components.domain.model_family import ModelFamily
from components.domain.person import Person, is_token
from components.domain.request import GenerationRequest, Preset
from components.domain.schema import ModelSchema
from components.errors import PlaygroundError
from components.jobs.submission import Submission
from components.loras.tags import merged, take_tags
from components.messages.message import Message
from components.services.playground import Playground
from components.ui import assets
from components.ui.again import FIELD as AGAIN
from components.ui.again import requests_again
from components.ui.fold import fold
from components.ui.gallery.results import Results
from components.ui.http.language import language_of
from components.ui.http.lent_gpu import on_share_of
from components.ui.identity import as_object, person_of, session_key
from components.ui.labels import label
from components.ui.listeners import listen
from components.ui.panels.account import AccountPanel
from components.ui.panels.code import CodePanel
from components.ui.panels.form_links import place_form_links
from components.ui.panels.grid import GridPanel
from components.ui.panels.loras import LoraPanel
from components.ui.panels.prompt import PromptPanel, PromptTexts
from components.ui.panels.refiner import RefinerPanel
from components.ui.panels.sampler import SamplerPanel
from components.ui.panels.sampling import SamplingPanel
from components.ui.panels.shape import ShapePanel
from components.ui.panels.sign_in import sign_in_routes
from components.ui.panels.source_image import SourceImagePanel
from components.ui.panels.speed import SpeedPanel
from components.ui.panels.styles import with_styles
from components.ui.panels.tools import place_sheet_head, place_tools
from components.ui.programs.generate import document, generate_endpoint
from components.ui.programs.picture_calls import PictureCalls
from components.ui.widgets import options_in

TITLE = "SDXL LoRA Playground"
TICKET_FIELDS = ("picture", "styles", "comparison", "grid", AGAIN)
"""Fields of a press whose controls are not Gradio components: the ticket has them, see assets/ui/press/ticket.js."""


class Page:
    """Page with its panels and the handler of the Generate button."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        routes = sign_in_routes() if playground.config.can_sign_in else None
        # Gradio deletes its copies of files every hour, those older than a day.
        with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 86_400)) as self.blocks:
            # With an id Gradio adds Hugging Face's own header, which asks other sites; the account panel has a link.
            self.blocks.space_id = None
            AccountPanel(TITLE, playground, routes)
            with gr.Row(elem_id="columns"):
                button = self._place_form(playground)
                with gr.Column(elem_id="show"):
                    self._results = Results(playground)
                    self.archives = self._results.archives
            self._tie_button(button)
            self._tie_panels()
            self._loras.take_tags_from(self._prompt.inputs["prompt"])
            # The call waits for its job. A limit here would let further calls fill Gradio's queue, which the page's
            # presses pass too; they are refused by CallLimits.
            self.calls = PictureCalls(playground)
            api(generate_endpoint(self.calls), api_name="generate", concurrency_limit=None)
            document(self.blocks, playground.backend.schema)
        playground.on_models_changed = self.refresh_ranges

    def _place_form(self, playground: Playground) -> gr.Button:
        """Place the prompt, the settings and Generate, which is returned."""
        with gr.Column(elem_id="form"):
            with gr.Column(elem_id="words"):
                self._prompt = PromptPanel(
                    is_unlimited=playground.backend.has_unlimited_prompt,
                    reads_weights=playground.backend.reads_weights,
                )
            with gr.Row(elem_id="tools"):
                place_tools()
            with gr.Column(elem_id="settings"):
                place_sheet_head()
                self._place_settings(playground)
            with gr.Row(elem_id="action", elem_classes=None if playground.backend.free else ["priced"]):
                return gr.Button(label("page.generate"), variant="primary", size="lg", elem_id="generate")

    def _place_settings(self, playground: Playground) -> None:
        schema = playground.backend.schema
        self._shape, self._sampling = ShapePanel(schema), SamplingPanel(schema)
        self._shape.place_shapes()
        self._sampling.place_count()
        with fold("picture"):
            self._source_image = SourceImagePanel(playground.source_images)
        with fold("loras"):
            self._loras = LoraPanel(schema, playground.lora_checker, playground.lora_finder)
        with fold("more"):
            self._place_more(playground)
        with fold("experiments"):
            GridPanel(playground)
            CodePanel(playground, self._request)
            place_form_links()

    def _place_more(self, playground: Playground) -> None:
        """Place the settings that most visitors leave alone."""
        backend = playground.backend
        self._prompt.place_negative()
        self._speed = SpeedPanel()
        self._sampling.place_numbers()
        self._sampler = SamplerPanel()
        self._shape.place_size()
        self._refiner = RefinerPanel(backend.schema, splits_every_step=backend.splits_every_step)

    def _tie_button(self, button: gr.Button) -> None:
        panels = (self._prompt, self._sampling, self._shape, self._loras, self._refiner, self._speed, self._sampler)
        inputs = self._inputs = {name: widget for panel in panels for name, widget in panel.inputs.items()}
        pressed: dict[str, Block] = {"ticket": self._results.component, **inputs}
        button.click(
            self.generate,
            outputs=self._results.component,
            inputs_kwargs=pressed,
            # Its outputs in the browser are its inputs here.
            js=assets.hook("press/press", "press", inputs=list(pressed), outputs=list(pressed)),
            # Gradio's default, "once", drops a second press while the first one is under way.
            trigger_mode="multiple",
            concurrency_limit=None,
            show_progress="hidden",
            # Gradio's own checks would answer a value out of range by a toast, not by a sentence at its field.
            preprocess=False,
            # "private" only hides it from the API page: it can still be called, so that nothing in it is trusted.
            api_name="press",
            api_visibility="private",
        )

    def _tie_panels(self) -> None:
        """Connect panels that change one another's fields; their listeners run in the browser only."""
        inputs = self._inputs
        self._refiner.tie(self._sampling.steps)
        self._speed.tie(self._sampling)
        self._fit(self._playground.backend.schema)
        self._source_image.tie(inputs["width"], inputs["height"], self._shape.shape)
        filled = {**inputs, "shape": self._shape.shape, **self._loras.rows, **self._refiner.parts}
        listen(self._results.component.fill, "form/form", "fill_form", outputs=filled)

    def refresh_ranges(self) -> None:
        """Set the sliders' ranges to those of the current models; pages that are loaded from now on have them."""
        schema = self._playground.backend.schema
        for name, widget in self._inputs.items():
            allowed = schema.ranges.get(name)
            if isinstance(widget, gr.Slider) and allowed:
                widget.minimum, widget.maximum, widget.value = allowed.minimum, allowed.maximum, allowed.default
        self._fit(schema)
        # Gradio builds the config of its page once, at launch.
        self.blocks.config = self.blocks.get_config_file()

    def _fit(self, schema: ModelSchema) -> None:
        """Show the choices that the model offers."""
        self._speed.fit(schema, self._sampling)
        self._sampler.fit(schema)

    async def generate(self, request: gr.Request, *, ticket: Any, **values: Any) -> dict[str, Any]:
        """Start the jobs of one press and return its receipt, or the refusal, without waiting for an image.

        The jobs run outside this event: Gradio ends an event's generator with its browser tab.
        """
        person, click, token = _read_ticket(ticket, request)
        values |= {name: as_object(ticket).get(name) for name in TICKET_FIELDS}
        try:
            family = self._playground.backend_for(token).family
            again = await requests_again(values[AGAIN], person.visitor_id, self._playground.jobs)
            requests, note = again or await self._requests(values, person, family)
            model = family.choose_for_all(requests).id
            submission = Submission(person.visitor_id, click, requests, note, model=model)
            with on_share_of(request):
                jobs = await self._playground.start(person, submission, token)
        except PlaygroundError as error:
            return Results.refusal(click, error)
        return self._results.receipt(click, jobs)

    async def _requests(
        self, values: Mapping[str, Any], person: Person, family: ModelFamily
    ) -> tuple[tuple[GenerationRequest, ...], Message | None]:
        """Return the requests of a press of the form, and a note about their seeds. Raises InvalidRequest."""
        # In a thread: it reads the host's folder of LoRAs.
        request, image_count = await asyncio.to_thread(self._request, values)
        request = replace(request, **(await self._source_image.read(values, person)).fields)
        if values["comparison"] is True:
            # Both sides go to one model, so that their difference is the LoRA's.
            return with_and_without(request)
        return GridPanel.read(values, request, image_count, family.choose(request).schema)

    def _request(self, values: Mapping[str, Any]) -> tuple[GenerationRequest, int]:
        """Merge the panels' values into one request without its source image; return it and the number of images.

        Raises InvalidRequest. Blocks.
        """
        texts, size = self._prompt.read(values), self._shape.read(values)
        # Before the styles, which would put their words around the tags.
        prompt, tagged = take_tags(texts.prompt, self._playground.lora_checker.resolve)
        texts = with_styles(values, PromptTexts(prompt, texts.negative_prompt))
        sampling, preset = self._sampling.read(values), self._speed.read(values)
        fields = {
            **asdict(texts),
            **asdict(size),
            **asdict(sampling),
            **options_in(values),
            "loras": merged(self._loras.read(values), tagged),
            "preset": preset,
            "sampler": self._sampler.read(values),
            **({} if preset is Preset.FAST else self._refiner.read(values).fields),
        }
        request = GenerationRequest.of(fields).with_preset_applied(self._playground.backend.schema.fast_steps)
        return request, sampling.image_count


def _read_ticket(ticket: Any, request: gr.Request) -> tuple[Person, str, str]:
    """Return the person who pressed, the click's id, and the token of the tab's own key, "" when it has none.

    Raises gr.Error for a ticket that the page's own script did not make.
    """
    values = as_object(ticket)
    visitor, click = values.get("visitor"), values.get("click")
    if not is_token(visitor) or not is_token(click):
        text = messages.in_full(messages.PAGE_NOT_READY, is_free=True, language=language_of(request.headers))
        raise gr.Error(text, title=TITLE, print_exception=False)
    return person_of(values, request), str(click), session_key(values)
