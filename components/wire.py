"""The v3 API's own words: requests to JSON, JSON to values. Pure; the only file that knows them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from components import messages
from components.errors import (
    Busy,
    InvalidRequest,
    KeyRefused,
    LookRefused,
    ModelNotFound,
    NoCredit,
    NotAccepted,
    NotTold,
    PlaygroundError,
    Sentence,
    SubmissionUnknown,
    TaskGone,
    UploadTrouble,
    WatchTrouble,
)
from components.generation import GenerationRequest, Refine, TaskStatus, TaskUpdate
from components.money import Micros, micros

MESSAGE_LIMIT = 300
"""Characters of the API's own message that are shown to a person."""
PREVIEW_LIMIT = 64 * 1024
"""Characters of a preview's data URI; a longer one is not shown."""
PREVIEW_START = "data:image/jpeg;base64,"
STAGE_LIMIT = 80
"""Characters."""

_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PARAMETER_CODES = frozenset({400, 422, 1400, 1401})
_REFUSALS: Mapping[int, tuple[type[NotAccepted], Sentence]] = {
    401: (KeyRefused, messages.KEY_REFUSED),
    403: (KeyRefused, messages.MODEL_FORBIDDEN),
    404: (ModelNotFound, messages.MODEL_GONE),
    413: (NotAccepted, messages.TOO_LARGE),
    1200: (NotAccepted, messages.UNSUITABLE),
    1402: (NotAccepted, messages.LINK_NOT_FETCHED),
}
_TASK_FAILED_CODES = frozenset({1200, 1402, 1403, 1405})
_TROUBLE_CODES = frozenset({500, 502, 503, 504, 5000, 5003, 5004})


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came: nothing in it is trusted yet."""

    status: int
    body: bytes
    retry_after: float | None = None
    """Seconds, already read from the header."""


Dialect = Mapping[str, str]
"""By which name a model takes each field it has: ours to its own. What is not in it is never sent."""

ALIASES: Mapping[str, tuple[str, ...]] = {
    "prompt": ("prompt",),
    "negative_prompt": ("negative_prompt",),
    "size": ("size",),
    "guidance_scale": ("guidance_scale",),
    "num_inference_steps": ("num_inference_steps",),
    "seed": ("seed",),
    "loras": ("loras",),
    "image": ("image",),
    "mask_image": ("mask_image", "mask"),
    "prompt_strength": ("prompt_strength", "strength"),
    "refine": ("refine",),
    "high_noise_frac": ("high_noise_frac",),
    "refine_steps": ("refine_steps",),
    "preset": ("preset",),
    "enable_base64_output": ("enable_base64_output",),
}
"""What models of this family call their fields, the likelier name first."""

STANDARD: Dialect = {name: names[0] for name, names in ALIASES.items()}


@dataclass(frozen=True, slots=True)
class Links:
    """Where the pictures of a request lie for the API: addresses of uploads, or data URIs."""

    image: str = ""
    mask: str = ""


NO_LINKS = Links()


def encode(request: GenerationRequest, dialect: Dialect = STANDARD, links: Links = NO_LINKS) -> dict[str, Any]:
    """Return the JSON body of a submit: each field by the model's own name for it, and none that it does not have."""
    body: dict[str, Any] = {
        "prompt": request.prompt,
        "size": f"{request.width}*{request.height}",
        "guidance_scale": float(request.guidance_scale),
        "num_inference_steps": request.num_inference_steps,
        "seed": request.seed,
        "enable_base64_output": False,
    }
    if request.negative_prompt:
        body["negative_prompt"] = request.negative_prompt
    if request.loras:
        body["loras"] = [{"path": lora.path, "scale": float(lora.scale)} for lora in request.loras]
    if request.preset:
        body["preset"] = request.preset.value
    body |= _of_pictures(request, links) | _of_refiner(request)
    return {dialect[name]: value for name, value in body.items() if name in dialect}


def _of_pictures(request: GenerationRequest, links: Links) -> dict[str, Any]:
    if not request.image:
        return {}
    body: dict[str, Any] = {"image": links.image, "prompt_strength": float(request.prompt_strength)}
    return body | ({"mask_image": links.mask} if request.mask else {})


def _of_refiner(request: GenerationRequest) -> dict[str, Any]:
    if request.refine is Refine.ENSEMBLE:
        return {"refine": request.refine.value, "high_noise_frac": float(request.high_noise_frac)}
    if request.refine is Refine.SECOND_PASS:
        steps = request.num_inference_steps if request.refine_steps is None else request.refine_steps
        return {"refine": request.refine.value, "refine_steps": steps}
    return {}


def encode_recent(model: str, page: int) -> dict[str, Any]:
    """Return the JSON body that asks for the account's latest tasks of one model."""
    return {"page": page, "page_size": 100, "model": model}


