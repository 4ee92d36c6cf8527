"""Sites other than Hugging Face and Civitai: addresses of files, and of pages that are refused. Pure."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, unquote, urlencode

from components import messages
from components.loras.sites import NAME_LIMIT, LoraRef, Site, check_ending, check_query, refuse

_FILE_FOLDERS = ("/api/", "/uc")
"""Beginnings of paths at which sites of pages serve files."""
_FILE_VIEWERS = (
    ("github.com", "/blob/", "/raw/"),
    ("gitlab.com", "/-/blob/", "/-/raw/"),
    ("modelscope.cn", "/file/view/", "/resolve/"),
    ("modelscope.ai", "/file/view/", "/resolve/"),
)
"""Sites, where in their paths a page shows a file, and where the file itself is served."""
_PAGE_SITES = frozenset(
    {
        *(
            "tensor.art",
            "seaart.ai",
            "seaart.me",
            "liblib.art",
            "liblib.ai",
            "liblibai.com",
            "shakker.ai",
            "pixai.art",
        ),
        *("civitaiarchive.com", "civarchive.com", "arcenciel.io", "openart.ai", "prompthero.com", "yodayo.com"),
        *("modelscope.cn", "modelscope.ai", "replicate.com", "fal.ai", "wavespeed.ai", "runware.ai"),
        *("github.com", "gitlab.com", "gitee.com", "kaggle.com", "colab.research.google.com"),
        *("drive.google.com", "docs.google.com", "dropbox.com", "mega.nz", "mega.io", "mediafire.com", "gofile.io"),
        *("onedrive.live.com", "1drv.ms", "pan.baidu.com", "pan.quark.cn", "terabox.com", "wetransfer.com", "we.tl"),
        *("pixeldrain.com", "reddit.com", "x.com", "twitter.com", "youtube.com", "youtu.be", "discord.com"),
        *("discord.gg", "t.me", "patreon.com", "ko-fi.com", "boosty.to", "gumroad.com", "fanbox.cc", "pixiv.net"),
        *("weights.gg", "pastebin.com", "catbox.moe"),
    }
)
"""Sites whose addresses are pages, but for those that end as a LoRA's file does."""


def at_other_site(url: SplitResult) -> LoraRef:
    """Return the reference for a URL of any other site. Raises InvalidRequest, also for a secret in the query."""
    host, path, query = url.hostname or "", url.path, url.query
    check_query(query)
    for site, page, served in _FILE_VIEWERS:
        path = path.replace(page, served, 1) if host == site else path
    check_ending(path)
    if path.strip("/") == "":
        raise refuse(messages.LORA_NO_MODEL_PAGE)
    file = unquote(path).rstrip("/").rpartition("/")[2]
    if _is_page(host, path, file):
        raise refuse(messages.PAGE_IN_PLACE_OF_FILE)
    if _is_of(host, "dropbox.com"):
        # At `dl=0` Dropbox shows the file on a page.
        query = urlencode([pair for pair in parse_qsl(query) if pair[0] not in ("dl", "raw")] + [("dl", "1")])
    address = f"https://{url.netloc.lower()}{path}{f'?{query}' if query else ''}"
    return LoraRef(address, f"{host} · {file}"[:NAME_LIMIT], Site.OTHER)


def _is_page(host: str, path: str, file: str) -> bool:
    if host.removeprefix("www.") == "mediafire.com":
        return True  # the files themselves are at names below it
    if file.lower().endswith(".safetensors") or path.startswith(_FILE_FOLDERS):
        return False
    return any(_is_of(host, site) for site in _PAGE_SITES)


def _is_of(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")
