"""Encodings of sample requests: what the app sends, stores, shows and writes, as JSON values."""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from typing import Any

from components.api.code_samples import code_samples
from components.api.encode import ImageLinks, encode
from components.domain.job import Job
from components.domain.model_family import STANDARD_NAMES, Model
from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine, Sampler, SourceImage
from components.domain.schema import BUILT_IN_SCHEMA, OWN_SERVER_SCHEMA
from components.recipes.infotext import infotext
from components.recipes.restore import restore
from components.server.http.models import entry
from components.services.playground import Playground
from components.storage.jobs_table import to_record
from components.ui.gallery.job_json import job_json
from components.ui.page import Page
from components.ui.programs.generate import PARAMETERS, generate_endpoint
from components.ui.programs.picture_calls import PictureCalls
from tests.support.sample_requests import ALL, SERVICES

IMAGE = SourceImage("a.png", "digest", 832, 1216)
PLAIN = GenerationRequest("a red fox, at night")
FULL = GenerationRequest(
    'a "fox": red',
    "blurry, text",
    width=832,
    height=1216,
    guidance_scale=7.25,
    num_inference_steps=33,
    seed=12345,
    loras=(LoraWeight("owner/name", 0.85), LoraWeight("https://example.com/a.safetensors", 1)),
    image=IMAGE,
    mask=IMAGE,
    feather=12,
    prompt_strength=0.55,
    refine=Refine.ENSEMBLE,
    high_noise_frac=0.7,
    preset=Preset.FULL,
)
REQUESTS = {
    "plain": PLAIN,
    "full": FULL,
    "without a mask": replace(FULL, mask=None, feather=0, loras=(), prompt_strength=1),
    "second pass": replace(PLAIN, seed=7, refine=Refine.SECOND_PASS),
    "second pass of 9": replace(PLAIN, seed=7, refine=Refine.SECOND_PASS, refine_steps=9),
    "unused handover": replace(PLAIN, seed=0, high_noise_frac=0.3, refine_steps=5, prompt_strength=0.2),
    "fast": replace(PLAIN, negative_prompt="  blurry ", preset=Preset.FAST).with_preset_applied(),
    "another sampler": replace(PLAIN, seed=7, sampler=Sampler.DPM_2M_KARRAS),
    "sides": replace(PLAIN, width=1216, height=832, guidance_scale=1, num_inference_steps=50, seed=2147483647),
}
OF_SDXL = replace(
    OWN_SERVER_SCHEMA,
    fields=OWN_SERVER_SCHEMA.fields | {"preset", "sampler"},
    default_preset=Preset.FULL,
    samplers=tuple(Sampler),
)
TILE = (
    "prompt negative_prompt width height guidance_scale num_inference_steps seed loras strength refine high_noise_frac"
    " refine_steps preset sampler"
)
"""Keys of the settings in the JSON of a tile."""
LINKS = ImageLinks("https://example.com/image", "https://example.com/mask")


def encodings_of(request: GenerationRequest, playground: Playground) -> dict[str, Any]:
    """Return what the app makes of one request."""
    job = Job("c-1", "v", "c", 1, "b", "our/model", request, 1.0)
    text, tile = infotext(request, "our/model"), job_json(job, playground)
    return {
        "required": sorted(request.required_fields),
        "body": encode(request, STANDARD_NAMES, LINKS),
        "body of another model": encode(request, ALL.field_names, LINKS),
        "infotext": text,
        "restored": [_restored(text, schema) for schema in (BUILT_IN_SCHEMA, OWN_SERVER_SCHEMA, OF_SDXL)],
        "record": json.dumps(to_record(job)["request"]),
        "tile": {key: tile[key] for key in TILE.split()},
        "samples": code_samples(request, ALL, SERVICES),
    }


def surface(playground: Playground) -> dict[str, Any]:
    """Return what programs and models are told about the fields."""
    info: Any = Page(playground).blocks.get_api_info()
    signature = inspect.signature(generate_endpoint(PictureCalls(playground)))
    return {
        "parameters": PARAMETERS,
        "signature": [f"{one}" for name, one in signature.parameters.items() if name != "request"],
        "api info": info["named_endpoints"]["/generate"],
        "models": entry("http://127.0.0.1"),
        "model": sorted(Model.built_in("x").field_names.items()),
    }


def _restored(text: str, schema: Any) -> Any:
    recipe = restore(text, schema, {})
    return recipe and [dict(recipe.settings), [message.code for message in recipe.left_out]]
