from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.domain.api_key import MAX_KEY_LENGTH, cleaned, fingerprint_of, masked
from components.errors import InvalidRequest

signs = st.characters(min_codepoint=33, max_codepoint=126)
keys = st.text(signs, min_size=1, max_size=80).filter(lambda text: not text.lower().startswith("bearer"))


@given(
    keys,
    st.sampled_from(["{}", " {} ", "{}\n", "\t{}\r\n", "Bearer {}", "  Bearer   {}\n", "bearer {}", "\u00a0{}\u2003"]),
)
def test_f13_what_pasting_adds_is_taken_off(key, pasted):
    assert cleaned(pasted.format(key)) == key


@pytest.mark.parametrize("text", ["", " ", "\n\t", "Bearer", "Bearer ", "Bearer Bearer", " Bearer  \n", "bearer\t"])
def test_f13_blanks_are_no_key(text):
    assert cleaned(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "two words",
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\x7fb",
        "schl\u00fcssel",
        "\u200bkey",
        "k\u0435y",
        "key\ud800",
        "a" * (MAX_KEY_LENGTH + 1),
        None,
        7,
        b"key",
        ["key"],
    ],
)
def test_f13_what_no_header_can_carry_is_refused_and_not_repeated(text):
    with pytest.raises(InvalidRequest) as refused:
        cleaned(text)
    assert refused.value.message == messages.KEY_UNLIKE_ANY
    assert refused.value.field == "key"
    assert len(str(text)) < 3 or str(text) not in str(refused.value)


@given(st.text(max_size=500))
def test_f13_whatever_is_typed_is_a_header_s_value_or_refused(text):
    try:
        key = cleaned(text)
    except InvalidRequest:
        return
    assert len(key) <= MAX_KEY_LENGTH
    assert not set(key) - {chr(code) for code in range(33, 127)}


@given(keys, keys)
def test_a_mark_tells_whether_a_key_is_the_same_and_nothing_else(one, other):
    assert (fingerprint_of(one) == fingerprint_of(other)) is (one == other)
    assert len(fingerprint_of(one)) == 16
    assert len(one) < 6 or one not in fingerprint_of(one)


@given(keys)
def test_of_a_key_its_last_four_signs_are_shown_and_of_a_short_one_none(key):
    assert masked(key) == ("..." + key[-4:] if len(key) >= 12 else "...")
    assert len(masked(key)) <= 7
