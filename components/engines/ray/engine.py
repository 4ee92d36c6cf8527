"""Ray engine: each request goes to a free replica of a cluster, and what it reports comes back."""

from __future__ import annotations

from collections.abc import Callable

from components.engines.by_name import engine_named
from components.engines.protocol import Engine, EngineRequest, EngineResult, OnStep
from components.engines.ray import messages
from components.engines.ray.cluster import Cluster, is_installed
from components.engines.ray.following import followed_twice
from components.engines.ray.settings import RaySettings
from components.errors import SetupError
from components.messages.message import Message

REQUIREMENTS = "components/engines/ray/requirements.txt"
OF_THE_INNER = ("check", "options", "presets", "samplers")
"""Methods that the protocol leaves to an engine to have."""
WITHOUT_LANES = {"sdxl": "sdxl-one-card"}
"""What this process asks of requests and presets: SDXL_DEVICE may name cards of the replicas, or none that is here."""


class RayEngine:
    """As many images at once as there may be replicas. Any thread may call."""

    def __init__(
        self, settings: RaySettings | None = None, cluster: Cluster | None = None, inner: Engine | None = None
    ) -> None:
        """Raise SetupError when Ray, or what the replicas' engine needs, is not installed or a setting is invalid."""
        self._settings = RaySettings.from_env() if settings is None else settings
        if cluster is None and not is_installed():
            raise SetupError("The ray engine needs ray.", f"Install it: pip install -r {REQUIREMENTS}")
        self._cluster = Cluster(self._settings) if cluster is None else cluster
        # It makes no image here, and loads no model: it checks requests, and knows its presets.
        inner = engine_named(WITHOUT_LANES.get(self._settings.inner, self._settings.inner)) if inner is None else inner
        for name in OF_THE_INNER:
            if hasattr(inner, name):
                setattr(self, name, getattr(inner, name))

    def lanes(self) -> int:
        """Return how many images are made at once; Ray starts replicas by those that wait for one."""
        return self._settings.most

    def prepare(self, on_stage: Callable[[Message], None]) -> None:
        """Join the cluster and wait for its first replicas. Raise EngineError where there are none."""
        on_stage(messages.STARTING)
        self._cluster.join()

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        """Return the image of a request; where its replica goes away, another one makes it, once."""
        send, steps = self._cluster.send, request.num_inference_steps
        return followed_twice(lambda: send(request), self._cluster.is_gone, on_step, steps)


def local_engine() -> RayEngine:
    """Return an engine with a cluster of this machine alone, which ends with this process. Raises SetupError."""
    return RayEngine(RaySettings.from_env(is_local=True))
