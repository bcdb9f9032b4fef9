"""HTTP in, HTTP out."""

from typing import Any

import msgspec
from aiohttp import web

from services.access import must_may
from services.kit.problem import BodyWrong, MediaWrong, NotReady, TooLarge
from services.kit.route import Call, Route
from services.refusal import Refused
from services.rules import act as acts
from services.rules import ballot as rules
from services.rules import jws
from services.rules.errors import ProfileUnknown, RuleUnsound, TextUnclean
from services.voting import drafting, errors
from services.voting.ballot_box import BallotBox
from services.voting.chair import Chair
from services.voting.evidence import Archive
from services.voting.questions import Questions
from services.voting.rolls import Rolls
from services.voting.store import PollRow, Store
from services.voting.teller import Teller
from services.wire import (
    ActPayload,
    BallotPayload,
    Count,
    Counted,
    Line,
    Poll,
    PollCounted,
    PollDefinition,
    PollDraft,
    Receipt,
    Voiding,
)

JOSE = "application/jose"
STORE: web.AppKey[Store] = web.AppKey("store", Store)
ROLLS: web.AppKey[Rolls] = web.AppKey("rolls", Rolls)
CHAIR: web.AppKey[Chair] = web.AppKey("chair", Chair)
TELLER: web.AppKey[Teller] = web.AppKey("teller", Teller)
BOX: web.AppKey[BallotBox] = web.AppKey("ballot_box", BallotBox)
QUESTIONS: web.AppKey[Questions] = web.AppKey("questions", Questions)
ARCHIVE: web.AppKey[Archive] = web.AppKey("archive", Archive)
LARGEST_BALLOT: web.AppKey[int] = web.AppKey("largest_ballot", int)

_counted = msgspec.json.Decoder(PollCounted)


# --- A ballot: the hot path ------------------------------------------------------------------------------------


async def post_ballot(call: Call) -> web.Response:
    """A compact JWS in, a receipt out."""
    request = call.request
    limit = request.config_dict[LARGEST_BALLOT]
    if request.content_type != JOSE:
        raise MediaWrong
    if (request.content_length or 0) > limit:
        raise TooLarge
    raw = await request.read()
    cast = await request.app[BOX].cast(call.part("poll"), raw, limit, call.request_id)
    return web.Response(
        body=cast.receipt, status=200 if cast.repeated else 201, content_type="application/json"
    )


async def get_receipts(call: Call) -> bytes:
    """A voter's receipts in a poll, for the voter and the secretary."""
    voter = call.part("voter")
    if voter != call.who.sub:
        must_may(call.who, "presence.others")
    asked = await call.app[QUESTIONS].asked(call.part("poll"))
    call.must_be_of(asked.body)
    places = await call.app[STORE].places(asked.no, voter)
    receipts = [await call.app[BOX].again(asked, index) for index in places]
    return b"[" + b",".join(receipts) + b"]"


# --- Polls -----------------------------------------------------------------------------------------------------


async def post_poll(call: Call) -> Poll:
    """Prepare a poll."""
    meeting = call.part("meeting")
    call.must_be_of((await call.app[ROLLS].body_of(meeting)).id)
    return await _view(call, await call.app[CHAIR].draft(meeting, call.body))


async def list_polls(call: Call) -> list[Poll]:
    """The polls of a meeting."""
    meeting = call.part("meeting")
    call.must_be_of((await call.app[ROLLS].body_of(meeting)).id)
    return [await _view(call, row) for row in await call.app[STORE].polls(meeting)]


async def get_poll(call: Call) -> Poll:
    """A poll."""
    return await _view(call, await _own(call))


async def get_definition(call: Call) -> bytes:
    """The exact bytes that the chair signs to open the poll."""
    await _own(call)
    reason = call.request.query.get("without_quorum", "")
    if len(reason) > 500:
        raise BodyWrong(what="without_quorum")
    return msgspec.json.encode(await call.app[CHAIR].definition(call.part("poll"), reason))


def _act(name: str) -> Any:
    async def post_act(call: Call) -> Poll:
        await _own(call)
        raw = await _jose(call.request)
        chair = call.app[CHAIR]
        row = await getattr(chair, name)(call.part("poll"), raw, call.who.sub, call.request_id)
        if name == "close":
            await call.app[TELLER].count(call.part("poll"))
            row = await call.app[STORE].poll(call.part("poll"))
        return await _view(call, row)

    return post_act


