"""A running meeting desk with a body of a few persons."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.meeting_desk import MeetingDesk, assemble

BODY = {
    "id": "hdnd",
    "name": "Hội đồng nhân dân tỉnh",
    "name_en": "Provincial People's Council",
    "noun": "đại biểu Hội đồng nhân dân",
    "noun_en": "members of the People's Council",
    "profile": "hdnd",
}
MEMBERS: list[dict[str, Any]] = [
    {"id": "lan", "name": "Nguyễn Thị Lan", "roles": ["secretary"]},
    {"id": "hung", "name": "Trần Văn Hùng", "title": "Chủ tịch", "roles": ["chair", "delegate"]},
    {
        "id": "mai",
        "name": "Lê Thị Mai",
        "group": "Tổ 1",
        "roles": ["delegate"],
        "attributes": {"giới tính": "nữ", "dân tộc": "Tày"},
    },
    {"id": "nam", "name": "Phạm Văn Nam", "group": "Tổ 2", "roles": ["delegate"]},
    {"id": "quan", "name": "Vũ Minh Quân", "roles": ["observer"]},
]
ROLL = [
    {"member": "hung", "name": "Trần Văn Hùng", "group": "", "seat": "A1", "attributes": {}},
    {"member": "mai", "name": "Lê Thị Mai", "group": "Tổ 1", "seat": "A2", "attributes": {"khối": "Đảng"}},
    {"member": "nam", "name": "Phạm Văn Nam", "group": "Tổ 2", "seat": "A3", "attributes": {}},
]


@pytest.fixture
async def desk(
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    aiohttp_client: Callable[[Any], Awaitable[Any]],
) -> AsyncIterator[MeetingDesk]:
    """A meeting desk that answers, without any body."""
    made = assemble(tmp_path, database_url, redis_url)
    made.client = await aiohttp_client(made.root)
    yield made
    await made.client.close()
    await made.streams.aclose()


@pytest.fixture
async def hall(desk: MeetingDesk) -> MeetingDesk:
    """The desk with a body, its members, and a planned meeting `ky-hop` with a draft of its roll."""
    operator = desk.token("root", "operator", body="operator")
    secretary = desk.token("lan", "secretary")
    await desk.ask("POST", "/bodies", BODY, who=operator, status=201)
    await desk.ask("POST", "/bodies/hdnd/members", MEMBERS, who=operator, status=200)
    plan = {"id": "ky-hop", "title": "Kỳ họp thứ nhất", "place": "Hội trường", "starts_at": 1_700_000_000_000}
    await desk.ask("POST", "/bodies/hdnd/meetings", plan, who=secretary, status=201)
    await desk.ask("PUT", "/meetings/ky-hop/roll", ROLL, who=secretary, status=200)
    return desk
