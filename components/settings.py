"""The settings, from the environment and `.env`: the only place that reads either."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv

from components.errors import InvalidRequest, SetupError
from components.fence import Access, Limits
from components.keys import cleaned
from components.money import Micros, micros

HOSTED_URL = "https://api.wavespeed.ai"
MODELS = "stability-ai/sdxl-lora,stability-ai/sdxl"


SDXL_NEEDS = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors")
"""Without these our own engine cannot paint."""
SDXL_INSTALL = "Install it: pip install -r components/engines/sdxl/requirements.txt"

_SIGN_IN = ("SPACE_ID", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL")


class BackendChoice(Enum):
    """The values of PLAYGROUND_BACKEND that name one backend."""

    HOSTED = "hosted"
    SDXL = "sdxl"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the host chose. A value that exists can be started with."""

    api_key: str | None
    """The host's key, trimmed; None: there is none. Never shown, logged or stored."""
    base_url: str
    """Without a slash at its end; it may carry a path."""
    models: tuple[str, ...]
    """The model family, the preferred one first; never empty."""
    backend: BackendChoice
    data_dir: Path
    data_outlives_restart: bool
    jobs_per_visitor: int
    jobs: int
    limits: Limits
    keep_days: int
    """Days that pictures are kept; 0: for ever."""
    keep_gigabytes: float
    """Gigabytes of pictures that are kept; 0: no limit."""
    lora_folder: Path | None
    """Whose LoRAs our own engine loads by the names of their files; None: there is none, or another paints."""
    can_sign_in: bool
    """It runs as a Space with `hf_oauth: true`."""
    owner: str
    """The Space's owner; empty elsewhere."""
    has_lent_card: bool
    """It runs on a ZeroGPU Space: only the process of the page is lent a card."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the process environment, after the `.env` beside app.py. Raises SetupError."""
        if env is None:
            load_dotenv(Path(__file__).parents[1] / ".env")
            env = os.environ
        key = _key(env.get("WAVESPEED_API_KEY", ""))
        folder, lasting = _data_dir(env)
        backend = _backend(env.get("PLAYGROUND_BACKEND", "").strip() or "auto", key)
        return cls(
            api_key=key,
            base_url=_base_url(env.get("WAVESPEED_BASE_URL", "").strip() or HOSTED_URL),
            models=_models(env.get("WAVESPEED_MODEL", "").strip() or MODELS),
            backend=backend,
            data_dir=folder,
            data_outlives_restart=lasting,
            jobs_per_visitor=_count(env, "PLAYGROUND_JOBS_PER_VISITOR", 25),
            jobs=_count(env, "PLAYGROUND_JOBS", 200),
            limits=_limits(env),
            keep_days=_count(env, "PLAYGROUND_KEEP_DAYS", 0, least=0),
            keep_gigabytes=_gigabytes(env, "PLAYGROUND_KEEP_GB"),
            lora_folder=_lora_folder(env) if backend is BackendChoice.SDXL else None,
            can_sign_in=_can_sign_in(env),
            owner=_owner(env),
            has_lent_card=_is_on(env.get("SPACES_ZERO_GPU", "")),
        )

    def __repr__(self) -> str:
        """Name everything but the key, which must not get into a log."""
        return f"Settings(backend={self.backend.value}, base_url={self.base_url!r}, data_dir={self.data_dir!s})"


def _key(text: str) -> str | None:
    """Mend what pasting does to a key; refuse what no header can carry."""
    try:
        return cleaned(text) or None
    except InvalidRequest:
        raise SetupError("WAVESPEED_API_KEY holds characters that no key has.", "Copy the key again.") from None


def _base_url(text: str) -> str:
    """Return the address without a slash at its end. A bad one is not repeated: it may hold a password."""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not text.isprintable() or any(sign in text for sign in " @?#\\"):
        raise SetupError("WAVESPEED_BASE_URL is not a web address that can be used.", f"Usual: {HOSTED_URL}")
    return text.rstrip("/")


def _models(text: str) -> tuple[str, ...]:
    models = tuple(part.strip().strip("/") for part in text.split(",") if part.strip().strip("/"))
    if not models:
        raise SetupError("WAVESPEED_MODEL names no model.", f"Usual: {MODELS}")
    return models


def _backend(text: str, key: str | None) -> BackendChoice:
    if text == "auto":
        return _best(key)
    try:
        choice = BackendChoice(text)
    except ValueError:
        raise SetupError(f"PLAYGROUND_BACKEND={text} is unknown.", "Use auto, hosted, sdxl or demo.") from None
    if choice is BackendChoice.SDXL and (absent := missing_for_sdxl()):
        raise SetupError(f"PLAYGROUND_BACKEND=sdxl needs {', '.join(absent)}.", SDXL_INSTALL)
    if choice is BackendChoice.HOSTED and not key:
        raise SetupError("PLAYGROUND_BACKEND=hosted needs WAVESPEED_API_KEY.", "Set the key, or use demo.")
    return choice


