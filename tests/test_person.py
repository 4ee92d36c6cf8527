from __future__ import annotations

import pytest

from components.person import NOBODY, PROGRAMS, Person, is_token, visitor_name

TOKEN = "0123456789abcdef" * 2
NO_TOKENS = ["", "a" * 31, "a" * 33, "A" * 32, "g" * 32, "a" * 32 + "\n", None, 7, b"a" * 32, ["a"]]


def test_the_visitors_token_is_not_stored():
    assert TOKEN not in visitor_name(TOKEN)
    assert is_token(visitor_name(TOKEN))
    assert visitor_name(TOKEN) == visitor_name(TOKEN) != visitor_name(TOKEN[::-1])


@pytest.mark.parametrize("text", NO_TOKENS)
def test_a_token_is_128_bits_in_hex_and_nothing_else(text):
    assert not is_token(text)
    assert is_token(TOKEN)


@pytest.mark.parametrize("text", NO_TOKENS)
def test_who_brings_no_token_has_a_board_that_nobody_can_have(text):
    assert Person.browser(text).board == NOBODY
    assert not is_token(NOBODY)


def test_a_browser_is_counted_by_its_token_unseen():
    person = Person.browser(TOKEN)
    assert (person.board, person.user) == (visitor_name(TOKEN), "")
    assert person.name != Person.browser(TOKEN[::-1]).name
    assert TOKEN not in repr(person) + person.name


def test_somebody_signed_in_is_the_same_person_in_every_browser():
    person = Person.signed_in("maria")
    assert person == Person.signed_in("maria")
    assert person.board != Person.signed_in("mario").board
    assert person.name == "user maria"


def test_nobody_becomes_a_user_or_a_program_by_choosing_a_token():
    """A browser's token is hashed, so that no board of a user's can be named by one."""
    user = Person.signed_in("maria")
    assert Person.browser(user.board).board != user.board
    assert len({Person.browser(TOKEN).name, user.name, PROGRAMS}) == 3


def test_programs_are_one_person_together_unless_signed_in():
    assert Person("a", is_program=True).name == Person("b", is_program=True).name == PROGRAMS
    assert Person("a", "maria", is_program=True).name == "user maria"
