"""Host configuration: the part of the settings that the services need."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.api.endpoint import Endpoint
from components.budget.limits import BudgetLimits
from components.jobs.submission import JobLimits
from components.loras.checker import NO_FOLDER
from components.loras.host_folder import HostLoras
from components.net.proxies import LOOPBACK_ONLY, Proxies
from components.services.backend import VISITOR_PAYS, Backend
from components.services.retention import KEEP_EVERYTHING, RetentionPolicy
from components.settings import Settings


@dataclass(frozen=True, slots=True)
class HostConfig:
    """The host's choices."""

    job_limits: JobLimits
    limits: BudgetLimits
    visitor_base_url: str
    """Base URL of the API to which visitors' own keys are sent."""
    visitor_models: tuple[str, ...]
    """Ids of the models used there, the preferred one first."""
    can_sign_in: bool = False
    """True: the page offers signing in with Hugging Face."""
    owner: str = ""
    """The host's user name at Hugging Face, on a Space; empty elsewhere."""
    is_persistent: bool = True
    """True: the data folder outlives a restart."""
    retention: RetentionPolicy = KEEP_EVERYTHING
    host_loras: HostLoras = NO_FOLDER
    host_names: frozenset[str] | None = None
    """Names under which the page may be opened, besides addresses and `localhost`; None: any."""
    proxies: Proxies = LOOPBACK_ONLY
    frames: frozenset[str] = frozenset()
    """Origins besides Hugging Face whose pages may show this one in a frame."""
    has_mcp_server: bool = False
    """True: programs may call the page by the Model Context Protocol too."""
    has_lora_search: bool = True
    """True: the page searches Hugging Face for LoRAs."""
    space: str = ""
    """Id of the Space, "owner/name"; empty elsewhere."""

    @classmethod
    def of(cls, settings: Settings) -> HostConfig:
        """Return the configuration that the settings describe."""
        return cls(
            job_limits=JobLimits(settings.jobs_per_visitor, settings.jobs),
            limits=settings.limits,
            visitor_base_url=settings.base_url,
            visitor_models=settings.models,
            can_sign_in=settings.can_sign_in,
            owner=settings.owner,
            is_persistent=settings.data_outlives_restart,
            host_loras=HostLoras(settings.lora_folder),
            host_names=settings.host_names,
            proxies=settings.proxies,
            frames=settings.frames,
            has_mcp_server=settings.has_mcp_server,
            has_lora_search=settings.has_lora_search,
            space=settings.space,
            retention=RetentionPolicy(settings.keep_days, settings.keep_gigabytes),
        )

    def visitor_backend(self, backend: Backend) -> Backend:
        """Return the API for visitors' own keys; where it is the host's API too, they share one catalogue."""
        endpoint = Endpoint(self.visitor_base_url, "")
        found = Backend.hosted(endpoint, self.visitor_models, VISITOR_PAYS)
        is_same = backend.endpoint.base_url == self.visitor_base_url and backend.family.names == self.visitor_models
        return replace(found, catalogue=backend.catalogue) if is_same else found
