"""Server-sent events read as a browser reads them."""

from services.live.position import Position, parse


def told_of(raw: bytes) -> list[tuple[str, bytes, Position]]:
    """Name, data and position of each event."""
    told = []
    for block in raw.decode().split("\n\n")[:-1]:
        fields = dict(text.split(": ", 1) for text in block.split("\n"))
        at = parse(fields["id"])
        assert at is not None
        told.append((fields["event"], fields["data"].encode(), at))
    return told
