"""ledger.jsonl: an extract of a ledger as a file of lines, in the one way it is written."""

from collections.abc import Sequence

import msgspec

from services.wire import Extract

_encoder = msgspec.json.Encoder()


def render(extract: Extract) -> bytes:
    """The file: origin, key, start and frontier; the lines as they stand; the checkpoint. Each ends with a newline."""
    head = render_head(extract.origin, extract.log_key, extract.start, extract.frontier)
    return b"".join(
        (head, *(f"{line}\n".encode() for line in extract.lines), render_foot(extract.checkpoint))
    )


def render_head(origin: str, log_key: str, start: int, frontier: Sequence[str]) -> bytes:
    """The first line: whose run it is and where it begins, as in Extract."""
    head = {"origin": origin, "log_key": log_key, "start": start, "frontier": frontier}
    return _encoder.encode(head) + b"\n"


def render_foot(checkpoint: str) -> bytes:
    """The last line: the checkpoint over the tree after the last line."""
    return _encoder.encode({"checkpoint": checkpoint}) + b"\n"
