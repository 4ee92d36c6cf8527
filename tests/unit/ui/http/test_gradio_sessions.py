"""Gradio's sessions: they keep states, and neither the page's settings nor what was sent."""

from __future__ import annotations

import gradio as gr
import pytest
from gradio import blocks, route_utils, state_holder
from gradio.state_holder import SessionState, StateHolder

from components.ui.http.gradio_sessions import LeanSession, use_lean_sessions


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (state_holder, blocks, route_utils):
        monkeypatch.setattr(module, "SessionState", SessionState)  # puts Gradio's own back at the end
    use_lean_sessions()


def counted(text: str, count: int) -> tuple[str, int]:
    return text.upper(), count + 1


def page() -> gr.Blocks:
    with gr.Blocks() as made:
        box, count, out = gr.Textbox(), gr.State(1), gr.Textbox()
        box.submit(counted, [box, count], [out, count])
    return made


async def test_a_session_keeps_its_states_and_nothing_that_was_sent(lean: None) -> None:
    made, sent = page(), "x" * 100_000
    holder = StateHolder()
    holder.set_blocks(made)
    session = holder["a session"]
    assert isinstance(session, LeanSession)
    for number in (2, 3):
        (function,) = made.fns.values()
        answer = await made.process_api(function, [sent, None], state=session)
        assert answer["data"][0] == sent.upper()
        assert [*session.state_data.values()] == [number]
    assert sent not in str(session.config_values)
    assert len(session.config_values) == 1, "more than the state"


async def test_it_has_all_attributes_of_gradio_s_own() -> None:
    made = page()
    assert vars(LeanSession(made)).keys() == vars(SessionState(made)).keys()
