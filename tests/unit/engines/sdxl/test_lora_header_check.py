"""A LoRA's file is told by its header alone, without torch; each sentence of the engine's is a whole one."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.loras.header_check import check_file
from components.errors import EngineError
from components.messages.message import Message
from tests.support.paths import ROOT

CROSS = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k"


def pair(stem: str, width: int = 2048, rank: int = 4) -> dict[str, list[int]]:
    return {f"{stem}.lora_down.weight": [rank, width], f"{stem}.lora_up.weight": [640, rank], f"{stem}.alpha": []}


def loha(width: int) -> dict[str, list[int]]:
    outer = {f"{CROSS}.hada_w{number}_a": [640, 4] for number in (1, 2)}
    return {**outer, **{f"{CROSS}.hada_w{number}_b": [4, width] for number in (1, 2)}}


def written(path: Path, shapes: dict[str, list[int]], **more: object) -> Path:
    """Write a file whose tensors are all noughts."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + 4 * int(shape[0] * shape[1] if shape else 1)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    head = json.dumps(header | more).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + bytes(end))
    return path


def told(path: Path, width: int = 2048) -> Message | None:
    try:
        check_file(path, width)
    except EngineError as error:
        return error.message
    return None


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        (pair(CROSS), None),
        (pair("lora_te1_text_model_encoder_layers_0_self_attn_q_proj", 768), None),
        (pair("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q", 640), None),
        (pair(CROSS, 768), messages.LORA_SD1),
        (pair(CROSS, 1024), messages.LORA_SD2),
        (pair(CROSS, 4096), messages.LORA_SHAPES),
        ({**pair(CROSS), **pair(f"{CROSS}2", 768)}, messages.LORA_SD1),
        (pair("lora_unet_double_blocks_0_img_attn_proj"), messages.LORA_FLUX),
        (pair("transformer.single_transformer_blocks.0.attn.to_q"), messages.LORA_FLUX),
        (pair("lora_unet_joint_blocks_0_x_block_attn_qkv"), messages.LORA_SD3),
        (pair("transformer.transformer_blocks.0.attn.to_q", 1536), messages.LORA_SD3),
        (pair("diffusion_model.blocks.0.self_attn.q"), messages.LORA_OTHER),
        (pair("transformer.blocks.0.q"), messages.LORA_OTHER),
        ({"model.diffusion_model.out.2.weight": [4, 320]}, messages.LORA_NONE),
        ({}, messages.LORA_NONE),
        ({f"{CROSS}.hada_w1_a": [640, 4], f"{CROSS}.hada_w1_b": [4, 2048]}, messages.LORA_HALF),
        (loha(2048), None),
        (loha(768), messages.LORA_SD1),
        ({f"{CROSS}.lokr_w1": [640, 4]}, messages.LORA_HALF),
        ({f"{CROSS}.lokr_w1": [8, 8], f"{CROSS}.lokr_w2": [80, 256]}, None),
        (
            {f"{CROSS}.lokr_w1": [8, 8], f"{CROSS}.lokr_w2_a": [80, 4], f"{CROSS}.lokr_w2_b": [4, 96]},
            messages.LORA_SD1,
        ),
        ({f"{CROSS}.diff": [640, 2048]}, messages.lora_of_make("LyCORIS Full")),
        ({**pair(CROSS), f"{CROSS}2.diff_b": [640, 1]}, messages.lora_of_make("LyCORIS Full")),
        ({**pair(CROSS), f"{CROSS}.lora_up.bias": [640, 1]}, messages.LORA_LAYOUT),
        ({f"{CROSS}.{part}.weight": [4, 4] for part in ("a1", "a2", "b1", "b2")}, messages.lora_of_make("GLoRA")),
        (pair("transformer.double_stream_blocks.0.block.attn1.to_q", 2560), messages.lora_for_another("HiDream")),
        ({**pair(CROSS), f"{CROSS}.dora_scale": [640, 1]}, None),
        ({f"{CROSS}.lora_down.weight": [4, 2048]}, messages.LORA_HALF),
        ({f"{CROSS}.lora_up.weight": [640, 4]}, messages.LORA_HALF),
    ],
)
def test_s09_what_a_header_tells(tmp_path, shapes, sentence):
    assert told(written(tmp_path / "a.safetensors", shapes)) == sentence


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 100])
def test_a_beginning_alone_is_no_lora(tmp_path, length):
    path = written(tmp_path / "a.safetensors", pair(CROSS))
    path.write_bytes(path.read_bytes()[:length])
    assert told(path) == (messages.LORA_CUT_OFF if length else messages.LORA_EMPTY)


@pytest.mark.parametrize(
    "head", [b"[]", b'"text"', b"{" * 5000, b'{"a": ', b"\xff\xfe", b'{"a": {"shape": "x", "data_offsets": [1]}}']
)
def test_s09_a_header_made_to_hurt_does_not(tmp_path, head):
    path = tmp_path / "a.safetensors"
    path.write_bytes(struct.pack("<Q", len(head)) + head)
    assert told(path) in (messages.LORA_NOT_SAFETENSORS, messages.LORA_NONE)


def test_a_file_that_is_not_there(tmp_path):
    assert told(tmp_path / "none.safetensors") == messages.LORA_NOT_FOUND


ALL = {name: value for name, value in vars(messages).items() if isinstance(value, Message)}
TESTS = [*Path(__file__).parent.glob("*.py"), *(ROOT / "tests" / "sdxl").glob("*.py")]
NAMED = "\n".join(path.read_text(encoding="utf-8") for path in TESTS)


@pytest.mark.parametrize("name", ALL)
def test_a_sentence_says_what_happened_and_what_to_do(name):
    sentence = ALL[name]
    is_error = sentence.code.startswith("engine_")  # the others, notes and stages, ask for nothing
    for text in (sentence.happened, sentence.advice) if is_error else ():
        assert re.fullmatch(r"[A-Z].*\.", text), text
        assert "token" not in text.lower()
    assert re.search(rf"\b{name}\b", NAMED), f"no test names {name}"
