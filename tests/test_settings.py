from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from components.errors import SetupError
from components.fence import Access, Limits
from components.settings import HOSTED_URL, SDXL_NEEDS, BackendChoice, Settings

KEY = "wsk-canary-0123456789"
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def sdxl_lacks(monkeypatch):
    """What our own engine needs and is not installed: here all of it, whatever is on this machine."""
    lacking = list(SDXL_NEEDS)
    monkeypatch.setattr("components.settings.missing_for_sdxl", lambda: tuple(lacking))
    return lacking


def settings(**env: str) -> Settings:
    return Settings.from_env({"HOME": "/home/x", **env})


def refused(**env: str) -> str:
    with pytest.raises(SetupError) as caught:
        settings(**env)
    return str(caught.value)


def test_without_anything_it_is_the_demo():
    plain = settings()
    assert plain.api_key is None
    assert plain.backend is BackendChoice.DEMO
    assert plain.base_url == HOSTED_URL == "https://api.wavespeed.ai"
    assert plain.models == ("stability-ai/sdxl-lora", "stability-ai/sdxl")
    assert (plain.jobs_per_visitor, plain.jobs) == (25, 200)


# --- key ---


@pytest.mark.parametrize("text", [KEY, f" {KEY} ", f"{KEY}\n", f"\r\n{KEY}\r\n", f"Bearer {KEY}", f" Bearer  {KEY}\t"])
def test_what_pasting_does_to_a_key_is_mended(text):
    mended = settings(WAVESPEED_API_KEY=text)
    assert mended.api_key == KEY
    assert mended.backend is BackendChoice.HOSTED


@pytest.mark.parametrize("text", ["", "  ", "\n", "Bearer ", "Bearer"])
def test_a_key_of_nothing_is_none(text):
    assert settings(WAVESPEED_API_KEY=text).api_key in (None, "Bearer")


@pytest.mark.parametrize(
    "text", [KEY + "é", f"{KEY} {KEY}", f"{KEY}\n{KEY}", f"{KEY}\0", "\u200b" + KEY, f"{KEY}\x7f"]
)
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(text):
    said = refused(WAVESPEED_API_KEY=text)
    assert "WAVESPEED_API_KEY" in said
    assert KEY not in said


def test_the_key_is_in_no_repr():
    one = settings(WAVESPEED_API_KEY=KEY)
    assert KEY not in f"{one!r} {one!s} {[one]}"


# --- where ---


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.test", "https://api.test"),
        ("https://api.test/", "https://api.test"),
        ("http://127.0.0.1:8000/a/path/", "http://127.0.0.1:8000/a/path"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("", HOSTED_URL),
        ("  ", HOSTED_URL),
    ],
)
def test_a_base_url_may_carry_a_path_but_no_slash_at_its_end(text, url):
    assert settings(WAVESPEED_BASE_URL=text).base_url == url


@pytest.mark.parametrize(
    "text",
    [
        "api.test",
        "ftp://api.test",
        "https://",
        "https:///x",
        "https://[",
        "https://api.test:99999",
        "https://api.test:port",
        "https://api.test:0",
        "https://api.test/?a=secret",
        "https://api.test/#secret",
        "https://user:secret@api.test",
        "https://user@api.test",
        "https://@api.test",
        "https://api.test\\@secret.test",
        "https://a b.test",
        "https://api.test\nx",
    ],
)
def test_a_base_url_that_is_none_is_refused_and_not_repeated(text):
    said = refused(WAVESPEED_BASE_URL=text)
    assert "WAVESPEED_BASE_URL" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("text", "models"),
    [("a/b", ("a/b",)), (" a/b , /c/d/ ,", ("a/b", "c/d")), ("", ("stability-ai/sdxl-lora", "stability-ai/sdxl"))],
)
def test_models_are_named_by_comma(text, models):
    assert settings(WAVESPEED_MODEL=text).models == models


def test_no_model_at_all_is_refused():
    assert "WAVESPEED_MODEL" in refused(WAVESPEED_MODEL=" , /")


# --- backend ---


@pytest.mark.parametrize(
    ("text", "key", "choice"),
    [
        ("auto", "", BackendChoice.DEMO),
        ("auto", KEY, BackendChoice.HOSTED),
        ("", KEY, BackendChoice.HOSTED),
        ("demo", KEY, BackendChoice.DEMO),
        ("hosted", KEY, BackendChoice.HOSTED),
    ],
)
def test_auto_is_hosted_with_a_key_and_else_the_demo(text, key, choice):
    assert settings(PLAYGROUND_BACKEND=text, WAVESPEED_API_KEY=key).backend is choice


