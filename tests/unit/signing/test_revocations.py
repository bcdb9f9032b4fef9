"""Our lists of revoked certificates: whoever is revoked stands there once, in whatever order they were read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from services.kit.apart_thread import ApartThread
from services.kit.clock import now
from services.signing import authority, revocations
from services.signing.books import Revocations
from services.signing.revocation_list import Revoked
from services.signing.revocations import RevocationLists

NOW = now() // 1000 * 1000
MINUTE_MS = 60_000


class Book:
    """Who is revoked, as the store tells it; and how many it has told of."""

    def __init__(self) -> None:
        self.rows: list[Revoked] = []
        self.told = 0

    async def revocations(self, since: int) -> Revocations:
        """How many, each by a transaction of its own: the last ones are still to be counted again."""
        open_from = max(0, len(self.rows) - 2)
        return Revocations(max(0, len(self.rows) - since), max(0, open_from - since), open_from)

    async def revoked(self, at: int, serial: int, most: int) -> list[Revoked]:
        """The next."""
        found = sorted((row for row in self.rows if (row.at, row.serial) > (at, serial)), key=_place)[:most]
        self.told += len(found)
        return found


def _place(row: Revoked) -> tuple[int, int]:
    return row.at, row.serial


@pytest.fixture
def hand() -> Iterator[ApartThread]:
    """The thread that signs."""
    found = ApartThread("authority")
    yield found
    found.close()


@pytest.mark.parametrize("blocks", [1, 4, 1000])
async def test_everybody_once(
    tmp_path: Path, hand: ApartThread, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    """Many at once, then some more now and then: later ones, late ones, and some that had long been overlooked."""
    monkeypatch.setattr(revocations, "MOST_AT_ONCE", 7)
    monkeypatch.setattr(revocations, "_MOST_BLOCKS", blocks)
    authority.ensure(tmp_path, "https://plenary.example.vn")
    held = authority.load(tmp_path, "https://plenary.example.vn", NOW)
    book = Book()
    lists = RevocationLists(book, held, hand, lambda: NOW)

    async def listed() -> list[int]:
        found = x509.load_der_x509_crl(await lists.current("delegates"))
        key = held.delegates.certificate.public_key()
        assert found.is_signature_valid(key)  # type: ignore[arg-type]  # a P-256 key
        return [each.serial_number for each in found]

    assert await listed() == []
    book.rows += [Revoked(number, NOW + number // 3, "lost") for number in range(1, 51)]
    assert sorted(await listed()) == list(range(1, 51))
    for number, at in ((100, NOW + 60), (101, NOW + 10), (102, NOW - 60 * MINUTE_MS), (103, NOW + MINUTE_MS)):
        book.rows.append(Revoked(number, at, "left"))
        assert sorted(await listed()) == [*range(1, 51), *range(100, number + 1)]
    told = book.told
    assert await listed() == await listed()
    assert book.told == told


async def test_numbers_given_again(tmp_path: Path, hand: ApartThread) -> None:
    """A failover put the database back: what is revoked after it is listed, though by an old number."""
    authority.ensure(tmp_path, "https://plenary.example.vn")
    held = authority.load(tmp_path, "https://plenary.example.vn", NOW)
    book = Book()
    lists = RevocationLists(book, held, hand, lambda: NOW)
    book.rows = [Revoked(number, NOW, "lost") for number in range(1, 21)]
    await lists.current("delegates")
    book.rows = [*book.rows[:10], *(Revoked(number, NOW, "lost") for number in (100, 101, 102))]
    found = x509.load_der_x509_crl(await lists.current("delegates"))
    assert sorted(each.serial_number for each in found) == [*range(1, 11), 100, 101, 102]
