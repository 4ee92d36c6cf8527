"""Texts of the scripts and templates: each stands in the catalogue, each is used, and none stands in the code."""

from __future__ import annotations

import json
import re
from enum import Enum
from functools import cache
from itertools import chain

from components.budget.account_level import Level
from components.budget.limits import Access
from components.domain.request import Preset, Refine
from components.images.fit import FitMode
from components.loras.checker import Fit
from components.messages.catalogue import texts
from components.messages.message import Charge
from components.prompts.styles import prompt_styles
from tests.architecture.scripts import SCRIPTS, TEMPLATES, UI, files
from tests.assets.script_literals import Request, code_of, literals, requests
from tests.support.paths import ASSETS, ROOT
from tests.tools.repaint_samples import examples, shelf


def values(codes: type[Enum]) -> list[str]:
    return [one.value for one in codes]


def keys_like(pattern: str, codes: str | list[str]) -> list[str]:
    return [pattern.replace("${}", code) for code in (codes.split() if isinstance(codes, str) else codes)]


SECTIONS = keys_like(
    "${}",
    "account bill code compare example form gallery grid history host keys loras mask number presets press prompt"
    " refiner shared slider source_image starter_lora style viewer",
)
"""Sections of the catalogue that are the scripts' own."""
FIELDS = keys_like(
    "${}",
    "prompt negative_prompt size width height num_inference_steps guidance_scale seed loras prompt_strength refine"
    " refine_steps high_noise_frac preset model",
)
"""Settings whose names the scripts show."""
SKIPPED = ("shared/texts.js", "shared/messages.js", "shared/template.js")
"""Scripts that request texts by keys which others name."""


MODES = "restyle part remove extend"
TROUBLES = "host_key_refused service_away host_balance_unknown"
BILLED = "charged not_final partly_refunded refunded not_charged"
DYNAMIC = {
    pattern: keys_like(pattern, codes)
    for pattern, codes in {
        "bill.fact.${}": BILLED,
        "bill.sentence.${}": BILLED,
        "charge.${}": values(Charge),
        "code.tab.${}": [path.stem for path in (ASSETS / "code_samples").glob("*.jinja")],
        "gallery.ended.${}": "completed failed unknown stopped",
        "gallery.making.${}": "alone left soon step step_left step_soon",
        "gallery.stopping.${}": "asking stopping requested failed",
        "gallery.trouble.${}": "completed failed unknown stopped",
        "grid.${}": "coming covered failed",
        "grid.${}.field": "across down",
        "grid.${}.title": "across down",
        "grid.${}.values": "across down",
        "grid.planned.${}": "free unknown known",
        "host.access.${}": values(Access),
        "host.deviation.${}": "more less",
        "host.trouble.${}.meaning": TROUBLES,
        "host.trouble.${}.title": TROUBLES,
        "host.slowdown.level.${}": values(Level),
        "host.spender.${}": "user browser programs forgotten",
        "loras.find.${}": "most_liked newest",
        "loras.fit.${}": values(Fit),
        "mask.side.${}": "left top width height",
        "mask.tool.${}": "paint erase rectangle",
        "mask.hint.${}": "part remove",
        "mask.title.${}": "part remove",
        "source_image.mark.${}": "part remove",
        "source_image.mode.${}.name": MODES,
        "source_image.purpose.${}": MODES,
        "source_image.step.${}": "touch_up restyle reimagine",
        "source_image.strength_meaning.${}": "least small look layout hint all part_small part_look part_new"
        " extend_edges extend_new",
        "source_image.way.${}.help": values(FitMode),
        "source_image.way.${}.name": values(FitMode),
        "starter_lora.${}.line": [one["id"] for one in shelf()],
        "starter_lora.${}.title": [one["id"] for one in shelf()],
        "style.${}.title": list(prompt_styles()),
        "viewer.speed.${}": values(Preset),
    }.items()
} | {
    "source_image.mark_hint.${}.${}": [
        *keys_like("source_image.mark_hint.part.${}", "before after"),
        *keys_like("source_image.mark_hint.remove.${}", "before after"),
    ],
    "source_image.${}.${}": [
        *keys_like("source_image.wider.${}", "extend where both left right"),
        *keys_like("source_image.taller.${}", "extend where both top bottom"),
    ],
    "field.${}.label": [],  # one of the two: see test_every_setting_has_a_name
    "field.${}.title": [],
}
"""Keys that a script puts together, and all that come of it."""
PARAMS = {"sides": {"width", "height"}, "lengths": {"width", "height"}}
"""Functions that return the parameters of a text."""
KEY = re.compile(rf"(?:{'|'.join(SECTIONS)}|field|charge)(?:\.(?:[\w-]|\$\{{\}})+)+")
PLACEHOLDER = re.compile(r"\{(\w+)(?:, \w+)?\}")