def decode_submit(answer: Answer) -> TaskUpdate:
    """Read the answer to a submit.

    Raises NotAccepted (or a kind of it) and InvalidRequest when the API surely made no task, else
    SubmissionUnknown. An error that carries a task's id counts as accepted.
    """
    envelope = _envelope(answer.body)
    data = _mapping(envelope.get("data"))
    if _task_id(data):
        return _update(data)
    code, message = _code(answer, envelope), _message(envelope)
    if refusal := _refusal(code, message, answer.retry_after):
        raise refusal
    raise SubmissionUnknown(messages.UNEXPECTED_PAGE if _is_page(answer) else messages.NO_CLEAR_ANSWER)


def decode_look(answer: Answer, task_id: str) -> TaskUpdate:
    """Read the answer to a query. Raises WatchTrouble, which says nothing about the task itself."""
    envelope = _envelope(answer.body)
    code = _code(answer, envelope)
    data = _mapping(envelope.get("data"))
    if _task_id(data) == task_id and (code == 200 or "status" in data):
        return _update(data)
    if code in _TASK_FAILED_CODES:
        return TaskUpdate(task_id, TaskStatus.FAILED, error=_message(envelope))
    if code == 404:
        raise TaskGone(messages.GONE)
    if code in (401, 403):
        raise LookRefused(messages.LOOK_REFUSED)
    told = messages.PAGE_IN_PLACE_OF_API if _is_page(answer) else messages.SLOW_CONNECTION
    raise WatchTrouble(told, answer.retry_after)


def decode_recent(answer: Answer) -> tuple[TaskUpdate, ...]:
    """Read a page of the account's tasks, newest first. Raises WatchTrouble."""
    envelope = _envelope(answer.body)
    items = _mapping(envelope.get("data")).get("items")
    if _code(answer, envelope) != 200 or not isinstance(items, list):
        raise WatchTrouble(messages.LIST_UNREADABLE)
    entries = [_mapping(item) for item in cast("list[Any]", items)]
    return tuple(_update(entry) for entry in entries if _task_id(entry))


def decode_upload(answer: Answer) -> str:
    """Read where an uploaded picture lies. Raises NotAccepted, NotTold when the API has no such call."""
    envelope = _envelope(answer.body)
    code = _code(answer, envelope)
    if code in (404, 405):
        raise NotTold(messages.NOT_UPLOADED, is_offered=False)
    link = _text(_mapping(envelope.get("data")).get("download_url"))
    if code == 200 and link:
        return link
    refusal = _refusal(code, _message(envelope), answer.retry_after)
    raise refusal if isinstance(refusal, NotAccepted) else UploadTrouble(messages.NOT_UPLOADED)


@dataclass(frozen=True, slots=True)
class Quote:
    """What one picture costs."""

    price: Micros
    """What is charged, rebates taken off."""
    most: Micros
    """What it costs at the most: the list price where that is higher."""


def encode_price(
    model: str, request: GenerationRequest, dialect: Dialect = STANDARD, links: Links = NO_LINKS
) -> dict[str, Any]:
    """Return the JSON body that asks what a request would cost."""
    return {"model_id": model, "inputs": encode(request, dialect, links)}


def decode_price(answer: Answer) -> Quote:
    """Read the price of one picture. Raises KeyRefused, and NotTold when there is none above zero in US dollars."""
    data = _told(answer, messages.PRICE_NOT_TOLD)
    prices = [amount for name in ("discounted_price", "price") if (amount := micros(data.get(name))) and amount > 0]
    if not prices or data.get("currency", "USD") != "USD":
        raise NotTold(messages.PRICE_NOT_TOLD, is_offered=True)
    return Quote(prices[0], max(prices))


def decode_balance(answer: Answer) -> Micros:
    """Read the account's balance. Raises NotTold, and KeyRefused when the key is not good."""
    balance = micros(_told(answer, messages.BALANCE_NOT_TOLD).get("balance"))
    if balance is None:
        raise NotTold(messages.BALANCE_NOT_TOLD, is_offered=True)
    return balance


def encode_delete(task_ids: Sequence[str]) -> dict[str, Any]:
    """Return the JSON body that asks for the deletion of tasks and their pictures."""
    return {"ids": [*task_ids]}


def decode_delete(answer: Answer) -> None:
    """Read that tasks are gone; one that was not known is gone too. Raises NotTold and KeyRefused."""
    data_of(answer, messages.KEPT_AT_SERVICE)


def _told(answer: Answer, otherwise: Sentence) -> Mapping[str, Any]:
    return _mapping(data_of(answer, otherwise))


def data_of(answer: Answer, otherwise: Sentence) -> object:
    """Return the data of a good answer. Raises KeyRefused, and NotTold with this sentence."""
    envelope = _envelope(answer.body)
    code = _code(answer, envelope)
    if code in (401, 403):
        raise KeyRefused(messages.KEY_REFUSED)
    if code != 200:
        raise NotTold(otherwise, is_offered=code not in (404, 405))
    return envelope.get("data")


