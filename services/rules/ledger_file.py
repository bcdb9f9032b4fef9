"""ledger.jsonl: an extract of a ledger as a file of lines, in the one way it is written."""

import msgspec

from services.wire import Extract

_encoder = msgspec.json.Encoder()


def render(extract: Extract) -> bytes:
    """The file: origin, key, start and frontier; the lines as they stand; the checkpoint. Each ends with a newline."""
    head = {
        "origin": extract.origin,
        "log_key": extract.log_key,
        "start": extract.start,
        "frontier": extract.frontier,
    }
    foot = {"checkpoint": extract.checkpoint}
    lines = (_encoder.encode(head), *(line.encode() for line in extract.lines), _encoder.encode(foot))
    return b"".join(line + b"\n" for line in lines)
