"""Settings: the environment and `.env` as one typed value. Engines read their own."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv

from components.budget.limits import Access, BudgetLimits
from components.domain.api_key import cleaned
from components.domain.backend_choice import BackendChoice, backend_choice
from components.domain.setting_values import count, gigabytes, is_on, usd
from components.errors import InvalidRequest, SetupError
from components.net.page_address import prepare_page_address
from components.net.proxies import Proxies
from components.storage.data_place import data_folder_of

HOSTED_URL = "https://api.wavespeed.ai"
MODELS = "stability-ai/sdxl-lora,stability-ai/sdxl"

MCP_INSTALL = "Install it: pip install -r components/ui/programs/requirements-mcp.txt"

LOG_LEVELS = ("debug", "info", "warning", "error")
_SIGN_IN_VARIABLES = ("SPACE_ID", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the host, valid by construction."""

    api_key: str | None
    """API key of the host, trimmed; None when there is none. Never shown, logged or stored."""
    base_url: str
    """URL of the hosted API without a trailing slash; it may have a path."""
    models: tuple[str, ...]
    """Model ids of the hosted API, the preferred one first; never empty."""
    backend: BackendChoice
    data_dir: Path
    data_outlives_restart: bool
    """False on a Space whose data folder is not on persistent storage."""
    jobs_per_visitor: int
    """Unfinished images that one visitor may have."""
    jobs: int
    """Unfinished images of all visitors together."""
    limits: BudgetLimits
    keep_days: int
    """Days after which finished images are deleted; 0 for never."""
    keep_gigabytes: float
    """Gigabytes of images above which the oldest are deleted; 0 for no limit."""
    lora_folder: Path | None
    """Folder whose LoRAs the SDXL engine loads by file name; None without one, or with another backend."""
    can_sign_in: bool
    """True on a Hugging Face Space with `hf_oauth: true`."""
    owner: str
    """Owner of the Space; empty elsewhere."""
    host_names: frozenset[str] | None
    """Names under which the page may be opened, besides addresses and `localhost`, in lower case; None: any."""
    proxies: Proxies
    """Proxies before the page whose headers about the client are believed."""
    frames: frozenset[str]
    """Origins besides Hugging Face whose pages may show this one in a frame, such as `https://example.org`."""
    space: str
    """Id of the Space, "owner/name"; empty elsewhere."""
    log_level: str
    """Name of the least level of `logging` that is written to the log, such as `INFO`."""
    has_mcp_server: bool
    """True: programs may call the page by the Model Context Protocol too."""
    has_lora_search: bool
    """True: the page searches Hugging Face for LoRAs."""
    is_zerogpu: bool
    """True on a ZeroGPU Space: only the page's own process is assigned a GPU, so the engine runs inside it."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read settings from `env`; by default from `.env` beside app.py and the process environment.

        A variable of the environment takes precedence over `.env`. Raises SetupError for a value that is not valid.
        """
        if env is None:
            beside = Path(__file__).parents[1] / ".env"
            load_dotenv(beside if beside.is_file() else Path(".env"))  # an installed package has none beside it
            prepare_page_address(os.environ)
            env = os.environ
        key = _key(env.get("WAVESPEED_API_KEY", ""))
        folder, outlives_restart = data_folder_of(env.get("PLAYGROUND_DATA_DIR", "").strip(), env)
        backend = backend_choice(env.get("PLAYGROUND_BACKEND", "").strip() or "auto", key)
        return cls(
            api_key=key,
            base_url=_base_url(env.get("WAVESPEED_BASE_URL", "").strip() or HOSTED_URL),
            models=_models(env.get("WAVESPEED_MODEL", "").strip() or MODELS),
            backend=backend,
            data_dir=folder,
            data_outlives_restart=outlives_restart,
            jobs_per_visitor=count(env, "PLAYGROUND_JOBS_PER_VISITOR", 25),
            jobs=count(env, "PLAYGROUND_JOBS", 200),
            limits=_limits(env),
            keep_days=count(env, "PLAYGROUND_KEEP_DAYS", 0, minimum=0),
            keep_gigabytes=gigabytes(env, "PLAYGROUND_KEEP_GB"),
            lora_folder=_lora_folder(env) if backend.runs_sdxl else None,
            can_sign_in=_can_sign_in(env),
            owner=_owner(env),
            host_names=_host_names(env),
            proxies=_proxies(env),
            frames=_frames(env),
            space=env.get("SPACE_ID", "").strip(),
            log_level=_log_level(env.get("PLAYGROUND_LOG_LEVEL", "").strip() or "warning"),
            has_mcp_server=_has_mcp_server(env),
            # By default unless the Hub's own switch says that there is no network.
            has_lora_search=is_on(
                env.get("PLAYGROUND_LORA_SEARCH", "").strip() or str(not is_on(env.get("HF_HUB_OFFLINE", "")))
            ),
            is_zerogpu=is_on(env.get("SPACES_ZERO_GPU", "")),
        )

    def __repr__(self) -> str:
        """Return a text without the key, which must not get into a log."""
        return f"Settings(backend={self.backend.value}, base_url={self.base_url!r}, data_dir={self.data_dir!s})"


