"""HTTP in, HTTP out."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from services.floor.archive import Archive
from services.floor.floor_desk import FloorDesk
from services.floor.floors import Floors
from services.floor.ledger import Ledger
from services.floor.records import Records
from services.floor.store import Store
from services.floor.turn_sheet import Sheet
from services.kit import clock, pieces, request_body
from services.kit.problem import MediaWrong
from services.kit.route import Call
from services.rules.floor import acts
from services.rules.floor.profiles import FLOOR_PROFILES
from services.rules.floor.request_errors import RequestUnknown
from services.rules.floor.speakers import place, request_of, shown
from services.wire import FloorProfile, FloorShown, Opinions, Place, TurnLog

JOSE = "application/jose"
STORE: web.AppKey[Store] = web.AppKey("store", Store)
DESK: web.AppKey[FloorDesk] = web.AppKey("floor_desk", FloorDesk)
FLOORS: web.AppKey[Floors] = web.AppKey("floors", Floors)
LEDGER: web.AppKey[Ledger] = web.AppKey("ledger", Ledger)
ARCHIVE: web.AppKey[Archive] = web.AppKey("archive", Archive)
RECORDS: web.AppKey[Records] = web.AppKey("records", Records)


async def post_act(call: Call) -> web.Response:
    """A compact JWS in, a receipt and a place out."""
    meeting = await _own(call)
    if call.request.content_type != JOSE:
        raise MediaWrong
    raw = await request_body.read(call.request, acts.LIMIT)
    done = await call.app[DESK].act(meeting, raw, call.who.sub, call.request_id)
    return web.Response(
        body=done.answer, status=200 if done.repeated else 201, content_type="application/json"
    )


async def get_floor(call: Call) -> FloorShown:
    """The floor as it stands; empty, at revision 0, before it has begun."""
    floor = await call.app[FLOORS].now(await _own(call))
    return shown(floor) if floor is not None else FloorShown()


async def get_place(call: Call) -> Place:
    """Where a waiting request stands."""
    floor = await call.app[FLOORS].now(await _own(call))
    if floor is None:
        raise RequestUnknown
    return place(floor, request_of(floor, call.part("request")), clock.now())


async def list_profiles(call: Call) -> list[FloorProfile]:
    """The rules of speaking that there are."""
    return list(FLOOR_PROFILES.values())


async def get_profile(call: Call) -> FloorProfile:
    """The rules of speaking of this floor; before it has begun, those it would begin with."""
    meeting = await _own(call)
    floor = await call.app[FLOORS].now(meeting)
    return floor.profile if floor is not None else await call.app[DESK].profile_of(meeting)


async def get_opinions(call: Call) -> Opinions:
    """What was written by those who were not reached, and who is invited to write."""
    floor = await call.app[FLOORS].now(await _own(call))
    if floor is None:
        return Opinions()
    invited = (request for request in floor.requests.values() if request.state == "unreached")
    return Opinions(written=tuple(floor.opinions.values()), invited=tuple(invited))


async def get_turns(call: Call) -> TurnLog:
    """Who spoke how long so far, what the desk overrode, who was not reached. Raises FloorNotBegun."""
    return await call.app[RECORDS].log(await _own(call))


def sheet(name: str, render: Sheet) -> Callable[[Call], Awaitable[web.Response]]:
    """The handler that shows a sheet of the turn log, kept under this name."""

    async def show(call: Call) -> web.Response:
        log, names = await call.app[RECORDS].named(await _own(call))
        headers = {"Content-Disposition": f'attachment; filename="{log.meeting}-{name}.csv"'}
        return web.Response(
            body=render(log, names), content_type="text/csv", charset="utf-8", headers=headers
        )

    return show


async def get_ledger(call: Call) -> web.StreamResponse:
    """A meeting's ledger as lines, sent while it is read; `?start=` and `?end=` are indexes."""
    pages = call.app[ARCHIVE].pages(await _own(call), call.number("start") or 0, call.number("end"))
    return await pieces.send(call.request, pages, "application/x-ndjson")


async def get_checkpoint(call: Call) -> web.Response:
    """The newest checkpoint of a meeting's ledger."""
    return web.Response(text=await call.app[ARCHIVE].checkpoint(await _own(call)), content_type="text/plain")


async def _own(call: Call) -> str:
    """The meeting of the path, of the caller's own body. Raises MeetingUnknown, ForeignBody."""
    meeting = call.part("meeting")
    call.must_be_of(await call.app[DESK].body_of(meeting))
    return meeting
