"""Language of what is shown without the page's scripts: texts of routes, and the contact sheet of an archive."""

from __future__ import annotations

import json

import pytest
from starlette.datastructures import Headers

from components import messages
from components.messages import catalogue
from components.ui.http.language import COOKIE, language_of, page_language
from components.ui.http.responses import refusal
from components.ui.routes.archive import _sheet_html
from tests.support.asgi import scope_of
from tests.support.pseudo_languages import pseudo, write_pseudo_languages


@pytest.fixture
def pseudo_languages(tmp_path, monkeypatch):
    """The catalogue with `de` and, from right to left, `ar`."""
    write_pseudo_languages(tmp_path / "assets")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "assets" / "locales")
    caches = (catalogue.languages, catalogue.texts)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("DE", "de"),
        ("ar;q=0.8", "ar"),
        ("pt", "pt-BR"),
        ("pt-PT,en;q=0.9", "pt-BR"),
        ("zh,en", "zh-CN"),
        ("zh-Hans", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("fi-FI,fi;q=0.9,de;q=0.5", "de"),
        ("en-GB,de", "en"),
        ("de;q=0.2, fr;q=0.9", "fr"),
        ("de;q=0, it;q=0.1", "it"),
        ("de;q=high", "en"),
        ("fi", "en"),
        ("*", "en"),
        ("", "en"),
        (",;=", "en"),
    ],
)
def test_the_first_of_the_browser_s_languages_that_has_a_catalogue_counts(accepted, language):
    assert language_of(Headers({"Accept-Language": accepted})) == language
    assert language_of(Headers()) == "en"


def test_the_choice_of_a_person_is_above_the_browser_s():
    def page(query: str, cookie: str) -> str:
        headers = [("accept-language", "de"), ("cookie", f"other=1; {COOKIE}={cookie}")]
        return page_language({**scope_of("/", headers=headers), "query_string": query.encode()})

    assert page("", "ja") == language_of(Headers({"Cookie": f"{COOKIE}=ja", "Accept-Language": "de"})) == "ja"
    assert page("__theme=dark&lang=pt-BR", "ja") == "pt-BR"
    assert page("lang=", "ja") == page("lang=xx", "ja") == "ja"
    assert page("lang=%FF", "<script>") == page("", "") == "de"


def scope(method: str) -> dict[str, object]:
    return {"type": "http", "method": method, "headers": [(b"accept-language", b"de")]}


def test_a_refusal_is_in_the_language_of_its_reader(pseudo_languages):
    happened, advice = messages.PICTURE_NOT_HERE.texts_in("en")[0], messages.PICTURE_NOT_HERE.texts_in("en")[1:]
    read = bytes(refusal(scope("GET"), 404, messages.PICTURE_NOT_HERE).body).decode()
    assert read == " ".join(pseudo(part) for part in (happened, *advice))
    sent = json.loads(bytes(refusal(scope("POST"), 404, messages.PICTURE_NOT_HERE).body))
    assert sent["refused"]["code"] == messages.PICTURE_NOT_HERE.code


def test_the_charge_is_said_in_the_language_too(pseudo_languages):
    parts = (messages.GONE.happened, "This may have been charged.", messages.GONE.advice)
    assert messages.in_full(messages.GONE, is_free=False, language="de") == " ".join(map(pseudo, filter(None, parts)))


def test_a_contact_sheet_is_in_the_language_of_its_reader(pseudo_languages):
    assert '<html lang="ar" dir="rtl">' in _sheet_html([], "ar")
    assert "⟦" in _sheet_html([], "de")
    english = _sheet_html(["<figure></figure>"], "en")
    assert '<html lang="en" dir="ltr">' in english and "1 picture, saved on 20" in english