def _key(text: str) -> str | None:
    """Return the key without what pasting adds, None without one. Raises SetupError for characters of no key."""
    try:
        return cleaned(text) or None
    except InvalidRequest:
        raise SetupError("WAVESPEED_API_KEY holds characters that no key has.", "Copy the key again.") from None


def _base_url(text: str) -> str:
    """Return the URL without a trailing slash. Raises SetupError, without the URL: it may contain a password."""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not text.isprintable() or any(character in text for character in " @?#\\"):
        raise SetupError("WAVESPEED_BASE_URL is not a web address that can be used.", f"Usual: {HOSTED_URL}")
    return text.rstrip("/")


def _models(text: str) -> tuple[str, ...]:
    models = tuple(part.strip().strip("/") for part in text.split(",") if part.strip().strip("/"))
    if not models:
        raise SetupError("WAVESPEED_MODEL names no model.", f"Usual: {MODELS}")
    return models


def _has_mcp_server(env: Mapping[str, str]) -> bool:
    """Return whether Gradio's own switch is on. Raises SetupError where the package is not installed."""
    is_wanted = is_on(env.get("GRADIO_MCP_SERVER", ""))
    if is_wanted and importlib.util.find_spec("mcp") is None:
        raise SetupError("GRADIO_MCP_SERVER needs mcp.", MCP_INSTALL)
    return is_wanted


def _limits(env: Mapping[str, str]) -> BudgetLimits:
    return BudgetLimits(
        access=_access(env),
        users=frozenset(name.strip().lower() for name in env.get("PLAYGROUND_USERS", "").split(",") if name.strip()),
        images_per_hour=count(env, "PLAYGROUND_PICTURES_PER_HOUR", 20),
        per_person_day=usd(env, "PLAYGROUND_USD_PER_PERSON_DAY", "1"),
        per_day=usd(env, "PLAYGROUND_USD_PER_DAY", "5"),
        per_month=usd(env, "PLAYGROUND_USD_PER_MONTH", "50"),
        min_balance=usd(env, "PLAYGROUND_MIN_BALANCE", "1"),
        is_stopped=is_on(env.get("PLAYGROUND_STOP", "")),
        # A host who says for whom the key pays may have a proxy on this computer, by which others come.
        is_local=_is_local(env) and not _has_chosen_access(env),
    )


def _access(env: Mapping[str, str]) -> Access:
    """Return for whom the host's key pays. On an address that others can reach, `auto` never means everyone."""
    text = env.get("PLAYGROUND_ACCESS", "").strip()
    if text and text != "auto":
        return _chosen_access(text, env)
    if _is_local(env):
        return Access.EVERYONE
    return Access.SIGNED_IN if _can_sign_in(env) else Access.OWN_KEY_ONLY


