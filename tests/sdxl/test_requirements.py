from __future__ import annotations

import pytest

from components.engines.sdxl.model.libraries import REQUIREMENTS, missing


def test_what_the_engine_needs_is_installed():
    if absent := missing():
        pytest.skip(f"the sdxl engine is not tested: {', '.join(absent)} missing (pip install -r {REQUIREMENTS})")
    assert missing() == ()