def decode_picture(text: str) -> bytes:
    """Return the bytes of an inline output: a data URI or bare base64. Raises ValueError."""
    payload = text.partition(",")[2] if text.startswith("data:") else text
    compact = "".join(payload.split())
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _refusal(code: int, message: str, retry_after: float | None) -> PlaygroundError | None:
    """Return the error for a code that means that no task was made; None when that is not sure."""
    if code == 429:
        return Busy(messages.BUSY, retry_after)
    if code == 402 or (code not in _TROUBLE_CODES and code != 200 and "insufficient" in message.lower()):
        return NoCredit(messages.NO_CREDIT)
    if code in _REFUSALS:
        kind, told = _REFUSALS[code]
        return kind(told)
    if code in _PARAMETER_CODES:
        return InvalidRequest(_field_named_in(message), messages.setting_refused(message))
    if 400 <= code < 500 or 1000 <= code < 2000:
        return NotAccepted(messages.refused(message))
    return None


def _field_named_in(message: str) -> str:
    """Return the parameter a message of the API names, so that its sentence can stand at its field."""
    for name in (
        "negative_prompt",
        "prompt",
        "size",
        "guidance_scale",
        "num_inference_steps",
        "seed",
        "loras",
    ):
        if name in message:
            return name
    return ""


def _envelope(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of an answer; anything else (a gateway's page, say) is an empty one."""
    try:
        return _mapping(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def _is_page(answer: Answer) -> bool:
    """Tell whether a web page came where JSON should be, as if all were well: a proxy's login, say."""
    return answer.status == 200 and answer.body.lstrip()[:1] == b"<"


def _code(answer: Answer, envelope: Mapping[str, Any]) -> int:
    """Return the one code that counts: the HTTP status unless that is 200 and the envelope has its own."""
    code = envelope.get("code")
    if not isinstance(code, int) or isinstance(code, bool):
        return answer.status if answer.status != 200 else 0
    return code if answer.status == 200 or code != 200 else answer.status


def _message(envelope: Mapping[str, Any]) -> str:
    return _text(envelope.get("message")).strip()[:MESSAGE_LIMIT]


def _task_id(data: Mapping[str, Any]) -> str:
    """Return the id of a prediction, empty where there is none that can stand in an address."""
    text = str(data.get("id") or "")
    return text if _TASK_ID.fullmatch(text) else ""


def _update(data: Mapping[str, Any]) -> TaskUpdate:
    progress = _mapping(data.get("x-progress"))
    return TaskUpdate(
        task_id=_task_id(data),
        status=_status(data.get("status")),
        outputs=_outputs(data.get("outputs")),
        nsfw=tuple(flag is True for flag in _list(data.get("has_nsfw_contents"))),
        error=_text(data.get("error")).strip()[:MESSAGE_LIMIT],
        inference_ms=_count(_mapping(data.get("timings")).get("inference")),
        query_url=_text(_mapping(data.get("urls")).get("get")) or None,
        created_at=_moment(data.get("created_at")),
        model=_text(data.get("model")),
        note=_text(data.get("x-note")),
        step=_count(progress.get("step")),
        steps=_count(progress.get("steps")),
        position=_count(data.get("x-position")),
        preview=_preview(data.get("x-preview")),
        stage=_text(data.get("x-stage")).strip()[:STAGE_LIMIT],
    )


def _preview(value: object) -> str:
    """Return a small JPEG's data URI; anything else is none, as it goes to the page as it is."""
    text = _text(value)
    if len(text) > PREVIEW_LIMIT or not text.startswith(PREVIEW_START):
        return ""
    try:
        data = base64.b64decode(text.removeprefix(PREVIEW_START), validate=True)
    except ValueError:
        return ""
    return text if data.startswith(b"\xff\xd8\xff") else ""


def _status(value: object) -> TaskStatus:
    """Return the status; one that is not known means that the task is being worked on."""
    try:
        return TaskStatus(value)
    except ValueError:
        return TaskStatus.RUNNING


def _outputs(value: object) -> tuple[str | bytes, ...]:
    """Return one output for each entry, bytes that are none for what is no text: the flags go by place."""
    return tuple(_output(item) if isinstance(item, str) else b"" for item in _list(value))


def _output(text: str) -> str | bytes:
    """Return a URL as it is and an inline picture as its bytes; bytes that are none stay empty."""
    if text.startswith(("http://", "https://")):
        return _text(text)
    try:
        return decode_picture(text)
    except ValueError:
        return b""


def _moment(value: object) -> float | None:
    """Return Unix seconds; a time that names no zone is UTC."""
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _count(value: object) -> int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
    return int(cast("float", value)) if is_number else None


def _text(value: object) -> str:
    """Return a text that every later encoder takes: JSON may bring half a surrogate pair, UTF-8 has none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _list(value: object) -> Sequence[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
