"""HTTP in, HTTP out, no rule. Every path's body or meeting must be of the token's body."""

from collections.abc import Sequence

import msgspec
from aiohttp import web

from services.kit import request_body
from services.kit.problem import MediaWrong
from services.kit.route import Call
from services.meeting import login, membership, roll
from services.meeting.attendance import Attendance
from services.meeting.doorkeeper import Doorkeeper
from services.meeting.minute_taking import MinuteTaking
from services.meeting.registrar import Registrar
from services.meeting.seating import Seating
from services.meeting.secretariat import Secretariat
from services.wire import (
    Admission,
    AgendaItem,
    Body,
    Challenge,
    CredentialHeld,
    FrozenRoll,
    Meeting,
    Member,
    MinutesWanted,
    Presence,
    PresenceCorrected,
    PresenceLogged,
    PresenceMark,
    PresenceOwn,
    RollEntry,
    Seat,
    SeatPlan,
)

REGISTRAR: web.AppKey[Registrar] = web.AppKey("registrar", Registrar)
SECRETARIAT: web.AppKey[Secretariat] = web.AppKey("secretariat", Secretariat)
ATTENDANCE: web.AppKey[Attendance] = web.AppKey("attendance", Attendance)
SEATING: web.AppKey[Seating] = web.AppKey("seating", Seating)
MINUTE_TAKING: web.AppKey[MinuteTaking] = web.AppKey("minute_taking", MinuteTaking)
DOORKEEPER: web.AppKey[Doorkeeper] = web.AppKey("doorkeeper", Doorkeeper)


async def found(call: Call) -> Body:
    return await call.app[REGISTRAR].found(call.body, call.request_id)


def _body_of(call: Call) -> str:
    """The body of the path, which must be the token's."""
    body = call.part("body")
    call.must_be_of(body)
    return body


async def read_body(call: Call) -> Body:
    return await call.app[REGISTRAR].body(_body_of(call))


async def members(call: Call) -> list[Member]:
    return await call.app[REGISTRAR].members(_body_of(call))


async def change_members(call: Call) -> list[Member]:
    body = _body_of(call)
    sheet = isinstance(call.body, bytes)
    entrants = membership.from_sheet(call.body) if sheet else membership.from_members(call.body)
    return await call.app[REGISTRAR].change_members(body, entrants, call.request_id)


async def credentials(call: Call) -> list[CredentialHeld]:
    return await call.app[DOORKEEPER].held(_body_of(call))


async def meetings(call: Call) -> list[Meeting]:
    return await call.app[SECRETARIAT].meetings(_body_of(call))


async def plan(call: Call) -> Meeting:
    return await call.app[SECRETARIAT].plan(_body_of(call), call.body, call.request_id)


async def read_meeting(call: Call) -> Meeting:
    """The meeting of the path, which must be of the token's body. A meeting never changes hands."""
    meeting = await call.app[SECRETARIAT].meeting(call.part("meeting"))
    call.must_be_of(meeting.body)
    return meeting


async def open_meeting(call: Call) -> Meeting:
    return await call.app[SECRETARIAT].open((await read_meeting(call)).id, call.request_id)


async def end_meeting(call: Call) -> Meeting:
    return await call.app[SECRETARIAT].end((await read_meeting(call)).id, call.request_id)


async def draft_roll(call: Call) -> list[RollEntry]:
    meeting = await read_meeting(call)
    sheet = isinstance(call.body, bytes)
    named = roll.from_sheet(call.body) if sheet else roll.from_entries(call.body)
    create = call.request.query.get("create") == "true"
    return await call.app[SECRETARIAT].draft_roll(meeting.id, named, call.request_id, create=create)


async def read_draft(call: Call) -> list[RollEntry]:
    return await call.app[SECRETARIAT].draft((await read_meeting(call)).id)


async def freeze_roll(call: Call) -> FrozenRoll:
    return await call.app[SECRETARIAT].freeze_roll((await read_meeting(call)).id, call.request_id)


async def read_roll(call: Call) -> FrozenRoll:
    meeting = await read_meeting(call)
    return await call.app[SECRETARIAT].roll(meeting.id, call.number("revision"))


async def set_agenda(call: Call) -> Sequence[AgendaItem]:
    return await call.app[SECRETARIAT].set_agenda((await read_meeting(call)).id, call.body, call.request_id)


async def agenda(call: Call) -> Sequence[AgendaItem]:
    return await call.app[SECRETARIAT].agenda((await read_meeting(call)).id)


async def mark_own(call: Call) -> Presence:
    return (await _mark(call, [_marked(call.who.sub, call.body)]))[0]


async def mark_other(call: Call) -> Presence:
    corrected: PresenceCorrected = call.body
    mark = msgspec.structs.replace(_marked(call.part("member"), corrected), why=corrected.why)
    return (await _mark(call, [mark]))[0]


async def mark_all(call: Call) -> list[Presence]:
    return await _mark(call, call.body)


def _marked(member: str, said: PresenceOwn | PresenceCorrected) -> PresenceMark:
    return PresenceMark(member=member, present=said.present, reason=said.reason)


async def _mark(call: Call, marks: Sequence[PresenceMark]) -> list[Presence]:
    meeting = await read_meeting(call)
    return await call.app[ATTENDANCE].mark(meeting.id, marks, call.who.sub, call.request_id)


async def presence(call: Call) -> list[Presence]:
    return await call.app[ATTENDANCE].presence((await read_meeting(call)).id)


async def presence_log(call: Call) -> list[PresenceLogged]:
    return await call.app[ATTENDANCE].log((await read_meeting(call)).id)


async def ask_minutes(call: Call) -> MinutesWanted:
    meeting = await read_meeting(call)
    return await call.app[MINUTE_TAKING].ask(meeting.id, call.body, call.who.sub, call.request_id)


async def seats(call: Call) -> list[Seat]:
    return await call.app[SEATING].seats((await read_meeting(call)).id)


async def seat_plan(call: Call) -> SeatPlan:
    return await call.app[SEATING].plan((await read_meeting(call)).id)


async def draw_seats(call: Call) -> SeatPlan:
    return await call.app[SEATING].draw((await read_meeting(call)).id, call.body, call.request_id)


async def challenge(call: Call) -> Challenge:
    return await call.app[DOORKEEPER].challenge(call.body.credential)


async def token(call: Call) -> Admission:
    if call.request.content_type != "application/jose":
        raise MediaWrong
    return await call.app[DOORKEEPER].admit(await request_body.read(call.request, login.LIMIT))
