"""The lock files hold every dependency, with hashes and without addresses."""

import re
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
_RUNTIME = _PROJECT["dependencies"] + _PROJECT["optional-dependencies"]["install"]
_DEV = _RUNTIME + _PROJECT["optional-dependencies"]["dev"]


def _locked(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", (_ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("lock", "wanted"), [("requirements.lock", _RUNTIME), ("requirements-dev.lock", _DEV)]
)
def test_every_dependency_is_locked(lock: str, wanted: list[str]) -> None:
    """Whatever pyproject.toml names is in the lock: `make lock` was not forgotten."""
    names = {re.split(r"[\[<>=; ]", each)[0].lower() for each in wanted}
    assert names <= _locked(lock)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_no_address_is_locked(lock: str) -> None:
    """A lock says what is installed, never from where; each line has its hash."""
    text = (_ROOT / lock).read_text()
    assert "://" not in text
    assert all("--hash=sha256:" in each for each in re.split(r"\n(?=[a-z])", text.strip()))
