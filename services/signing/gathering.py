"""PostgreSQL: what travels beside a certificate: who else vouches for its keys, what was found of them, and how
services outside came to sign.
"""

from collections.abc import Iterable, Sequence

import msgspec

from services.kit.database import Pool
from services.rules import begun, jws, outside_evidence
from services.rules.outside_evidence import may_speak_of_others
from services.wire import (
    BallotCast,
    LedgerEntry,
    LinkEvidence,
    PollRechecked,
    RemoteBallot,
    Withheld,
)

_lines: msgspec.json.Decoder[LedgerEntry | Withheld] = msgspec.json.Decoder(LedgerEntry | Withheld)


class Gathering:
    """The tables `link`, `evidence` and `remote_signature` of schema `signing`, read for a declared poll."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, poll: str, definition: str, lines: Iterable[str]) -> bytes | None:
        """The file that goes beside the certificate of a poll with these lines; None if nobody outside had a part."""
        # 1. What the ledger names: no line that speaks of others, and nothing is looked for.
        entries = [_lines.decode(text) for text in lines if may_speak_of_others(text)]
        if not entries:
            return None
        found = [one for entry in entries if isinstance(entry, PollRechecked) for one in entry.found]
        cast = [entry for entry in entries if isinstance(entry, BallotCast) and entry.poll == poll]
        # 2. The paths, what said what of them, and what services answered; each object once.
        objects: dict[str, bytes] = {}
        links = await self._links([each.thumbprint for each in found], objects)
        await self._evidence([name for each in found for name in each.evidence], objects)
        remote = await self._remote(cast, objects)
        if not links and not remote:
            return None
        return outside_evidence.write(poll, definition, links, remote, objects)

    async def _links(self, thumbprints: Sequence[str], objects: dict[str, bytes]) -> list[LinkEvidence]:
        rows = await self._pool.fetch(
            "select thumbprint, path, proof from link where thumbprint = any($1::text[])", thumbprints
        )
        links = []
        for row in rows:
            path = {jws.digest(der): bytes(der) for der in row["path"]}
            objects |= path
            links.append(LinkEvidence(thumbprint=row["thumbprint"], path=tuple(path), proof=row["proof"]))
        return links

    async def _evidence(self, names: Sequence[str], objects: dict[str, bytes]) -> None:
        wanted = [jws.b64_decode(name.encode()) for name in names]
        rows = await self._pool.fetch("select der from evidence where sha256 = any($1::bytea[])", wanted)
        objects |= {jws.digest(row["der"]): bytes(row["der"]) for row in rows}

    async def _remote(self, cast: Sequence[BallotCast], objects: dict[str, bytes]) -> list[RemoteBallot]:
        ballots = {begun.committed(each): jws.digest(each.jws.encode()) for each in cast if each.salt}
        rows = await self._pool.fetch(
            "select matter, evidence from remote_signature where matter = any($1::text[]) and outcome = 'signed'",
            list(ballots),
        )
        remote = []
        for row in rows:
            name = jws.digest(row["evidence"])
            objects[name] = bytes(row["evidence"])
            remote.append(RemoteBallot(ballot=ballots[row["matter"]], evidence=name))
        return remote
