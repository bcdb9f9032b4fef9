"""ledger.jsonl: an extract of a ledger as a file of lines, in the one way it is written."""

from collections.abc import Sequence

import msgspec
from msgspec import UnsetType

from services.wire import Extract

_encoder = msgspec.json.Encoder()


def render(extract: Extract) -> bytes:
    """The file: origin, key, start and frontier; the lines as they stand; the checkpoint. Each ends with a newline.

    Where the lines stand in a file of their own (`Extract.file`), it is named in their place: that is what a page
    carries of a great poll.
    """
    return b"".join((head_of(extract), *_between(extract), foot_of(extract)))


def _between(extract: Extract) -> list[bytes]:
    if not isinstance(extract.file, UnsetType):
        return [_encoder.encode({"file": extract.file}) + b"\n"]
    return [f"{line}\n".encode() for line in extract.lines]


def head_of(extract: Extract) -> bytes:
    """The first line of its file."""
    return render_head(extract.origin, extract.log_key, extract.start, extract.frontier)


def foot_of(extract: Extract) -> bytes:
    """The last line of its file."""
    return render_foot(extract.checkpoint)


def render_head(origin: str, log_key: str, start: int, frontier: Sequence[str]) -> bytes:
    """The first line: whose run it is and where it begins, as in Extract."""
    head = {"origin": origin, "log_key": log_key, "start": start, "frontier": frontier}
    return _encoder.encode(head) + b"\n"


def render_foot(checkpoint: str) -> bytes:
    """The last line: the checkpoint over the tree after the last line."""
    return _encoder.encode({"checkpoint": checkpoint}) + b"\n"
