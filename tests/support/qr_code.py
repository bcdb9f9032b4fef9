"""What a QR code says, read from its modules by ISO/IEC 18004 alone, without correcting errors: ours are drawn, not
photographed. Versions 2 to 6, error correction M, bytes."""

Modules = list[list[bool]]

# Data codewords of a version at level M: blocks, and codewords in each.
_BLOCKS = {2: (1, 28), 3: (1, 44), 4: (2, 32), 5: (2, 43), 6: (4, 27)}
_FORMAT_MASK = 0b101010000010010
_LEVEL_M = 0b00
_MODE_BYTES = 0b0100


def text_of(modules: Modules) -> str:
    """The text. Raises AssertionError for a code of another kind, ValueError for one that makes no sense."""
    version = (len(modules) - 17) // 4
    level, mask = _format(modules)
    assert level == _LEVEL_M
    blocks, each = _BLOCKS[version]
    words = _words(modules, mask)
    ordered = bytes(words[at * blocks + block] for block in range(blocks) for at in range(each))
    bits = "".join(f"{word:08b}" for word in ordered)
    assert int(bits[:4], 2) == _MODE_BYTES
    length = int(bits[4:12], 2)
    return bytes(int(bits[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode("ascii")


def _format(modules: Modules) -> tuple[int, int]:
    places = [
        *((8, column) for column in range(6)),
        *((8, 7), (8, 8), (7, 8)),
        *((row, 8) for row in range(5, -1, -1)),
    ]
    value = int("".join(str(int(modules[row][column])) for row, column in places), 2) ^ _FORMAT_MASK
    return value >> 13, value >> 10 & 0b111


def _words(modules: Modules, mask: int) -> list[int]:
    """The codewords in their order: by twos of columns from the right, up and down in turns."""
    size = len(modules)
    bits = ""
    columns = [column for column in range(size - 1, 0, -2) if column > 6] + [5, 3, 1]
    for turn, right in enumerate(columns):
        rows = range(size - 1, -1, -1) if turn % 2 == 0 else range(size)
        for row in rows:
            for column in (right, right - 1):
                if not _is_fixed(size, row, column):
                    bits += str(int(modules[row][column] ^ _masks(mask, row, column)))
    return [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]


def _is_fixed(size: int, row: int, column: int) -> bool:
    """Finders with their format, timing lines, and the one alignment pattern."""
    corner = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
    aligned = abs(row - (size - 7)) <= 2 and abs(column - (size - 7)) <= 2
    return corner or 6 in (row, column) or aligned


def _masks(mask: int, row: int, column: int) -> bool:
    product = row * column
    return (
        (row + column) % 2,
        row % 2,
        column % 3,
        (row + column) % 3,
        (row // 2 + column // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        ((row + column) % 2 + product % 3) % 2,
    )[mask] == 0
