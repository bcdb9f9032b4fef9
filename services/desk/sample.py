"""The sample meeting of a first start: a council that can speak and vote at once, made over HTTP like any other.

Everything has a fixed id and is asked for in full each time, so a start that was interrupted is made good by the next.
"""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import asyncpg

from services.desk import place
from services.desk.asking import Declined
from services.desk.client import Client, opened
from services.desk.convening import Convened, Plan, convene
from services.desk.operator_token import mint
from services.desk.presiding import announce_poll
from services.kit.settings import Settings
from services.wire import AgendaItem, Body, Invite, MeetingPlan, Member, OpenLane, PollDraft, Role, RollEntry

BODY, MEETING, POLL, ITEM, LANE = "hdnd-mau", "phien-hop-mau", "bieu-quyet-mau", "nghi-quyet", "speech"
INVITES = "sample-invites.txt"
_SECRETARY, _CHAIR, _SCREEN = "thu-ky", "db01", "man-hinh"
# Where each begins; all others with the phone.
_PAGES = {_SECRETARY: "secretary", _CHAIR: "chair", _SCREEN: "hall"}
_LINK = re.compile(r"\S+(?=/(?:phone|chair|secretary|hall)#moi=)")
_NAMES = (
    ("Nguyễn Thị Minh", "Tổ 1"),
    ("Trần Văn Toàn", "Tổ 1"),
    ("Lê Thị Hồng", "Tổ 1"),
    ("Phạm Ngọc Thanh", "Tổ 2"),
    ("Hoàng Thị Ánh", "Tổ 2"),
    ("Vũ Đức Thịnh", "Tổ 2"),
    ("Đặng Thùy Dương", "Tổ 3"),
    ("Bùi Xuân Phúc", "Tổ 3"),
    ("Đỗ Thị Mỹ Hạnh", "Tổ 3"),
)


async def ensure(settings: Settings, socket: Path) -> list[str]:
    """Make the sample meeting unless there is anything else: lines to print, none if there is no sample.

    `settings` are resolved: data directory, database and address. `socket`: a worker's own, which needs no certificate.
    Raises Declined, Unanswered, PlaceRefused.
    """
    file = settings.data / INVITES
    if not settings.sample or not await _is_alone(settings.database_url):
        return []
    if not file.exists():
        async with opened("http://desk", connections=4, socket=socket) as client:
            convened = await convene(client, mint(settings.data), _plan())
            await _announce(client, convened)
            await _open_lane(client, convened)
            # Last: a file that is there means that all is there.
            place.write_whole(file, await _invites(client, convened, settings.address), 0o600)
    _follow_address(file, settings.address)
    return _lines(settings.address, file)


async def _is_alone(database_url: str) -> bool:
    """Whether the database holds no body but ours."""
    connection = await asyncpg.connect(database_url)
    try:
        return not await connection.fetchval("select exists (select from meeting.body where id <> $1)", BODY)
    finally:
        await connection.close()


def _plan() -> Plan:
    delegates = []
    for number, (name, group) in enumerate(_NAMES, start=1):
        member = f"db{number:02d}"
        roles: tuple[Role, ...] = ("chair", "delegate") if member == _CHAIR else ("delegate",)
        title = "Chủ tịch Hội đồng nhân dân" if member == _CHAIR else ""
        delegates.append(Member(id=member, name=name, group=group, title=title, roles=roles))
    return Plan(
        body=Body(
            id=BODY,
            name="Hội đồng nhân dân mẫu",
            name_en="Sample People's Council",
            noun="đại biểu Hội đồng nhân dân",
            noun_en="members of the People's Council",
            profile="hdnd",
        ),
        members=[
            Member(id=_SECRETARY, name="Trịnh Công Thư", title="Thư ký", roles=("secretary",)),
            Member(id=_SCREEN, name="Màn hình hội trường", roles=("observer",)),
            *delegates,
        ],
        meeting=MeetingPlan(id=MEETING, title="Kỳ họp mẫu", place="Hội trường A"),
        roll=[
            RollEntry(member=one.id, name=one.name, group=one.group, seat=f"A{seat}")
            for seat, one in enumerate(delegates, start=1)
        ],
        present=(),
        secretary=_SECRETARY,
        chair=_CHAIR,
        agenda=(
            AgendaItem(id="khai-mac", position=1, title="Khai mạc, điểm danh"),
            AgendaItem(id=ITEM, position=2, title="Thông qua nghị quyết về chuyển đổi số"),
            AgendaItem(id="be-mac", position=3, title="Bế mạc"),
        ),
    )


async def _announce(client: Client, convened: Convened) -> None:
    draft = PollDraft(
        id=POLL,
        title="Thông qua nghị quyết về chuyển đổi số",
        title_en="Resolution on digital transformation",
        presiding=_CHAIR,
    )
    try:
        await announce_poll(client, convened.meeting, convened.secretary, convened.token, draft)
    except Declined as declined:
        # Announced by a start that was interrupted after this.
        if declined.code != "poll_transition":
            raise


async def _open_lane(client: Client, convened: Convened) -> None:
    """A list of speakers on the resolution, by the council's own rules, so that there is a floor to see."""
    floor = await client.floor(convened.meeting, convened.token)
    if any((each.lane.item, each.lane.lane) == (ITEM, LANE) for each in floor.lanes):
        # Opened by a start that was interrupted after this.
        return
    act = OpenLane(meeting=convened.meeting, seen=floor.revision, item=ITEM, lane=LANE)
    await client.floor_act(convened.meeting, convened.secretary.floor_act(act), convened.token)


async def _invites(client: Client, convened: Convened, url: str) -> str:
    """Invites for everybody. The secretary's key of this start is forgotten; enrolling anew takes its place."""
    people = [_SECRETARY, _SCREEN, *(f"db{number:02d}" for number in range(1, len(_NAMES) + 1))]
    names = {f"db{number:02d}": name for number, (name, _) in enumerate(_NAMES, start=1)}
    names[_CHAIR] += " (chủ tọa / chair)"
    names |= {_SECRETARY: "Thư ký / secretary", _SCREEN: "Màn hình hội trường / the hall's screen"}
    lines = [
        "# Mã mời dùng một lần của phiên họp mẫu; mở liên kết là vào thẳng màn hình của người đó.",
        "# One-time invites of the sample meeting; a link opens that person's screen.",
        f"# {datetime.now().astimezone():%Y-%m-%d %H:%M}   POST /signing/enrolments {{code, request}}",
        *(
            f"{invite.member:8} {invite.code:32} {_link(url, invite)}   {names[invite.member]}"
            for invite in await client.invite(BODY, people, convened.token)
        ),
    ]
    return "\n".join(lines) + "\n"


def _link(url: str, invite: Invite) -> str:
    """The screen with the code in the fragment, which a browser sends to nobody."""
    return f"{url}/{_PAGES.get(invite.member, 'phone')}#moi={quote(invite.code)}"


def _follow_address(file: Path, url: str) -> None:
    """Links lead to where we are now: port and address may be others than at the first start."""
    before = file.read_text()
    if (now := _LINK.sub(url, before)) != before:
        place.write_whole(file, now, 0o600)


def _lines(url: str, file: Path) -> list[str]:
    return [
        f"  Trang đầu, mọi màn hình và API / front page, all screens and APIs: {url}/",
        f"  Phiên họp mẫu: mã mời và liên kết / sample meeting, invites and links: {file}",
    ]
