from __future__ import annotations

import re

import pytest

from components import keyring
from components.keyring import MOST_KEYS, TABS_A_KEY, UNUSED_SECONDS, KeyRing
from components.keys import mark

ONE, OTHER = "wsk-canary-one-1a2b", "wsk-canary-other-3c4d"


@pytest.fixture
def ring(clock):
    return KeyRing(clock)


def test_s02_a_token_is_256_random_bits_and_says_nothing_of_its_key(ring):
    tokens = [ring.keep(f"wsk-canary-{number}") for number in range(100)]
    assert len(set(tokens)) == 100
    assert all(re.fullmatch("[0-9a-f]{64}", token) for token in tokens)
    assert ring.keep(ONE) != ring.keep(ONE), "two tabs with one key have a token each"


def test_s02_a_key_is_handed_out_for_its_token_alone(ring):
    token = ring.keep(ONE)
    own = ring.find(token)
    assert own
    assert (own.key, own.mark, own.tail) == (ONE, mark(ONE), "...1a2b")
    for wrong in ("", token[:-1], token.upper(), token + "0", mark(ONE), ONE):
        assert ring.find(wrong) is None


def test_s02_a_key_stands_in_no_text_of_the_ring(ring):
    own = ring.find(ring.keep(ONE))
    assert ONE not in f"{own!r} {own} {ring!r} {ring}"


def test_s02_a_key_is_forgotten_on_request(ring):
    token = ring.keep(ONE)
    assert ring.forget(token) == mark(ONE)
    assert ring.find(token) is None
    assert not ring.holds(mark(ONE))
    assert ring.forget(token) == ""


def test_s02_forgetting_in_one_tab_leaves_the_other_tab_its_key(ring):
    first, second = ring.keep(ONE), ring.keep(ONE)
    ring.forget(first)
    assert ring.find(second)
    assert ring.holds(mark(ONE))


def test_s02_a_key_is_forgotten_after_12_hours_without_use(ring, clock):
    token, other = ring.keep(ONE), ring.keep(OTHER)
    clock.advance(UNUSED_SECONDS - 1)
    assert ring.find(token), "this counts as use"
    clock.advance(UNUSED_SECONDS - 1)
    assert ring.find(token)
    assert ring.find(other) is None
    assert [own.key for own in ring.forget_unused()] == [OTHER]
    assert not ring.holds(mark(OTHER))
    clock.advance(UNUSED_SECONDS)
    assert ring.find(token) is None, "also when nobody has swept yet"


def test_s02_a_key_another_tab_still_uses_is_not_reported_as_gone(ring, clock):
    ring.keep(ONE)
    clock.advance(UNUSED_SECONDS)
    token = ring.keep(ONE)
    assert ring.forget_unused() == []
    assert ring.find(token)


def test_f05_a_refused_key_is_forgotten_under_every_token(ring):
    first, second, other = ring.keep(ONE), ring.keep(ONE), ring.keep(OTHER)
    ring.forget_key(mark(ONE))
    assert ring.find(first) is None
    assert ring.find(second) is None
    assert ring.find(other)


def test_s02_the_key_unused_for_longest_makes_room(ring, clock, monkeypatch):
    monkeypatch.setattr(keyring, "MOST_KEYS", 3)
    tokens = []
    for number in range(3):
        tokens.append(ring.keep(f"wsk-canary-{number}"))
        clock.advance(1)
    ring.find(tokens[0])
    ring.keep(ONE)
    assert [bool(ring.find(token)) for token in tokens] == [True, False, True]
    assert [own.key for own in ring.forget_unused()] == ["wsk-canary-1"], "its jobs are to be taken back, too"
    assert ring.forget_unused() == []


def test_s02_one_key_in_many_tabs_pushes_nobody_else_out(ring, clock):
    other = ring.keep(OTHER)
    clock.advance(1)
    tokens = [ring.keep(ONE) for _ in range(TABS_A_KEY + 10)]
    assert ring.find(other)
    assert sum(bool(ring.find(token)) for token in tokens) == TABS_A_KEY
    assert ring.find(tokens[-1])
    assert ring.forget_unused() == [], "the key itself is held still"
    assert TABS_A_KEY < MOST_KEYS