async def post_void(call: Call) -> Poll:
    """Annul a poll: two signatures over the same bytes."""
    await _own(call)
    voiding: Voiding = call.body
    row = await call.app[CHAIR].void(
        call.part("poll"), voiding.act.encode(), voiding.second.encode(), call.who.sub, call.request_id
    )
    return await _view(call, row)


async def get_result(call: Call) -> Counted:
    """The counted result, once the poll is closed."""
    line = await call.app[CHAIR].counted_line(await _own(call))
    return Counted(sha256=jws.digest(line), line=line.decode(), decision=_counted.decode(line).decision)


# --- The ledger ------------------------------------------------------------------------------------------------


async def get_ledger(call: Call) -> web.Response:
    """A meeting's ledger as lines; `?start=` and `?end=` are indexes."""
    meeting = call.part("meeting")
    call.must_be_of((await call.app[ROLLS].body_of(meeting)).id)
    start, end = _index(call, "start"), _index(call, "end")
    extract = await call.app[ARCHIVE].extract(meeting, start or 0, end)
    head = {name: getattr(extract, name) for name in ("origin", "log_key", "start", "frontier")}
    lines = [msgspec.json.encode(head).decode(), *extract.lines]
    lines.append(msgspec.json.encode({"checkpoint": extract.checkpoint}).decode())
    return web.Response(text="\n".join(lines) + "\n", content_type="application/x-ndjson")


async def get_checkpoint(call: Call) -> web.Response:
    """The newest checkpoint of a meeting's ledger."""
    meeting = call.part("meeting")
    call.must_be_of((await call.app[ROLLS].body_of(meeting)).id)
    return web.Response(text=await call.app[ARCHIVE].checkpoint(meeting), content_type="text/plain")


def _index(call: Call, name: str) -> int | None:
    text = call.request.query.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BodyWrong(what=name)
    return int(text)


# --- What the handlers share -----------------------------------------------------------------------------------


async def _own(call: Call) -> PollRow:
    """The poll of the path, of the caller's own body. Raises PollUnknown, ForeignBody."""
    row = await call.app[STORE].poll(call.part("poll"))
    call.must_be_of(row.row["body"])
    return row


async def _jose(request: web.Request) -> bytes:
    if request.content_type != JOSE:
        raise MediaWrong
    raw = await request.read()
    if len(raw) > acts.LIMIT:
        raise TooLarge
    return raw


async def _view(call: Call, poll: PollRow) -> Poll:
    row = poll.row
    prepared = drafting.read(row["draft"])
    draft = prepared.draft
    counted = b""
    if row["counted_index"] is not None and not row["alarm"]:
        counted = await call.app[CHAIR].counted_line(poll)
    shows_interim = draft.interim == "totals" and row["state"] in ("open", "held")
    return Poll(
        id=row["id"],
        meeting=row["meeting"],
        state=row["state"],
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
        counted=jws.digest(counted) if counted else "",
        decision=_counted.decode(counted).decision if counted else None,
        interim=poll.counts if shows_interim else None,
    )


_SIGNED: tuple[type[Refused], ...] = (
    jws.NotWellFormed,
    jws.SignatureWrong,
    jws.AlgorithmWrong,
    rules.CredentialUnknown,
    rules.CredentialRevoked,
    rules.CredentialExpired,
    acts.ActWrong,
    errors.NotPresiding,
    errors.TransitionWrong,
    errors.PollUnknown,
    TextUnclean,
)
_BALLOT: tuple[type[Refused], ...] = (
    MediaWrong,
    TooLarge,
    NotReady,
    jws.NotWellFormed,
    jws.SignatureWrong,
    jws.AlgorithmWrong,
    rules.CredentialUnknown,
    rules.CredentialRevoked,
    rules.CredentialExpired,
    rules.ForeignPoll,
    rules.ForeignMeeting,
    rules.LabelWrong,
    rules.NotYourKey,
    rules.NotOnRoll,
    errors.PollUnknown,
    errors.PollNotOpen,
    errors.PollHeld,
    errors.PollClosed,
    errors.PollVoided,
    errors.AlreadyVoted,
    errors.SequenceWrong,
)

