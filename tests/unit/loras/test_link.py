"""Whatever people paste to name a LoRA: one form for the wire, or a sentence that says what to paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.domain.lora_path import MAX_URL_LENGTH, is_lora_path, is_repository
from components.errors import InvalidRequest
from components.loras.link import parse_lora
from components.loras.sites import Site
from components.messages.catalogue import Text
from components.messages.message import Message
from components.net.public_url import is_public_https

FILE = "https://huggingface.co/o/n/resolve/main/x.safetensors"
CIVITAI = "https://civitai.com/api/download/models/"

GOOD = {
    "owner/name": "owner/name",
    "  owner/name\n": "owner/name",
    '"owner/name"': "owner/name",
    "“owner/name”,": "owner/name",
    "<owner/name>": "owner/name",
    "owner/name/": "owner/name",
    "CiroN2022/toy-face": "CiroN2022/toy-face",
    "a.b/c.d_e-f": "a.b/c.d_e-f",
    "hf://owner/name": "owner/name",
    "https://huggingface.co/owner/name": "owner/name",
    "http://huggingface.co/owner/name/": "owner/name",
    "HTTPS://WWW.HuggingFace.CO/Owner/Name": "Owner/Name",
    "huggingface.co/owner/name": "owner/name",
    "www.huggingface.co/owner/name?library=diffusers#how": "owner/name",
    "hf.co/owner/name": "owner/name",
    "https://huggingface.co/owner/name/tree/main": "owner/name",
    "https://huggingface.co/owner/name/discussions/3": "owner/name",
    "[the LoRA](https://huggingface.co/owner/name)": "owner/name",
    "https://huggingface.co/o/n/blob/main/x.safetensors": FILE,
    "https://huggingface.co/o/n/resolve/main/x.safetensors?download=true": FILE,
    "https://hf.co/o/n/raw/main/x.safetensors": FILE,
    "huggingface.co/o/n/resolve/main/x.safetensors": FILE,
    "https://huggingface.co/o/n/resolve/main/x.safetensors?token=hf_secret": FILE,
    "https://huggingface.co/o/n/blob/v1.0/sub/my file.safetensors".replace(" ", "%20"): (
        "https://huggingface.co/o/n/resolve/v1.0/sub/my%20file.safetensors"
    ),
    "https://huggingface.co/o/n/blob/refs%2Fpr%2F1/x.safetensors": (
        "https://huggingface.co/o/n/resolve/refs%2Fpr%2F1/x.safetensors"
    ),
    "https://civitai.com/models/123?modelVersionId=456": f"{CIVITAI}456",
    "https://civitai.com/models/123/a-pretty-name?modelVersionId=456&x=1": f"{CIVITAI}456",
    "civitai.com/api/download/models/456": f"{CIVITAI}456",
    f"{CIVITAI}456?type=Model&format=SafeTensor": f"{CIVITAI}456?type=Model&format=SafeTensor",
    f"{CIVITAI}456?type=Model&token=secret": f"{CIVITAI}456?type=Model",
    f"{CIVITAI}456?token=secret": f"{CIVITAI}456",
    "https://civitai.com/api/v1/model-versions/456": f"{CIVITAI}456",
    "https://civitai.green/models/123?modelVersionId=456": f"{CIVITAI}456",
    "urn:air:sdxl:lora:civitai:123@456": f"{CIVITAI}456",
    "URN:AIR:SDXL:LORA:CIVITAI:123@456": f"{CIVITAI}456",
    "urn:air:pony:lora:civitai:123@456": f"{CIVITAI}456",
    "civitai:123@456": f"{CIVITAI}456",
    "urn:air:sdxl:lora:huggingface:owner/name": "owner/name",
    "https://example.org/loras/x.safetensors": "https://example.org/loras/x.safetensors",
    "example.org/x.safetensors": "https://example.org/x.safetensors",
    "http://example.org:80/X.safetensors": "https://example.org/X.safetensors",
    "https://EXAMPLE.org/X.safetensors?signature=a%2Fb#part": "https://example.org/X.safetensors?signature=a%2Fb",
    "https://github.com/o/r/blob/main/x.safetensors": "https://github.com/o/r/raw/main/x.safetensors",
}

BAD = {
    "": messages.NO_LORA_PATH,
    " \n": messages.NO_LORA_PATH,
    "<>": messages.NO_LORA_PATH,
    "x" * (MAX_URL_LENGTH + 1): messages.LORA_TOO_LONG,
    "pixel-art": messages.LORA_BARE_NAME,
    "pixel art": messages.LORA_BARE_NAME,
    "pixel-art.safetensors": messages.LORA_BARE_NAME,
    "loras/pixel-art.safetensors": messages.LORA_BARE_NAME,
    "o/n/x.safetensors": messages.LORA_BARE_NAME,
    "<lora:pixel-art:0.8>": messages.LORA_BARE_NAME,
    "owner/name other/name": messages.LORA_ONE_A_ROW,
    "owner/": messages.LORA_BARE_NAME,
    "a/b/c": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/0.co/name": messages.NOT_A_LORA_PATH,
    "owner/..": messages.NOT_A_LORA_PATH,
    "owner/na\0me": messages.NOT_A_LORA_PATH,
    "javascript://x/%0aalert(1)": messages.NOT_A_LORA_PATH,
    "ftp://example.org/x.safetensors": messages.NOT_A_LORA_PATH,
    "https://[::1": messages.NOT_A_LORA_PATH,
    "/home/me/x.safetensors": messages.LORA_LOCAL,
    "./x.safetensors": messages.LORA_LOCAL,
    "~/loras/x.safetensors": messages.LORA_LOCAL,
    "C:\\loras\\x.safetensors": messages.LORA_LOCAL,
    "\\\\nas\\x.safetensors": messages.LORA_LOCAL,
    "file:///etc/passwd": messages.LORA_LOCAL,
    "http://localhost/x.safetensors": messages.LORA_INNER_ADDRESS,
    "localhost:8000/x.safetensors": messages.LORA_INNER_ADDRESS,
    "127.0.0.1/x": messages.LORA_INNER_ADDRESS,
    "http://192.168.1.5/x.safetensors": messages.LORA_INNER_ADDRESS,
    "http://169.254.169.254/latest": messages.LORA_INNER_ADDRESS,
    "https://example.org:8443/x.safetensors": messages.LORA_INNER_ADDRESS,
    "https://me:word@example.org/x.safetensors": messages.LORA_SECRET,
    "https://example.org/x.safetensors?access_token=a": messages.LORA_SECRET,
    "https://huggingface.co/": messages.LORA_NO_MODEL_PAGE,
    "https://huggingface.co/owner": messages.LORA_NO_MODEL_PAGE,
    "https://huggingface.co/spaces/owner/name": messages.LORA_NO_MODEL_PAGE,
    "https://huggingface.co/datasets/owner/name": messages.LORA_NO_MODEL_PAGE,
    "https://huggingface.co/blog/sdxl": messages.LORA_NO_MODEL_PAGE,
    "https://huggingface.co/owner/name/tree/main/sub": messages.LORA_FOLDER,
    "https://huggingface.co/owner/name/tree/v2/sub": messages.LORA_FOLDER,
    "https://huggingface.co/owner/name/tree/refs/pr/1/sub": messages.LORA_FOLDER,
    "https://huggingface.co/owner/name/tree/%2e%2e": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/%2e%2e/x.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/%252e%252E/x.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/./x.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/a%2F..%2Fb/x.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/main/a/%2e/x.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/main/..%5Cx.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/main/..%252fx.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name/resolve/main/a%0Ax.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/owner/name?show_file_info=..%2Fx.safetensors": messages.NOT_A_LORA_PATH,
    "https://huggingface.co/o/n/blob/main/README.md": messages.LORA_OTHER_FILE,
    "https://huggingface.co/o/n/blob/main/x.ckpt": messages.LORA_PICKLE,
    "https://huggingface.co/o/n/resolve/main/x.bin": messages.LORA_PICKLE,
    "https://example.org/x.PT": messages.LORA_PICKLE,
    "https://example.org/preview.png": messages.LORA_OTHER_FILE,
    "https://example.org": messages.LORA_NO_MODEL_PAGE,
    "https://civitai.com/articles/123/how-to": messages.LORA_NO_MODEL_PAGE,
    "https://civitai.com/user/somebody": messages.LORA_NO_MODEL_PAGE,
    "https://civitai.com/images/123": messages.LORA_NO_MODEL_PAGE,
    "urn:air:flux1:lora:civitai:123@456": messages.lora_for_another("FLUX"),
    "urn:air:sd1:lora:civitai:123@456": messages.lora_for_another("Stable Diffusion 1.5"),
    "urn:air:sdxl:checkpoint:civitai:123@456": messages.LORA_OTHER_KIND,
    "urn:air:sdxl:lora:civitai:abc": messages.LORA_AIR_UNREADABLE,
    "urn:isbn:0451450523": messages.LORA_AIR_UNREADABLE,
    "https:////x.safetensors": messages.LORA_INNER_ADDRESS,
    "<lora:owner/name:-0.5>": messages.LORA_NEGATIVE,
    "<lora:owner/name:strong>": messages.LORA_TAG_UNREADABLE,
}


@pytest.mark.parametrize(("pasted", "path"), GOOD.items())
def test_a_spelling_becomes_the_form_for_the_wire(pasted: str, path: str) -> None:
    link = parse_lora(pasted)
    assert (link.path, link.weight, link.is_ready) == (path, None, True)
    assert parse_lora(path).path == path, "what was understood once is understood again as the same"


@pytest.mark.parametrize(("pasted", "told"), BAD.items())
def test_a_spelling_that_cannot_work_is_refused_in_words(pasted: str, told: Message) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_lora(pasted)
    assert refused.value.message == told


@pytest.mark.parametrize(
    ("pasted", "path", "weight"),
    [
        ("<lora:owner/name:0.8>", "owner/name", 0.8),
        ("<LORA:owner/name:.5>", "owner/name", 0.5),
        ("<lora:owner/name>", "owner/name", None),
        ("<lora:owner/name:0.8:0.6>", "owner/name", 0.8),
        ("lora:owner/name:1", "owner/name", 1.0),
        ("<lora:https://example.org/x.safetensors:0.7>", "https://example.org/x.safetensors", 0.7),
    ],
)
def test_a_tag_says_the_weight_too(pasted: str, path: str, weight: float | None) -> None:
    link = parse_lora(pasted)
    assert (link.path, link.weight) == (path, weight)


@pytest.mark.parametrize(
    "pasted",
    [
        "https://civitai.com/models/123",
        "civitai.com/models/123/a-pretty-name",
        "urn:air:sdxl:lora:civitai:123",
        "https://civitai.com/models/123?modelVersionId=x",
    ],
)
def test_a_civitai_page_without_a_version_has_to_be_asked_for_it(pasted: str) -> None:
    link = parse_lora(pasted)
    assert (link.path, link.model, link.is_ready) == ("https://civitai.com/models/123", "123", False)


@pytest.mark.parametrize(
    ("pasted", "site", "label"),
    [
        ("owner/name", Site.HUGGING_FACE, "Hugging Face · owner/name"),
        (FILE, Site.HUGGING_FACE, "Hugging Face · o/n · x.safetensors"),
        ("https://civitai.com/models/123", Site.CIVITAI, Text("lora_site.civitai_model", {"number": "123"})),
        ("civitai:123@456", Site.CIVITAI, Text("lora_site.civitai_version", {"number": "456"})),
        ("https://example.org/a/x.safetensors", Site.OTHER, "example.org · x.safetensors"),
    ],
)
def test_a_label_says_where_it_lies(pasted: str, site: Site, label: str) -> None:
    link = parse_lora(pasted)
    assert (link.site, link.label) == (site, label)


@pytest.mark.parametrize("pasted", ["pixel-art", "<lora:Pixel-Art:0.5>", "pixel-art.safetensors"])
def test_a_name_on_the_shelf_is_found(pasted: str) -> None:
    assert parse_lora(pasted, {"pixel-art": "nerijs/pixel-art-xl"}).path == "nerijs/pixel-art-xl"


_PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "hf.co/",
        "huggingface.co/",
        "civitai.com/",
        "models/",
        "1",
        "a/b",
        "@",
        ":",
        "?",
        "/",
        "#",
    ]
)


@given(st.text() | st.lists(_PIECES | st.text(max_size=4)).map("".join))
def test_nothing_pasted_makes_trouble_and_what_is_understood_is_safe_to_send(text: str) -> None:
    try:
        link = parse_lora(text)
    except InvalidRequest:
        return
    assert is_repository(link.path) or is_public_https(link.path)
    assert is_lora_path(link.path)
    assert parse_lora(link.path).path == link.path
    assert "@" not in link.path.partition("/")[0]
