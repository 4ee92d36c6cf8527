"""Sign-in buttons: one leads to Hugging Face, the other signs out; the account panel's script shows one of them."""

from __future__ import annotations

import gradio as gr

from components.ui import assets
from components.ui.labels import label


def sign_in_routes() -> gr.LoginButton:
    """Return a login button that is never shown: Gradio serves its sign-in routes to a page that has one.

    To be called outside the page, where Gradio gives it no listener: its own compares the button's text to know
    whether a press signs in or out, and so cannot be translated (6.31).
    """
    return gr.LoginButton(visible=False)


def place_sign_in(routes: gr.LoginButton) -> None:
    """Place the buttons. They leave the page by scripts in the browser: assets/ui/account/sign_in.js."""
    routes.render()
    for key, name, module, function in (
        ("account.sign_in", "sign-in", "account/sign_in", "sign_in"),
        ("account.sign_out", "sign-out", "account/sign_in", "sign_out"),
    ):
        button = gr.Button(label(key), variant="huggingface", size="sm", elem_id=name, elem_classes=["sign"], scale=0)
        button.click(None, None, None, js=assets.hook(module, function), api_visibility="private")
