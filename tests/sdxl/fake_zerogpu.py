"""Stand-in of the library `spaces`: lends a GPU to generators."""

from __future__ import annotations

import pickle
import threading

import gradio.exceptions
from gradio.context import LocalContext


class Space:
    """Lends a card to generators as the real library does: only what can be pickled goes in and comes out."""

    def __init__(self) -> None:
        self.seconds: list[int] = []
        self.closed = 0
        self.patched: list[threading.Thread] = []
        self.tokens: list[str | None] = []
        """Of the visitors on whose share a GPU was asked for; None: on everyone's."""
        self.lent: list[bytes] = []
        """Pickled arguments of the calls."""
        self.expired: set[str] = set()

    def enter_mode(self) -> None:
        self.patched.append(threading.current_thread())

    def gpu(self, task, *, duration):
        def lent(*args):
            self.seconds.append(duration(*args))
            request = LocalContext.request.get(None)
            self.tokens.append(request.headers.get("x-ip-token") if request else None)
            if self.tokens[-1] in self.expired:
                raise gradio.exceptions.Error("Expired ZeroGPU proxy token", title="ZeroGPU client error")
            self.lent.append(pickle.dumps(args))
            events = task(*pickle.loads(self.lent[-1]))
            try:
                for event in events:
                    yield pickle.loads(pickle.dumps(event))
            finally:
                events.close()
                self.closed += 1

        return lent
