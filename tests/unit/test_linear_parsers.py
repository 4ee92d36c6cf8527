"""Time of each parser of untrusted text: linear in its length, whatever the text. A new parser is a row of PARSERS."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import process_time

import pytest
from PIL import Image

from components.api.code_samples import SampleHosts, code_samples
from components.api.decode import decode_inline_image, decode_task
from components.api.envelope import ApiResponse
from components.api.reasons import reason_in
from components.api.status_words import status_named
from components.api.times import unix_seconds
from components.domain.api_key import cleaned
from components.domain.batch import read_axes
from components.domain.lora_path import is_lora_path
from components.domain.model_family import Model
from components.domain.money import micros
from components.domain.request import GenerationRequest
from components.domain.schema import OWN_SERVER_SCHEMA
from components.engines.demo.styles.in_prompt import styles_in, without_styles
from components.engines.demo.styles.lookup import style_of
from components.engines.demo.words.parse import read_scene
from components.engines.sdxl.pipeline.weighted_prompt import spans
from components.images.metadata import read_text
from components.images.metadata.exif import exif_texts
from components.images.metadata.xmp import xmp_texts
from components.loras.hub_listing import read_listing
from components.loras.hub_search import plain_words
from components.loras.link import parse_lora, read_tag
from components.loras.lora_facts import read_header, words_of
from components.loras.tags import tags_of, without_tags
from components.net.public_url import is_public_https
from components.net.redaction import redacted
from components.net.retry import retry_after_seconds
from components.prompts.styles import apply_styles, prompt_styles
from components.prompts.tokens import count_tokens, cut_words
from components.recipes.infotext import infotext
from components.recipes.read import looks_like_recipe
from components.recipes.restore import restore
from components.storage.search_table import Search, folded, query
from components.ui.http.language import language_of
from components.ui.http.payload import parse

REPEATED = (
    *(" ", "\t ", ",", ", ", " ,", "[", "(", "{", "<", "[]", "<lora:", "<lora: ", "lora:", "<lora:a:1>"),
    *('"', '"a', "'", "1", "\\", '\\"', "\n", "🐈", "a: b, ", "a: b\n", "http://", "https://", "https://a?"),
    *("http://a@", "bearer ", "[a](", "air:a:b:", "a.", "a-", "_", "a/b", "+1", "1-", "1-9,", ":", ";"),
    *(
        "a ",
        "cat red ",
        "red cat ",
        "oil ",
        "black and ",
        "{a|b} ",
        "e\u0301",
        "\u0315\u0300",
        "\ufdfa",
        "\u200b",
        "%41",
        "&a=b",
    ),
    *(
        "Negative prompt:",
        "\nNegative prompt:",
        "LoRA 1: x@1, ",
        "AA: [1,",
        'AA: ["\\", ',
        'AA: "',
        '{"a":',
        "1e",
        "x",
    ),
)
"""Parts of the texts, each repeated up to the length."""
LENGTH, SLOW_LENGTH = 16_000, 8_000
"""Characters of the longer text, of which the shorter one has a quarter; of slow parsers, fewer."""
TOO_STEEP = 7
"""Ratio of the times of the two: 4 where the time is linear, 16 where it is quadratic."""
NOTICED_SECONDS = 0.004
"""Times below it say nothing, and hold up nobody."""
TRIES = 5


@dataclass(frozen=True)
class Parser:
    parse: Callable[[str], object]
    length: int = LENGTH


def recipe(text: str) -> object:
    return restore(text, OWN_SERVER_SCHEMA, {})


def recipe_of_fooocus(text: str) -> object:
    values = {"prompt": text, "seed": 1, "loras": [[text, 1]], "resolution": text, text: text, "lora_combined_1": text}
    return recipe(json.dumps(values))


def recipe_of_comfy(text: str) -> object:
    links = [["1", 0]] * (len(text) // 12)
    nodes = {"1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "model": ["2", 0]}}}
    nodes |= {"2": {"class_type": text, "inputs": dict(enumerate(links)) | {"text": "", "lora_name": text}}}
    return recipe(json.dumps(nodes))


def recipe_of_a_long_graph(text: str) -> object:
    """A graph whose nodes join, mix and hand on what the next one has."""
    count = len(text) // 40
    inputs: dict[str, object] = {"text_a": text[:20], "delimiter": text[:2], "conditioning_1": text[:4]}
    nodes: dict[str, object] = {
        f"{n}": {"class_type": text[:9], "inputs": inputs | {name: [f"{n + 1}", n % 3] for name in LINKS}}
        for n in range(count)
    }
    sampler = {"steps": ["0", 0], "seed": ["0", 1]} | {name: ["0", 0] for name in LINKS}
    return recipe(json.dumps(nodes | {"s": {"class_type": "KSampler", "inputs": sampler}}))


LINKS = ("positive", "negative", "model", "latent_image", "text_b", "conditioning_2", "lora_stack", "width", "height")


def recipe_of_a_workflow(text: str) -> object:
    count = len(text) // 40
    nodes = [
        {
            "id": n,
            "type": ("KSampler", text[:9], "sub")[n % 3],
            "mode": (0, 4)[n % 2],
            "inputs": [{"name": name, "type": "X", "link": n} for name in LINKS],
            "outputs": [{"type": "X"}],
            "widgets_values": [text[:20], 1, text[:5]],
        }
        for n in range(count)
    ]
    links = [[n, n + 1, 0, n, 0, "X"] for n in range(count)]
    inner = {
        "id": "sub",
        "nodes": nodes[:2],
        "links": [{"id": 0, "origin_id": -10, "origin_slot": 0, "target_id": -20}],
    }
    return recipe(json.dumps({"nodes": nodes, "links": links, "definitions": {"subgraphs": [inner]}}))


def recipe_of_json(text: str) -> object:
    for keys in (("c", "uc"), ("positive_prompt", "negative_prompt"), ("Description", "Comment")):
        values = dict.fromkeys((*keys, "size", "loras", "lora", "refiner_model", text), text) | {"steps": 1}
        recipe(json.dumps({"sui_image_params": values}))
        recipe(json.dumps(values))
    return recipe(json.dumps({"image": {"prompt": text, "steps": 1}}))


def texts_of_exif(text: str) -> object:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = text.encode()
    exif[0x010E] = text
    return exif_texts(exif.tobytes())


def answer(text: str) -> object:
    texts = dict.fromkeys(("status", "error", "x-note", "created_at", "x-stage", "model"), text)
    data = {
        "id": "a",
        "outputs": [text],
        "x-preview": f"data:image/jpeg;base64,{text}",
        "urls": {"get": text},
        **texts,
    }
    return decode_task(ApiResponse(200, json.dumps({"code": 200, "message": text, "data": data}).encode()), "a")


def header(text: str) -> object:
    metadata = dict.fromkeys(("ss_tag_frequency", "modelspec.title", "trigger_words", "ss_base_model_version"), text)
    body = json.dumps({text: {"shape": [4, 4]}, "__metadata__": metadata}).encode()
    return read_header(struct.pack("<Q", len(body)) + body)


def png(text: str) -> object:
    chunks = ((b"IHDR", bytes(13)), (b"zTXt", b"parameters\0\0" + zlib.compress(text.encode())), (b"IEND", b""))
    found = read_text(b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(b)) + k + b + bytes(4) for k, b in chunks))
    return recipe(found)


def samples(text: str) -> object:
    model = Model.built_in("stability-ai/sdxl-lora")
    return code_samples(GenerationRequest(f"x{text}"), model, SampleHosts("https://a", "https://b"))


def listing(text: str) -> object:
    card = {"license": [text, text], "instance_prompt": text, "widget": [{"output": {"url": f"{text}.png"}}] * 12}
    files = [{"rfilename": f"{text[:50]}{number}.safetensors"} for number in range(len(text) // 80)]
    return read_listing(json.dumps([{"id": "a/b", "cardData": card, "siblings": files, "tags": [text]}]).encode())


PARSERS: dict[str, Parser] = {
    "tags": Parser(tags_of),
    "without tags": Parser(without_tags),
    "Accept-Language": Parser(lambda text: language_of({"accept-language": text, "cookie": text})),
    "LoRA link": Parser(parse_lora),
    "LoRA tag": Parser(read_tag),
    "LoRA path": Parser(is_lora_path),
    "LoRA header": Parser(header),
    "list of LoRAs": Parser(listing),
    "words of a search": Parser(plain_words),
    "weighted prompt": Parser(spans, SLOW_LENGTH),
    "trigger words": Parser(lambda text: words_of(text.split(","))),
    "recipe": Parser(recipe),
    "recipe of A1111": Parser(lambda text: recipe(f"a fox\nSteps: 20, Seed: 1, Size: 1x1, A: {text}")),
    "recipe's prompt": Parser(lambda text: recipe(f"{text}\nSteps: 20, Seed: 1, Size: 1x1")),
    "recipe of Fooocus": Parser(recipe_of_fooocus),
    "recipe of ComfyUI": Parser(recipe_of_comfy),
    "recipe of a long graph": Parser(recipe_of_a_long_graph, SLOW_LENGTH),
    "recipe of a workflow": Parser(recipe_of_a_workflow, SLOW_LENGTH),
    "recipe as JSON": Parser(recipe_of_json),
    "recipe of InvokeAI": Parser(lambda text: recipe(f'"{text}" -s 5 {text}')),
    "recipe behind settings": Parser(lambda text: recipe(f"a fox\nSteps: 20, Seed: 1, Size: 1x1\n{text}")),
    "recipe in one line": Parser(lambda text: recipe(f"a fox {text} Steps: 20, Seed: 1, Size: 1x1, A: {text}")),
    "looks like a recipe": Parser(looks_like_recipe),
    "recipe in a file": Parser(png),
    "texts in EXIF data": Parser(texts_of_exif),
    "texts in XMP data": Parser(lambda text: xmp_texts(f"<exif:UserComment><rdf:li>{text}".encode())),
    "recipe that is written": Parser(lambda text: infotext(GenerationRequest(f"x{text}"), "m")),
    "list of numbers": Parser(lambda text: read_axes([{"field": "seed", "values": text}])),
    "list of words": Parser(lambda text: read_axes([{"field": "words", "values": text}])),
    "alternatives": Parser(lambda text: read_axes([{"field": "alternatives", "values": text}])),
    "API key": Parser(cleaned),
    "amount": Parser(micros),
    "tokens": Parser(count_tokens, SLOW_LENGTH),
    "lost words": Parser(cut_words, SLOW_LENGTH),
    "prompt styles": Parser(lambda text: apply_styles(f"x{text}", text, prompt_styles()), SLOW_LENGTH // 4),
    "scene of a prompt": Parser(read_scene, SLOW_LENGTH),
    "styles in a prompt": Parser(lambda text: styles_in(text, ())),
    "prompt without styles": Parser(without_styles),
    "style of a LoRA": Parser(style_of),
    "log record": Parser(lambda text: redacted(text, ("secret",))),
    "public address": Parser(lambda text: is_public_https(f"https://{text}")),
    "time to wait": Parser(lambda text: retry_after_seconds(text, 0.0)),
    "inline image": Parser(decode_inline_image),
    "time": Parser(unix_seconds),
    "reason": Parser(
        lambda text: reason_in({"error": [{"loc": [text, text], "msg": text}], "errors": {text: [text]}})
    ),
    "status": Parser(status_named),
    "answer of the API": Parser(answer),
    "indexed words": Parser(folded),
    "search": Parser(lambda text: query("visitor", Search(words=text), 10)),
    "body with a text": Parser(lambda text: parse(json.dumps({"a": text}).encode())),
    "body": Parser(lambda text: parse(f'{{"a": [{text}]}}'.encode())),
    "code samples": Parser(samples),
}


def seconds(parser: Parser, text: str) -> float:
    """Return the processor time of one parse, refused or not."""
    begun = process_time()
    with suppress(Exception):
        parser.parse(text)
    return process_time() - begun


def growth(parser: Parser, part: str) -> float:
    """Return the ratio of the times of a text and of a quarter of it, the smallest of several tries."""
    long, short = ((part * length)[:length] for length in (parser.length, parser.length // 4))
    times, quarters = [seconds(parser, long)], [seconds(parser, short)]
    # Another process may have cleared the processor's caches: only what stays steep is steep.
    while len(times) < TRIES and min(times) > NOTICED_SECONDS and min(times) / min(quarters) > TOO_STEEP:
        times.append(seconds(parser, long))
        quarters.append(seconds(parser, short))
    return min(times) / min(quarters) if min(times) > NOTICED_SECONDS else 0.0


@pytest.mark.parametrize("name", PARSERS)
def test_c01_the_time_of_a_parser_grows_with_the_length_alone(name: str) -> None:
    parser = PARSERS[name]
    seconds(parser, "a fox, at night")  # what is loaded once
    found = {part: growth(parser, part) for part in REPEATED}
    assert {part: ratio for part, ratio in found.items() if ratio > TOO_STEEP} == {}
