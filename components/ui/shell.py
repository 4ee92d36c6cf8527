"""Shell: what the page's first response holds around Gradio's own HTML."""

from __future__ import annotations

from html import escape
from string import Template

from components.messages import catalogue
from components.ui import assets
from components.ui.field_data import field_data_html
from components.ui.gradio_files import FirstFiles
from components.ui.http.page_html import PageHtml


def page_html(title: str, first: FirstFiles, *, is_priced: bool) -> PageHtml:
    """Return the pieces of HTML of a page with this title, which needs these files of Gradio first.

    `is_priced`: its presses cost something, and Generate has room for that below it.
    """
    early = (
        assets.inline_styles(assets.FIRST_STYLES) + assets.inline_script("shared/frame_loop.js") + field_data_html()
    )
    return PageHtml(
        head=_head(title) + first.preloads() + early,
        after_config=assets.inline_script("shell/own_origin.js"),
        first_paint=_opening(title, is_priced=is_priced)
        + assets.template("ui/shell/not_loaded.html")
        + assets.inline_script("shell/not_loaded.js")
        + first.style_links()
        + assets.inline_styles(assets.FRAME_STYLES),
        has_styles=bool(first.styles),
    )


def _opening(title: str, *, is_priced: bool) -> str:
    texts = {"title": title, "start_class": "priced" if is_priced else ""}
    texts |= {
        "placeholder": catalogue.text("field.prompt.placeholder"),
        "waiting": catalogue.text("shell.getting_ready"),
    }
    fills = {f"${{{name}}}": escape(text) for name, text in texts.items()}
    return assets.template("ui/shell/opening.html", fills) + assets.inline_script("shell/opening.js")


def _head(title: str) -> str:
    values = {
        "title": title,
        "description": catalogue.text("shell.description"),
        "shared_picture": catalogue.text("shell.shared_picture"),
        "icons": assets.address("icons"),
        "locales": assets.address("locales"),
        "scripts": assets.address("ui"),
    }
    return Template(assets.text("ui/shell/head.html")).substitute(
        {name: escape(text) for name, text in values.items()}
    )
