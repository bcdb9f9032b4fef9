"""Pictures of a signature and of a seal for tests, drawn by arithmetic: PNG with transparency, as if scanned."""

import math
import struct
import zlib
from collections.abc import Callable

Colour = tuple[int, int, int, int]
CLEAR: Colour = (0, 0, 0, 0)
BLUE: Colour = (20, 60, 200, 255)
RED: Colour = (210, 20, 30, 255)


def png(rows: bytes, kind: int, width: int, height: int, depth: int = 8) -> bytes:
    """A file of these rows, each with its filter before it; `kind` of colours as in PNG's header."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _drawn(width: int, height: int, at: Callable[[int, int], Colour]) -> bytes:
    rows = (b"\0" + b"".join(bytes(at(column, row)) for column in range(width)) for row in range(height))
    return png(b"".join(rows), 6, width, height)


def signature(width: int = 300, height: int = 130) -> bytes:
    """A blue stroke that goes up and down, from edge to edge."""

    def at(column: int, row: int) -> Colour:
        line = height / 2 + (height / 2 - 8) * math.sin(column / width * 6 * math.pi)
        return BLUE if abs(row - line) < 8 else CLEAR

    return _drawn(width, height, at)


def seal(size: int = 240) -> bytes:
    """A red ring with a dot."""
    middle = size / 2

    def at(column: int, row: int) -> Colour:
        away = math.hypot(column + 0.5 - middle, row + 0.5 - middle)
        return RED if middle - 10 < away < middle - 1 or away < middle / 5 else CLEAR

    return _drawn(size, size, at)
