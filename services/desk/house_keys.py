"""Whose keys these are: the database knows by their fingerprints those that its meetings began with.

Another house's keys are readable and fit together; with them a ledger would go on under another signature, and every
receipt and certificate from before would be refused wherever its key was pinned.
"""

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.kit import keys
from services.kit.database import Connection

# Without any of these a house cannot go on, and none can be made again.
NEEDED = ("token.key", "ledger.key", "webhook.key", "envelope.key")
_SYMMETRIC = "envelope.key"


async def have_met(connection: Connection) -> bool:
    """Whether there is a meeting."""
    return bool(await connection.fetchval("select exists (select from meeting.meeting)"))


async def foreign(connection: Connection, directory: Path) -> list[str]:
    """The names of keys that are there and are not those that were noted. Raises KeyRefused, OSError."""
    noted = await connection.fetch("select name, fingerprint from meeting.house_key order by name")
    return [
        row["name"]
        for row in noted
        if (directory / row["name"]).exists() and _fingerprint(directory / row["name"]) != row["fingerprint"]
    ]


async def note(connection: Connection, directory: Path) -> None:
    """These are its keys from now on. Raises KeyRefused, OSError."""
    for name in NEEDED:
        await connection.execute(
            "insert into meeting.house_key (name, fingerprint) values ($1, $2)"
            " on conflict (name) do update set fingerprint = excluded.fingerprint",
            name,
            _fingerprint(directory / name),
        )


def _fingerprint(path: Path) -> bytes:
    if path.name == _SYMMETRIC:
        return sha256(b"plenary envelope.key\0" + path.read_bytes()).digest()
    public = keys.load_ed25519(path).public_key()
    return sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
