"""A safetensors header: what it tells of a LoRA, and what is no such file. No file makes trouble."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.errors import NotALora
from components.loras.lora_facts import LoraFacts, header_size, read_header
from components.loras.safetensors_header import Architecture, BaseModelFamily
from components.messages.message import Message
from tests.support.safetensors_files import KOHYA, file, kohya, tensor

PEFT = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"


@pytest.mark.parametrize(
    ("tensors", "make", "base", "rank"),
    [
        ({f"{KOHYA}.lora_down.weight": tensor(16, 2048)}, Architecture.LORA, BaseModelFamily.SDXL, 16),
        ({f"{KOHYA}.lora_down.weight": tensor(8, 768)}, Architecture.LORA, BaseModelFamily.SD1, 8),
        ({f"{KOHYA}.lora_down.weight": tensor(8, 1024)}, Architecture.LORA, BaseModelFamily.SD2, 8),
        ({f"{PEFT}.lora_A.weight": tensor(4, 2048)}, Architecture.LORA, BaseModelFamily.SDXL, 4),
        ({f"{PEFT}.lora_A.default_0.weight": tensor(4, 2048)}, Architecture.LORA, BaseModelFamily.SDXL, 4),
        ({f"{PEFT}.lora.down.weight": tensor(4, 2048)}, Architecture.LORA, BaseModelFamily.SDXL, 4),
        (
            {"unet.x.attn2.processor.to_k_lora.down.weight": tensor(4, 2048), "unet.y.lora_A.weight": tensor(4, 9)},
            Architecture.LORA,
            BaseModelFamily.SDXL,
            4,
        ),
        ({"lora_te2_text_model_x.lora_down.weight": tensor(4, 1280)}, Architecture.LORA, BaseModelFamily.SDXL, 4),
        (
            {f"{KOHYA}.lora_down.weight": tensor(4, 2048), f"{KOHYA}.dora_scale": tensor(640, 1)},
            Architecture.DORA,
            BaseModelFamily.SDXL,
            4,
        ),
        (
            {f"{KOHYA}.hada_w1_a": tensor(640, 4), f"{KOHYA}.hada_w1_b": tensor(4, 2048)},
            Architecture.LOHA,
            BaseModelFamily.SDXL,
            4,
        ),
        (
            {f"{KOHYA}.lokr_w1": tensor(8, 8), f"{KOHYA}.lokr_w2": tensor(80, 256)},
            Architecture.LOKR,
            BaseModelFamily.SDXL,
            None,
        ),
        (
            {"lora_unet_double_blocks_0_img_attn_proj.lora_down.weight": tensor(4, 3072)},
            Architecture.LORA,
            BaseModelFamily.FLUX,
            4,
        ),
        (
            {"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": tensor(4, 3072)},
            Architecture.LORA,
            BaseModelFamily.FLUX,
            4,
        ),
        (
            {"lora_unet_joint_blocks_0_x_block_attn_qkv.lora_down.weight": tensor(4, 1536)},
            Architecture.LORA,
            BaseModelFamily.SD3,
            4,
        ),
        (
            {"transformer.transformer_blocks.0.attn.to_q.lora_A.weight": tensor(4, 1536)},
            Architecture.LORA,
            BaseModelFamily.SD3,
            4,
        ),
        (
            {"diffusion_model.blocks.0.cross_attn.q.lora_A.weight": tensor(4, 5120)},
            Architecture.LORA,
            BaseModelFamily.OTHER,
            4,
        ),
        ({"something.lora_down.weight": tensor(4, 640)}, Architecture.LORA, BaseModelFamily.UNKNOWN, 4),
        (
            {"model.diffusion_model.input_blocks.0.0.weight": tensor(320, 4, 3, 3)},
            Architecture.NONE,
            BaseModelFamily.UNKNOWN,
            None,
        ),
        ({}, Architecture.NONE, BaseModelFamily.UNKNOWN, None),
    ],
)
def test_what_the_tensors_tell(
    tensors: dict[str, Any], make: Architecture, base: BaseModelFamily, rank: int | None
) -> None:
    facts = read_header(file(tensors))
    assert (facts.architecture, facts.base, facts.rank) == (make, base, rank)


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
    assert read_header(kohya(metadata)).trigger_words == words


def test_its_title_and_the_base_it_names() -> None:
    named = {"modelspec.title": "Pixel Art", "ss_output_name": "px"}
    assert read_header(kohya(named)).title == "Pixel Art"
    assert read_header(kohya({"ss_output_name": "px"})).title == "px"
    vague = {"lora_unet_x.lora_down.weight": tensor(4, 640)}
    for said, base in (
        ("sdxl_base_v1-0", BaseModelFamily.SDXL),
        ("sd_v1", BaseModelFamily.SD1),
        ("flux1", BaseModelFamily.FLUX),
        ("", BaseModelFamily.UNKNOWN),
    ):
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
def test_what_is_no_such_file_is_told_by_its_first_bytes(content: bytes, told: Message) -> None:
    with pytest.raises(NotALora) as refused:
        read_header(content)
    assert refused.value.message == told


def test_a_header_as_long_as_pickle_begins_is_still_one() -> None:
    """640 bytes: its length is written as 80 02, as a pickle begins."""
    content = kohya({"padding": "x"})
    padding = "x" * (640 - (len(content) - 8) + 1)
    content = kohya({"padding": padding})
    assert content[:2] == b"\x80\x02"
    assert read_header(content).architecture is Architecture.LORA


def test_a_file_that_ends_before_its_last_tensor_is_cut_off() -> None:
    content = kohya()
    assert read_header(content, len(content) + 2).architecture is Architecture.LORA
    with pytest.raises(NotALora) as refused:
        read_header(content, len(content) + 1)
    assert refused.value.message == messages.FILE_CUT_OFF


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
    except NotALora:
        return
    assert isinstance(facts, LoraFacts)
    assert all(word.isprintable() for word in facts.trigger_words)


@given(st.integers(0, 2**64 - 1), st.binary(max_size=64))
def test_a_claimed_length_costs_no_memory(length: int, rest: bytes) -> None:
    tracemalloc.start()
    try:
        assert header_size(length.to_bytes(8, "little") + rest) <= 8 + 20 * 1024 * 1024
    except NotALora:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1_000_000
