"""Picture passes: what shows a visitor the images in the own bin, whose names alone are no permission any more."""

from __future__ import annotations

import hmac
import secrets


class PicturePasses:
    """Passes of one process, each for the thumbnail of one image; who has a link from before has none."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def pass_for(self, name: str) -> str:
        """Return the pass for an image, by its file name."""
        return hmac.digest(self._key, name.encode(), "sha256").hex()[:32]

    def is_valid(self, name: str, text: str) -> bool:
        """Return whether a text that anyone may have sent is the pass for an image."""
        return hmac.compare_digest(self.pass_for(name).encode(), text.encode("utf-8", "replace"))
