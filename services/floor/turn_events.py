"""From a line of the floor's ledger to what webhooks and the live stream tell of its turns: the same bytes. No IO."""

import hashlib
from datetime import UTC, datetime
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.rules import jws, webhook
from services.wire import (
    FloorActed,
    FloorEntry,
    FloorTicked,
    FloorVote,
    TurnEvent,
    TurnNews,
    TurnSigned,
)

Camera = Literal["next", "speaker", "hall", ""]
_CAMERA: dict[str, Camera] = {
    "called": "next",
    "started": "speaker",
    "resumed": "speaker",
    "paused": "hall",
    "ended": "hall",
    "dropped": "hall",
}
_encode = msgspec.json.Encoder().encode


def events_of(meeting: str, index: int, entry: FloorEntry, turns: int) -> list[TurnEvent]:
    """What happened to turns in a line, in order. `turns`: how many such events there have been with it."""
    if not isinstance(entry, FloorActed | FloorTicked | FloorVote):
        return []
    told = [news for news in entry.news if isinstance(news, TurnNews)]
    line = f"{meeting} {index} ".encode() + _encode(entry) if told else b""
    before = turns - len(told)
    return [
        _event(meeting, index, entry.at, news, _identifier(line, place), before + place)
        for place, news in enumerate(told, start=1)
    ]


def body_of(event: TurnEvent) -> bytes:
    """The bytes that are told and signed, wherever it is told."""
    return _encode(event)


def signed(event: TurnEvent, key: Ed25519PrivateKey) -> TurnSigned:
    """An event for the live stream. Ed25519 signs the same bytes always alike: made again, it is the same."""
    body, timestamp = body_of(event), event.at // 1_000
    signature = webhook.headers(event.id, timestamp, body, key, None)[webhook.SIGNATURE]
    return TurnSigned(
        name=event.type, id=event.id, timestamp=timestamp, signature=signature, body=body.decode()
    )


def _event(meeting: str, index: int, at: int, news: TurnNews, identifier: str, seq: int) -> TurnEvent:
    fields = {
        "type": f"turn.{news.what}",
        "timestamp": datetime.fromtimestamp(at / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "id": identifier,
        "meeting": meeting,
        "seq": seq,
        "index": index,
        "at": at,
        "seat": news.turn.seat,
        "camera": _CAMERA.get(news.what, ""),
        "turn": news.turn,
    }
    return msgspec.convert(fields, TurnEvent)


def _identifier(line: bytes, place: int) -> str:
    """The same at every try, by every worker; no full stop, which would end it in what is signed. By what the line
    says, too: a database that lost its last lines has others under their numbers, and whoever knows an id passes over
    what comes under it."""
    digest = hashlib.sha256(line + b" %d" % place).digest()
    return "msg_" + jws.b64_encode(digest[:16]).decode()