def _chosen_access(text: str, env: Mapping[str, str]) -> Access:
    try:
        access = Access(text)
    except ValueError:
        names = ", ".join(choice.value for choice in Access)
        raise SetupError(f"PLAYGROUND_ACCESS={text} is unknown.", f"Use {names}.") from None
    if access in (Access.SIGNED_IN, Access.LISTED) and not _can_sign_in(env):
        raise SetupError(
            f"PLAYGROUND_ACCESS={text} needs signing in, which works on a Hugging Face Space with hf_oauth alone.",
            "Use own-key-only, or everyone.",
        )
    return access


def _is_local(env: Mapping[str, str]) -> bool:
    """Return whether the page is reachable from this computer only: a loopback name, no Space, no share link."""
    name = env.get("GRADIO_SERVER_NAME", "").strip() or "127.0.0.1"
    is_loopback = name in ("localhost", "::1", "[::1]") or name.startswith("127.")
    return is_loopback and not env.get("SPACE_ID") and not is_on(env.get("GRADIO_SHARE", ""))


def _host_names(env: Mapping[str, str]) -> frozenset[str] | None:
    """Return the names under which the page may be opened, None for any.

    Without a choice none on this computer, where every visitor counts as the host. Elsewhere, and where the host says
    for whom the key pays, as behind a proxy of their own, the page may have names that are not known here.
    """
    names = frozenset(name.strip().lower() for name in env.get("PLAYGROUND_HOSTS", "").split(",") if name.strip())
    if not all(re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name) for name in names):
        raise SetupError("PLAYGROUND_HOSTS holds something that is no host name.", "Such as pictures.example.org.")
    return names if names or (_is_local(env) and not _has_chosen_access(env)) else None


def _has_chosen_access(env: Mapping[str, str]) -> bool:
    return env.get("PLAYGROUND_ACCESS", "").strip() not in ("", "auto")


def _proxies(env: Mapping[str, str]) -> Proxies:
    """Return the proxies that are named; without any, on a Space every private address, elsewhere this computer's."""
    names = [name.strip() for name in env.get("PLAYGROUND_PROXIES", "").split(",") if name.strip()]
    if not names:
        return Proxies(has_private=bool(env.get("SPACE_ID")))
    try:
        return Proxies.of(names)
    except ValueError:
        problem = "PLAYGROUND_PROXIES holds something that is neither an address nor a network."
        raise SetupError(problem, "Such as 192.168.0.2, 172.16.0.0/12.") from None


def _frames(env: Mapping[str, str]) -> frozenset[str]:
    origins = frozenset(part.strip().rstrip("/").lower() for part in env.get("PLAYGROUND_FRAMES", "").split(","))
    origins -= {""}
    if not all(re.fullmatch(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", one) for one in origins):
        raise SetupError("PLAYGROUND_FRAMES holds something that is no site.", "Such as https://example.org.")
    return origins


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise SetupError(f"PLAYGROUND_LOG_LEVEL={text} is unknown.", f"Use {', '.join(LOG_LEVELS)}.")
    return text.upper()


def _can_sign_in(env: Mapping[str, str]) -> bool:
    """Return whether all variables of Gradio's sign-in are set, as on a Space with `hf_oauth: true`."""
    return env.get("SYSTEM") == "spaces" and all(env.get(name) for name in _SIGN_IN_VARIABLES)


def _owner(env: Mapping[str, str]) -> str:
    return env.get("SPACE_AUTHOR_NAME", "").strip() or env.get("SPACE_ID", "").partition("/")[0].strip()


def _lora_folder(env: Mapping[str, str]) -> Path | None:
    text = env.get("SDXL_LORA_FOLDER", "").strip()
    return Path(text).expanduser().resolve() if text else None
