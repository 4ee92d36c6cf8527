"""Which addresses count as public, by their text."""

from __future__ import annotations

import pytest

from components.net.public_url import is_public_https


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/a/b/resolve/main/c.safetensors",
        "https://civitai.com:443/api/download/models/1?type=Model",
        "https://8.8.8.8/x",
        "https://[2606:4700::1111]/x",
        "https://example.org.",
        "https://b\u00fccher.example/x",
        "https://xn--bcher-kva.example/x",
        "https://files_1.example.org/x",
        "https://0xf.example.org/x",
        "https://1.example.0xfg/x",
    ],
)
def test_public(url: str) -> None:
    assert is_public_https(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "https://localhost/x",
        "https://printer/x",
        "https://nas.local/x",
        "https://metadata.google.internal/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://127.0.0.0xf/x",
        "https://127.0.0.0XF/x",
        "https://127.0.0.0x/x",
        "https://127.0.0.0xf./x",
        "https://0x7f.1/x",
        "https://127.0.0.017/x",
        "https://127.0.0.08/x",
        "https://127.0.0.256/x",
        "https://1.2.3.4.5/x",
        "https://example.org.1/x",
        "https://example.0x1f/x",
        "https://127.0.0.\u2460/x",
        "https://127.0.0.\uff10\uff58\uff46/x",
        "https://127.0.0.0\u00adxf/x",
        "https://127\u30020\u30020\u30020xf/x",
        "https://127.0.0.%31/x",
        "https://127.0.0.1\\.example.org/x",
        "https://127.0.0.0x%66/x",
        "https://nas.l\u00adocal/x",
        "https://a..example.org/x",
        f"https://{'a.' * 200}org/x",
        "https://10.0.0.1/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://[fd00::1]/x",
        "https://user@example.org/x",
        "https://example.org:8443/x",
        "https://example.org:99999/x",
        "https://[/x",
        "https://",
        "file:///etc/passwd",
        "",
    ],
)
def test_not_public(url: str) -> None:
    assert not is_public_https(url)
