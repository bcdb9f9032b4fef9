"""What people at the terminal are told when it does not start, or is not backed up or restored: Vietnamese first,
English beside it, each whole by itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import services

_SERVICES = Path(services.__file__).parent
_DESK = _SERVICES / "desk"
_FILES = (
    *(_SERVICES / "kit" / name for name in ("setting_values.py", "settings.py")),
    *(
        _DESK / f"{name}.py"
        for name in ("backup", "keys", "place", "postgres", "restore", "run", "stores", "workers")
    ),
    *sorted(_DESK.glob("tls*.py")),
    *sorted((_DESK / "backups").glob("*.py")),
)
# Why something is tried again: for the log, which is in English.
_FOR_THE_LOG = {"LogNotFollowed"}


def _refusals(path: Path) -> Iterator[tuple[int, str]]:
    """Each text that a refusal is raised with, what is put in as `{}`; its line. A bare name was made elsewhere."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        name, text = node.func.id, node.args[0]
        is_refusal = name.endswith(("Refused", "NotStarted", "DiskSilent")) or name == "ValueError"
        if is_refusal and name not in _FOR_THE_LOG and isinstance(text, ast.JoinedStr | ast.Constant):
            yield node.lineno, _written(text)


def _written(text: ast.expr) -> str:
    if isinstance(text, ast.Constant):
        return str(text.value)
    assert isinstance(text, ast.JoinedStr)
    return "".join(_written(each) if isinstance(each, ast.Constant) else "{}" for each in text.values)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_SERVICES)))
def test_refusals_are_in_both_languages(path: Path) -> None:
    """Before the stroke a language with marks, after it one without; what a program of others said may follow."""
    for line, text in _refusals(path):
        if text == "{}" or text.startswith("{}: {}"):
            continue
        vietnamese, stroke, english = text.partition(" / ")
        assert stroke, (line, text)
        assert not vietnamese.isascii(), (line, text)
        assert english.isascii() or "…" in english, (line, text)


def test_there_are_refusals() -> None:
    """The test above looks at something."""
    assert sum(len(list(_refusals(path))) for path in _FILES) > 60
