"""Stand-in of the library `spaces`: lends a GPU to generators."""

from __future__ import annotations

import pickle
import threading


class Space:
    """Lends a card to generators as the real library does: only what can be pickled goes in and comes out."""

    def __init__(self) -> None:
        self.seconds: list[int] = []
        self.closed = 0
        self.patched: list[threading.Thread] = []

    def enter_mode(self) -> None:
        self.patched.append(threading.current_thread())

    def gpu(self, task, *, duration):
        def lent(*args):
            self.seconds.append(duration(*args))
            events = task(*pickle.loads(pickle.dumps(args)))
            try:
                for event in events:
                    yield pickle.loads(pickle.dumps(event))
            finally:
                events.close()
                self.closed += 1

        return lent
