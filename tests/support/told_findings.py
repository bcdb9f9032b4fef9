"""What signing would find out of links after a cut, as voting sees it by the work streams alone."""

from typing import Any

import msgspec

from services.kit import stream
from services.rules import jws, rechecked
from services.voting import app as voting_app
from services.voting import handlers, outbox
from services.wire import LinksRechecked, LinksToRecheck, Rechecked, RecheckWanted
from tests.support.voting_desk import MEETING, VotingDesk
from tests.support.waiting import until

_asked = msgspec.json.Decoder(RecheckWanted)
_wanted = msgspec.json.Decoder(LinksToRecheck)


async def all_wanted(desk: VotingDesk) -> list[LinksToRecheck]:
    """Everything that voting wants to know, once each."""
    redis = desk.app[handlers.WISHES].redis
    entries: Any = await redis.xrange(stream.work(MEETING, outbox.RECHECKS, 1))
    told = [opened(desk, fields[stream.FIELD]) for _, fields in entries]
    return list({one.definition: one for one in told}.values())


def opened(desk: VotingDesk, message: bytes) -> LinksToRecheck:
    """What is sealed in a message, as signing opens it."""
    asked = _asked.decode(message)
    about = rechecked.matter("wanted", asked.definition, asked.cut)
    return _wanted.decode(desk.app[voting_app.ENVELOPE].open(asked.sealed, about))


async def wanted_of(desk: VotingDesk, poll: str) -> LinksToRecheck:
    """What voting wants to know of a poll, once it says so."""

    async def found() -> LinksToRecheck | None:
        return next((one for one in await all_wanted(desk) if one.poll == poll), None)

    return await until(found, 10, "recheck wanted")


def finding(thumbprint: str, cut: int, **changed: Any) -> Rechecked:
    """Good, known after the cut; or with these members changed."""
    members: dict[str, Any] = {
        "thumbprint": thumbprint,
        "outside": jws.digest(b"outside " + thumbprint.encode()),
        "kind": "good",
        "known_at": cut + 1_000,
        "checked_at": cut + 1_000,
        "evidence": (jws.digest(b"answer " + thumbprint.encode()),),
    }
    return Rechecked(**(members | changed))


def unknown(thumbprint: str, cut: int) -> Rechecked:
    """Nobody could tell."""
    return finding(thumbprint, cut, kind="unknown", why="no answer", known_at=0, evidence=())


def told(desk: VotingDesk, wanted: LinksToRecheck, *found: Rechecked, about: str = "") -> LinksRechecked:
    """What signing tells, sealed; `about` another matter, if it is somebody who lies."""
    envelope = desk.app[voting_app.ENVELOPE]
    matter = about or rechecked.matter("found", wanted.definition, wanted.cut)
    return LinksRechecked(
        index=0,
        meeting=MEETING,
        poll=wanted.poll,
        definition=wanted.definition,
        cut=wanted.cut,
        sealed=envelope.seal(msgspec.json.encode(found), matter),
    )
