"""Pictures of signatures and seals for tests, drawn by arithmetic: PNG with transparency."""

import math
import struct
import zlib
from collections.abc import Callable


def stroke(width: int, height: int, colour: bytes) -> bytes:
    """A wave, as a pen draws it."""

    def is_inked(x: int, y: int) -> bool:
        at = height / 2 + height * 0.35 * math.sin(x / width * 9) * math.cos(x / width * 2)
        return abs(y - at) < 4

    return _png(width, height, colour, is_inked)


def ring(size: int, colour: bytes) -> bytes:
    """Two rings and a star's worth of rays."""
    middle = size / 2

    def is_inked(x: int, y: int) -> bool:
        far = math.hypot(x - middle, y - middle)
        ray = math.cos(5 * math.atan2(y - middle, x - middle)) > 0.4
        return (
            0.93 * middle < far < middle or 0.80 * middle < far < 0.83 * middle or (far < middle / 2 and ray)
        )

    return _png(size, size, colour, is_inked)


def _png(width: int, height: int, colour: bytes, is_inked: Callable[[int, int], bool]) -> bytes:
    ink, nothing = colour + b"\xff", b"\xff\xff\xff\0"
    rows = b"".join(
        b"\0" + b"".join(ink if is_inked(x, y) else nothing for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
