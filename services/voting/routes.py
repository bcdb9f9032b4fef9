"""The operations of voting, as data."""

from services.access import Act
from services.kit.problem import MediaWrong, TooLarge
from services.kit.route import Handler, Route
from services.refusal import Refused
from services.roster.errors import MeetingNotBegun, MeetingOver, MeetingUnknown, RollMissing
from services.rules import jws
from services.rules.errors import TextUnclean
from services.voting import annulling, confirmation, drafts, errors, handlers, sending
from services.wire import (
    ActPayload,
    BallotPayload,
    Count,
    Counted,
    Line,
    LogKey,
    Poll,
    PollDefinition,
    Receipt,
)

_BALLOT: tuple[type[Refused], ...] = (
    MediaWrong,
    TooLarge,
    jws.SignatureWrong,
    *sending.WORDS,
    errors.StepUpMissing,
)

_POLL = "/polls/{poll}"
_MEETING = "/meetings/{meeting}"


def _signed(act: Act, handler: Handler, summary: str, *refuses: type[Refused]) -> Route:
    name = act.removeprefix("poll.")
    return Route(
        "POST",
        f"{_POLL}/{name}",
        handler,
        act,
        summary,
        gives=Poll,
        media=(handlers.JOSE,),
        refuses=(*handlers.SIGNED, *refuses),
        signs=PollDefinition if name == "open" else ActPayload,
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{_POLL}/ballots",
        handlers.post_ballot,
        "anyone",
        "Cast a signed ballot; the same bytes again give the same receipt (200).",
        gives=Receipt,
        status=201,
        media=(handlers.JOSE,),
        refuses=_BALLOT,
        signs=BallotPayload,
        repeated=200,
        busy=True,
    ),
    Route(
        "GET",
        f"{_MEETING}/polls",
        handlers.list_polls,
        "poll.read",
        "The polls of a meeting.",
        gives=list[Poll],
        refuses=(MeetingUnknown,),
    ),
    Route("GET", _POLL, handlers.get_poll, "poll.read", "A poll.", gives=Poll, refuses=(errors.PollUnknown,)),
    Route(
        "GET",
        f"{_POLL}/definition",
        handlers.get_definition,
        "poll.open",
        "The exact bytes to sign to open the poll; ?without_quorum= states the reason, if there is no quorum.",
        gives=PollDefinition,
        query=(("without_quorum", Line),),
        refuses=(errors.PollUnknown, RollMissing, TextUnclean),
    ),
    _signed("poll.announce", handlers.act("announce"), "Put the question on the screens."),
    _signed(
        "poll.open",
        handlers.act("open"),
        "Open the vote: the chair's signature over the definition.",
        errors.DefinitionDiffers,
        errors.NoQuorum,
        MeetingNotBegun,
        MeetingOver,
        RollMissing,
    ),
    _signed("poll.hold", handlers.act("hold"), "Interrupt voting."),
    _signed("poll.resume", handlers.act("resume"), "Go on voting."),
    _signed(
        "poll.extend", handlers.act("extend"), "Give more time.", errors.NoDeadline, errors.DeadlinePassed
    ),
    _signed("poll.close", handlers.post_close, "Close and count."),
    _signed(
        "poll.declare",
        handlers.post_declare,
        "Declare the counted result: the chair's signature over its hash.",
        errors.NotCounted,
        errors.CountsDiffer,
        errors.ResultDiffers,
    ),
    Route(
        "GET",
        f"{_POLL}/receipts/{{voter}}",
        handlers.get_receipts,
        "receipt.read",
        "A voter's receipts again: one's own at any time, for the secretary once the poll is closed or voided.",
        gives=list[Receipt],
        refuses=(errors.PollUnknown, errors.PollNotOpen, errors.NotCounted),
    ),
    Route(
        "GET",
        f"{_POLL}/result",
        handlers.get_result,
        "poll.read",
        "The counted result.",
        gives=Counted,
        refuses=(errors.PollUnknown, errors.NotCounted, errors.CountsDiffer),
    ),
    Route(
        "GET",
        f"{_MEETING}/ledger",
        handlers.get_ledger,
        "ledger.read",
        "The ledger, line by line; ballots of polls that are neither closed nor voided by hash only.",
        gives_media="application/x-ndjson",
        query=(("start", Count), ("end", Count)),
        refuses=(MeetingUnknown,),
    ),
    Route(
        "GET",
        f"{_MEETING}/checkpoint",
        handlers.get_checkpoint,
        "ledger.read",
        "The newest checkpoint (C2SP tlog-checkpoint).",
        gives_media="text/plain",
        refuses=(MeetingUnknown,),
    ),
    Route(
        "GET",
        f"{_MEETING}/log-key",
        handlers.get_log_key,
        "ledger.read",
        "The ledger's name and public key (C2SP vkey), for phones to pin.",
        gives=LogKey,
        refuses=(MeetingUnknown,),
    ),
    *drafts.ROUTES,
    *annulling.ROUTES,
    *sending.ROUTES,
    *confirmation.ROUTES,
)
