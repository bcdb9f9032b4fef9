"""Whose keys these are: the database knows by their fingerprints those that its meetings began with.

Another house's keys are readable and fit together; with them a ledger would go on under another signature, and every
receipt and certificate from before would be refused wherever its key was pinned.
"""

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.kit import keys
from services.kit.database import Connection

# Without any of these no house goes on: where meetings are, none is made anew.
NEEDED = ("token.key", "ledger.key", "webhook.key", "envelope.key")
# What was signed or sealed with these is asked for later; the others are replaced if somebody else came to know them.
PINNED = ("ledger.key", "envelope.key")
_SYMMETRIC = "envelope.key"
# What to do about keys of another house, in Vietnamese and English.
RIGHT_ONES = (
    "đặt lại đúng PLENARY_DATA, PLENARY_DATABASE_URL, hoặc chép đúng khóa vào",
    "set PLENARY_DATA and PLENARY_DATABASE_URL right, or copy the right keys there",
)


async def have_met(connection: Connection) -> bool:
    """Whether there is a meeting."""
    return bool(await connection.fetchval("select exists (select from meeting.meeting)"))


async def foreign(connection: Connection, directory: Path) -> list[str]:
    """The names of keys that are there and are not those that were noted. Raises KeyRefused, OSError."""
    noted = await _noted(connection)
    there = [name for name in sorted(noted) if (directory / name).exists()]
    return [name for name in there if _fingerprint(directory / name) != noted[name]]


def said(names: list[str], directory: Path) -> tuple[str, str]:
    """That these keys are another house's, in Vietnamese and English."""
    named = ", ".join(names)
    return (
        f"{named} trong {directory} không phải khóa của cơ sở dữ liệu này",
        f"{named} in {directory} is not the key that the meetings in this database began with",
    )


async def note(connection: Connection, directory: Path) -> None:
    """These are its keys from now on; nothing is written where that is known. Raises KeyRefused, OSError."""
    own = {name: _fingerprint(directory / name) for name in PINNED}
    if own != await _noted(connection):
        await connection.executemany(
            "insert into meeting.house_key (name, fingerprint) values ($1, $2)"
            " on conflict (name) do update set fingerprint = excluded.fingerprint",
            list(own.items()),
        )


async def _noted(connection: Connection) -> dict[str, bytes]:
    rows = await connection.fetch("select name, fingerprint from meeting.house_key")
    return {row["name"]: row["fingerprint"] for row in rows}


def _fingerprint(path: Path) -> bytes:
    if path.name == _SYMMETRIC:
        return sha256(b"plenary envelope.key\0" + path.read_bytes()).digest()
    public = keys.load_ed25519(path).public_key()
    return sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
