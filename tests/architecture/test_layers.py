"""Imports point downwards: seven floors of packages, and no circles between packages or files."""

from __future__ import annotations

import pytest

from tests.architecture.drawing import circle_in, floors_of
from tests.architecture.modules import FILES, dependencies

FLOORS = """
7  ui
6  services
5  jobs  settings
4  storage  recipes
3  api  budget  images  loras
2  domain  net  prompts  sqlite  threads
1  errors  clock  messages
"""
"""A package imports only from floors below its own, but for `errors`, which imports `messages` beside it."""
APART = """
server        errors  messages.message  engines.protocol  engines.by_name  domain.field  domain.fields  \
              domain.fair_queue  sqlite.mount  sqlite.newer_file  sqlite.table_schema  net.http_connections  \
              net.proxies  images.decoding  images.structure  images.exif_tags  clock
engines       errors  messages.message
engines.sdxl  errors  messages.message  loras.safetensors_header  loras.base_model  loras.adapter_layers  \
              loras.hub_address  loras.site_hosts  net.public_transport  net.public_transport_sync
"""
"""Our own server and its engines share no code with the client of the API; app.py alone imports them.

Of the floors above, each of these lines may import only what it names: all share messages and the errors that carry
them, the server the pure table of the fields, from which both sides make their schemas, how a database file gets from
version to version, how an image file is opened so that reading it ends, the pure order in which visitors take turns,
and the bounds of a connection, SDXL how LoRA files and addresses are read, and the SSRF guard.
"""
WITHOUT_CLIENT_CODE = ("net", "messages", "sqlite")
"""Packages that what is shared may import."""
INSIDE_UI = """
7  launch
6  page
5  gallery  programs
4  routes
3  panels  shell  again
2  http  listeners  identity  labels  widgets  field_data  fold  gradio_files  opening
1  assets  message_json
0  bundle
"""
INSIDE_SERVER = """
6  __main__
5  process
4  assembly
3  app
2  http
1  tasks
0  errors
"""


FLOOR = floors_of(FLOORS)


def package_of(name: str) -> str:
    """Return the package, or the top module, that a module belongs to."""
    return name.split(".")[0]


CORE = [name for name in FILES if package_of(name) in FLOOR]
ALLOWED_APART: dict[str, set[str]] = {line.split()[0]: set(line.split()[1:]) for line in APART.strip().splitlines()}
APART_PACKAGES = {package_of(name) for name in ALLOWED_APART}


def allowed_apart(name: str) -> set[str]:
    """Return what a module beside the floors may import of them: what the longest line says that names it."""
    lines = [line for line in ALLOWED_APART if name == line or name.startswith(f"{line}.")]
    return ALLOWED_APART[max(lines, key=len)]


def test_every_module_has_a_floor() -> None:
    assert {package_of(name) for name in FILES} - {"app", "components"} == {*FLOOR, *APART_PACKAGES}


@pytest.mark.parametrize("name", CORE)
def test_a_package_imports_only_from_floors_below(name: str) -> None:
    own = package_of(name)
    for other in dependencies(name):
        theirs = package_of(other)
        if theirs == own or (own, theirs) == ("errors", "messages"):
            continue
        assert FLOOR.get(theirs, 99) < FLOOR[own], f"{name} imports {other}"


@pytest.mark.parametrize("name", [name for name in FILES if package_of(name) in APART_PACKAGES])
def test_our_server_and_its_engines_stand_apart(name: str) -> None:
    own = package_of(name)
    for other in dependencies(name):
        assert package_of(other) == own or other in allowed_apart(name), f"{name} imports {other}"


def test_what_engines_share_with_the_floors_brings_no_code_of_the_client_along() -> None:
    shared = {name for names in ALLOWED_APART.values() for name in names if package_of(name) in FLOOR}
    for name in shared:
        others = {
            other for other in dependencies(name) - shared if package_of(other) not in ("net", "messages", "sqlite")
        }
        assert not others, f"{name} imports {others}"


def test_no_circle_between_files() -> None:
    assert circle_in({name: dependencies(name) for name in FILES}) == []


def test_no_circle_between_packages() -> None:
    graph: dict[str, set[str]] = {}
    for name in FILES:
        own = package_of(name)
        graph.setdefault(own, set()).update(package_of(other) for other in dependencies(name))
    assert circle_in({own: others - {own} for own, others in graph.items()}) == []


@pytest.mark.parametrize(("package", "drawing"), [("ui", INSIDE_UI), ("server", INSIDE_SERVER)])
def test_inside_a_package_imports_point_downwards_too(package: str, drawing: str) -> None:
    floor = floors_of(drawing)
    for name in (name for name in FILES if name.startswith(f"{package}.")):
        own = name.split(".")[1]
        for other in (other for other in dependencies(name) if other.startswith(f"{package}.")):
            theirs = other.split(".")[1]
            assert theirs == own or floor[theirs] < floor[own], f"{name} imports {other}"
