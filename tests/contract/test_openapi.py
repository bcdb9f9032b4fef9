"""The OpenAPI documents are true: valid, served as they are kept, and no answer is outside of them."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi import definitions

from services.kit.openapi import describe
from services.kit.problem import MEDIA_TYPE
from tests.support import hosts, proto
from tests.support.hosts import Host

# Of each kind for each operation; live and signing wait a while for what they have not heard of.
EXAMPLES = {"live": 3, "signing": 4}
_BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
_QUIET = list(HealthCheck)

for _media in ("application/jose", "text/csv", "application/ocsp-request"):

    @schemathesis.serializer(_media)
    def _as_text(_: Any, value: Any) -> bytes:
        """Text goes as it is, anything else as JSON: what is sent need not be what it says it is."""
        return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


@pytest.mark.parametrize("service", proto.SERVICES)
def test_documents_are_openapi(service: str) -> None:
    """Each is valid by the meta-schema of OpenAPI 3.1, and each schema in it by JSON Schema 2020-12."""
    document = _plain(describe(service, proto.routes_of(service)))
    assert list(definitions.__getattr__("OPENAPI_31_VALIDATOR").iter_errors(document)) == []
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("service", proto.SERVICES)
def test_operations_have_names_of_their_own(service: str) -> None:
    """An operationId is used once."""
    names = [route.name for route in proto.routes_of(service)]
    assert len(names) == len(set(names))


@pytest.fixture(params=proto.SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    """The name of each service."""
    return str(request.param)


async def test_each_service_serves_its_page(
    service: str, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """`/<service>/openapi.json` is what proto/ holds; `/<service>/docs` shows each operation."""
    kept = yaml.safe_load((proto.ROOT / "proto" / f"{service}.openapi.yaml").read_text())
    async with hosts.opened(service, tmp_path, database_url, redis_url) as (_, client):
        async with client.get(f"/{service}/openapi.json") as answer:
            assert await answer.json() == kept
        async with client.get(f"/{service}/docs") as answer:
            page = await answer.text()
    assert answer.content_type == "text/html"
    for path in kept["paths"]:
        assert path in page


async def test_no_answer_is_outside_of_the_document(
    service: str, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Whatever is sent, nothing is our fault, and every answer and every code of a refusal is declared."""
    async with hosts.opened(service, tmp_path, database_url, redis_url) as (host, _):
        await asyncio.to_thread(_attack_all, service, host)


async def test_nobody_gets_in_without_a_token(
    service: str, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Each operation that names roles refuses strangers, and tokens that nobody signed."""
    document = _plain(describe(service, proto.routes_of(service)))
    async with hosts.opened(service, tmp_path, database_url, redis_url) as (host, client):
        for method, path, operation in _operations(document):
            if "security" not in operation:
                continue
            address = path.format_map(_Known(host.known))
            for headers, code in (
                ({}, "not_signed_in"),
                ({"Authorization": "Bearer a.b.c"}, "token_wrong"),
                ({"Authorization": "Basic YTpi"}, "token_wrong"),
            ):
                async with client.request(method, address, headers=headers) as answer:
                    assert (await answer.json())["code"] == code, (method, path)
                    assert answer.status == 401


def _attack_all(service: str, host: Host) -> None:
    document = _plain(describe(service, proto.routes_of(service)))
    schema = schemathesis.openapi.from_dict(document)
    with requests.Session() as session:
        for found in schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr]  # fails the test if it is none
            for mode in _BOTH:
                # Where nothing is asked for, nothing wrong can be sent.
                with contextlib.suppress(Unsatisfiable):
                    _attack(operation, mode, host, session, EXAMPLES.get(service, 12))


def _attack(
    operation: Any, mode: GenerationMode, host: Host, session: requests.Session, examples: int
) -> None:
    declared = operation.definition.raw
    roles = [need["token"][0] for need in declared.get("security", [])]

    # Fixed dice: a test that fails, fails again.
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        suppress_health_check=_QUIET,
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans(), data=st.data())
    def attack(case: Any, real: bool, data: Any) -> None:
        if real:
            case.path_parameters = {
                name: host.known.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        role = data.draw(st.sampled_from(roles)) if roles else None
        headers = {"Authorization": f"Bearer {host.token(role)}"} if role else {}
        answer = case.call(base_url=host.url, headers=headers, session=session, timeout=20)
        _must_be_declared(declared, answer, case)

    attack()


def _must_be_declared(declared: dict[str, Any], answer: Any, case: Any) -> None:
    where = (
        f"{case.method} {case.formatted_path} {case.query!r} {str(case.body)[:300]!r}: {answer.status_code}"
    )
    said = answer.content[:500]
    if answer.status_code == 405 or (answer.status_code == 404 and case.formatted_path.endswith("/")):
        return  # a path that is another route's, or nobody's: an empty or slashed part leads there
    responses = declared["responses"]
    assert str(answer.status_code) in responses, (where, said)
    if answer.status_code == 204:
        return
    if answer.status_code == 303:
        assert answer.headers["location"][0].startswith("/"), (where, "leads to another house")
        return
    media, _, _ = answer.headers["content-type"][0].partition(";")
    content = responses[str(answer.status_code)]["content"]
    assert media in content, (where, media)
    if answer.status_code >= 400:
        assert media == MEDIA_TYPE
        codes = content[media]["schema"]["allOf"][1]["properties"]["code"]["enum"]
        assert json.loads(answer.content)["code"] in codes, (where, said)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _plain(document: dict[str, Any]) -> Any:
    return json.loads(json.dumps(document))


class _Known(dict[str, str]):
    """Ids that exist; any other part of a path gets one that does not."""

    def __missing__(self, key: str) -> str:
        return "khong-co"
