from __future__ import annotations

import pytest

from components.domain.person import ANONYMOUS, PROGRAMS, Person, is_token, visitor_id_of

TOKEN = "0123456789abcdef" * 2
NO_TOKENS = ["", "a" * 31, "a" * 33, "A" * 32, "g" * 32, "a" * 32 + "\n", None, 7, b"a" * 32, ["a"]]


def test_the_visitors_token_is_not_stored():
    assert TOKEN not in visitor_id_of(TOKEN)
    assert is_token(visitor_id_of(TOKEN))
    assert visitor_id_of(TOKEN) == visitor_id_of(TOKEN) != visitor_id_of(TOKEN[::-1])


@pytest.mark.parametrize("text", NO_TOKENS)
def test_a_token_is_128_bits_in_hex_and_nothing_else(text):
    assert not is_token(text)
    assert is_token(TOKEN)


@pytest.mark.parametrize("text", NO_TOKENS)
def test_who_brings_no_token_has_a_board_that_nobody_can_have(text):
    assert Person.browser(text).visitor_id == ANONYMOUS
    assert not is_token(ANONYMOUS)


def test_a_browser_is_counted_by_its_token_unseen():
    person = Person.browser(TOKEN)
    assert (person.visitor_id, person.user) == (visitor_id_of(TOKEN), "")
    assert person.payer_name != Person.browser(TOKEN[::-1]).payer_name
    assert TOKEN not in repr(person) + person.payer_name


def test_somebody_signed_in_is_the_same_person_in_every_browser():
    person = Person.signed_in("maria")
    assert person == Person.signed_in("maria")
    assert person.visitor_id != Person.signed_in("mario").visitor_id
    assert person.payer_name == "user maria"


def test_nobody_becomes_a_user_or_a_program_by_choosing_a_token():
    """A browser's token is hashed, so that no board of a user's can be named by one."""
    user = Person.signed_in("maria")
    assert Person.browser(user.visitor_id).visitor_id != user.visitor_id
    assert len({Person.browser(TOKEN).payer_name, user.payer_name, PROGRAMS}) == 3


def test_programs_are_one_person_together_unless_signed_in():
    assert Person("a", is_program=True).payer_name == Person("b", is_program=True).payer_name == PROGRAMS
    assert Person("a", "maria", is_program=True).payer_name == "user maria"
