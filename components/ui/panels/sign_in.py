"""Sign-in buttons: one leads to Hugging Face, the other signs out; the account panel's script shows one of them."""

from __future__ import annotations

import gradio as gr

from components.ui import assets
from components.ui.labels import label


class _SignInRoutes(gr.LoginButton):
    """Login button without a listener, never shown: Gradio serves its sign-in routes to a page that has one.

    Gradio's own compares its text to know whether a press signs in or out, and so cannot be translated (6.31).
    """

    def get_block_name(self) -> str:
        """Return the name of the frontend's component, which Gradio would take from the parent class."""
        return "button"

    def activate(self) -> None:
        """Connect nothing."""


def place_sign_in() -> None:
    """Place the buttons. They leave the page by scripts in the browser: assets/ui/account/sign_in.js."""
    _SignInRoutes(visible=False)
    for name, function in (("sign-in", "sign_in"), ("sign-out", "sign_out")):
        text = label(f"account.{function}")
        button = gr.Button(text, variant="huggingface", size="sm", elem_id=name, elem_classes=["sign"], scale=0)
        js = assets.hook("account/sign_in", function)
        button.click(None, None, None, js=js, api_visibility="private")
