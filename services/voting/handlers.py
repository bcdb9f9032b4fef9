"""HTTP in, HTTP out."""

import msgspec
from aiohttp import web

from services.access import must_may
from services.kit import pieces, prompt, request_body
from services.kit.problem import BodyWrong, MediaWrong
from services.kit.route import Call, Handler
from services.refusal import Refused
from services.roster.rolls import Rolls
from services.rules import act as acts
from services.rules import jws
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.rules.errors import TextUnclean
from services.voting import drafting
from services.voting.ballot_box import BallotBox
from services.voting.batches import Cast
from services.voting.chair import Chair
from services.voting.closing import Closing
from services.voting.errors import (
    NotCounted,
    NotPresiding,
    PollUnknown,
    TransitionWrong,
)
from services.voting.evidence import Archive
from services.voting.intents import RemoteBallots
from services.voting.poll import OVER
from services.voting.poll_row import PollRow
from services.voting.preparing import Preparation
from services.voting.questions import Questions
from services.voting.reissuing import Copyist
from services.voting.store import Store
from services.voting.teller import Teller
from services.voting.wishes import Wishes
from services.wire import (
    Counted,
    LogKey,
    Poll,
    PollCounted,
)

JOSE = "application/jose"
STORE: web.AppKey[Store] = web.AppKey("store", Store)
ROLLS: web.AppKey[Rolls] = web.AppKey("rolls", Rolls)
PREPARATION: web.AppKey[Preparation] = web.AppKey("preparation", Preparation)
CHAIR: web.AppKey[Chair] = web.AppKey("chair", Chair)
CLOSING: web.AppKey[Closing] = web.AppKey("closing", Closing)
TELLER: web.AppKey[Teller] = web.AppKey("teller", Teller)
BOX: web.AppKey[BallotBox] = web.AppKey("ballot_box", BallotBox)
COPYIST: web.AppKey[Copyist] = web.AppKey("copyist", Copyist)
QUESTIONS: web.AppKey[Questions] = web.AppKey("questions", Questions)
ARCHIVE: web.AppKey[Archive] = web.AppKey("archive", Archive)
WISHES: web.AppKey[Wishes] = web.AppKey("wishes", Wishes)
REMOTE: web.AppKey[RemoteBallots] = web.AppKey("remote_ballots", RemoteBallots)
LARGEST_BALLOT: web.AppKey[int] = web.AppKey("largest_ballot", int)

# What every signed act at the desk may be refused for.
SIGNED: tuple[type[Refused], ...] = (
    jws.NotWellFormed,
    jws.SignatureWrong,
    jws.AlgorithmWrong,
    CredentialUnknown,
    CredentialRevoked,
    CredentialExpired,
    acts.ActWrong,
    NotPresiding,
    TransitionWrong,
    PollUnknown,
    TextUnclean,
)
_lines = msgspec.json.Decoder(PollCounted)
# While ballots may come, or still come.
_UNDER_WAY = ("open", "held", "closing")


# --- A ballot: the hot path ------------------------------------------------------------------------------------


async def post_ballot(call: Call) -> web.StreamResponse:
    """A compact JWS in, a receipt out."""
    request = call.request
    limit = call.app[LARGEST_BALLOT]
    if request.content_type != JOSE:
        raise MediaWrong
    raw = await request_body.read(request, limit)
    cast = await call.app[BOX].cast(call.part("poll"), raw, limit, call.request_id)
    return receipt(request, cast)


def receipt(request: web.Request, cast: Cast) -> web.StreamResponse:
    """The answer to a ballot."""
    return prompt.respond(request, cast.receipt, 200 if cast.repeated else 201)


async def get_receipts(call: Call) -> bytes:
    """A voter's receipts in a poll, for the voter; for the secretary once it is over, for receipts show choices."""
    poll, voter = await own(call), call.part("voter")
    if voter != call.who.sub:
        must_may(call.who, "presence.others")
        if poll.row["state"] not in OVER:
            raise NotCounted
    asked = await call.app[QUESTIONS].asked(poll.row["id"])
    places = await call.app[STORE].places(asked.no, voter)
    receipts = [await call.app[COPYIST].receipt(asked.poll, index) for index in places]
    return b"[" + b",".join(receipts) + b"]"


# --- Polls -----------------------------------------------------------------------------------------------------


async def list_polls(call: Call) -> list[Poll]:
    """The polls of a meeting."""
    meeting = call.part("meeting")
    await must_be_ours(call, meeting)
    return [await view(call, row) for row in await call.app[STORE].polls(meeting)]


async def get_poll(call: Call) -> Poll:
    """A poll."""
    return await view(call, await own(call))


