"""What flows where: the streams of docs/map.md as a table, and AsyncAPI 3.0 made from it."""

from typing import Any, NamedTuple, get_args

import msgspec

from services import wire
from services.kit import openapi


class Channel(NamedTuple):
    """A stream: its address, who writes, who reads and how, and the types of what is on it."""

    address: str
    writer: str
    readers: dict[str, str]
    events: tuple[Any, ...]
    about: str


_MEETING = (
    wire.BodyChanged,
    wire.MemberChanged,
    wire.MeetingChanged,
    wire.RollFrozen,
    wire.PresenceChanged,
    wire.AgendaChanged,
    wire.SeatsChanged,
)
_CREDENTIAL = (wire.CredentialIssued, wire.CredentialRevoked)
_SIGNATURE = (wire.BallotSigned, wire.BallotUnsigned, wire.LinksRechecked)
_PAPERS = (
    wire.CertificateIssued,
    wire.CertificateSigned,
    wire.RecordIssued,
    wire.MinutesIssued,
    wire.MinutesSigned,
)
_SCREEN = "The entry of journal index n has the id 0-<n+1>, so a repeat is refused by Redis itself."
_WORK = "At least once, sharded by CRC-32 of the key; a reader keeps the next index per key and passes repeats over."

CHANNELS: dict[str, Channel] = {
    "screenMeeting": Channel(
        "{{key}}:meeting",
        "meeting",
        {"live": "folds"},
        (*_MEETING, wire.MinutesAsked),
        f"Key: a body or a meeting. {_SCREEN}",
    ),
    "screenVoting": Channel(
        "{{key}}:voting",
        "voting",
        {"live": "folds"},
        (wire.PollChanged, wire.BallotsReceived, wire.CountAlarm),
        f"Key: a meeting; the ledger is the journal. {_SCREEN} Never a choice, never a total before close.",
    ),
    "screenFloor": Channel(
        "{{key}}:floor",
        "floor",
        {"live": "folds"},
        (wire.FloorChanged,),
        f"Key: a meeting; the floor's ledger is the journal. {_SCREEN}",
    ),
    "screenSigning": Channel(
        "{{key}}:signing",
        "signing",
        {"live": "folds"},
        (*_CREDENTIAL, *_PAPERS, *_SIGNATURE),
        "Key: a body, or a meeting for what is told of certificates, turn logs and minutes; a commitment for"
        f" ballot.signed and ballot.unsigned. {_SCREEN}",
    ),
    "workMeeting": Channel(
        "{{shard}}:meeting",
        "meeting",
        {"voting": "in order", "floor": "in order", "signing": "in order"},
        _MEETING,
        f"Everything that meeting tells. {_WORK}",
    ),
    "workCredentials": Channel(
        "{{shard}}:credentials",
        "signing",
        {"voting": "in order", "floor": "in order", "meeting": "in order"},
        _CREDENTIAL,
        f"Keys issued and revoked. {_WORK}",
    ),
    "workCertificates": Channel(
        "{{shard}}:certificates",
        "signing",
        {"voting": "in order"},
        (wire.CertificateIssued,),
        f"Certificates issued, for the ledger's last line. {_WORK}",
    ),
    "workPolls": Channel(
        "{{shard}}:polls",
        "voting",
        {"floor": "in order"},
        (wire.PollChanged,),
        "Polls as they open and close, as on screens. At least once, sharded by CRC-32 of the meeting; of each poll the"
        " latest line counts.",
    ),
    "workResults": Channel(
        "{{shard}}:results",
        "voting",
        {"signing": "shared, claimed again after a crash"},
        (wire.Result, wire.GreatResult),
        f"A declared result with all its evidence; of a great poll without its ledger. {_WORK}",
    ),
    "workParts": Channel(
        "{{shard}}:parts",
        "signing",
        {"voting": "shared, claimed again after a crash"},
        (wire.PartWanted,),
        f"Lines of a great poll's ledger are wanted. {_WORK}",
    ),
    "answerPart": Channel(
        "{{shard}}:part:{{question}}",
        "voting",
        {"signing": "read once"},
        (wire.LedgerPart,),
        "The answer to one part-wanted, which names this stream; gone after a minute.",
    ),
    "workIntents": Channel(
        "{{shard}}:intents",
        "voting",
        {"signing": "shared, claimed again after a crash"},
        (wire.BallotWanted, wire.BallotsUnwanted),
        f"A ballot that a signing service is to sign, or is no more, sealed for signing. {_WORK}",
    ),
    "workSignatures": Channel(
        "{{shard}}:signatures",
        "signing",
        {"voting": "in order"},
        _SIGNATURE,
        f"What came of it, the signature sealed for voting; and what was found of links, sealed. {_WORK}",
    ),
    "workRechecks": Channel(
        "{{shard}}:rechecks",
        "voting",
        {"signing": "shared, claimed again after a crash"},
        (wire.RecheckWanted,),
        f"Links that have cast ballots in a poll that was cut, to be asked about. {_WORK}",
    ),
    "workRecords": Channel(
        "{{shard}}:records",
        "floor",
        {"signing": "shared, claimed again after a crash"},
        (wire.FloorRecord,),
        f"A turn log to be sealed, with all that proves it. {_WORK}",
    ),
    "workSittings": Channel(
        "{{shard}}:sittings",
        "meeting",
        {"voting": "shared, claimed again after a crash"},
        (wire.MinutesAsked,),
        f"Minutes are wanted: the record of the sitting, sealed for voting. {_WORK}",
    ),
    "workProceedings": Channel(
        "{{shard}}:proceedings",
        "voting",
        {"signing": "shared, claimed again after a crash"},
        (wire.ProceedingsTold,),
        f"The same with the ledger of its votes, sealed for signing. {_WORK}",
    ),
}

