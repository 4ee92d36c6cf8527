"""Settings of the host's money: who may spend it, how much, and which host a Space has."""

from __future__ import annotations

import pytest

from components.budget.limits import Access, BudgetLimits
from components.net.proxies import Proxies
from tests.support.env_settings import KEY, refused, settings

SPACE = {"SYSTEM": "spaces", "SPACE_ID": "owner/space"}
OAUTH = {
    **SPACE,
    "OAUTH_CLIENT_ID": "id",
    "OAUTH_CLIENT_SECRET": "secret",
    "OAUTH_SCOPES": "openid profile",
    "OPENID_PROVIDER_URL": "https://huggingface.co",
}
OPEN = {"GRADIO_SERVER_NAME": "0.0.0.0"}


@pytest.mark.parametrize("key", ["", KEY])
@pytest.mark.parametrize(
    ("place", "access"),
    [
        ({}, Access.EVERYONE),
        ({"GRADIO_SERVER_NAME": "127.0.0.1"}, Access.EVERYONE),
        ({"GRADIO_SERVER_NAME": "127.0.1.1"}, Access.EVERYONE),
        ({"GRADIO_SERVER_NAME": " localhost "}, Access.EVERYONE),
        ({"GRADIO_SERVER_NAME": "::1"}, Access.EVERYONE),
        ({"GRADIO_SHARE": "False"}, Access.EVERYONE),
        (OPEN, Access.OWN_KEY_ONLY),
        ({"GRADIO_SERVER_NAME": "::"}, Access.OWN_KEY_ONLY),
        ({"GRADIO_SERVER_NAME": "192.168.1.7"}, Access.OWN_KEY_ONLY),
        ({"GRADIO_SERVER_NAME": "my-laptop"}, Access.OWN_KEY_ONLY),
        ({"GRADIO_SHARE": "True"}, Access.OWN_KEY_ONLY),
        (SPACE, Access.OWN_KEY_ONLY),
        ({**SPACE, "OAUTH_CLIENT_ID": "id"}, Access.OWN_KEY_ONLY),
        (OAUTH, Access.SIGNED_IN),
        ({**OAUTH, "GRADIO_SERVER_NAME": "127.0.0.1"}, Access.SIGNED_IN),
    ],
)
def test_only_a_page_that_nobody_else_can_open_is_paid_for_without_asking_who(place, access, key):
    for chosen in ({}, {"PLAYGROUND_ACCESS": "auto"}, {"PLAYGROUND_ACCESS": " "}):
        limits = settings(WAVESPEED_API_KEY=key, **place, **chosen).limits
        assert limits.access is access
        assert limits.is_local is (access is Access.EVERYONE)


@pytest.mark.parametrize("place", [{}, OPEN, SPACE, OAUTH])
@pytest.mark.parametrize("access", [Access.EVERYONE, Access.OWN_KEY_ONLY])
def test_the_host_may_choose_who_is_paid_for(place, access):
    limits = settings(PLAYGROUND_ACCESS=f" {access.value} ", **place).limits
    assert limits.access is access
    assert not limits.is_local, "others may come by a proxy on this computer"


@pytest.mark.parametrize("access", ["signed-in", "listed"])
def test_signing_in_is_asked_for_only_where_it_works(access):
    assert settings(PLAYGROUND_ACCESS=access, **OAUTH).limits.access.value == access
    for place in ({}, OPEN, SPACE, {**SPACE, "OAUTH_CLIENT_SECRET": "secret"}):
        assert f"PLAYGROUND_ACCESS={access}" in refused(PLAYGROUND_ACCESS=access, **place)


@pytest.mark.parametrize("text", ["Everyone", "everybody", "own-key", "1"])
def test_an_access_that_is_none_is_refused_and_the_ways_are_named(text):
    said = refused(PLAYGROUND_ACCESS=text)
    assert f"PLAYGROUND_ACCESS={text}" in said
    assert all(access.value in said for access in Access)


def test_who_is_listed_is_named_by_comma_in_any_case():
    env = {"PLAYGROUND_ACCESS": "listed", "PLAYGROUND_USERS": " Maria, ,JOHN ,maria", **OAUTH}
    assert settings(**env).limits.users == {"maria", "john"}
    assert settings(**{**env, "PLAYGROUND_USERS": ""}).limits.users == frozenset()


def test_what_the_host_spends_by_default():
    assert settings(**OPEN).limits == BudgetLimits(
        access=Access.OWN_KEY_ONLY,
        users=frozenset(),
        images_per_hour=20,
        per_person_day=1_000_000,
        per_day=5_000_000,
        per_month=50_000_000,
        min_balance=1_000_000,
        is_stopped=False,
        is_local=False,
    )