VISIBLE = re.compile(r"[^\W\d_]{2,}[,.:;!?…]?\s+[^\W\d_]{2,}|(?:^|\s)[A-Z][a-z]")
"""Two words, or one that begins with a capital: a text for visitors, or one of ALLOWED."""
NAMES_OF_CODE = re.compile(
    r"(?:className: |(?:querySelector(?:All)?|closest|matches|matchMedia)(?:\?\.)?\(|import\(|Error\()$"
)
"""What stands before names of classes, selectors, modules, and the texts of exceptions, which nobody sees."""
PLACED = re.compile(
    r'(?:button\(|aria-label"[:,] |(?:textContent|title|placeholder|alt) = |\b(?:title|placeholder|alt|label): '
    r"|\b(?:innerText|ariaLabel|ariaDescription) = |setText\([^,;]+, "
    r"|\.(?:append|prepend|replaceChildren|replaceWith)\("
    r'|make\("\w+", \{[^{}]*\}, )["`][^"`$]*[A-Za-z]'
)
"""Any literal where only texts for visitors stand."""
ALLOWED = {
    "#generate button, button#generate": "a selector",
    "#field-prompt textarea": "a selector",
    "textarea, input:not([type=hidden])": "a selector",
    "#field-lora-${} :is(textarea, input)": "a selector",
    "${}px sans-serif": "a font",
    "translate(${}px, ${}px) scale(${})": "a style",
    "Escape": "a key",
    "NotLoadedError": "the name of an error",
    "Enter": "a key",
    "Arrow": "the names of four keys begin so",
    "Notification": "a class of browsers",
    "Content-Type": "a header",
    "X-Playground-Visitor": "a header",
    "Bearer ${}": "a header's value",
    "noopener noreferrer": "a value of HTML",
    "playground tells when done": "a name in the browser's storage",
    "empty background, seamless continuation of the surroundings, nothing else": "a prompt, which the model reads",
    "red, blue, green": "words of a prompt, which the model reads in English",
}
"""Literals that are no texts for visitors, and why."""


def source_of(name: str) -> str:
    return (UI / name).read_text(encoding="utf-8")


def placeholders(key: str) -> set[str]:
    template = texts()[key]
    plural = [template] if isinstance(template, str) else [*template.values(), "{count}"]
    return set(chain.from_iterable(PLACEHOLDER.findall(one) for one in plural))


def expanded(key: str) -> list[str]:
    return DYNAMIC[key] if "${}" in key else [key]


@cache
def keys_in(name: str) -> frozenset[str]:
    """Return the keys that stand in a script, in a call or in a table."""
    return frozenset(one.value for one in literals(source_of(name)) if KEY.fullmatch(one.value))


@cache
def used() -> frozenset[str]:
    in_scripts = chain.from_iterable(expanded(key) for name in SCRIPTS for key in keys_in(name))
    in_templates = chain.from_iterable(
        re.findall(r'data-(?:text|label)="([\w.-]+)"', path.read_text(encoding="utf-8")) for path in files(".html")
    )
    python = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "components").rglob("*.py"))
    in_python = [*re.findall(r'"([a-z_]+(?:\.[\w-]+)+)"', python), *keys_like("refiner.mode.${}", values(Refine))]
    in_python += keys_like("example.${}.title", [one["id"] for one in examples()])
    return frozenset([*in_scripts, *in_templates, *in_python])


def test_every_key_of_a_script_has_a_text() -> None:
    for name in SCRIPTS:
        assert [key for key in keys_in(name) if "${}" in key and key not in DYNAMIC] == [], name
        assert {one for key in keys_in(name) for one in expanded(key)} <= texts().keys(), name


def test_a_text_gets_the_parameters_that_it_has() -> None:
    for name in set(SCRIPTS) - set(SKIPPED):
        for request in requests(source_of(name)):
            assert params_fit(request), f"{name}: {request}"