@pytest.mark.parametrize(
    ("text", "key", "choice"),
    [
        ("auto", "", BackendChoice.SDXL),
        ("auto", KEY, BackendChoice.HOSTED),
        ("sdxl", KEY, BackendChoice.SDXL),
        ("demo", "", BackendChoice.DEMO),
    ],
)
def test_with_its_libraries_auto_is_our_own_sdxl_unless_there_is_a_key(sdxl_lacks, text, key, choice):
    sdxl_lacks.clear()
    assert settings(PLAYGROUND_BACKEND=text, WAVESPEED_API_KEY=key).backend is choice


def test_sdxl_without_its_libraries_says_what_to_install(sdxl_lacks):
    sdxl_lacks[:] = ["torch", "peft"]
    said = refused(PLAYGROUND_BACKEND="sdxl")
    assert "needs torch, peft." in said
    assert "pip install -r components/engines/sdxl/requirements.txt" in said
    assert (ROOT / "components/engines/sdxl/requirements.txt").is_file()


@pytest.mark.parametrize("text", ["hosted", "sdxl", "cloud"])
def test_a_backend_that_cannot_be_is_refused(text):
    assert f"PLAYGROUND_BACKEND={text}" in refused(PLAYGROUND_BACKEND=text)


# --- caps ---


@pytest.mark.parametrize(
    ("name", "field"), [("PLAYGROUND_JOBS_PER_VISITOR", "jobs_per_visitor"), ("PLAYGROUND_JOBS", "jobs")]
)
def test_caps_are_whole_numbers_from_1(name, field):
    assert getattr(settings(**{name: " 3 "}), field) == 3
    for text in ("0", "-1", "2.5", "many", "²", "1e3"):
        assert name in refused(**{name: text})


# --- whose key pays, for whom, how much ---

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
        assert limits.is_home is (access is Access.EVERYONE)


@pytest.mark.parametrize("place", [{}, OPEN, SPACE, OAUTH])
@pytest.mark.parametrize("access", [Access.EVERYONE, Access.OWN_KEY_ONLY])
def test_the_host_may_choose_who_is_paid_for(place, access):
    limits = settings(PLAYGROUND_ACCESS=f" {access.value} ", **place).limits
    assert limits.access is access
    assert limits.is_home is (place == {}), "a choice makes no home of a page that others can open"


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
    assert settings(**OPEN).limits == Limits(
        access=Access.OWN_KEY_ONLY,
        users=frozenset(),
        pictures_per_hour=20,
        per_person_day=1_000_000,
        per_day=5_000_000,
        per_month=50_000_000,
        min_balance=1_000_000,
        is_stopped=False,
        is_home=False,
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
    assert settings(PLAYGROUND_PICTURES_PER_HOUR=" 3 ").limits.pictures_per_hour == 3
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


# --- data folder ---


def test_the_data_folder_is_the_users_by_default(tmp_path):
    chosen = settings(XDG_DATA_HOME=str(tmp_path))
    if sys.platform == "linux":
        assert chosen.data_dir == tmp_path / "sdxl-lora-playground"
    assert chosen.data_outlives_restart


def test_a_data_folder_can_be_chosen_and_is_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings(PLAYGROUND_DATA_DIR="here").data_dir == tmp_path / "here"
    assert settings(PLAYGROUND_DATA_DIR="~/x").data_dir == Path.home() / "x"


@pytest.mark.skipif(Path("/data").is_dir(), reason="this machine has a /data of its own")
@pytest.mark.parametrize("folder", ["", "auto", "/home/x/pictures", "/data/pictures"])
def test_a_space_without_storage_keeps_nothing(folder):
    assert not settings(SPACE_ID="owner/space", PLAYGROUND_DATA_DIR=folder).data_outlives_restart


# --- .env ---

PROGRAM = "from components.settings import Settings; s = Settings.from_env(); print(s.jobs, s.models[0], s.api_key)"


def test_the_env_file_beside_the_app_is_read_wherever_it_is_started_and_the_environment_wins(tmp_path):
    app, elsewhere = tmp_path / "app", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (app / "components").mkdir(parents=True)
    for path in (ROOT / "components").glob("*.py"):
        shutil.copy(path, app / "components")
    (app / "app.py").write_text(PROGRAM)
    (app / ".env").write_text(f'PLAYGROUND_JOBS=7\nWAVESPEED_MODEL=a/b\nWAVESPEED_API_KEY="{KEY}"\n')
    (elsewhere / ".env").write_text("WAVESPEED_MODEL=wrong\n")
    (tmp_path / ".env").write_text("PLAYGROUND_BACKEND=wrong\n")
    env = {"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    def read(**more: str) -> str:
        command = [sys.executable, str(app / "app.py")]
        done = subprocess.run(command, cwd=elsewhere, env={**env, **more}, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert read() == f"7 a/b {KEY}"
    assert read(PLAYGROUND_JOBS="9", WAVESPEED_MODEL="c/d") == f"9 c/d {KEY}"
