"""Messages in which one value is not what it should be: made of the types themselves, so that none is left out."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

Path = tuple[str | int, ...]

# Longer than Python's own stack of calls, shorter than the shortest limit of what is signed.
DEEP = b"[" * 1_100 + b"]" * 1_100
VALUES = (
    b"null",
    b'"\\ud800"',
    b'"a\\u0000b"',
    b'"\xff"',
    b"1e999",
    b"9223372036854775808",
    b'"%2e%2e/"',
    DEEP,
    b'{"zz":' + DEEP + b"}",
)
_MARK = "@@here@@"


def sound(kind: Any) -> bytes:
    """A message of this kind, or of the first of several, in which nothing is wrong but that nobody knows its ids."""
    return json.dumps(_sound(_kinds(inspect.type_info(kind))[0])).encode()


def messages(kind: Any) -> Iterator[bytes]:
    """For each value of a message of this kind, and for the message itself, one message with each of VALUES there."""
    for whole in map(_sound, _kinds(inspect.type_info(kind))):
        for path in _paths(whole):
            for value in VALUES:
                yield _put(whole, path, value)


def _kinds(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _sound(kind: inspect.Type) -> Any:
    """A value of this kind, as JSON would have it. Raises TypeError for one that no message has."""
    match kind:
        case inspect.StructType(fields=fields, tag=tag, tag_field=tag_field):
            members = {each.encode_name: _sound(each.type) for each in fields}
            return members if tag is None else {str(tag_field): tag, **members}
        case inspect.StrType(pattern=pattern, min_length=least):
            return "A" * (43 if pattern and "{43}" in pattern else max(1, least or 0))
        case inspect.IntType(ge=least):
            return int(least or 0) or 1
        case inspect.BoolType():
            return True
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.UnionType(types=types):
            return _sound(next(each for each in types if not isinstance(each, inspect.NoneType)))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return [_sound(item)]
        case inspect.DictType(key_type=key, value_type=value):
            return {_sound(key): _sound(value)}
        case _:
            raise TypeError(kind)


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from _paths(each, (*path, name))


def _put(whole: Any, path: Path, value: bytes) -> bytes:
    if not path:
        return value
    changed = inner = copy.deepcopy(whole)
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = _MARK
    text = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
    return text.encode().replace(f'"{_MARK}"'.encode(), value)
