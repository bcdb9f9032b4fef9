"""Enrolled keys in memory, as fresh as the roster they are read from."""

import asyncio
from collections.abc import Callable, Set
from typing import Any

from asyncpg import Record
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.kit.clerks import tell
from services.kit.database import UNREACHABLE, Connection
from services.kit.problem import NotReady
from services.roster.rolls import Rolls
from services.rules.ballot import CredentialRevoked, CredentialUnknown, Holder

LOOK_SECONDS = 0.05


class Keyring:
    """Enrolled keys in memory, by body; as fresh as the epoch it last saw.

    Any change of a body's credentials moves its epoch. Who compares epochs under a lock of theirs, as the ballot box
    does under the ledger's, refuses a revoked key from the commit of its revocation on, in every worker, without a
    read per ballot.
    """

    def __init__(self, rolls: Rolls) -> None:
        self._rolls = rolls
        self._holders: dict[str, dict[str, Holder | Record]] = {}
        self._revoked: dict[str, set[str]] = {}
        self._links: dict[str, set[str]] = {}
        self._epochs: dict[str, int] = {}
        self._looks: dict[str, asyncio.Task[None]] = {}

    def epoch(self, body: str) -> int:
        """The epoch last seen; -1 before the first look."""
        return self._epochs.get(body, -1)

    def holder(self, body: str, thumbprint: str) -> Holder:
        """The holder of an enrolled key. Raises CredentialUnknown, CredentialRevoked."""
        if thumbprint in self._revoked.get(body, ()):
            raise CredentialRevoked
        return self.holder_ever(body, thumbprint)

    def holder_ever(self, body: str, thumbprint: str) -> Holder:
        """The holder of a key that was enrolled at some time, also if revoked since: old ballots still verify."""
        try:
            found = self._holders[body][thumbprint]
        except KeyError as error:
            raise CredentialUnknown from error
        # Keys are parsed when they are first used, not all at once when a large body begins to vote.
        if not isinstance(found, Holder):
            found = self._holders[body][thumbprint] = _holder(found)
        return found

    def links(self, body: str) -> Set[str]:
        """The thumbprints of keys that another authority certified, too, revoked or not."""
        return self._links.get(body, frozenset())

    async def look_again(self, body: str) -> None:
        """Look for a key that is not known here yet. All who ask within a moment share one look: strangers who send
        unknown keys cost themselves a wait, and the store one read."""
        look = self._looks.get(body)
        if look is None:
            look = self._looks[body] = asyncio.create_task(self._look(body))
        await asyncio.shield(look)

    async def _look(self, body: str) -> None:
        await asyncio.sleep(LOOK_SECONDS)
        # Whoever asks from here on may mean a key that this read is too early for.
        del self._looks[body]
        await self.refresh(body)

    async def refresh(self, body: str, connection: Connection | None = None) -> None:
        """Look again; only what has changed since is read, or all if the database lost changes that we know."""
        after = self.epoch(body)
        epoch, rows = await self._rolls.credentials(body, after, connection)
        if epoch < after:
            epoch, rows = await self._rolls.credentials(body, -1, connection)
            self._forget(body)
        known = self._holders.setdefault(body, {})
        for row in rows:
            known.setdefault(row["thumbprint"], row)
        self._revoked.setdefault(body, set()).update(
            row["thumbprint"] for row in rows if row["revoked_at"] is not None
        )
        self._links.setdefault(body, set()).update(row["thumbprint"] for row in rows if row["linked"])
        self._epochs[body] = max(epoch, self.epoch(body))

    def _forget(self, body: str) -> None:
        self._holders.pop(body, None)
        self._revoked.pop(body, None)
        self._links.pop(body, None)
        self._epochs.pop(body, None)


class SecondLook:
    """For who comes with a key that is not known: enrolled a moment ago, perhaps."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._looks: set[asyncio.Task[None]] = set()

    def take(self, body: str, waiting: asyncio.Future[Any], again: Callable[[], None]) -> None:
        """Look once more, beside the others, and try `again`; a look that fails is the answer to who waits."""
        look = asyncio.create_task(self._look(body, waiting, again))
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def _look(self, body: str, waiting: asyncio.Future[Any], again: Callable[[], None]) -> None:
        try:
            await self._keyring.look_again(body)
        except UNREACHABLE:
            tell(waiting, NotReady(what="store"))
        except Exception as error:
            # Whatever it was, nobody is left waiting for an answer that never comes.
            tell(waiting, error)
        else:
            again()


def _holder(row: Record) -> Holder:
    key = load_der_public_key(row["key"])
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | Ed25519PublicKey):
        raise CredentialUnknown
    return Holder(row["thumbprint"], row["member"], key, row["not_before"], row["not_after"], row["linked"])
