"""The documents say what is there: names exist, links lead somewhere, the glossary has every word."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.__main__ import COMMANDS
from tests.support import proto
from tests.support.desk import environment, running

_ROOT = Path(__file__).parents[2]
_PAGES = sorted(
    page
    for at in ("*.md", "docs/**/*.md", "proto/*.md", "loadtests/*.md", "web/*.md")
    for page in _ROOT.glob(at)
)
# `services/voting/ballot_box.py:BallotBox.cast`, or a path alone.
_NAMED = re.compile(r"`((?:services|tests|proto|docs|loadtests)/[\w./-]*?)(?::([A-Za-z_][\w.]*))?`")
# `kit/stream.py`, `sender.py`: the end of a path, where the page makes plain what stands before it.
_SHORT = re.compile(r"`([\w./-]+\.(?:py|tsx?|typ))`")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
# Not words of the field: what Python, or every package, has.
_NO_WORDS = {"__init__", "__main__", "app"}


@pytest.fixture(params=_PAGES, ids=lambda path: str(path.relative_to(_ROOT)))
def page(request: pytest.FixtureRequest) -> Path:
    """Each page of the project."""
    return Path(request.param)


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The path of each program of the project."""
    rooms = ("services", "tests", "loadtests", "web/src", "web/tests")
    return [str(file) for room in rooms for file in (_ROOT / room).rglob("*.*") if file.suffix != ".pyc"]


def test_what_a_page_names_exists(page: Path) -> None:
    """Every file, and every function or class of a file, that a page names is there."""
    for path, name in _NAMED.findall(page.read_text()):
        file = _ROOT / path
        assert file.exists(), f"{page.name} names {path}"
        if name:
            assert name in _names(file), f"{page.name} names {path}:{name}"


def test_what_a_page_names_in_short_is_somewhere(page: Path, sources: list[str]) -> None:
    """Every program that a page names by the end of its path is there."""
    for short in _SHORT.findall(page.read_text()):
        assert any(source.endswith(f"/{short}") for source in sources), f"{page.name} names {short}"


def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project leads to one."""
    for link in _LINK.findall(page.read_text()):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_life_of_a_ballot_has_nine_steps() -> None:
    """Nine steps, each of which says what a crash means."""
    text = (_ROOT / "docs" / "life_of_a_ballot.md").read_text()
    steps = re.split(r"^## \d\. ", text, flags=re.MULTILINE)[1:]
    assert len(steps) == 9
    for step in steps:
        assert re.search(r"^\*.*crash", step, flags=re.MULTILINE | re.IGNORECASE), step[:40]


@pytest.mark.parametrize("room", ["rules", "rules/floor", "roster", "voting", "floor"])
def test_modules_are_named_by_words_of_the_glossary(room: str) -> None:
    """The name of each module of rules, the floor's rules, roster, voting and floor stands in the glossary."""
    words = _glossary()
    stems = {path.stem for path in (_ROOT / "services" / room).glob("*.py")} - _NO_WORDS
    assert {stem for stem in stems if stem.replace("_", " ") not in words} == set()


