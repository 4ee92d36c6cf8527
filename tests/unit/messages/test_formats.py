"""Numbers, money, times and lists in English texts; stored records with strings in their place still show."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.money import MAX_MICROS, dollars
from components.messages import catalogue
from components.messages.catalogue import filled, placeholders
from components.messages.formats import FORMATS, date, money, number, time_of_day
from components.messages.message import Message, message_of, message_record


@pytest.mark.parametrize(
    ("micros", "read"),
    [
        (0, "$0.00"),
        (1_000_000, "$1.00"),
        (2_500_000, "$2.50"),
        (123_456_789, "$123.46"),
        (100_000, "$0.10"),
        (99_999, "$0.10"),
        (50_000, "$0.05"),
        (7_500, "$0.0075"),
        (10_000, "$0.01"),
        (100, "$0.0001"),
        (99, "$0.000099"),
        (-500_000, "-$0.50"),
        (-1, "-$0.000001"),
        (MAX_MICROS, "$1,000,000,000.00"),
    ],
)
def test_amounts_as_people_read_them(micros, read):
    assert money(dollars(micros)) == read


@given(st.integers(-MAX_MICROS, MAX_MICROS))
def test_what_is_read_is_near_the_amount(micros):
    text = money(dollars(micros))
    assert abs(Decimal(text.replace("$", "").replace(",", "")) * 1_000_000 - micros) <= 5_000
    assert len(text.partition(".")[2]) >= 2, "cents are told whole"


def test_numbers_and_times():
    shown = [number(value) for value in (4, 1536, 4.5, 0.1 + 0.2, 1e6)]
    assert shown == ["4", "1,536", "4.5", "0.3", "1,000,000"]
    assert time_of_day(1_800_000_000) == "08:00 UTC"
    assert time_of_day(1e11) == "09:46 UTC", "a time of any year"
    assert len(date(1_800_000_000)) == 10


def test_a_placeholder_names_its_format():
    assert (
        filled("{a} of {b, money} until {c, time}", {"a": 1500, "b": 1.5, "c": 0}) == "1,500 of $1.50 until 00:00 UTC"
    )
    assert placeholders("{a} of {b, money}") == {"a", "b"}
    assert filled("One of {names}.", {"names": ("full", "fast")}) == "One of full, fast."
    with pytest.raises(KeyError):
        filled("{a, colour}", {"a": 1})


def test_every_text_names_only_formats_that_there_are():
    kinds = {kind for template in catalogue.texts().values() for kind in _kinds(template)}
    assert kinds == FORMATS.keys()


def _kinds(template):
    texts = [template] if isinstance(template, str) else template.values()
    return {kind for one in texts for _, kind in catalogue.PLACEHOLDER.findall(one) if kind}


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        ({"code": "busy_until", "params": {"time": "12:30 UTC"}}, "Wait until 12:30 UTC, then"),
        ({"code": "busy_until", "params": {"time": 1_800_000_000}}, "Wait until 08:00 UTC, then"),
        ({"code": "person_limit", "params": {"dollars": "$1.00"}}, "today's free pictures"),
        ({"code": "not_restored", "params": {"names": "Sampler, Model"}}, "here: Sampler, Model."),
        ({"code": "not_restored", "params": {"names": ["Sampler", "Model"]}}, "here: Sampler, Model."),
    ],
)
def test_a_record_from_before_there_were_formats_shows_as_it_did(record, shown):
    message = message_of({**record, "charge": "none"})
    assert shown in str(message)
    assert message_of(message_record(message)) == message


def test_a_list_of_other_things_than_names_is_no_parameter():
    with pytest.raises(TypeError):
        message_of({"code": "not_restored", "params": {"names": ["Sampler", 4]}, "charge": "none"})
    assert isinstance(message_record(Message("not_restored", {"names": ("a",)}))["params"]["names"], tuple)
