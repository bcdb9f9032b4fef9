"""Server-sent events as bytes (WHATWG HTML, section 9.2), ready for the wire of HTTP/1.1 or 1.0."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from services.live.position import Position
from services.rules import webhook
from services.wire import FloorNewsShown, Message, TurnSigned

MEDIA_TYPE = "text/event-stream"
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream for all screens. `number` is the newest entry it covers; `at` the position after it.
    `progress` names the poll if this is only a newer count of it, which makes the count before it superfluous. `news`:
    what happened on the floor, whose payload is made when it is told, together with its neighbours. `ahead`: events
    without a position that are told before it, each for itself: whose line breaks between them is told all of them
    again. `near`: an event without a position that near screens are told behind it; they are told the whole of it when
    they join."""

    stream: int
    number: int
    at: Position
    name: str
    payload: bytes
    progress: str = ""
    news: FloorNewsShown | None = None
    ahead: bytes = b""
    near: bytes = b""

    def encode(self, at: Position | str) -> bytes:
        """The event, with the position of whoever gets it, as it is told to them."""
        return self.ahead + encode(self.name, self.payload, at)


def encode(name: str, payload: bytes, at: Position | str = "") -> bytes:
    """One event. JSON as msgspec writes it holds no line break, so `data:` is one line."""
    identifier = f"id: {at}\n".encode() if at else b""
    return b"event: %b\n%bdata: %b\n\n" % (name.encode(), identifier, payload)


def encode_message(name: str, message: Message, at: Position | str = "") -> bytes:
    """One event with a message as its data."""
    return encode(name, _encoder.encode(message), at)


def encode_all(name: str, messages: Iterable[Message]) -> bytes:
    """Events of one name, one for each message, without a position."""
    return b"".join(encode_message(name, message) for message in messages)


def encode_turns(turns: Iterable[TurnSigned]) -> bytes:
    """What happened to turns: as webhooks say it, their headers as fields of the event, which readers that do not know
    them pass over (section 9.2.6), and their body."""
    return b"".join(_turn(each).encode() for each in turns)


def _turn(turn: TurnSigned) -> str:
    fields = {
        "event": turn.name,
        webhook.ID: turn.id,
        webhook.TIMESTAMP: str(turn.timestamp),
        webhook.SIGNATURE: turn.signature,
        "data": turn.body,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + "\n"


def json(message: Message) -> bytes:
    """A message as the payload of a frame."""
    return _encoder.encode(message)


def chunk(payload: bytes) -> bytes:
    """One chunk of an HTTP/1.1 body (RFC 9112 section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(payload), payload)