def _best(key: str | None) -> BackendChoice:
    if key:
        return BackendChoice.HOSTED
    return BackendChoice.DEMO if missing_for_sdxl() else BackendChoice.SDXL


def missing_for_sdxl() -> tuple[str, ...]:
    """Return what our own engine needs and is not installed; nothing is imported."""
    return tuple(name for name in SDXL_NEEDS if importlib.util.find_spec(name) is None)


def _count(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    text = env.get(name, "").strip() or str(default)
    if not text.isdecimal() or int(text) < least:
        raise SetupError(f"{name} must be a whole number of at least {least}, not {text}.")
    return int(text)


def _gigabytes(env: Mapping[str, str], name: str) -> float:
    text = env.get(name, "").strip() or "0"
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        raise SetupError(f"{name} must be a number of gigabytes such as 20 or 0.5, not {text}.")
    return float(text)


def _limits(env: Mapping[str, str]) -> Limits:
    return Limits(
        access=_access(env),
        users=frozenset(name.strip().lower() for name in env.get("PLAYGROUND_USERS", "").split(",") if name.strip()),
        pictures_per_hour=_count(env, "PLAYGROUND_PICTURES_PER_HOUR", 20),
        per_person_day=_usd(env, "PLAYGROUND_USD_PER_PERSON_DAY", "1"),
        per_day=_usd(env, "PLAYGROUND_USD_PER_DAY", "5"),
        per_month=_usd(env, "PLAYGROUND_USD_PER_MONTH", "50"),
        min_balance=_usd(env, "PLAYGROUND_MIN_BALANCE", "1"),
        is_stopped=_is_on(env.get("PLAYGROUND_STOP", "")),
        is_home=_is_home(env),
    )


def _access(env: Mapping[str, str]) -> Access:
    """Return for whom the host's key pays; an address that others can reach is never open to everyone by itself."""
    text = env.get("PLAYGROUND_ACCESS", "").strip()
    if text and text != "auto":
        return _chosen_access(text, env)
    if _is_home(env):
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


def _is_home(env: Mapping[str, str]) -> bool:
    """Tell whether the page is open on this computer alone."""
    name = env.get("GRADIO_SERVER_NAME", "").strip() or "127.0.0.1"
    is_loopback = name in ("localhost", "::1", "[::1]") or name.startswith("127.")
    return is_loopback and not env.get("SPACE_ID") and not _is_on(env.get("GRADIO_SHARE", ""))


def _can_sign_in(env: Mapping[str, str]) -> bool:
    """Tell whether all is there that Gradio's sign-in needs; a Space with `hf_oauth: true` has it."""
    return env.get("SYSTEM") == "spaces" and all(env.get(name) for name in _SIGN_IN)


def _owner(env: Mapping[str, str]) -> str:
    return env.get("SPACE_AUTHOR_NAME", "").strip() or env.get("SPACE_ID", "").partition("/")[0].strip()


def _usd(env: Mapping[str, str], name: str, default: str) -> Micros:
    text = env.get(name, "").strip() or default
    amount = micros(text)
    if amount is None or amount < 0:
        raise SetupError(f"{name} must be an amount of US dollars such as 2.50, not {text}.")
    return amount


def _is_on(text: str) -> bool:
    """Read a switch; whatever is not plainly off is on, as stopping too much costs nothing."""
    return text.strip().lower() not in ("", "0", "false", "no", "off")


def _data_dir(env: Mapping[str, str]) -> tuple[Path, bool]:
    """Return the folder and whether it outlives a restart: a Space keeps nothing but `/data`."""
    chosen = env.get("PLAYGROUND_DATA_DIR", "").strip()
    on_space = bool(env.get("SPACE_ID"))
    storage = Path("/data")
    has_storage = storage.is_dir() and os.access(storage, os.W_OK)
    if chosen and chosen != "auto":
        folder = Path(chosen).expanduser().resolve()
        return folder, not on_space or (has_storage and folder.is_relative_to(storage))
    if on_space and has_storage:
        return storage / "playground", True
    return _user_data(env) / "sdxl-lora-playground", not on_space


def _lora_folder(env: Mapping[str, str]) -> Path | None:
    text = env.get("SDXL_LORA_FOLDER", "").strip()
    return Path(text).expanduser().resolve() if text else None


def _user_data(env: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