# What a screen gets over server-sent events: the event's name and the type of its data; None is `{}`.
SCREEN: dict[str, Any] = {
    "snapshot": wire.Snapshot,
    "meeting.changed": wire.MeetingChanged,
    "agenda.changed": wire.AgendaChanged,
    "seats.changed": wire.SeatsChanged,
    "roll.frozen": wire.RollShown,
    "presence.changed": wire.PresenceChanged,
    "poll.changed": wire.PollShown,
    "progress": wire.Progress,
    "certificate.issued": wire.CertificateIssued,
    "record.issued": wire.RecordIssued,
    "minutes.issued": wire.MinutesIssued,
    "minutes.signed": wire.MinutesSigned,
    "floor.changed": wire.FloorNewsShown,
    **dict.fromkeys(get_args(wire.TurnEventName), wire.TurnEvent),
    "count.alarm": wire.CountAlarm,
    "connected": wire.Connected,
    "received.from": wire.ReceivedFrom,
    "void.wished": wire.VoidWishes,
    "drafts.moved": wire.DraftsMoved,
    "clock": wire.ServerTime,
    "degraded": None,
    "restored": None,
    "expired": None,
    "bye": None,
}
_SSE = (
    "Server-sent events, as from services/live. `id:` is a position in the meeting's streams: sent back as "
    "Last-Event-ID it resumes exactly. `progress` is at most four times a second, and never says a choice; requests "
    "to speak come together at most four times a second, all else of the floor at once. `turn.*` are what webhooks "
    "send, byte for byte, with their headers as fields of the event; they have no id of the stream and come before the "
    "`floor.changed` that moves it, so that they are told again until that has come. `connected`, "
    "`received.from`, `void.wished` and `drafts.moved` have no id: a screen that joins is told them anew. Who is "
    "connected is told at most once a second; what is wished, and that drafts have moved, to the desk only."
)


def describe() -> dict[str, Any]:
    """The AsyncAPI 3.0 document."""
    types = list(dict.fromkeys([kind for channel in CHANNELS.values() for kind in channel.events] + _shown()))
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    payloads = dict(zip(map(repr, types), schemas, strict=True))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Plenary streams",
            "version": "1",
            "description": "Services never call each other: they meet in messages on Redis streams, field `m`, JSON.",
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(channel) for name, channel in CHANNELS.items()} | {"screen": _screen()},
        "operations": _operations(),
        "components": {
            "messages": {kind.__name__: _message(kind, payloads) for kind in types},
            "schemas": openapi.one_line(dict(sorted(components.items()))),
        },
    }


def _shown() -> list[Any]:
    return [kind for kind in SCREEN.values() if kind is not None]


def _channel(channel: Channel) -> dict[str, Any]:
    name = "shard" if "shard" in channel.address else "key"
    return {
        # Single braces are AsyncAPI's parameters; the doubled ones are the hash tag of Redis Cluster around them.
        "address": channel.address,
        "description": channel.about,
        "parameters": {name: {"description": f"The {name}, within the braces of a Redis Cluster hash tag."}},
        "messages": {kind.__name__: _reference(kind) for kind in channel.events},
    }


def _screen() -> dict[str, Any]:
    return {
        "address": "/live/meetings/{meeting}/events",
        "description": _SSE,
        "parameters": {"meeting": {"description": "The meeting's id."}},
        "messages": {
            name: _reference(kind) if kind is not None else {"name": name, "payload": {"type": "object"}}
            for name, kind in SCREEN.items()
        },
    }


def _reference(kind: Any) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{kind.__name__}"}


def _message(kind: Any, payloads: dict[str, Any]) -> dict[str, Any]:
    about = " ".join((kind.__doc__ or "").split())
    return {"name": tag(kind) or kind.__name__, "summary": about, "payload": payloads[repr(kind)]}


def _operations() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, channel in CHANNELS.items():
        reference = {"$ref": f"#/channels/{name}"}
        found[f"{channel.writer}.sends.{name}"] = {"action": "send", "channel": reference}
        for reader, how in channel.readers.items():
            found[f"{reader}.receives.{name}"] = {
                "action": "receive",
                "channel": reference,
                "description": f"Read {how}.",
            }
    found["live.sends.screen"] = {"action": "send", "channel": {"$ref": "#/channels/screen"}}
    return found


def tag(kind: Any) -> str:
    """The word that names a type of message on the wire; empty if it has none."""
    return str(kind.__struct_config__.tag or "")


def told() -> set[Any]:
    """Every type of event that is on some stream."""
    return {kind for channel in CHANNELS.values() for kind in channel.events} & set(
        get_args(wire.StreamEvent)
    )
