"""Ray cluster: joined, with our application found or deployed on it. Ray is imported only here, at the first use."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import logging
import threading
from pathlib import Path
from typing import Any

from components.engines.protocol import EngineRequest
from components.engines.ray import messages
from components.engines.ray.events import affinity_of
from components.engines.ray.following import EventStream
from components.engines.ray.replica import Replica
from components.engines.ray.settings import RaySettings, forbid_own_clusters
from components.errors import EngineError

log = logging.getLogger(__name__)

APPLICATION = "sdxl-lora-playground"
LORA_SETS = 8
"""Sets of LoRAs that a replica is remembered for."""
UPSCALE_SECONDS = 5
"""Seconds for which images wait before another replica is started."""
DRAIN_SECONDS = 600
"""Seconds that a replica which is no longer needed may take for its last image."""
_UNUSABLE = ("DEPLOY_FAILED", "DELETING", "NOT_STARTED")


def is_installed() -> bool:
    """Return whether Ray is there, without importing it."""
    return importlib.util.find_spec("ray") is not None


class Cluster:
    """Replicas on a cluster. Any thread may call."""

    def __init__(self, settings: RaySettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._handle: Any = None

    def join(self) -> Any:
        """Return Ray's handle of the replicas; block until there are any. Raise EngineError where there are none.

        Replicas of an earlier process with the same code and settings are used as they are, their models loaded.
        """
        with self._lock:
            if self._handle is None:
                try:
                    self._handle = _joined(self._settings)
                except Exception as error:
                    log.exception("the Ray cluster makes no pictures")
                    raise EngineError(messages.UNREACHABLE) from error
            return self._handle

    def send(self, request: EngineRequest) -> EventStream:
        """Send a request to a free replica, if possible to one that has its LoRAs loaded; return its events."""
        affinity = affinity_of(request)
        handle = self.join().options(stream=True, method_name="generate", multiplexed_model_id=affinity)
        return handle.remote(request, affinity)

    def is_gone(self, error: Exception) -> bool:
        """Return whether an error says that a replica ended, or its machine."""
        errors = _library("ray.exceptions")
        return isinstance(error, (errors.RayActorError, errors.NodeDiedError, errors.ObjectLostError))


def _library(name: str) -> Any:
    return importlib.import_module(name)


def _joined(settings: RaySettings) -> Any:
    forbid_own_clusters()
    ray, serve = _library("ray"), _library("ray.serve")
    if not ray.is_initialized():
        own: dict[str, Any] = {} if settings.address else {"include_dashboard": False}
        ray.init(settings.address or "local", logging_level=logging.WARNING, log_to_driver=False, **own)
    name = f"painter-{fingerprint(settings)}"
    application = serve.status().applications.get(APPLICATION)
    if application and name in application.deployments and application.status.value not in _UNUSABLE:
        return serve.get_app_handle(APPLICATION)
    serve.start(proxy_location="Disabled")
    target = serve.deployment(_remembering(serve), name=name, **options_of(settings)).bind(settings.inner)
    return serve.run(target, name=APPLICATION, route_prefix=None)


def _remembering(serve: Any) -> type[Replica]:
    """Return the class of the replicas: Ray learns from it which LoRAs are loaded where."""

    class Remembering(Replica):
        @serve.multiplexed(max_num_models_per_replica=LORA_SETS)
        async def remember(self, affinity: str) -> str:
            return affinity

    return Remembering


def options_of(settings: RaySettings) -> dict[str, Any]:
    """Return the options of Ray's deployment: one image at a time, replicas between the bounds by what waits."""
    return {
        "max_ongoing_requests": 1,
        "graceful_shutdown_timeout_s": DRAIN_SECONDS,
        "ray_actor_options": {
            "num_gpus": settings.gpus,
            "num_cpus": 1,
            "runtime_env": {"env_vars": dict(settings.passed_on)},
        },
        "autoscaling_config": {
            "min_replicas": settings.least,
            "max_replicas": settings.most,
            "target_ongoing_requests": 1,
            "upscale_delay_s": UPSCALE_SECONDS,
        },
    }


def fingerprint(settings: RaySettings) -> str:
    """Return a digest of what the replicas run, with which settings; those with another digest are replaced."""
    found = hashlib.sha256(repr((settings.inner, options_of(settings))).encode())
    components = Path(__file__).parents[2]
    for path in sorted(components.rglob("*.py")):
        found.update(path.relative_to(components).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:12]
