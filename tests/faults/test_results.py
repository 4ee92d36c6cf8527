"""F22 to F27: faults after a task is completed and paid for."""

from __future__ import annotations

import base64
import textwrap

import pytest
from playwright.sync_api import expect

from components.messages.message import Charge
from tests.faults import bad_images
from tests.faults.fast_app_process import FastApp
from tests.faults.faults import (
    answers,
    cuts_file,
    drips,
    fails,
    is_endless,
    is_gzip_bomb,
    moves_to,
    with_fields,
)
from tests.faults.http_visitor import HttpVisitor
from tests.faults.other_server import OtherServer
from tests.faults.page_visitor import Tile, Visitor
from tests.faults.service import Endpoint, Fault, Service
from tests.support.full_run import cases
from tests.support.waiting import wait_until

PNG = {"content-type": "image/png"}
MEGABYTE = bytes(1024 * 1024)
ENCODED = base64.b64encode(bad_images.picture("PNG")).decode()
LINK = "Open on WaveSpeed"
NOT_SAFE = r"unsafe"


class TestFlags:
    """F22: content flags of the service."""

    @pytest.mark.full
    def test_f22_a_flagged_picture_is_blurred_until_asked_for(self, visitor: Visitor, service: Service) -> None:
        service.standing[Endpoint.QUERY] = with_fields(has_nsfw_contents=[True])
        tile = visitor.submit("flagged").ends("completed")
        picture = tile.node.locator(".picture")
        expect(picture).to_contain_class("seen covered")
        blur = "picture => getComputedStyle(picture.querySelector('img')).filter"
        assert "blur" in picture.evaluate(blur)
        tile.press("Show")
        tile.shows()
        wait_until(lambda: picture.evaluate(blur) == "none")
        visitor.can_go_on(service, "flagged")

    @pytest.mark.full
    @pytest.mark.parametrize(
        "flags", cases([[], {"0": True}, [False, True, True], None, "yes", [None], [1], True, [[True]]], 1), ids=str
    )
    def test_f22_flags_that_do_not_fit(self, flags: object, visitor: Visitor, service: Service) -> None:
        service.standing[Endpoint.QUERY] = with_fields(has_nsfw_contents=flags)
        visitor.submit(f"flags {flags}").shows()
        assert len(service.posts_of(f"flags {flags}")) == 1


class TestInline:
    """F23: images as base64 text."""

    @pytest.mark.parametrize(
        "text",
        cases(
            [
                f"data:image/png;base64,{ENCODED}",
                ENCODED,
                "\r\n".join(textwrap.wrap(ENCODED, 76)),
                ENCODED.rstrip("="),
            ],
            1,
        ),
        ids=["data URI", "raw", "line breaks", "no padding"],
    )
    def test_f23_base64_in_its_spellings(self, text: str, visitor: Visitor, service: Service) -> None:
        service.ends_with(text)
        visitor.submit("inline").shows()
        assert len(service.posts_of("inline")) == 1

    @pytest.mark.parametrize(
        "text",
        cases(["data:image/png;base64,@@@@", "", "A", "data:text/html;base64,PGgxPmhlbGxvPC9oMT4=", ENCODED[:99]], 1),
    )
    def test_f23_a_bad_one_is_an_error_tile(self, text: str, visitor: Visitor, service: Service) -> None:
        service.ends_with(text)
        tile = visitor.submit("bad inline").ends("failed").says("this was charged")
        expect(tile.node.locator("img")).to_have_count(0)
        assert len(service.posts_of("bad inline")) == 1
        visitor.sees_nothing_raw()

    @pytest.mark.full
    def test_f23_one_over_the_limit_is_an_error_tile(self, visitor: Visitor, service: Service) -> None:
        padded = bad_images.picture("PNG") + bytes(42 * 1024 * 1024)  # a valid image with too many bytes after it
        service.ends_with(base64.b64encode(padded).decode())
        visitor.submit("too much inline").ends("failed", 60_000).says("40 MB", "this was charged")
        visitor.can_go_on(service, "too much inline")


