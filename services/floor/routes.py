"""The operations of the floor, as data."""

from services.floor import handlers
from services.floor.errors import FloorNotBegun, OtherSigner
from services.floor.turn_sheet import SHEETS, render
from services.floor.webhooks import WEBHOOK_ROUTES
from services.kit.problem import NotReady, TooLarge
from services.kit.route import Route
from services.refusal import Refused
from services.roster.errors import MeetingNotBegun, MeetingOver, MeetingUnknown, RollMissing
from services.rules import jws
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.rules.errors import TextUnclean
from services.rules.floor import errors, lane_errors, request_errors, turn_errors
from services.wire import Count, FloorActs, FloorDone, FloorProfile, FloorShown, Opinions, Place, TurnLog

_ACT: tuple[type[Refused], ...] = (
    NotReady,
    TooLarge,
    MeetingUnknown,
    RollMissing,
    MeetingNotBegun,
    MeetingOver,
    OtherSigner,
    jws.NotWellFormed,
    jws.SignatureWrong,
    jws.AlgorithmWrong,
    CredentialUnknown,
    CredentialRevoked,
    CredentialExpired,
    TextUnclean,
    errors.ForeignFloor,
    errors.DeskOnly,
    request_errors.NotYours,
    errors.FloorMoved,
    errors.FloorReasonMissing,
    lane_errors.ItemUnknown,
    lane_errors.ItemEnded,
    lane_errors.LaneUnknown,
    lane_errors.LaneOpenAlready,
    lane_errors.LaneClosed,
    lane_errors.LaneRulesUnsound,
    lane_errors.ListFull,
    request_errors.SpeakerNotOnRoll,
    request_errors.SpeakerAbsent,
    turn_errors.SpeakerMissing,
    request_errors.GuestsNotTaken,
    request_errors.StanceWrong,
    request_errors.NoteTooLong,
    request_errors.AlreadyWaiting,
    request_errors.WithdrawnTooOften,
    request_errors.ChangedTooOften,
    request_errors.WrittenTooOften,
    request_errors.SpeechesUsedUp,
    turn_errors.TimeUsedUp,
    request_errors.RequestIdTaken,
    request_errors.RequestUnknown,
    request_errors.NotWaiting,
    lane_errors.NobodyFollows,
    lane_errors.ArrangementWrong,
    turn_errors.OutOfTurn,
    turn_errors.CalledAlready,
    turn_errors.SomebodySpeaks,
    turn_errors.TurnUnknown,
    turn_errors.TurnTransition,
    turn_errors.NoAnswersHere,
    turn_errors.AnsweredAlready,
    turn_errors.NotInterposedHere,
    lane_errors.NothingSpoken,
    request_errors.NotInvited,
    errors.VoteUnderWay,
)
_MEETING = "/meetings/{meeting}"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{_MEETING}/acts",
        handlers.post_act,
        "floor.act",
        "Do something on the floor: a signed act; the same bytes again give the same receipt (200).",
        gives=FloorDone,
        status=201,
        media=(handlers.JOSE,),
        refuses=_ACT,
        signs=FloorActs,
        repeated=200,
    ),
    Route(
        "GET",
        _MEETING,
        handlers.get_floor,
        "floor.read",
        "The floor as it stands: lanes, who waits, who speaks.",
        gives=FloorShown,
        refuses=(MeetingUnknown,),
    ),
    Route(
        "GET",
        f"{_MEETING}/requests/{{request}}",
        handlers.get_place,
        "floor.read",
        "Where a waiting request stands, who is before it, and the expected wait.",
        gives=Place,
        refuses=(MeetingUnknown, request_errors.RequestUnknown, request_errors.NotWaiting),
    ),
    Route(
        "GET",
        "/profiles",
        handlers.list_profiles,
        "floor.read",
        "The rules of speaking of the bodies we know, with their sources.",
        gives=list[FloorProfile],
    ),
    Route(
        "GET",
        f"{_MEETING}/profile",
        handlers.get_profile,
        "floor.read",
        "The rules of speaking of this floor: as it began with them or, before its first act, as it would.",
        gives=FloorProfile,
        refuses=(MeetingUnknown,),
    ),
    Route(
        "GET",
        f"{_MEETING}/opinions",
        handlers.get_opinions,
        "floor.read",
        "Written opinions of those who were not reached, and who is invited to write.",
        gives=Opinions,
        refuses=(MeetingUnknown,),
    ),
    Route(
        "GET",
        f"{_MEETING}/turns",
        handlers.get_turns,
        "floor.read",
        "The turn log so far: who spoke how long, what the desk overrode and why, who was not reached.",
        gives=TurnLog,
        refuses=(MeetingUnknown, FloorNotBegun),
    ),
    *(
        Route(
            "GET",
            f"{_MEETING}/{path}.csv",
            handlers.sheet(name, made),
            "floor.read",
            f"The turn log's {name} as a sheet, UTF-8 with a byte order mark.",
            gives_media="text/csv",
            refuses=(MeetingUnknown, FloorNotBegun),
        )
        for path, name, made in (
            ("turns", "turns", render),
            *((f"turns/{name}", name, made) for name, made in SHEETS.items()),
        )
    ),
    Route(
        "GET",
        f"{_MEETING}/ledger",
        handlers.get_ledger,
        "floor.read",
        "The floor's ledger, line by line.",
        gives_media="application/x-ndjson",
        query=(("start", Count), ("end", Count)),
        refuses=(MeetingUnknown,),
    ),
    Route(
        "GET",
        f"{_MEETING}/checkpoint",
        handlers.get_checkpoint,
        "floor.read",
        "The newest checkpoint of the floor's ledger (C2SP tlog-checkpoint).",
        gives_media="text/plain",
        refuses=(MeetingUnknown,),
    ),
    *WEBHOOK_ROUTES,
)