async def get_definition(call: Call) -> bytes:
    """The exact bytes that the chair signs to open the poll."""
    await own(call)
    reason = call.request.query.get("without_quorum", "")
    if len(reason) > 500:
        raise BodyWrong(what="without_quorum")
    return msgspec.json.encode(await call.app[PREPARATION].definition(call.part("poll"), reason))


def act(name: str) -> Handler:
    """The handler of a signed act: `announce`, `open`, `hold`, `resume`, `extend`."""

    async def post_act(call: Call) -> Poll:
        await own(call)
        raw = await jose(call.request)
        perform = getattr(call.app[CHAIR], name)
        return await view(call, await perform(call.part("poll"), raw, call.who.sub, call.request_id))

    return post_act


async def post_close(call: Call) -> Poll:
    """Close, and count at once."""
    await own(call)
    identifier, raw = call.part("poll"), await jose(call.request)
    await call.app[CLOSING].close(identifier, raw, call.who.sub, call.request_id)
    await call.app[TELLER].count(identifier)
    return await view(call, await call.app[STORE].poll(identifier))


async def post_declare(call: Call) -> Poll:
    """Declare the counted result."""
    await own(call)
    raw = await jose(call.request)
    row = await call.app[CLOSING].declare(call.part("poll"), raw, call.who.sub, call.request_id)
    return await view(call, row)


async def get_result(call: Call) -> Counted:
    """The counted result, once the poll is closed."""
    return _counted(await call.app[CLOSING].counted_line(await own(call)))


# --- The ledger ------------------------------------------------------------------------------------------------


async def get_ledger(call: Call) -> web.StreamResponse:
    """A meeting's ledger as lines, sent while it is read; `?start=` and `?end=` are indexes."""
    meeting = call.part("meeting")
    await must_be_ours(call, meeting)
    pages = call.app[ARCHIVE].pages(meeting, call.number("start") or 0, call.number("end"))
    return await pieces.send(call.request, pages, "application/x-ndjson")


async def get_checkpoint(call: Call) -> web.Response:
    """The newest checkpoint of a meeting's ledger."""
    meeting = call.part("meeting")
    await must_be_ours(call, meeting)
    return web.Response(text=await call.app[ARCHIVE].checkpoint(meeting), content_type="text/plain")


async def get_log_key(call: Call) -> LogKey:
    """The name and the public key of a meeting's ledger."""
    meeting = call.part("meeting")
    await must_be_ours(call, meeting)
    return call.app[ARCHIVE].log_key(meeting)


# --- What the handlers share -----------------------------------------------------------------------------------


async def must_be_ours(call: Call, meeting: str) -> None:
    """Raise MeetingUnknown, ForeignBody unless the meeting is of the caller's own body."""
    body, _ = await call.app[ROLLS].body_of(meeting)
    call.must_be_of(body.id)


async def own(call: Call) -> PollRow:
    """The poll of the path, of the caller's own body. Raises PollUnknown, ForeignBody."""
    row = await call.app[STORE].poll(call.part("poll"))
    call.must_be_of(row.row["body"])
    return row


async def jose(request: web.Request) -> bytes:
    """A compact JWS as it came. Raises MediaWrong, TooLarge."""
    if request.content_type != JOSE:
        raise MediaWrong
    return await request_body.read(request, acts.LIMIT)


async def view(call: Call, poll: PollRow) -> Poll:
    """A poll as anybody of its body may see it."""
    row = poll.row
    state, prepared = row["state"], drafting.read(row["draft"])
    draft = prepared.draft
    counted = await _counted_of(call, poll)
    return Poll(
        id=row["id"],
        meeting=row["meeting"],
        state=state,
        title=draft.title,
        presiding=draft.presiding,
        options=prepared.options,
        rule=prepared.rule,
        changes=bool(draft.changes),
        reruns=draft.reruns,
        definition=row["definition"],
        jws=row["jws"].decode(),
        deadline=row["deadline"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        received=await call.app[STORE].received(poll.no),
        counted=counted.sha256 if counted else "",
        decision=counted.decision if counted else None,
        interim=poll.counts if draft.interim == "totals" and state in ("open", "held") else None,
        practice=draft.practice,
        item=draft.item,
        grace_s=draft.grace_s,
        pending=await call.app[REMOTE].store.pending(poll.no) if state in _UNDER_WAY else 0,
        grace_ends_at=row["grace_ends_at"],
        unknown_status=draft.unknown_status or "count",
        rechecking=poll.is_being_rechecked,
    )


async def _counted_of(call: Call, poll: PollRow) -> Counted | None:
    """The counted result, if there is one that may be shown."""
    if poll.row["counted_index"] is None or poll.row["alarm"]:
        return None
    return _counted(await call.app[CLOSING].counted_line(poll))


def _counted(line: bytes) -> Counted:
    return Counted(sha256=jws.digest(line), line=line.decode(), decision=_lines.decode(line).decision)