AMOUNTS = {
    "PLAYGROUND_USD_PER_PERSON_DAY": "per_person_day",
    "PLAYGROUND_USD_PER_DAY": "per_day",
    "PLAYGROUND_USD_PER_MONTH": "per_month",
    "PLAYGROUND_MIN_BALANCE": "min_balance",
}


@pytest.mark.parametrize(("name", "field"), AMOUNTS.items())
def test_amounts_are_dollars_to_the_millionth(name, field):
    for text, amount in ((" 2.50 ", 2_500_000), ("0", 0), ("0.000001", 1), ("12", 12_000_000), (".1", 100_000)):
        assert getattr(settings(**{name: text}).limits, field) == amount
    for text in ("-1", "-0.01", "many", "$2", "2,50", "2 3", "nan", "inf", "-inf", "1e99", "0x10"):
        assert name in refused(**{name: text})


def test_pictures_an_hour_are_a_whole_number_from_1():
    assert settings(PLAYGROUND_PICTURES_PER_HOUR=" 3 ").limits.images_per_hour == 3
    for text in ("0", "-1", "2.5", "many"):
        assert "PLAYGROUND_PICTURES_PER_HOUR" in refused(PLAYGROUND_PICTURES_PER_HOUR=text)


@pytest.mark.parametrize(
    ("text", "is_stopped"),
    [
        ("", False),
        ("0", False),
        (" False ", False),
        ("no", False),
        ("OFF", False),
        ("1", True),
        ("true", True),
        ("yes", True),
        ("stop!", True),
    ],
)
def test_whatever_is_not_plainly_off_stops_all_spending(text, is_stopped):
    assert settings(PLAYGROUND_STOP=text).limits.is_stopped is is_stopped


def test_signing_in_works_on_a_space_that_has_it_alone():
    assert settings(**OAUTH).can_sign_in
    for missing in OAUTH:
        assert not settings(**{**OAUTH, missing: ""}).can_sign_in


@pytest.mark.parametrize(
    ("place", "owner"),
    [
        ({}, ""),
        (SPACE, "owner"),
        ({**SPACE, "SPACE_AUTHOR_NAME": "maria"}, "maria"),
        ({**SPACE, "SPACE_AUTHOR_NAME": " "}, "owner"),
    ],
)
def test_the_host_of_a_space_is_its_author(place, owner):
    assert settings(**place).owner == owner


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ({}, frozenset[str]()),
        ({"GRADIO_SERVER_NAME": "127.0.0.1", "PLAYGROUND_ACCESS": "auto"}, frozenset[str]()),
        ({"PLAYGROUND_HOSTS": " Box.lan, pictures.example.org ,"}, frozenset({"box.lan", "pictures.example.org"})),
        ({"PLAYGROUND_ACCESS": "everyone"}, None),
        ({"PLAYGROUND_ACCESS": "everyone", "PLAYGROUND_HOSTS": "box.lan"}, frozenset({"box.lan"})),
        (OPEN, None),
        ({**OPEN, "PLAYGROUND_HOSTS": "box.lan"}, frozenset({"box.lan"})),
        ({"GRADIO_SHARE": "1"}, None),
        (SPACE, None),
    ],
)
def test_at_home_the_page_has_no_name_but_those_of_the_host_and_elsewhere_any(place, names):
    assert settings(**place).host_names == names


@pytest.mark.parametrize("text", ["http://box.lan", "box.lan:7860", "*", "a b", ".lan"])
def test_a_host_that_is_no_name_is_refused(text):
    assert "PLAYGROUND_HOSTS" in str(refused(PLAYGROUND_HOSTS=text))


@pytest.mark.parametrize(
    ("place", "proxies"),
    [
        ({}, Proxies()),
        (OPEN, Proxies()),
        (SPACE, Proxies(has_private=True)),
        ({"PLAYGROUND_PROXIES": " 192.168.0.2, 172.16.0.0/12 ,"}, Proxies.of(["192.168.0.2", "172.16.0.0/12"])),
        ({**SPACE, "PLAYGROUND_PROXIES": "10.0.0.0/8"}, Proxies.of(["10.0.0.0/8"])),
    ],
)
def test_a_proxy_is_on_this_computer_or_a_space_s_unless_the_host_names_others(place, proxies):
    assert settings(**place).proxies == proxies


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.0/40", "*", "10.0.0"])
def test_a_proxy_that_is_no_address_is_refused(text):
    assert "PLAYGROUND_PROXIES" in refused(PLAYGROUND_PROXIES=text)


@pytest.mark.parametrize(
    ("place", "is_local"),
    [
        ({}, True),
        ({"PLAYGROUND_ACCESS": "auto"}, True),
        ({"PLAYGROUND_ACCESS": "everyone"}, False),
        ({"PLAYGROUND_ACCESS": "own-key-only"}, False),
        (OPEN, False),
    ],
)
def test_a03_behind_a_proxy_of_the_host_s_own_it_is_no_local_page(place, is_local):
    assert settings(**place).limits.is_local is is_local
