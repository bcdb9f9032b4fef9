"""A picture of a handwritten signature or of a seal: PNG (ISO/IEC 15948) of 8 bits a channel, to what a PDF holds.

Read here by hand: it is somebody else's file, which no library that can do a hundred formats shall see.
"""

import struct
import zlib
from collections.abc import Iterator

from services.signing.countersigned.acts import Image
from services.signing.countersigned.pdf_errors import PictureNotTaken

LARGEST = 800
LARGEST_BYTES = 1_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Colour types: grey, colours (which hide all below), grey with opacity, colours with opacity. No palettes.
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def read(png: bytes) -> Image:
    """The picture. Raises PictureNotTaken."""
    if len(png) > LARGEST_BYTES:
        raise PictureNotTaken(what="too large")
    try:
        width, height, channels, packed = _parts(png)
        raw = _unpacked(packed, (width * channels + 1) * height)
        pixels = b"".join(_rows(raw, width * channels, channels))
    except (struct.error, zlib.error, ValueError, KeyError, IndexError) as error:
        raise PictureNotTaken(what="not a PNG of 8 bits a channel") from error
    if channels not in (2, 4) or min(pixels[channels - 1 :: channels]) == 255:
        # It lies over what others have signed, and would hide it.
        raise PictureNotTaken(what="opaque")
    opacity = pixels[channels - 1 :: channels]
    if channels > 2:
        colours = bytearray(width * height * 3)
        for place in range(3):
            colours[place::3] = pixels[place::channels]
    else:
        colours = bytearray(each for grey in pixels[::channels] for each in (grey, grey, grey))
    return Image(width, height, zlib.compress(bytes(colours), 9), zlib.compress(opacity, 9))


def _parts(png: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, channels, and the compressed rows."""
    chunks = list(_chunks(png))
    if not chunks or chunks[0][0] != b"IHDR":
        raise ValueError("no header")
    width, height, depth, colour, compression, filtering, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise PictureNotTaken(what=f"{width} × {height}")
    if depth != 8 or (compression, filtering, interlaced) != (0, 0, 0):
        raise PictureNotTaken(what="8 bits a channel, not interlaced")
    return width, height, _CHANNELS[colour], b"".join(content for kind, content in chunks if kind == b"IDAT")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (sum_,) = struct.unpack_from(">I", png, at + 8 + length)
        if zlib.crc32(kind + content) != sum_:
            raise ValueError("sum")
        yield kind, content
        if kind == b"IEND":
            return
        at += 12 + length
    raise ValueError("no end")


def _unpacked(packed: bytes, size: int) -> bytes:
    """Exactly `size` bytes: no more are ever unpacked."""
    machine = zlib.decompressobj()
    raw = machine.decompress(packed, size + 1)
    if len(raw) != size or not machine.eof:
        raise ValueError("size")
    return raw


def _rows(raw: bytes, length: int, step: int) -> Iterator[bytes]:
    """The rows as they were before each was filtered by the one above (section 9)."""
    above = bytearray(length)
    for at in range(0, len(raw), length + 1):
        kind, row = raw[at], bytearray(raw[at + 1 : at + 1 + length])
        for place in range(length) if kind else ():
            left = row[place - step] if place >= step else 0
            corner = above[place - step] if place >= step else 0
            row[place] = (row[place] + _guess(kind, left, above[place], corner)) & 255
        yield bytes(row)
        above = row


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    match kind:
        case 1:
            return left
        case 2:
            return up
        case 3:
            return (left + up) // 2
        case 4:
            near = left + up - corner
            return min((left, up, corner), key=lambda each: abs(near - each))
        case _:
            raise ValueError("filter")
