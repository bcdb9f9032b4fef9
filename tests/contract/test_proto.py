"""proto/ is what the code says: schemas, OpenAPI, AsyncAPI, vectors, the page of refusals."""

import inspect
from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
import pytest
import yaml

from services import wire
from services.kit import stream
from services.kit.openapi import describe
from services.wire import Message
from tests.support import proto, streams

_NOT_GENERATED = {"README.md"}


def test_files_are_current(request: pytest.FixtureRequest) -> None:
    """Every file of proto/ says what the code says; `pytest --update-proto` makes it so."""
    files = proto.files()
    if request.config.getoption("--update-proto"):
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    stale = [str(path) for path, text in files.items() if not path.exists() or path.read_text() != text]
    assert not stale, "pytest --update-proto rewrites these; look at the change before you keep it"


def test_nothing_else_stands_in_proto() -> None:
    """A message that is gone leaves no schema behind."""
    found = {path for path in (proto.ROOT / "proto").rglob("*") if path.is_file()}
    expected = {path for path in proto.files() if path.is_relative_to(proto.ROOT / "proto")}
    assert {path for path in found - expected if path.name not in _NOT_GENERATED} == set()


def test_files_are_made_the_same_each_time() -> None:
    """Made twice, the files are the same bytes."""
    assert proto.files() == proto.files()


def test_every_message_has_a_schema() -> None:
    """Each type of wire.py is a schema, or part of one."""
    described = {name for kind in proto.MESSAGES.values() for name in proto.schema("x", kind)["$defs"]}
    bases = {"Message", "Entry", "Event", "FloorAct", "DeskAct", "FloorLine", "News"}
    assert {name for name, _ in _messages()} - bases <= described


def test_schemas_are_schemas() -> None:
    """Each schema is valid JSON Schema 2020-12."""
    for name, kind in proto.MESSAGES.items():
        jsonschema.Draft202012Validator.check_schema(proto.schema(name, kind))
    jsonschema.Draft202012Validator.check_schema(proto.problem_schema())


def test_every_refusal_is_listed() -> None:
    """problem.schema.json names every code, and a code has both its texts."""
    codes = proto.problem_schema()["$defs"]["Problem"]["properties"]["code"]["enum"]
    assert codes == sorted(set(codes))
    assert len(codes) > 100
    for code, kind in proto.refusals().items():
        assert kind.vi, code
        assert kind.__doc__, code
        assert 400 <= kind.status < 600, code


@pytest.mark.parametrize("service", proto.SERVICES)
def test_yaml_reads_back(service: str) -> None:
    """The OpenAPI files are the documents that the services serve."""
    text = (proto.ROOT / "proto" / f"{service}.openapi.yaml").read_text()
    served = msgspec.json.encode(describe(service, proto.routes_of(service)))
    assert yaml.safe_load(text) == msgspec.json.decode(served)


def test_every_event_is_on_a_stream() -> None:
    """streams.asyncapi.yaml has a place for each event, and for no other."""
    assert streams.told() == set(get_args(wire.StreamEvent))


def test_addresses_are_those_of_the_kit() -> None:
    """The channels are named as kit/stream.py names them."""
    for channel in streams.CHANNELS.values():
        name = channel.address.partition("}}:")[2]
        filled = channel.address.replace("{key}", "k").replace("{shard}", "0")
        assert filled in (stream.screen("k", name), stream.work("k", name, 1))


def test_asyncapi_refers_to_what_it_has() -> None:
    """Each reference within streams.asyncapi.yaml leads somewhere."""
    document = streams.describe()
    for reference in _references(document):
        at: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in at, reference
            at = at[step]


def test_readme_names_each_file() -> None:
    """proto/README.md says what each kind of file is."""
    text = (Path(proto.ROOT) / "proto" / "README.md").read_text()
    for kind in (".schema.json", ".openapi.yaml", "streams.asyncapi.yaml", "vectors/", "problem.schema.json"):
        assert kind in text


def _messages() -> list[tuple[str, Any]]:
    return [
        (name, kind)
        for name, kind in inspect.getmembers(wire, inspect.isclass)
        if issubclass(kind, Message) and kind.__module__ == wire.__name__
    ]


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in _references(each)]
    if isinstance(value, list | tuple):
        return [found for each in value for found in _references(each)]
    return []
