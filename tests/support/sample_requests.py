"""Requests with hostile texts for the code samples, and the JSON body that each sample must send."""

from __future__ import annotations

from typing import Any

from components.api.code_samples import SampleHosts
from components.api.encode import ImageLinks, encode
from components.domain.model_family import STANDARD_NAMES, Model
from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine, SourceImage

SERVICES = SampleHosts("https://api.example.com/v3 $(touch ran)'\"", "http://127.0.0.1:7860/")
PICTURE = SourceImage("secret-name", "digest", 1024, 1024)
MODEL = Model.of("stability-ai/sdxl-lora", Model.built_in("x").schema, STANDARD_NAMES)
ALL = Model("our/model", MODEL.schema, {**STANDARD_NAMES, "mask_image": "mask", "prompt_strength": "strength"})
HOSTILE = [
    "a fox",
    "it's \"quoted\" and 'quoted', \\back\\slash\\n \\u0041",
    "two\nlines\r\n\ttabbed\0 and null",
    "$(touch ran) `touch ran` ${HOME} $WAVESPEED_API_KEY !! && touch ran; # not a comment",
    "'; touch ran; '",
    '"\nEOF\ntouch ran\n',
    "</script><script>touch()</script><!-- --> ]]> `${touch()}` ${touch()}",
    "line\u2028separator\u2029paragraph\u0085next\x7f",
    "emoji 👩‍👩‍👧‍👦🏳️‍🌈, astral 𝔘, tags \U000e0041",
    "עברית \u202e\u2066 مرحبا",
    "{prompt} @body@ @base@ ?image !image %s {0} {{}} \\N{DASH}",
    "{{ body }} {% if has_image %} {# gone #} {%- raw -%} & < > ends with a newline\n",
    "\"\"\" ''' #{x} None True null undefined",
]
LORAS = (LoraWeight("nerijs/pixel-art-xl", 0.8), LoraWeight("https://x.org/a'\"$(touch ran).safetensors", 0))


def request(words: str, **more: Any) -> GenerationRequest:
    return GenerationRequest(prompt=f"_{words}", negative_prompt=words, loras=LORAS, **more)


REQUESTS = [*(request(words) for words in HOSTILE), GenerationRequest("bare"), GenerationRequest("seven", seed=7)]
REFINED = [
    GenerationRequest("refined", refine=Refine.ENSEMBLE, high_noise_frac=1),
    GenerationRequest("refined", refine=Refine.SECOND_PASS, refine_steps=9),
    request("from a picture", image=PICTURE, mask=PICTURE, prompt_strength=0.5),
    request("from a picture", image=PICTURE, prompt_strength=1),
    GenerationRequest("fast", preset=Preset.FAST, num_inference_steps=4, guidance_scale=1),
]
EVERY = [(one, MODEL) for one in REQUESTS] + [(one, ALL) for one in REFINED]


def body_of(request: GenerationRequest, model: Model, image: str, mask: str) -> dict[str, Any]:
    """Return the JSON body of a request, with the links of its image and mask."""
    return encode(request, model.field_names, ImageLinks(image, mask))