_POLL = "/polls/{poll}"
_MEETING = "/meetings/{meeting}"


def _signed(act: Any, name: str, summary: str, *refuses: type[Refused]) -> Route:
    return Route(
        "POST",
        f"{_POLL}/{name}",
        _act(name),
        act,
        summary,
        gives=Poll,
        media=(JOSE,),
        refuses=(*_SIGNED, *refuses),
        signs=PollDefinition if name == "open" else ActPayload,
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{_POLL}/ballots",
        post_ballot,
        "anyone",
        "Cast a signed ballot; the same bytes again give the same receipt (200).",
        gives=Receipt,
        status=201,
        media=(JOSE,),
        refuses=_BALLOT,
        signs=BallotPayload,
        repeated=200,
    ),
    Route(
        "POST",
        f"{_MEETING}/polls",
        post_poll,
        "poll.draft",
        "Prepare a poll.",
        takes=PollDraft,
        gives=Poll,
        status=201,
        refuses=(
            errors.MeetingUnknown,
            errors.PollExists,
            errors.DraftUnsound,
            errors.RerunWrong,
            errors.PollUnknown,
            ProfileUnknown,
            RuleUnsound,
            TextUnclean,
        ),
    ),
    Route(
        "GET",
        f"{_MEETING}/polls",
        list_polls,
        "poll.read",
        "The polls of a meeting.",
        gives=list[Poll],
        refuses=(errors.MeetingUnknown,),
    ),
    Route("GET", _POLL, get_poll, "poll.read", "A poll.", gives=Poll, refuses=(errors.PollUnknown,)),
    Route(
        "GET",
        f"{_POLL}/definition",
        get_definition,
        "poll.open",
        "The exact bytes to sign to open the poll; ?without_quorum= states the reason, if there is no quorum.",
        gives=PollDefinition,
        query=(("without_quorum", Line),),
        refuses=(errors.PollUnknown, errors.RollMissing, TextUnclean),
    ),
    _signed("poll.announce", "announce", "Put the question on the screens."),
    _signed(
        "poll.open",
        "open",
        "Open the vote: the chair's signature over the definition.",
        errors.DefinitionDiffers,
        errors.NoQuorum,
        errors.RollMissing,
    ),
    _signed("poll.hold", "hold", "Interrupt voting."),
    _signed("poll.resume", "resume", "Go on voting."),
    _signed("poll.extend", "extend", "Give more time.", errors.NoDeadline, errors.DeadlinePassed),
    _signed("poll.close", "close", "Close and count."),
    _signed(
        "poll.declare",
        "declare",
        "Declare the counted result: the chair's signature over its hash.",
        errors.NotCounted,
        errors.CountsDiffer,
        errors.ResultDiffers,
    ),
    Route(
        "POST",
        f"{_POLL}/void",
        post_void,
        "poll.void",
        "Annul, with a reason and a second person.",
        takes=Voiding,
        gives=Poll,
        refuses=(*_SIGNED, errors.ReasonMissing, errors.SecondPersonMissing),
    ),
    Route(
        "GET",
        f"{_POLL}/receipts/{{voter}}",
        get_receipts,
        "receipt.read",
        "A voter's receipts again.",
        gives=list[Receipt],
        refuses=(errors.PollUnknown, errors.PollNotOpen),
    ),
    Route(
        "GET",
        f"{_POLL}/result",
        get_result,
        "poll.read",
        "The counted result.",
        gives=Counted,
        refuses=(errors.PollUnknown, errors.NotCounted, errors.CountsDiffer),
    ),
    Route(
        "GET",
        f"{_MEETING}/ledger",
        get_ledger,
        "ledger.read",
        "The ledger, line by line; ballots of polls that are not closed by hash only.",
        gives_media="application/x-ndjson",
        query=(("start", Count), ("end", Count)),
        refuses=(errors.MeetingUnknown,),
    ),
    Route(
        "GET",
        f"{_MEETING}/checkpoint",
        get_checkpoint,
        "ledger.read",
        "The newest checkpoint (C2SP tlog-checkpoint).",
        gives_media="text/plain",
        refuses=(errors.MeetingUnknown,),
    ),
)
