"""Shell: what the page's first response holds around Gradio's own HTML, in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape
from string import Template

from components.messages.catalogue import ENGLISH, text
from components.ui import assets
from components.ui.field_data import field_data_html
from components.ui.gradio_files import FirstFiles
from components.ui.http.page_html import PageHtml
from components.ui.labels import Labels


def page_html(title: str, first: FirstFiles, labels: Labels, *, is_priced: bool) -> Callable[[str], PageHtml]:
    """Return the function that returns the pieces of HTML for a language of the catalogue.

    The page has this title and labels, and needs these files of Gradio first. `is_priced`: its presses cost something,
    and Generate has room for that below it.
    """
    early = assets.inline_styles(assets.FIRST_STYLES)
    late = first.style_links() + assets.inline_styles(assets.FRAME_STYLES)
    late += assets.inline_script("shared/frame_loop.js") + field_data_html()

    @cache
    def pieces(language: str) -> PageHtml:
        return PageHtml(
            head=_head(title, language) + early,
            after_config=assets.inline_script("shell/own_origin.js"),
            first_paint=_opening(title, language, is_priced=is_priced)
            + assets.template("ui/shell/not_loaded.html", language=language)
            + assets.inline_script("shell/not_loaded.js")
            + _preloads(language)
            + first.preloads()
            + late,
            attributes=root_attributes(language),
            labels=(labels.as_json(ENGLISH), labels.as_json(language)),
            has_styles=bool(first.styles),
        )

    return pieces


def root_attributes(language: str) -> str:
    """Return the attributes of the root element of a page in a language; Gradio's script replaces `lang`."""
    values = {"lang": language, "dir": text("language.direction", language=language), "data-language": language}
    return " ".join(f'{name}="{escape(value)}"' for name, value in values.items())


def _opening(title: str, language: str, *, is_priced: bool) -> str:
    texts = {"title": title, "start_class": "priced" if is_priced else ""}
    texts |= {
        "placeholder": text("field.prompt.placeholder", language=language),
        "waiting": text("shell.getting_ready", language=language),
    }
    fills = {f"${{{name}}}": escape(value) for name, value in texts.items()}
    opening = assets.template("ui/shell/opening.html", fills, language=language)
    return opening + assets.inline_script("shell/opening.js")


def _head(title: str, language: str) -> str:
    values = {
        "title": title,
        "description": text("shell.description", language=language),
        "shared_picture": text("shell.shared_picture", language=language),
        "icons": assets.address("icons"),
        "language": language,
    }
    return _filled("ui/shell/head.html", values) + assets.inline_script("shell/own_language.js")


def _preloads(language: str) -> str:
    values = {"locales": assets.address("locales"), "scripts": assets.address("ui"), "language": language}
    return _filled("ui/shell/preloads.html", values)


def _filled(name: str, values: dict[str, str]) -> str:
    return Template(assets.text(name)).substitute({key: escape(value) for key, value in values.items()})
