"""The lock files hold every dependency, with hashes and without addresses."""

import json
import re
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PYPROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text())
_PROJECT = _PYPROJECT["project"]
_RUNTIME = _PROJECT["dependencies"] + _PROJECT["optional-dependencies"]["install"]
_DEV = _RUNTIME + _PROJECT["optional-dependencies"]["dev"]


def _locked(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", (_ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", _RUNTIME),
        ("requirements-dev.lock", _DEV),
        ("requirements-web.lock", _PYPROJECT["dependency-groups"]["web"]),
    ],
)
def test_every_dependency_is_locked(lock: str, wanted: list[str]) -> None:
    """Whatever pyproject.toml names is in the lock: `make lock` was not forgotten."""
    names = {re.split(r"[\[<>=; ]", each)[0].lower() for each in wanted}
    assert names <= _locked(lock)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-web.lock"])
def test_no_address_is_locked(lock: str) -> None:
    """A lock says what is installed, never from where; each line has its hash."""
    text = (_ROOT / lock).read_text()
    assert "://" not in text
    assert all("--hash=sha256:" in each for each in re.split(r"\n(?=[a-z])", text.strip()))


def test_the_lock_of_the_pages_says_by_hash_what_and_never_from_where() -> None:
    """Each package has its version and its hash and no address; package.json names exact versions only."""
    lock = json.loads((_ROOT / "web" / "package-lock.json").read_text())["packages"]
    wanted = json.loads((_ROOT / "web" / "package.json").read_text())
    for name, package in lock.items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert lock[f"node_modules/{name}"]["version"] == version
