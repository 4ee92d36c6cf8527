"""Weights in prompts, against the published rules of the web UI that people paste them from."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.api.endpoint import Endpoint
from components.engines.sdxl.pipeline.weighted_prompt import MAX_TOKENS, WeightedText, chunks, plain, spans
from components.services.backend import Backend

COMMA = -1


class Rules:
    """Each character with its weight, taken one character and one bracket at a time."""

    def __init__(self, text: str) -> None:
        self.made: list[tuple[str, float]] = []
        self._opened: dict[str, list[int]] = {"(": [], "[": []}
        while text:
            text = text[self._take(text) :]
        for bracket, factor in (("(", 1.1), ("[", 1 / 1.1)):
            while self._opened[bracket]:
                self._close(bracket, factor)

    def _take(self, rest: str) -> int:
        """Take what begins here; return its length."""
        if rest[0] == "\\":
            return self._write(rest[1]) + 1 if rest[1:2] and rest[1] in "()[]\\" else 1
        if rest[0] in self._opened:
            self._opened[rest[0]].append(len(self.made))
            return 1
        if number := re.match(r":\s*([+-]?[.\d]+)\s*\)", rest):
            return self._number(number[0], number[1])
        for bracket, closing, factor in (("(", ")", 1.1), ("[", "]", 1 / 1.1)):
            if rest[0] == closing and self._opened[bracket]:
                return self._close(bracket, factor)
        return self._write(rest[0])

    def _number(self, sign: str, number: str) -> int:
        if self._opened["("] and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", number):
            self._close("(", float(number))
            return len(sign)
        return self._write(sign)

    def _write(self, letters: str) -> int:
        self.made += [(letter, 1.0) for letter in letters]
        return len(letters)

    def _close(self, bracket: str, factor: float) -> int:
        first = self._opened[bracket].pop()
        self.made[first:] = [(letter, weight * factor) for letter, weight in self.made[first:]]
        return 1


def letters(text: str) -> list[tuple[str, float]]:
    return [(letter, span.weight or 0.0) for span in spans(text) for letter in span.text]


@given(st.text(alphabet="ab ()[]:\\1.3-,", max_size=60))
def test_each_letter_has_the_weight_of_the_rules(text):
    ours, rules = letters(text), Rules(text).made
    assert [letter for letter, _ in ours] == [letter for letter, _ in rules]
    assert [weight for _, weight in ours] == pytest.approx([weight for _, weight in rules])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("", 1.0)]),
        ("a cat", [("a cat", 1.0)]),
        ("a (cat)", [("a ", 1.0), ("cat", 1.1)]),
        ("((cat))", [("cat", 1.21)]),
        ("[cat]", [("cat", 1 / 1.1)]),
        ("(a:1.3) b", [("a", 1.3), (" b", 1.0)]),
        ("(a (b:2):0.5)", [("a ", 0.5), ("b", 1.0)]),
        ("(a:0) b", [("a", 0.0), (" b", 1.0)]),
        (r"a \(b\) \[c\] \\", [(r"a (b) [c] " + "\\", 1.0)]),
        ("(()a)b", [("a", 1.1), ("b", 1.0)]),
        ("(a", [("a", 1.1)]),
        ("a) b]", [("a) b]", 1.0)]),
        ("a:1.3) :)", [("a:1.3) :)", 1.0)]),
        ("(a:1.2.3)", [("a:1.2.3)", 1.1)]),
        ("a BREAK b", [("a", 1.0), ("", None), ("b", 1.0)]),
        ("(a BREAK b:1.5)", [("a", 1.5), ("", None), ("b", 1.5)]),
        ("BREAKING", [("BREAKING", 1.0)]),
    ],
)
def test_what_is_read(text, found):
    read = spans(text)
    assert [span.text for span in read] == [words for words, _ in found]
    assert [span.weight for span in read] == [weight and pytest.approx(weight) for _, weight in found]


def test_a_prompt_without_weights_is_its_text():
    assert plain(spans("a cat: \n 猫, (a:1.0) ")) == "a cat: \n 猫, a "
    assert plain(spans("a (cat)")) is plain(spans("a BREAK b")) is None


def lengths(text: str) -> list[int]:
    """Return the tokens of each chunk, of a prompt in which each word is one."""
    made = chunks(spans(text), lambda part: [COMMA if word == "," else len(word) for word in part.split()], COMMA)
    assert all(len(chunk.tokens) == len(chunk.weights) <= MAX_TOKENS for chunk in made)
    return [len(chunk.tokens) for chunk in made]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0]),
        ("a " * 75, [75]),
        ("a " * 76, [75, 1]),
        ("a BREAK b b", [1, 2]),
        ("BREAK a", [0, 1]),
        ("a BREAK", [1]),
        ("a " * 60 + ", " + "b " * 20, [61, 20]),
        ("a " * 55 + ", " + "b " * 20, [56, 20]),
        ("a " * 54 + ", " + "b " * 21, [75, 1]),
        ("a " * 75 + ", b", [75, 2]),
        ("a " * 74 + ", b", [75, 1]),
    ],
)
def test_chunks_of_75_tokens_are_cut_behind_a_comma_that_is_near(text, found):
    assert lengths(text) == found


def test_each_token_has_the_weight_of_its_words():
    [chunk] = chunks([WeightedText("a b"), WeightedText("c", 1.3)], lambda part: [1] * len(part.split()), COMMA)
    assert chunk.weights == (1.0, 1.0, 1.3)


def test_the_page_offers_to_remove_weights_only_where_they_are_not_read():
    endpoint = Endpoint("http://127.0.0.1:1", "key")
    assert Backend.sdxl(endpoint).reads_weights
    assert not Backend.demo(endpoint).reads_weights