def test_decisions_are_numbered_once() -> None:
    """A decision has a number of its own, and its title begins with it."""
    files = sorted((_ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [file.name[:4] for file in files]
    assert len(numbers) == len(set(numbers))
    for file in files:
        assert file.read_text().startswith(f"# {file.name[:4]} ")


def test_decisions_are_found_where_one_looks() -> None:
    """docs/map.md names each decision; and no page or program names one that is not there."""
    there = {file.stem for file in (_ROOT / "docs" / "decisions").glob("*.md")}
    text = (_ROOT / "docs" / "map.md").read_text()
    assert there - set(re.findall(r"\b\d{4}-[a-z0-9-]+", text)) == set()
    sources = [*_ROOT.glob("services/**/*.py"), *_ROOT.glob("web/src/**/*.ts*")]
    told = "".join(path.read_text() for path in (*_PAGES, *sources))
    assert set(re.findall(r"[Dd]ecisions?[/ ](\d{4})", told)) <= {name[:4] for name in there}


def test_readme_shows_commands_that_exist() -> None:
    """Every `plenary …` of the README is a command, and the README names both ways in."""
    text = (_ROOT / "README.md").read_text()
    shown = set(re.findall(r"plenary ([a-z]+)", text))
    assert shown <= {*COMMANDS}, shown - {*COMMANDS}
    for needed in ("make run", "make test", "plenary replay", "plenary verify", "plenary audit"):
        assert needed in text


def test_the_map_shows_routes_that_exist() -> None:
    """Each request written out in docs/map.md is a route, and the last word of each route stands there."""
    text = (_ROOT / "docs" / "map.md").read_text()
    routes = {
        (route.method, re.sub(r"\{\w+\}", "*", f"/{service}{route.path}"))
        for service in proto.SERVICES
        for route in proto.routes_of(service)
    }
    shown = re.findall(r"(GET|POST|PUT) (/(?:meeting|voting|floor|signing|live)/[^`\s?]+)", text)
    assert len(shown) > 25
    for method, path in shown:
        for one in _spread(re.sub(r"\{\w+\}", "*", path)):
            assert (method, one) in routes, f"docs/map.md shows {method} {one}"
    for _, path in routes:
        last = re.findall(r"[a-z]{3,}", path)[-1]
        assert last in text, f"docs/map.md has no {path}"


def _spread(path: str) -> list[str]:
    """`/a/{b,c}` as `/a/b` and `/a/c`."""
    found = re.search(r"\{([\w,]+)\}", path)
    return [path.replace(found[0], each) for each in found[1].split(",")] if found else [path]


@pytest.mark.parametrize("walk", ["a_vote_by_hand", "a_turn_by_hand"])
def test_what_is_done_by_hand_works(data_directory: Path, walk: str) -> None:
    """The shell commands of a page lead from nothing to what it promises: a certificate, a turn log that is proven."""
    text = (_ROOT / "docs" / f"{walk}.md").read_text()
    (script,) = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    commands = {".venv/bin/plenary": f"{sys.executable} -m services", ".venv/bin/python": sys.executable}
    script = re.sub(r"\.venv/bin/(?:plenary|python)", lambda found: commands[found[0]], script)
    with running(data_directory, SAMPLE="false") as desk:
        settings = environment(data_directory) | {"URL": str(desk.facts()["url"])}
        walked = subprocess.run(
            ["bash", "-c", script],
            cwd=_ROOT,
            env=settings,
            timeout=120,
            check=False,
            capture_output=True,
            text=True,
        )
    assert walked.returncode == 0, (walked.stdout[-3000:], walked.stderr[-3000:])


def _names(file: Path) -> set[str]:
    """The functions and classes of a module, and `Class.method`."""
    found = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{each.name}" for each in methods}
    return found


def _glossary() -> set[str]:
    """The words of the first column, one by one."""
    text = (_ROOT / "docs" / "glossary.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return {word.strip() for row in rows for word in re.split(r"[,:]", row)}


def test_what_the_rooms_of_the_pages_offer_is_there() -> None:
    """Each function, class and type of the pages that docs/screens.md writes out is exported by web/src."""
    block = (
        (_ROOT / "docs" / "screens.md")
        .read_text()
        .split("## What the rooms offer each other")[1]
        .split("```")[1]
    )
    code = re.sub(r"//.*", "", block)
    called = re.findall(r"(?<![.\w])([A-Za-z]\w*)(?:<T>)?\(", code)
    offered = {*called, *re.findall(r"\b(?:class|interface|type) (\w+)", code)}
    files = [*(_ROOT / "web" / "src").rglob("*.ts"), *(_ROOT / "web" / "src").rglob("*.tsx")]
    exported = {
        name
        for file in files
        for name in re.findall(
            r"^export (?:async )?(?:function|class|interface|type|const) (\w+)", file.read_text(), re.M
        )
    }
    assert "provenQuestion" in offered
    assert offered - exported == set()


def test_every_picture_is_shown_and_can_be_taken_anew() -> None:
    """docs/pictures.md shows each file of docs/screens, and a test takes each by its name."""
    shown = set(re.findall(r"\(screens/([\w-]+\.webp)\)", (_ROOT / "docs" / "pictures.md").read_text()))
    assert {file.name for file in (_ROOT / "docs" / "screens").iterdir()} == shown
    sources = "".join(file.read_text() for file in (_ROOT / "tests").rglob("*.py"))
    assert [name for name in shown if f'"{name.rpartition("-")[0]}"' not in sources] == []