def params_fit(request: Request) -> bool:
    found = [one for key in request.keys for one in expanded(key)]
    if not found:
        return True  # a key from a table of the script, which takes no parameters: see test_tables_hold_plain_texts
    params = request.params
    if isinstance(params, str):
        params = frozenset(PARAMS[params.partition("(")[0]])
    # The texts of a key that is put together may each use some of the parameters.
    needed = [placeholders(one) for one in found]
    return (
        set[str]().union(*needed) == set(params)
        if "${}" in "".join(request.keys) or len(found) == 1
        else not any(needed)
    )


def test_tables_hold_plain_texts() -> None:
    """A key that is not the argument itself is passed on with nothing to fill in."""
    for name in SCRIPTS:
        direct = {key for request in requests(source_of(name)) for key in request.keys}
        for key in keys_in(name) - direct:
            assert not any(placeholders(one) for one in expanded(key)), f"{name}: {key}"


def test_every_setting_has_a_name() -> None:
    assert [name for name in FIELDS if not {f"field.{name}.label", f"field.{name}.title"} & texts().keys()] == []


def test_every_text_of_the_scripts_is_used() -> None:
    own = {key for key in texts() if key.split(".")[0] in SECTIONS}
    assert own - used() == set()


def test_no_known_value_is_listed_for_keys_that_no_script_makes() -> None:
    made = {key for name in SCRIPTS for key in keys_in(name) if "${}" in key}
    assert set(DYNAMIC) == made


def test_no_text_for_visitors_stands_in_a_script() -> None:
    for name in SCRIPTS:
        assert visible_literals(name) == [], name
        assert PLACED.findall(code_of(source_of(name))) == [], name


PLANTED = (
    'button("stop", go)',
    'setText(node, "none")',
    'node.append("none")',
    "this.box.replaceChildren(`none`)",
    'node.ariaLabel = "stop"',
    'node.setAttribute("aria-label", "stop")',
    'make("p", { className: "quiet" }, "none")',
    'make("input", { type: "text", placeholder: "none" })',
)


def test_a_single_word_is_found_where_only_texts_stand() -> None:
    assert [one for one in PLANTED if not PLACED.search(one)] == []
    assert not PLACED.search('setText(node, text("form.no_loras"))')
    assert not PLACED.search('node.append(" ", more)')


def visible_literals(name: str) -> list[str]:
    return [
        one.value
        for one in literals(source_of(name))
        if VISIBLE.search(one.value.replace("${}", ""))
        and not (one.value in ALLOWED or KEY.fullmatch(one.value) or NAMES_OF_CODE.search(one.before))
    ]


def test_what_is_allowed_stands_somewhere() -> None:
    everywhere = {one.value for name in SCRIPTS for one in literals(source_of(name))}
    assert ALLOWED.keys() - everywhere == set()


def test_no_text_for_visitors_stands_in_a_template() -> None:
    for path in files(".html"):
        html = re.sub(
            r"<!--.*?-->|<(script)\b.*?</\1>|\$\{[^}]*\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        assert re.findall(r">[^<]*[A-Za-z][^<]*<", html) == [], path
        attributes = r"aria-(?:label|description|roledescription|valuetext)|title|placeholder|alt|label|summary"
        assert re.findall(rf'\s(?:{attributes})="[^"]*[A-Za-z]', html) == [], path
        assert re.findall(r'<(?:input|button)\b[^>]*\svalue="[^"]*[A-Za-z]', html) == [], path


def test_no_text_for_visitors_stands_in_a_style_sheet() -> None:
    for path in files(".css"):
        assert re.findall(r'content:[^;"]*"[^"]*[A-Za-z][^"]*"', path.read_text(encoding="utf-8")) == [], path


def test_no_script_is_a_list_of_texts() -> None:
    assert [name for name in SCRIPTS if re.fullmatch(r"(?:.*_)?words\.js", name.rpartition("/")[2])] == [
        "loras/trigger_words.js"
    ]
    assert [name for name in SCRIPTS if "words.js" in source_of(name).replace("trigger_words.js", "")] == []


def test_content_that_is_chosen_from_has_its_texts_in_the_catalogue_alone() -> None:
    for name in ("examples/examples.json", "prompt_styles/styles.json"):
        assert all("title" not in one for one in json.loads((ASSETS / name).read_text(encoding="utf-8")))
    assert all("line" not in one for one in shelf())


def test_scripts_that_gradio_fills_in_hold_no_texts() -> None:
    for name in TEMPLATES:
        found = {one.value for one in literals(source_of(name)) if VISIBLE.search(one.value)}
        assert found <= {"${}/ASSETS/MODULE.js", "NotLoadedError"}, name
