"""From a line of the floor's ledger to what webhooks are sent of it. No IO."""

import hashlib
from datetime import UTC, datetime
from typing import Literal

import msgspec

from services.rules import jws
from services.wire import FloorActed, FloorEntry, FloorTicked, FloorVote, TurnEvent, TurnNews

Camera = Literal["next", "speaker", "hall", ""]
_CAMERA: dict[str, Camera] = {
    "called": "next",
    "started": "speaker",
    "resumed": "speaker",
    "paused": "hall",
    "ended": "hall",
    "dropped": "hall",
}
_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)


def events_of(meeting: str, index: int, line: bytes, sent: int) -> list[TurnEvent]:
    """What happened to turns in a line, in order. `sent`: how many events were sent before."""
    entry = _entries.decode(line)
    if not isinstance(entry, FloorActed | FloorTicked | FloorVote):
        return []
    told = [news for news in entry.news if isinstance(news, TurnNews)]
    return [_event(meeting, index, entry.at, place, news, sent) for place, news in enumerate(told, start=1)]


def _event(meeting: str, index: int, at: int, place: int, news: TurnNews, sent: int) -> TurnEvent:
    fields = {
        "type": f"turn.{news.what}",
        "timestamp": datetime.fromtimestamp(at / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "id": _identifier(meeting, index, place),
        "meeting": meeting,
        "seq": sent + place,
        "index": index,
        "at": at,
        "seat": news.turn.seat,
        "camera": _CAMERA.get(news.what, ""),
        "turn": news.turn,
    }
    return msgspec.convert(fields, TurnEvent)


def _identifier(meeting: str, index: int, place: int) -> str:
    """The same at every try, by every worker; no full stop, which would end it in what is signed."""
    digest = hashlib.sha256(f"{meeting} {index} {place}".encode()).digest()
    return "msg_" + jws.b64_encode(digest[:16]).decode()
