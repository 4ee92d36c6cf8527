"""Shell: what the page's first response holds around Gradio's own HTML, in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape

from components.messages.catalogue import ENGLISH, text
from components.ui import assets
from components.ui.field_data import field_data_html
from components.ui.gradio_files import FirstFiles
from components.ui.http.page_html import PageHtml
from components.ui.labels import Labels
from components.ui.opening import Opening


def page_html(opening: Opening, first: FirstFiles, labels: Labels) -> Callable[[str], PageHtml]:
    """Return the function that returns the pieces of HTML for a language of the catalogue.

    The page begins with this opening, has these labels, and needs these files of Gradio first.
    """
    early = assets.inline_styles(assets.FIRST_STYLES)
    late = first.style_links() + assets.inline_styles(assets.FRAME_STYLES)
    late += assets.inline_script("shared/frame_loop.js") + field_data_html()

    @cache
    def pieces(language: str) -> PageHtml:
        return PageHtml(
            head=_head(opening.title, language) + early,
            after_config=assets.inline_script("shell/own_origin.js"),
            first_paint=opening.html(language)
            + assets.template("ui/shell/not_loaded.html", language=language)
            + assets.inline_script("shell/not_loaded.js")
            + _preloads(first, language)
            + late,
            entry=assets.inline_script("shell/entry.js"),
            attributes=root_attributes(language),
            labels=(labels.as_json(ENGLISH), labels.as_json(language)),
            has_styles=bool(first.styles),
        )

    return pieces


def root_attributes(language: str) -> str:
    """Return the attributes of the root element of a page in a language; Gradio's script replaces `lang`."""
    values = {"lang": language, "dir": text("language.direction", language=language), "data-language": language}
    return " ".join(f'{name}="{escape(value)}"' for name, value in values.items())


def _head(title: str, language: str) -> str:
    values = {
        "title": title,
        "description": text("shell.description", language=language),
        "shared_picture": text("shell.shared_picture", language=language),
        "icons": assets.address("icons"),
        "language": language,
    }
    return assets.fragment("ui/shell/head.html", values) + assets.inline_script("shell/own_language.js")


def _preloads(first: FirstFiles, language: str) -> str:
    """Return the links to what is fetched early and runs after the first paint."""
    values = {"locales": assets.address("locales"), "scripts": assets.address("ui"), "language": language}
    return assets.fragment("ui/shell/preloads.html", values, gradio=first.preloads())
