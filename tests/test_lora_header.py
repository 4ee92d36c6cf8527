"""A safetensors header: what it tells of a LoRA, and what is no such file. No file makes trouble."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.errors import NoLoraFile, Sentence
from components.lora_header import Base, LoraFacts, Make, header_size, read_header

KOHYA = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k"
PEFT = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"


def tensor(*shape: int, at: int = 0) -> dict[str, Any]:
    return {"dtype": "F16", "shape": list(shape), "data_offsets": [at, at + 2]}


def file(tensors: dict[str, Any], metadata: dict[str, Any] | None = None) -> bytes:
    header = {"__metadata__": metadata, **tensors} if metadata is not None else tensors
    told = json.dumps(header).encode()
    return len(told).to_bytes(8, "little") + told


def kohya(metadata: dict[str, str] | None = None, width: int = 2048, rank: int = 16) -> bytes:
    pair = {f"{KOHYA}.lora_down.weight": tensor(rank, width), f"{KOHYA}.lora_up.weight": tensor(640, rank)}
    return file({**pair, f"{KOHYA}.alpha": tensor()}, metadata or {})


@pytest.mark.parametrize(
    ("tensors", "make", "base", "rank"),
    [
        ({f"{KOHYA}.lora_down.weight": tensor(16, 2048)}, Make.LORA, Base.SDXL, 16),
        ({f"{KOHYA}.lora_down.weight": tensor(8, 768)}, Make.LORA, Base.SD1, 8),
        ({f"{KOHYA}.lora_down.weight": tensor(8, 1024)}, Make.LORA, Base.SD2, 8),
        ({f"{PEFT}.lora_A.weight": tensor(4, 2048)}, Make.LORA, Base.SDXL, 4),
        ({f"{PEFT}.lora_A.default_0.weight": tensor(4, 2048)}, Make.LORA, Base.SDXL, 4),
        ({f"{PEFT}.lora.down.weight": tensor(4, 2048)}, Make.LORA, Base.SDXL, 4),
        (
            {"unet.x.attn2.processor.to_k_lora.down.weight": tensor(4, 2048), "unet.y.lora_A.weight": tensor(4, 9)},
            Make.LORA,
            Base.SDXL,
            4,
        ),
        ({"lora_te2_text_model_x.lora_down.weight": tensor(4, 1280)}, Make.LORA, Base.SDXL, 4),
        (
            {f"{KOHYA}.lora_down.weight": tensor(4, 2048), f"{KOHYA}.dora_scale": tensor(640, 1)},
            Make.DORA,
            Base.SDXL,
            4,
        ),
        ({f"{KOHYA}.hada_w1_a": tensor(640, 4), f"{KOHYA}.hada_w1_b": tensor(4, 2048)}, Make.LOHA, Base.SDXL, 4),
        ({f"{KOHYA}.lokr_w1": tensor(8, 8), f"{KOHYA}.lokr_w2": tensor(80, 256)}, Make.LOKR, Base.UNKNOWN, None),
        ({"lora_unet_double_blocks_0_img_attn_proj.lora_down.weight": tensor(4, 3072)}, Make.LORA, Base.FLUX, 4),
        (
            {"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": tensor(4, 3072)},
            Make.LORA,
            Base.FLUX,
            4,
        ),
        ({"lora_unet_joint_blocks_0_x_block_attn_qkv.lora_down.weight": tensor(4, 1536)}, Make.LORA, Base.SD3, 4),
        ({"transformer.transformer_blocks.0.attn.to_q.lora_A.weight": tensor(4, 1536)}, Make.LORA, Base.SD3, 4),
        ({"diffusion_model.blocks.0.cross_attn.q.lora_A.weight": tensor(4, 5120)}, Make.LORA, Base.OTHER, 4),
        ({"something.lora_down.weight": tensor(4, 640)}, Make.LORA, Base.UNKNOWN, 4),
        ({"model.diffusion_model.input_blocks.0.0.weight": tensor(320, 4, 3, 3)}, Make.NONE, Base.UNKNOWN, None),
        ({}, Make.NONE, Base.UNKNOWN, None),
    ],
)
def test_what_the_tensors_tell(tensors: dict[str, Any], make: Make, base: Base, rank: int | None) -> None:
    facts = read_header(file(tensors))
    assert (facts.make, facts.base, facts.rank) == (make, base, rank)


def test_the_rank_is_the_most_common_one() -> None:
    ranks = [4, 8, 8]
    names = {f"{KOHYA}{number}.lora_down.weight": tensor(rank, 2048) for number, rank in enumerate(ranks)}
    assert read_header(file(names)).rank == 8


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"modelspec.trigger_phrase": "pixel art, 8 bit"}, ("pixel art", "8 bit")),
        ({"ss_tag_frequency": json.dumps({"10_x": {"toy face": 20, "smile": 3}, "5_y": {"smile": 4}})}, ("toy face",)),
        ({"ss_tag_frequency": json.dumps({"10_x": {"a": 5, "b": 5, "c": 1}})}, ("a", "b")),
        ({"ss_tag_frequency": "not json"}, ()),
        ({"ss_tag_frequency": json.dumps([1])}, ()),
        ({"ss_tag_frequency": json.dumps({"x": {"a": "5"}, "y": 3})}, ()),
        ({"modelspec.trigger_phrase": "two\nlines\u202e, " + "x" * 500}, ("two lines", "x" * 100)),
        ({}, ()),
    ],
)
def test_trigger_words(metadata: dict[str, str], words: tuple[str, ...]) -> None:
    assert read_header(kohya(metadata)).words == words


def test_its_title_and_the_base_it_names() -> None:
    named = {"modelspec.title": "Pixel Art", "ss_output_name": "px"}
    assert read_header(kohya(named)).title == "Pixel Art"
    assert read_header(kohya({"ss_output_name": "px"})).title == "px"
    vague = {"lora_unet_x.lora_down.weight": tensor(4, 640)}
    for said, base in (("sdxl_base_v1-0", Base.SDXL), ("sd_v1", Base.SD1), ("flux1", Base.FLUX), ("", Base.UNKNOWN)):
        assert read_header(file(vague, {"ss_base_model_version": said})).base is base


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", messages.FILE_CUT_OFF),
        (b"\x10\0\0", messages.FILE_CUT_OFF),
        (kohya()[:50], messages.FILE_CUT_OFF),
        ((1 << 60).to_bytes(8, "little") + b"{}", messages.NOT_SAFETENSORS),
        ((20 * 1024 * 1024 + 1).to_bytes(8, "little") + b"{}", messages.NOT_SAFETENSORS),
        ((2).to_bytes(8, "little") + b"[]", messages.NOT_SAFETENSORS),
        ((6).to_bytes(8, "little") + b"{nope}", messages.NOT_SAFETENSORS),
        ((100_001).to_bytes(8, "little") + b'{"a":' + b"[" * 99_996, messages.NOT_SAFETENSORS),
        (b"<!DOCTYPE html><html><body>404</body></html>", messages.PAGE_IN_PLACE_OF_FILE),
        (b"  \n<html>", messages.PAGE_IN_PLACE_OF_FILE),
        (b"\x80\x02}q\x00(X\x05\x00\x00\x00", messages.LORA_PICKLE),
        (b"PK\x03\x04\x00\x00\x08\x08\x00\x00", messages.LORA_PICKLE),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", messages.FILE_IS_POINTER),
        (b"GGUF\x03\x00\x00\x00\x01\x00", messages.NOT_SAFETENSORS),
    ],
)
def test_what_is_no_such_file_is_told_by_its_first_bytes(content: bytes, told: Sentence) -> None:
    with pytest.raises(NoLoraFile) as refused:
        read_header(content)
    assert refused.value.sentence == told


def test_a_header_as_long_as_pickle_begins_is_still_one() -> None:
    """640 bytes: its length is written as 80 02, as a pickle begins."""
    content = kohya({"padding": "x"})
    padding = "x" * (640 - (len(content) - 8) + 1)
    content = kohya({"padding": padding})
    assert content[:2] == b"\x80\x02"
    assert read_header(content).make is Make.LORA


def test_a_file_that_ends_before_its_last_tensor_is_cut_off() -> None:
    content = kohya()
    assert read_header(content, len(content) + 2).make is Make.LORA
    with pytest.raises(NoLoraFile) as refused:
        read_header(content, len(content) + 1)
    assert refused.value.sentence == messages.FILE_CUT_OFF


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_NAMES = st.sampled_from(
    ["__metadata__", f"{KOHYA}.lora_down.weight", f"{KOHYA}.hada_w1_b", "shape", "data_offsets", "ss_tag_frequency"]
)
_HEADERS = st.dictionaries(_NAMES | st.text(max_size=8), _JSON | st.dictionaries(_NAMES, _JSON, max_size=3))


@given(st.binary(max_size=200) | _HEADERS.map(file), st.none() | st.integers(0, 10**6))
def test_no_file_makes_trouble(content: bytes, size: int | None) -> None:
    try:
        facts = read_header(content, size)
    except NoLoraFile:
        return
    assert isinstance(facts, LoraFacts)
    assert all(word.isprintable() for word in facts.words)


@given(st.integers(0, 2**64 - 1), st.binary(max_size=64))
def test_a_claimed_length_costs_no_memory(length: int, rest: bytes) -> None:
    tracemalloc.start()
    try:
        assert header_size(length.to_bytes(8, "little") + rest) <= 8 + 20 * 1024 * 1024
    except NoLoraFile:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1_000_000
