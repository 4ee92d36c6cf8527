"""Counting tokens as SDXL's text encoders do, and finding what they may not see."""

from __future__ import annotations

import ast
import gzip
import json
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.tokens import ROOM, count, cut

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = json.loads((ROOT / "tests" / "token_counts.json").read_text())
MERGES = ROOT / "assets" / "tokens" / "merges.txt.gz"
WORDS = st.sampled_from(
    ["cat", "don't", "8k", "x²", "photorealistic", "狐" * 40, "e\u0301", "🦊", "a_b", "Σας", "İ", "..."]
)
BLANKS = st.sampled_from([" ", ", ", ",", "\n", "", "_", "-"])
PROMPTS = st.lists(st.tuples(WORDS, BLANKS), max_size=120).map(lambda pairs: "".join(map("".join, pairs)))
TEXTS = st.one_of(PROMPTS, st.text(max_size=200))


def test_the_reference_counted_many_texts():
    assert "CLIPTokenizer" in GOLDEN["origin"]
    assert len(GOLDEN["counts"]) >= 200


@pytest.mark.parametrize("at", range(len(GOLDEN["counts"])))
def test_a_text_has_as_many_tokens_as_the_reference_says(at):
    text, tokens = GOLDEN["counts"][at]
    assert count(text) == tokens, text


def test_half_a_character_is_counted_as_three_bytes_like_the_sign_that_browsers_put_there():
    assert 1 <= count("\ud83d") <= 3


@given(TEXTS)
def test_the_count_is_never_above_the_bytes_of_the_text_as_it_is_read(text):
    read = unicodedata.normalize("NFC", text).lower()
    assert count(text) <= len("".join(read.split()).encode())


@given(TEXTS)
def test_what_is_cut_is_the_end_and_what_stays_has_room(text):
    tail, whole = cut(text), text.strip()
    assert whole.endswith(tail)
    assert count(whole[: len(whole) - len(tail)]) <= ROOM
    assert bool(tail) is (count(whole) > ROOM)


def test_words_are_cut_whole():
    assert cut("word " * 75) == ""
    assert cut("word " * 76) == "word"
    assert cut("word " * 74 + "photorealistic, at night") == "photorealistic, at night"
    assert cut("a," * 36 + "a b,moat") == "moat"


def test_a_script_without_blanks_is_cut_within():
    assert 0 < len(cut("狐" * 40)) < 40


def test_a_text_of_the_largest_length_is_counted_quickly():
    count("")
    for text in ("a" * 10_000, "qxzvkjwp" * 1250, "狐" * 10_000, "!?" * 5000):
        begun = time.perf_counter()
        assert count(text) > ROOM
        assert cut(text)
        assert time.perf_counter() - begun < 3


def test_nothing_is_read_at_import():
    code = "import sys\nread = []\nsys.addaudithook(lambda name, args: name == 'open' and read.append(str(args[0])))\n"
    code += "import components.tokens\nassert not [name for name in read if 'merges' in name], read"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_merges_are_all_there_and_small():
    assert MERGES.stat().st_size < 700_000
    assert len(gzip.decompress(MERGES.read_bytes()).decode().splitlines()) == 49_152 - 256 - 2
    assert "OpenAI" in (MERGES.parent / "LICENSE.txt").read_text()


def test_only_the_standard_library_is_needed():
    tree = ast.parse((ROOT / "components" / "tokens.py").read_text())
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).partition(".")[0] for name in named} <= sys.stdlib_module_names
