"""Whatever stands in the place of one value of one message, it is the sender's fault, and said to be; and whoever comes
from another body is let in nowhere, however sound what they send."""

import asyncio
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from services.access import MATRIX
from services.kit import access_token, clock
from services.kit.route import Route
from services.wire import Role, Token
from tests.support import hosts, proto
from tests.support.hostile_values import messages, sound
from tests.support.hosts import Host

AT_ONCE = 50
JSON = "application/json"
SERVICES = pytest.mark.parametrize("service", [each for each in proto.SERVICES if each != "live"])


@SERVICES
async def test_no_value_of_any_message_is_our_fault(
    service: str, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Each route that takes JSON, each value in it: no text, no number, of no end, or not there."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with (
        hosts.opened(service, tmp_path, database_url, redis_url) as (host, client),
        asyncio.TaskGroup() as group,
    ):
        for route in proto.routes_of(service):
            if route.takes is not None:
                for message in dict.fromkeys(messages(route.takes)):
                    group.create_task(_must_be_theirs(gate, client, host, service, route, message))


async def _must_be_theirs(
    gate: asyncio.Semaphore, client: Any, host: Host, service: str, route: Route, message: bytes
) -> None:
    token = "" if route.act == "anyone" else host.token(min(MATRIX[route.act]))
    async with gate:
        status, said = await _sent(client, host, service, route, message, token)
    # What stands there may be allowed, or nobody may know it here.
    assert status < 500, (route.name, message[:300], said)


@SERVICES
async def test_all_roles_of_another_body_open_nothing(
    service: str, tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Whatever has a name is of a body: they are told so, or that there is no such thing, or nothing."""
    async with hosts.opened(service, tmp_path, database_url, redis_url) as (host, client):
        token = _stranger(host)
        for route in proto.routes_of(service):
            # Accounts with signing services are one's own, wherever one is from.
            if route.act == "anyone" or "{" not in route.path or route.path.startswith("/remote/"):
                continue
            message = sound(route.takes) if route.takes is not None else b"a.b.c"
            status, said = await _sent(client, host, service, route, message, token)
            code = msgspec.json.decode(said).get("code") if status >= 400 else ""
            assert code == "foreign_body" or status == 404 or said == b"[]", (route.name, status, said)


def _stranger(host: Host) -> str:
    iat = clock.now() // 1000
    every: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "operator")
    said = Token(sub=host.subject, body="quoc-hoi", roles=every, iat=iat, exp=iat + 900)
    return access_token.issue(said, host.key)


async def _sent(
    client: Any, host: Host, service: str, route: Route, message: bytes, token: str
) -> tuple[int, bytes]:
    path = f"/{service}{route.path}".format_map(_Known(host.known))
    headers = {"Content-Type": JSON if route.takes is not None else route.media[0]}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = None if route.method == "GET" else message
    async with client.request(route.method, path, data=body, headers=headers) as answer:
        return answer.status, await answer.read()


class _Known(dict[str, str]):
    """Ids that exist; of what does not, one that does not."""

    def __missing__(self, name: str) -> str:
        return "khong-co"
