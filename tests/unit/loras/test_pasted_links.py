"""Links and names as people paste them, in the kinds that public reports show; each kind names its source."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

from components import messages
from components.errors import InvalidRequest
from components.loras.link import parse_lora
from components.messages.message import Message

HUB = "https://huggingface.co/nerijs/pixel-art-xl/resolve"
FILE = f"{HUB}/main/pixel-art-xl.safetensors"
CIVITAI = "https://civitai.com/api/download/models/135931"
SHELF = {"pixel-art-xl": "nerijs/pixel-art-xl", "ink style": "Ink Style.safetensors"}
REPOSITORY = "nerijs/pixel-art-xl"

UNDERSTOOD = {
    # L1, civitai/civitai src/server/common/model-helpers.ts, willmiao/ComfyUI-Lora-Manager#969: links name a file.
    f"{CIVITAI}?fileId=98765": f"{CIVITAI}?fileId=98765",
    f"{CIVITAI}?type=Model&format=SafeTensor&quantType=fp8&fileId=9": (
        f"{CIVITAI}?type=Model&format=SafeTensor&quantType=fp8&fileId=9"
    ),
    f"{CIVITAI}?fileId=9&token=canary": f"{CIVITAI}?fileId=9",
    f"{CIVITAI}?type=Model&amp;format=SafeTensor": f"{CIVITAI}?type=Model&format=SafeTensor",
    "https://civitai.com/models/120096/x?modelVersionId=135931&fileId=9": f"{CIVITAI}?fileId=9",
    f"{CIVITAI}/?size=pruned&fp=fp16#top": f"{CIVITAI}?size=pruned&fp=fp16",
    # L2, willmiao/ComfyUI-Lora-Manager#68: what stands around a link is no part of it.
    "https://civitai.com/models/120096/pixel-art-xl?modelVersionId=135931.": CIVITAI,
    "(https://civitai.com/models/120096?modelVersionId=135931)": CIVITAI,
    "https://civitai.com/models/120096?modelVersionId=135931).": CIVITAI,
    "https://civitai.com/models/120096?modelVersionId=135931…": CIVITAI,
    "<https://civitai.com/models/120096?modelVersionId=135931>!": CIVITAI,
    "**https://civitai.com/models/120096?modelVersionId=135931**": CIVITAI,
    "https://civitai.com/models/120096?modelVersionId=135931。": CIVITAI,
    "（https://civitai.com/models/120096?modelVersionId=135931）": CIVITAI,
    "https://civitai.com/models/120096?modelVersionId=135931|x": CIVITAI,
    "「nerijs/pixel-art-xl」、": REPOSITORY,
    "nerijs/pixel-art-xl 🔥": REPOSITORY,
    "https:/huggingface.co/nerijs/pixel-art-xl": REPOSITORY,
    "https://https://huggingface.co/nerijs/pixel-art-xl": REPOSITORY,
    "nerijs/pixel-art-xl.": REPOSITORY,
    "[nerijs/pixel-art-xl]": REPOSITORY,
    "{nerijs/pixel-art-xl}?": REPOSITORY,
    "- nerijs/pixel-art-xl": REPOSITORY,
    "„nerijs/pixel-art-xl“": REPOSITORY,
    "try this: https://huggingface.co/nerijs/pixel-art-xl, it is great!": REPOSITORY,
    "Pixel Art (https://civitai.com/models/120096?modelVersionId=135931)": CIVITAI,
    "[Pixel Art](https://huggingface.co/nerijs/pixel-art-xl) by nerijs": REPOSITORY,
    "https://example.org/a_(v2)/x_(1).safetensors": "https://example.org/a_(v2)/x_(1).safetensors",
    "wget -O x.safetensors https://example.org/x.safetensors": "https://example.org/x.safetensors",
    # L3, willmiao/ComfyUI-Lora-Manager#897, gutris1/sd-hub#49: the host that was given is asked first.
    "https://civitai.red/models/2635570/x?modelVersionId=2959128": "https://civitai.red/api/download/models/2959128",
    "www.civitai.red/api/download/models/5?fileId=6": "https://civitai.red/api/download/models/5?fileId=6",
    "civitai.red/models/5/some-name?modelVersionId=7": "https://civitai.red/api/download/models/7",
    # L4: a mirror of Hugging Face has its paths; Dropbox serves the file itself at dl=1.
    "https://hf-mirror.com/nerijs/pixel-art-xl": REPOSITORY,
    "https://hf-mirror.com/nerijs/pixel-art-xl/blob/main/pixel-art-xl.safetensors": FILE,
    "https://www.dropbox.com/scl/fi/abc/pixel.safetensors?rlkey=xyz&dl=0": (
        "https://www.dropbox.com/scl/fi/abc/pixel.safetensors?rlkey=xyz&dl=1"
    ),
    "https://www.dropbox.com/s/abc/pixel.safetensors": "https://www.dropbox.com/s/abc/pixel.safetensors?dl=1",
    "https://github.com/o/r/releases/download/v1/x.safetensors": (
        "https://github.com/o/r/releases/download/v1/x.safetensors"
    ),
    "https://modelscope.cn/models/o/n/file/view/master/x.safetensors": (
        "https://modelscope.cn/models/o/n/resolve/master/x.safetensors"
    ),
    "https://modelscope.cn/models/o/n/resolve/master/x.safetensors": (
        "https://modelscope.cn/models/o/n/resolve/master/x.safetensors"
    ),
    # L5: Hugging Face's own viewer and commands, a wide colon of an input method.
    "https://huggingface.co/nerijs/pixel-art-xl?show_file_info=pixel-art-xl.safetensors": FILE,
    "https://huggingface.co/nerijs/pixel-art-xl/tree/main?show_file_info=pixel-art-xl.safetensors": FILE,
    "https://huggingface.co/nerijs/pixel-art-xl/tree/v2?show_file_info=a%2Fx.safetensors": f"{HUB}/v2/a/x.safetensors",
    "https://huggingface.co/api/models/nerijs/pixel-art-xl": REPOSITORY,
    "https：//huggingface.co/nerijs/pixel-art-xl": REPOSITORY,
    "https：／／civitai.com／models／120096?modelVersionId=135931": CIVITAI,
    "nerijs/pixel-art-xl@main": REPOSITORY,
    "nerijs/pixel-art-xl::pixel-art-xl.safetensors": FILE,
    # A file at a revision, as huggingface/huggingface_hub's HfFileSystem writes it: `owner/name@revision/path`.
    "nerijs/pixel-art-xl@v2/pixel-art-xl.safetensors": f"{HUB}/v2/pixel-art-xl.safetensors",
    "nerijs/pixel-art-xl@main/pixel-art-xl.safetensors": FILE,
    "nerijs/pixel-art-xl@v2/styles/x.safetensors": f"{HUB}/v2/styles/x.safetensors",
    "nerijs/pixel-art-xl@refs/pr/1/x.safetensors": f"{HUB}/refs%2Fpr%2F1/x.safetensors",
    "nerijs/pixel-art-xl@old%2Fnames/x.safetensors": f"{HUB}/old%2Fnames/x.safetensors",
    "hf://nerijs/pixel-art-xl@v2/x.safetensors": f"{HUB}/v2/x.safetensors",
    "hf://nerijs/pixel-art-xl/pixel-art-xl.safetensors": FILE,
    "hf://nerijs/pixel-art-xl/a/b@2/x.safetensors": f"{HUB}/main/a/b%402/x.safetensors",
    "hf://nerijs/pixel-art-xl/resolve/v2/x.safetensors": f"{HUB}/v2/x.safetensors",
    "https://huggingface.co/nerijs/pixel-art-xl/tree/v2/a/x.safetensors": f"{HUB}/v2/a/x.safetensors",
    "hf download nerijs/pixel-art-xl": REPOSITORY,
    "$ hf download nerijs/pixel-art-xl --local-dir ./loras": REPOSITORY,
    "hf download nerijs/pixel-art-xl pixel-art-xl.safetensors --local-dir .": FILE,
    "huggingface-cli download nerijs/pixel-art-xl pixel-art-xl.safetensors --revision v2": (
        f"{HUB}/v2/pixel-art-xl.safetensors"
    ),
    "hf download nerijs/pixel-art-xl --quiet --include 'pixel-art-xl.safetensors'": FILE,
    'hf download nerijs/pixel-art-xl --include "*.safetensors"': REPOSITORY,
    "git clone https://huggingface.co/nerijs/pixel-art-xl": REPOSITORY,
    # huggingface/diffusers#4773
    'pipe.load_lora_weights("nerijs/pixel-art-xl")': REPOSITORY,
    'pipe.load_lora_weights("nerijs/pixel-art-xl", weight_name="pixel-art-xl.safetensors")': FILE,
    "hf_hub_download(repo_id='nerijs/pixel-art-xl', filename='pixel-art-xl.safetensors')": FILE,
    "urn:air:other:lora:civitai:120096@135931": CIVITAI,
    # github.com/civitai/civitai/wiki/AIR---Uniform-Resource-Names-for-AI: a layer and a format may follow.
    "urn:air:sdxl:lora:civitai:120096@135931.safetensor": CIVITAI,
    "urn:air:sdxl:lora:civitai:120096@135931:unet.safetensors": CIVITAI,
    "urn:air:sdxldistilled:lora:civitai:120096@135931": CIVITAI,
    # R2, tests of willmiao/ComfyUI-Lora-Manager: a file in a folder is found here by its own name.
    "<lora:styles/pixel-art-xl:0.7>": REPOSITORY,
    "models/Lora/pixel-art-xl.safetensors": REPOSITORY,
    "SDXL\\pixel-art-xl": REPOSITORY,
    "styles\\Ink Style.safetensors": "Ink Style.safetensors",
    "a/b/pixel-art-xl": REPOSITORY,
}

REFUSED = {
    # R2: folders of A1111, ComfyUI and of people.
    "models/Lora/fox.safetensors": messages.LORA_BARE_NAME,
    "SDXL/style/fox.safetensors": messages.LORA_BARE_NAME,
    "SDXL1.0/fox.safetensors": messages.LORA_BARE_NAME,
    "sd.webui/webui/models/Lora/fox.safetensors": messages.LORA_BARE_NAME,
    "ComfyUI/models/loras/fox": messages.LORA_BARE_NAME,
    "loras/fox": messages.LORA_BARE_NAME,
    "My LoRAs/fox.safetensors": messages.LORA_BARE_NAME,
    "Styles/fox": messages.LORA_BARE_NAME,
    "SDXL\\fox": messages.LORA_BARE_NAME,
    "SDXL\\style\\fox.safetensors": messages.LORA_BARE_NAME,
    "<lora:styles/fox:0.7>": messages.LORA_BARE_NAME,
    "<lora:characters\\fox:0.7>": messages.LORA_BARE_NAME,
    "<lora:a/b/fox:0.7>": messages.NOT_A_LORA_PATH,
    "owner/name/fox.safetensors": messages.LORA_BARE_NAME,
    # L4: pages that are no files.
    "https://drive.google.com/file/d/1AbCdEf/view?usp=sharing": messages.PAGE_IN_PLACE_OF_FILE,
    "https://drive.google.com/drive/folders/1AbCdEf": messages.PAGE_IN_PLACE_OF_FILE,
    "https://app.weights.gg/models/abc": messages.PAGE_IN_PLACE_OF_FILE,
    "https://pastebin.com/abc": messages.PAGE_IN_PLACE_OF_FILE,
    "https://catbox.moe/c/abc": messages.PAGE_IN_PLACE_OF_FILE,
    "https://tensor.art/models/757279507095956705": messages.PAGE_IN_PLACE_OF_FILE,
    "https://www.seaart.ai/models/detail/cn1": messages.PAGE_IN_PLACE_OF_FILE,
    "https://www.liblib.art/modelinfo/05": messages.PAGE_IN_PLACE_OF_FILE,
    "https://civitaiarchive.com/models/120096?modelVersionId=135931": messages.PAGE_IN_PLACE_OF_FILE,
    "https://civarchive.com/models/110828?modelVersionId=119514": messages.PAGE_IN_PLACE_OF_FILE,
    "https://github.com/o/r/releases/tag/v1": messages.PAGE_IN_PLACE_OF_FILE,
    "https://github.com/o/r": messages.PAGE_IN_PLACE_OF_FILE,
    "https://www.dropbox.com/scl/fo/abc/def?rlkey=xyz&dl=0": messages.PAGE_IN_PLACE_OF_FILE,
    "https://www.mediafire.com/file/abc/x.safetensors/file": messages.PAGE_IN_PLACE_OF_FILE,
    "https://mega.nz/file/abc#key": messages.PAGE_IN_PLACE_OF_FILE,
    "https://pixeldrain.com/u/abc": messages.PAGE_IN_PLACE_OF_FILE,
    "https://www.reddit.com/r/StableDiffusion/comments/1/x/": messages.PAGE_IN_PLACE_OF_FILE,
    "https://modelscope.cn/models/o/n/summary": messages.PAGE_IN_PLACE_OF_FILE,
    # L5
    "nerijs/pixel-art-xl@../x.safetensors": messages.NOT_A_LORA_PATH,
    "nerijs/pixel-art-xl@v2/%2e%2e/x.safetensors": messages.NOT_A_LORA_PATH,
    "nerijs/pixel-art-xl@v2/x.ckpt": messages.LORA_PICKLE,
    "styles/fox@2/x.safetensors": messages.LORA_BARE_NAME,
    "owner/fox@2.safetensors": messages.LORA_BARE_NAME,
    "hf://nerijs/pixel-art-xl/../x.safetensors": messages.NOT_A_LORA_PATH,
    f"nerijs/pixel-art-xl@{'é' * 101}": messages.NOT_A_LORA_PATH,
    "hf download o/n --repo-type dataset": messages.LORA_NO_MODEL_PAGE,
    "hf download": messages.LORA_BARE_NAME,
    "urn:air:ponyv7:lora:civitai:1@2": messages.lora_for_another("Pony V7"),
    "https://civitai.com/models/1?modelVersionId=2,https://civitai.com/models/3?modelVersionId=4": (
        messages.LORA_ONE_A_ROW
    ),
    "https://example.org/a.safetensors https://example.org/b.safetensors": messages.LORA_ONE_A_ROW,
    "https://huggingface.co/styles/fox": messages.NOT_A_LORA_PATH,
}


@pytest.mark.parametrize(("pasted", "path"), UNDERSTOOD.items())
def test_what_is_pasted_is_understood(pasted: str, path: str) -> None:
    link = parse_lora(pasted, SHELF)
    assert (link.path, link.is_ready) == (path, True)
    assert parse_lora(path, SHELF).path == path, "read again it is the same"


@pytest.mark.parametrize(("pasted", "told"), REFUSED.items())
def test_what_names_no_file_is_refused_at_once(pasted: str, told: Message) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_lora(pasted, SHELF)
    assert refused.value.message == told


@pytest.mark.parametrize(
    ("pasted", "path", "weight"),
    [
        ("nerijs/pixel-art-xl:0.8", REPOSITORY, 0.8),
        ("nerijs/pixel-art-xl:1", REPOSITORY, 1.0),
        ("nerijs/pixel-art-xl@v2/x.safetensors:0.8", f"{HUB}/v2/x.safetensors", 0.8),
        ("https://huggingface.co/nerijs/pixel-art-xl:0.8", REPOSITORY, 0.8),
        ("(<lora:nerijs/pixel-art-xl:0.8>)", REPOSITORY, 0.8),
        ("<lora:styles/pixel-art-xl:0.7:0.5>,", REPOSITORY, 0.7),
    ],
)
def test_a_weight_behind_a_name_is_its_weight(pasted: str, path: str, weight: float) -> None:
    link = parse_lora(pasted, SHELF)
    assert (link.path, link.weight) == (path, weight)


@pytest.mark.parametrize(
    ("pasted", "revision"),
    [
        ("nerijs/pixel-art-xl@v2", "v2"),
        ("nerijs/pixel-art-xl@v2:0.8", "v2"),
        ("nerijs/pixel-art-xl@refs/pr/1", "refs/pr/1"),
        ("nerijs/pixel-art-xl@old/names", "old/names"),
        ("hf://nerijs/pixel-art-xl@v2", "v2"),
        (f"nerijs/pixel-art-xl@{'é' * 100}", "é" * 100),
        ("hf download nerijs/pixel-art-xl --revision v2", "v2"),
        ("https://huggingface.co/nerijs/pixel-art-xl/tree/v2", "v2"),
        ("https://huggingface.co/nerijs/pixel-art-xl/tree/refs/pr/1", "refs/pr/1"),
        ("https://huggingface.co/nerijs/pixel-art-xl/tree/refs%2Fpr%2F1", "refs/pr/1"),
        ("https://huggingface.co/nerijs/pixel-art-xl/tree/old%2Fnames", "old/names"),
    ],
)
def test_a_revision_without_its_file_is_that_revision_s_page(pasted: str, revision: str) -> None:
    link = parse_lora(pasted)
    page = f"https://huggingface.co/nerijs/pixel-art-xl/tree/{quote(revision, safe='')}"
    assert (link.path, link.revision, link.is_ready) == (page, revision, False)
    assert link.label == f"Hugging Face · nerijs/pixel-art-xl · {revision}"
    assert parse_lora(page) == replace(link, weight=None), "read again it is the same"


@pytest.mark.parametrize("host", ["civitai.com", "civitai.red"])
def test_a_civitai_page_without_version_keeps_its_host(host: str) -> None:
    link = parse_lora(f"https://{host}/models/120096/pixel-art-xl.")
    assert (link.path, link.model) == (f"https://{host}/models/120096", "120096")
