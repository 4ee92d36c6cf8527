"""Counting tokens as SDXL's text encoders do, and finding what they may not see."""

from __future__ import annotations

import ast
import gzip
import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.prompts.tokens import MAX_TOKENS, count_tokens, cut_words
from tests.support.paths import ROOT
from tests.support.token_counts import TOKEN_COUNTS

MERGES = ROOT / "assets" / "tokens" / "merges.txt.gz"
WORDS = st.sampled_from(
    ["cat", "don't", "8k", "x²", "photorealistic", "狐" * 40, "e\u0301", "🦊", "a_b", "Σας", "İ", "..."]
)
BLANKS = st.sampled_from([" ", ", ", ",", "\n", "", "_", "-"])
PROMPTS = st.lists(st.tuples(WORDS, BLANKS), max_size=120).map(lambda pairs: "".join(map("".join, pairs)))
TEXTS = st.one_of(PROMPTS, st.text(max_size=200))


def test_the_reference_counted_many_texts():
    assert "CLIPTokenizer" in TOKEN_COUNTS["origin"]
    assert len(TOKEN_COUNTS["counts"]) >= 200


@pytest.mark.parametrize("at", range(len(TOKEN_COUNTS["counts"])))
def test_a_text_has_as_many_tokens_as_the_reference_says(at):
    text, tokens = TOKEN_COUNTS["counts"][at]
    assert count_tokens(text) == tokens, text


def test_half_a_surrogate_pair_is_counted_as_the_sign_that_browsers_put_there():
    assert count_tokens("a \ud83d fox") == count_tokens("a \ufffd fox")


@pytest.mark.parametrize("blank", "\x1c\x1d\x1e\x1f")
def test_control_characters_that_python_takes_for_blanks_are_blanks(blank):
    assert count_tokens(f"a{blank}fox") == count_tokens("a fox") == 2


def test_marks_of_begin_and_end_are_one_token_each_in_small_letters_alone():
    assert count_tokens("a<|endoftext|>fox <|startoftext|>") == 4
    assert count_tokens("<|ENDOFTEXT|>") > 1


@given(TEXTS)
def test_the_count_is_never_above_the_bytes_of_the_text_as_it_is_read(text):
    read = unicodedata.normalize("NFC", text).lower()
    assert count_tokens(text) <= len("".join(read.split()).encode())


@given(TEXTS)
def test_what_is_cut_is_the_end_and_what_stays_has_room(text):
    tail, whole = cut_words(text), text.strip()
    assert whole.endswith(tail)
    assert count_tokens(whole[: len(whole) - len(tail)]) <= MAX_TOKENS
    assert bool(tail) is (count_tokens(whole) > MAX_TOKENS)


def test_words_are_cut_whole():
    assert cut_words("word " * 75) == ""
    assert cut_words("word " * 76) == "word"
    assert cut_words("word " * 74 + "photorealistic, at night") == "photorealistic, at night"
    assert cut_words("a," * 36 + "a b,moat") == "moat"


def test_a_script_without_blanks_is_cut_within():
    assert 0 < len(cut_words("狐" * 40)) < 40


def test_a_text_of_the_largest_length_is_counted_quickly():
    count_tokens("")
    for text in ("a" * 10_000, "qxzvkjwp" * 1250, "狐" * 10_000, "!?" * 5000):
        begun = time.perf_counter()
        assert count_tokens(text) > MAX_TOKENS
        assert cut_words(text)
        assert time.perf_counter() - begun < 3


def test_nothing_is_read_and_no_library_loaded_at_import():
    code = "import sys\nread = []\nsys.addaudithook(lambda name, args: name == 'open' and read.append(str(args[0])))\n"
    code += "import components.prompts.tokens\nassert not [name for name in read if 'merges' in name], read\n"
    code += "assert 'tokenizers' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_merges_are_all_there_and_small():
    assert MERGES.stat().st_size < 700_000
    assert len(gzip.decompress(MERGES.read_bytes()).decode().splitlines()) == 49_152 - 256 - 2
    assert "OpenAI" in (MERGES.parent / "LICENSE.txt").read_text()


def test_only_the_tokenizer_library_is_needed():
    tree = ast.parse((ROOT / "components" / "prompts" / "tokens.py").read_text())
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).partition(".")[0] for name in named} <= sys.stdlib_module_names | {"tokenizers"}
