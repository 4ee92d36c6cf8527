"""Simulated ZeroGPU Space: the package `spaces` itself, before a scheduler of the tests' own."""

from __future__ import annotations

from pathlib import Path

from tests.support.app_process import FreshAppProcess
from tests.support.hf_space import Space
from tests.support.v3_service import HostedApi
from tests.support.zerogpu_scheduler import ZeroGpuScheduler

WITHOUT_TORCH = "raise ImportError('this Space has no torch')\n"


class ZeroGpuSpace(Space):
    """Space as Hugging Face builds it from requirements.txt: with `spaces`, without torch."""

    def __init__(self, folder: Path, api: HostedApi, **settings: str) -> None:
        super().__init__(folder, api, FreshAppProcess, **settings)
        self.scheduler = ZeroGpuScheduler()
        hidden = folder / "hidden" / "torch"
        hidden.mkdir(parents=True)
        (hidden / "__init__.py").write_text(WITHOUT_TORCH)
        self.app.settings |= {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": self.scheduler.url,
            "PYTHONPATH": str(hidden.parent),
        }

    def start(self) -> ZeroGpuSpace:
        """Start it, and stop it as Hugging Face does where the app reports no decorated function."""
        self.scheduler.start()
        super().start()
        if not self.scheduler.is_satisfied:
            self.app.kill()
        return self

    def stop(self) -> None:
        """Stop all of it."""
        super().stop()
        self.scheduler.stop()
