from __future__ import annotations

import re

import pytest

from components.domain.api_key import fingerprint_of
from components.jobs import visitor_keys
from components.jobs.visitor_keys import MAX_KEYS, MAX_TABS_PER_KEY, UNUSED_SECONDS, VisitorKeys

ONE, OTHER = "wsk-canary-one-1a2b", "wsk-canary-other-3c4d"


@pytest.fixture
def ring(clock):
    return VisitorKeys(clock)


def test_s02_a_token_is_256_random_bits_and_says_nothing_of_its_key(ring):
    tokens = [ring.add(f"wsk-canary-{number}") for number in range(100)]
    assert len(set(tokens)) == 100
    assert all(re.fullmatch("[0-9a-f]{64}", token) for token in tokens)
    assert ring.add(ONE) != ring.add(ONE), "two tabs with one key have a token each"


def test_s02_a_key_is_handed_out_for_its_token_alone(ring):
    token = ring.add(ONE)
    own = ring.find(token)
    assert own
    assert (own.key, own.fingerprint, own.masked) == (ONE, fingerprint_of(ONE), "...1a2b")
    for wrong in ("", token[:-1], token.upper(), token + "0", fingerprint_of(ONE), ONE):
        assert ring.find(wrong) is None


def test_s02_a_key_stands_in_no_text_of_the_ring(ring):
    own = ring.find(ring.add(ONE))
    assert ONE not in f"{own!r} {own} {ring!r} {ring}"


def test_s02_a_key_is_forgotten_on_request(ring):
    token = ring.add(ONE)
    assert ring.forget(token) == fingerprint_of(ONE)
    assert ring.find(token) is None
    assert not ring.has(fingerprint_of(ONE))
    assert ring.forget(token) == ""


def test_s02_forgetting_in_one_tab_leaves_the_other_tab_its_key(ring):
    first, second = ring.add(ONE), ring.add(ONE)
    ring.forget(first)
    assert ring.find(second)
    assert ring.has(fingerprint_of(ONE))


def test_s02_a_key_is_forgotten_after_12_hours_without_use(ring, clock):
    token, other = ring.add(ONE), ring.add(OTHER)
    clock.advance(UNUSED_SECONDS - 1)
    assert ring.find(token), "this counts as use"
    clock.advance(UNUSED_SECONDS - 1)
    assert ring.find(token)
    assert ring.find(other) is None
    assert [own.key for own in ring.drop_unused()] == [OTHER]
    assert not ring.has(fingerprint_of(OTHER))
    clock.advance(UNUSED_SECONDS)
    assert ring.find(token) is None, "also when nobody has swept yet"


def test_s02_a_key_another_tab_still_uses_is_not_reported_as_gone(ring, clock):
    ring.add(ONE)
    clock.advance(UNUSED_SECONDS)
    token = ring.add(ONE)
    assert ring.drop_unused() == []
    assert ring.find(token)


def test_f05_a_refused_key_is_forgotten_under_every_token(ring):
    first, second, other = ring.add(ONE), ring.add(ONE), ring.add(OTHER)
    ring.forget_key(fingerprint_of(ONE))
    assert ring.find(first) is None
    assert ring.find(second) is None
    assert ring.find(other)


def test_s02_the_key_unused_for_longest_makes_room(ring, clock, monkeypatch):
    monkeypatch.setattr(visitor_keys, "MAX_KEYS", 3)
    tokens = []
    for number in range(3):
        tokens.append(ring.add(f"wsk-canary-{number}"))
        clock.advance(1)
    ring.find(tokens[0])
    ring.add(ONE)
    assert [bool(ring.find(token)) for token in tokens] == [True, False, True]
    assert [own.key for own in ring.drop_unused()] == ["wsk-canary-1"], "its jobs are to be taken back, too"
    assert ring.drop_unused() == []


def test_s02_one_key_in_many_tabs_pushes_nobody_else_out(ring, clock):
    other = ring.add(OTHER)
    clock.advance(1)
    tokens = [ring.add(ONE) for _ in range(MAX_TABS_PER_KEY + 10)]
    assert ring.find(other)
    assert sum(bool(ring.find(token)) for token in tokens) == MAX_TABS_PER_KEY
    assert ring.find(tokens[-1])
    assert ring.drop_unused() == [], "the key itself is held still"
    assert MAX_TABS_PER_KEY < MAX_KEYS