class TestContent:
    """F24: the format of a file is read from its bytes."""

    @pytest.mark.full
    @pytest.mark.parametrize(
        ("content", "kind"),
        cases(
            [
                (bad_images.HTML, "image/png"),
                (bad_images.SVG, "image/svg+xml"),
                (bad_images.HTML, "text/html"),
                (bad_images.JSON, "application/json"),
                (bad_images.picture("TIFF"), "image/png"),
                (b"", "image/png"),
            ],
            1,
        ),
        ids=["html as png", "svg", "html", "json", "tiff as png", "nothing"],
    )
    def test_f24_what_is_no_picture(self, content: bytes, kind: str, visitor: Visitor, service: Service) -> None:
        address = service.file("picture.png", answers(200, content, {"content-type": kind}))
        service.ends_with(address)
        tile = visitor.submit("no picture at all").ends("failed")
        tile.says(r"can't show|damaged|couldn't", "this was charged")
        expect(tile.node.locator("img")).to_have_count(0)
        assert len(service.posts_of("no picture at all")) == 1
        assert visitor.page.evaluate("window.hacked") is None
        visitor.sees_nothing_raw()

    @pytest.mark.full
    @pytest.mark.parametrize("kind", cases(["JPEG", "WEBP"], 1))
    def test_f24_another_format_than_its_name(self, kind: str, visitor: Visitor, service: Service) -> None:
        content = bad_images.picture(kind)
        service.ends_with(service.file("picture.png", answers(200, content, PNG)))
        tile = visitor.submit(f"{kind} as png").shows()
        address = str(tile.node.locator("img").evaluate("image => image.src"))
        served = visitor.page.request.get(address.removesuffix("?thumb"))
        assert served.headers["content-type"] == f"image/{kind.lower()}"
        assert served.headers["x-content-type-options"] == "nosniff"
        assert served.body() == content


UNFETCHABLE: dict[str, tuple[Fault, str]] = {
    "slow drip": (drips(), r"couldn't download"),
    "gzip bomb": (is_gzip_bomb(60), r"larger than 40 MB"),
    "404": (fails(404, "gone"), r"couldn't download"),
    "403": (fails(403, "expired"), r"couldn't download"),
    "truncated": (cuts_file(bad_images.picture("PNG")), r"couldn't download|damaged"),
    "truncated inside": (answers(200, bad_images.picture("PNG")[:-3000], PNG), r"damaged"),
    "50 MB": (is_endless(MEGABYTE, 50), r"larger than 40 MB"),
    "pixel bomb": (answers(200, bad_images.pixel_bomb(), PNG), r"megapixels"),
}


NOT_TO_BE_OPENED = (
    "file:///etc/passwd",
    "http://10.0.0.1/picture.png",
    "https://10.0.0.1/picture.png",
    "http://127.0.0.1:{port}/picture.png",
    "https://127.0.0.1:{port}/picture.png",
    "https://[::1]:{port}/picture.png",
    "https://localhost:{port}/picture.png",
    "http://169.254.169.254/latest/meta-data",
    "https://user:word@api.quick.test/picture.png",
    "https://example.com:8443/picture.png",
    "https://2130706433/picture.png",
    "https://0x7f.1/picture.png",
    "https://inside.example.com/picture.png",
    "javascript:window.hacked=1",
    "ftp://example.com/picture.png",
    "https:///picture.png",
)


