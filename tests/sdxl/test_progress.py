"""Progress of the SDXL engine: previews of each step, and stopping within a step."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from components.engines.protocol import Refine
from tests.sdxl.progress_recorder import ProgressRecorder, Stopped
from tests.sdxl.reference import SIZE, engine_request, same, source
from tests.support import full_run


def test_each_step_is_reported_with_a_small_jpeg(studio):
    progress = ProgressRecorder()
    studio.engine.generate(engine_request(refine=Refine.SECOND_PASS, refine_steps=2), progress)
    # Before these, while the model loads and nothing is planned yet, the request's own number of steps may stand.
    assert progress.steps[-7:] == [(done, 6) for done in range(7)]
    assert len(progress.previews) == 6
    for data in progress.previews:
        with Image.open(BytesIO(data)) as preview:
            assert (preview.format, preview.size) == ("JPEG", (SIZE // 8, SIZE // 8))
    assert len(set(progress.previews)) == 6


@pytest.mark.full
@pytest.mark.parametrize("values", full_run.cases([{"image": source()}, {}, {"refine": Refine.ENSEMBLE}], usual=1))
def test_what_is_raised_at_a_step_ends_the_painting_there(studio, values):
    before = studio.paint(**values)
    progress = ProgressRecorder(stop_at=2)
    with pytest.raises(Stopped):
        studio.engine.generate(engine_request(**values), progress)
    assert progress.steps[-1][0] == 2
    assert same(studio.paint(**values), before)


@pytest.mark.full
@pytest.mark.parametrize("calls", [1, 3, 9])
def test_a_painting_is_stopped_within_a_step(studio, calls):
    before, progress = studio.paint(), ProgressRecorder(calls=calls)
    with pytest.raises(Stopped):
        studio.engine.generate(engine_request(), progress)
    assert progress.steps[-1][0] <= 1
    assert same(studio.paint(), before)