class TestFetching:
    """F25 to F27: the image cannot be fetched, or must not be."""

    @pytest.mark.parametrize("case", cases(UNFETCHABLE, 1))
    def test_f25_a_picture_that_cannot_be_had(self, case: str, visitor: Visitor, service: Service) -> None:
        fault, meaning = UNFETCHABLE[case]
        service.is_stalled = True
        service.ends_with(service.file("lost.png", fault))
        tile = visitor.submit(f"lost, {case}").ends("processing")
        before = len(service.polls_of(f"lost, {case}"))
        service.finish_all()
        tile.ends("failed").says(meaning, "this was charged")
        assert len(service.polls_of(f"lost, {case}")) >= before + 2, "the task was not polled again"
        assert service.count(Endpoint.FILES) >= 2, "it was not fetched again"
        self.links_to(tile, f"{service.base_url}/files/lost.png")
        assert len(service.posts_of(f"lost, {case}")) == 1
        visitor.can_go_on(service, f"lost, {case}")

    def test_f25_a_second_try_is_enough(self, visitor: Visitor, service: Service) -> None:
        service.next[Endpoint.FILES] = [fails(404, "not yet")]
        visitor.submit("second try").shows()
        assert len(service.posts_of("second try")) == 1

    @pytest.mark.full
    def test_f25_a_new_address_of_the_second_query_is_used(self, visitor: Visitor, service: Service) -> None:
        expired = service.file("expired.png", fails(403, "expired"))
        service.is_stalled = True
        tile = visitor.submit("signed anew").ends("processing")
        service.next[Endpoint.QUERY] = [with_fields(status="completed", outputs=[expired])]
        service.finish_all()
        tile.shows()

    @pytest.mark.full
    @pytest.mark.parametrize("manner", ["named", "redirected"])
    def test_f26_no_address_inside_is_opened(
        self, manner: str, http_visitor: HttpVisitor, service: Service, app: FastApp
    ) -> None:
        app.set_names({**app.usual_names, "inside.example.com": "127.0.0.1"})
        with OtherServer() as other:
            there = {f"{manner} {text}": text.format(port=other.port) for text in NOT_TO_BE_OPENED}
            named = dict(there)
            if manner == "redirected":
                named = {text: service.file(f"{n}.png", moves_to(there[text])) for n, text in enumerate(there)}
            service.outputs = lambda task: [named[task.body["prompt"]]]
            for prompt in there:
                http_visitor.press(prompt)
            rows = [http_visitor.row(prompt, "failed") for prompt in there]
            assert other.visits == []
        assert {row["message"]["charge"] for row in rows} == {Charge.SPENT.value}
        links = [link for row in rows for link in row["links"]]
        assert not [link for link in links if not link.startswith(("https://", f"{service.base_url}/"))]
        assert [len(service.posts_of(prompt)) for prompt in there] == [1] * len(there)

    @pytest.mark.full
    def test_f26_it_is_said_why(self, visitor: Visitor, service: Service) -> None:
        service.ends_with("http://10.0.0.1/picture.png")
        visitor.submit("internal").ends("failed").says(NOT_SAFE)
        visitor.can_go_on(service, "internal")

    @pytest.mark.full
    def test_f26_the_services_own_files_may_move(self, visitor: Visitor, service: Service) -> None:
        target = service.file("kept.png", answers(200, bad_images.picture("PNG"), PNG))
        service.ends_with(service.file("moved.png", moves_to(target)))
        visitor.submit("moved in the house").shows()

    @pytest.mark.full
    def test_f27_three_of_four_outputs(self, visitor: Visitor, service: Service) -> None:
        good = [service.file(f"{n}.png", answers(200, bad_images.picture("PNG", 60 + n), PNG)) for n in range(3)]
        service.ends_with(good[0], service.file("bad.png", fails(404, "gone")), *good[1:])
        visitor.submit("three of four").shows(3).says("couldn't download")
        assert len(service.posts_of("three of four")) == 1
        visitor.can_go_on(service, "three of four")

    @pytest.mark.full
    def test_f27_three_of_four_tasks(self, visitor: Visitor, service: Service) -> None:
        visitor.choose("Pictures", "4")
        service.next[Endpoint.SUBMIT] = [fails(402, "insufficient credits")]
        visitor.press_for("a click of four")
        tiles = visitor.tiles_of("a click of four")
        expect(tiles.and_(visitor.in_state("completed"))).to_have_count(3, timeout=12_000)
        expect(tiles).to_have_count(3)
        visitor.sees_match("credit")
        assert len(service.posts_of("a click of four")) == 4
        visitor.choose("Pictures", "1")
        visitor.can_go_on(service, "a click of four")

    @staticmethod
    def links_to(tile: Tile, address: str) -> None:
        """Check the link to an image that could not be fetched."""
        link = tile.node.get_by_role("link", name=LINK)
        expect(link).to_have_attribute("href", address)
        assert "noopener" in (link.get_attribute("rel") or "noreferrer noopener")
