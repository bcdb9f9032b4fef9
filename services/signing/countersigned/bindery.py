"""The way from the worker to the bench, and to the authority for time: what is heavy, or waits, beside the loop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.kit import token_keys
from services.kit.clock import Clock
from services.kit.problem import NotReady
from services.kit.token_keys import TokenRefused
from services.refusal import REFUSALS
from services.rules import certified, countersigning, jws, time_stamp
from services.rules.certified import load_one
from services.rules.credential import load_anchors
from services.rules.long_term import LongTerm
from services.rules.time_stamp import TimeStamp
from services.signing.countersigned import bench
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.bench import Tokens, Wanted
from services.signing.countersigned.errors import PageRefused
from services.signing.countersigned.pages import Stamps
from services.signing.countersigned.picture_files import PictureFiles
from services.signing.countersigned.steps import (
    Edition,
    PersonSigned,
    PreparedSignature,
    Ready,
    Sealed,
    SealedFile,
)
from services.signing.countersigned.time_authority import TimeAuthority
from services.signing.press import Shop
from services.signing.proving import Spoiled
from services.wire import SignedPart, SigningRole


class Current(Protocol):
    """The revocation lists of our own issuers."""

    async def current(self, name: str) -> bytes:
        """The list (DER) of the issuer of that name, good now."""


@dataclass(frozen=True, slots=True)
class Bindery:
    """See desk.Pages, finisher.Bindery. `issuers`: the names of our own authorities, whose lists are kept."""

    shop: Shop
    lists: Current
    issuers: tuple[str, ...]
    trust: bytes
    clock: Clock
    time: TimeAuthority | None = None
    pictures: PictureFiles | None = None
    # Time-stamps are asked for one at a time: an authority is not flooded.
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def lay_out(self, sealed: Sealed) -> bytes:
        """The page of a sealed edition with the places of all signatures, empty. Raises PageRefused."""
        kind: Stamps = self.time.kind if self.time else "none"
        found: bytes = await self._run(bench.lay_out, sealed, kind)
        return found

    async def prepare(
        self, page: bytes, role: SigningRole, chain: tuple[bytes, ...], name: str, now: int
    ) -> Ready:
        """The page with the signature of this person begun. Raises PageRefused, PictureNotTaken."""
        body, member = certified.member_of(load_one(chain[0]))
        image = await self.pictures.of_person(body, member) if self.pictures else None
        found: Ready = await self._run(bench.prepare, page, role, chain, name, now, image)
        return found

    async def presiding_of(self, sealed: Sealed) -> str:
        """The member who is to sign as chair, by a statement that was proven before; "" for any chair."""
        found: str = await self._run(bench.presiding_of, sealed.kind, sealed.statement)
        return found

    async def must_be_signed(
        self, prepared: PreparedSignature, statement: bytes, der: bytes, given: PersonSigned
    ) -> None:
        """Raise SignatureWrong, NotWellFormed unless the certificate's key signed what was prepared, page and
        statement."""
        heads = prepared.attributes, prepared.protected
        found = await self._ask(bench.must_be_signed, heads, statement, der, (given.page, given.statement))
        if isinstance(found, Spoiled):
            raise REFUSALS[found.code]

    async def later(self, signature: bytes) -> LongTerm | None:
        """What stands behind a signature of the statement; None where there is no authority for time."""
        if self.time is None:
            return None
        over = countersigning.stamped_bytes(signature)
        token = await self._stamp(over)
        stamp = time_stamp.read(token, over)
        support = await self._support(stamp.chain)
        return LongTerm(token, stamp, support.certificates, support.crls)

    async def finish(self, prepared: PreparedSignature, signature: bytes, chain: tuple[bytes, ...]) -> bytes:
        """The page with a person's signature in its place, and what stands behind it."""
        if prepared.page is None:
            raise LookupError("the page that was signed is gone")
        return await self._finish(prepared.page, chain, signature)

    async def seal_file(self, parts: Sequence[SignedPart], sealed: Sealed, at_s: int) -> tuple[str, bytes]:
        """The seal's protected header and signature over the statement and the persons' signatures."""
        found: tuple[str, bytes] = await self._sealed(bench.seal_file, parts, sealed, at_s)
        return found

    async def seal_page(self, pdf: bytes, sealed: Sealed, at_s: int) -> SealedFile:
        """The page with the body's seal, and an archive time-stamp where there is an authority for time."""
        image = await self.pictures.of_seal(sealed.body) if self.pictures else None
        document, signature = await self._sealed(bench.begin_seal, pdf, sealed.statement, at_s * 1000, image)
        done = await self._finish(document, None, signature)
        if self.time is None:
            return SealedFile(done, None)
        return await self._archive(lambda tokens: self._run(bench.archive, done, tokens))

    async def renew(self, pdf: bytes) -> SealedFile:
        """The page under one more archive time-stamp. Only where there is an authority for time."""
        support = await self._support(await self._run(bench.last_authority, pdf))
        return await self._archive(lambda tokens: self._run(bench.renew, pdf, tokens, support))

    async def renew_file(self, file: bytes) -> SealedFile:
        """certificate.signed.json, or of minutes, under one more archive time-stamp."""
        support = await self._support(await self._run(bench.last_file_authority, file))
        return await self._archive_file(file, support)

    async def _archive_file(self, file: bytes, support: Materials) -> SealedFile:
        return await self._archive(lambda tokens: self._run(bench.archive_file, file, tokens, support))

    async def write(self, sealed: Sealed, parts: Sequence[SignedPart]) -> SealedFile:
        """certificate.signed.json, minutes.signed.json; under an archive time-stamp where there is an authority for
        time."""
        found: bytes = await self._run(bench.write, sealed, parts)
        return await self._archive_file(found, Materials()) if self.time else SealedFile(found, None)

    async def check(self, sealed: Sealed, edition: Edition) -> None:
        """Raise unless a stranger would find both files good, and of this certificate."""
        await self._run(bench.check, sealed, edition, self.time.trust if self.time else b"")

    async def _finish(self, document: bytes, chain: tuple[bytes, ...] | None, signature: bytes) -> bytes:
        if self.time is None:
            done: bytes = await self._run(bench.finish, document, chain, signature, {}, None)
            return done
        # The time first, as near to the signing as may be; then what says that the keys were good at that time.
        token = await self._stamp(signature)
        support = await self._support(time_stamp.read(token, signature).chain)
        tokens = {jws.digest(signature): token}
        done = await self._run(bench.finish, document, chain, signature, tokens, support)
        return done

    async def _archive(self, do: Callable[[Tokens], Awaitable[Any]]) -> SealedFile:
        content, stamps = await self._stamped(do)
        return SealedFile(content, stamps[-1].ends_at)

    async def _stamped(self, do: Callable[[Tokens], Awaitable[Any]]) -> tuple[bytes, list[TimeStamp]]:
        """What comes out once every time-stamp is there that is wanted on the way, and these in their order."""
        tokens: Tokens = {}
        stamps: list[TimeStamp] = []
        while isinstance(found := await do(tokens), Wanted):
            token = await self._stamp(found.over)
            tokens[jws.digest(found.over)] = token
            stamps.append(time_stamp.read(token, found.over))
        return found, stamps

    async def _stamp(self, over: bytes) -> bytes:
        if self.time is None:
            raise LookupError("no authority for time")
        async with self.asking:
            return await asyncio.to_thread(self.time.stamper.stamp, over)

    async def _support(self, chain: tuple[bytes, ...]) -> Materials:
        """What says that nobody is revoked: our lists as they are now, and what the authority for time publishes of
        those on this chain of its certificates; and the anchors above them."""
        anchors = tuple(load_anchors(self.trust))
        lists = tuple([await self.lists.current(name) for name in self.issuers])
        ours = Materials(anchors, lists)
        if self.time is None:
            return ours
        return ours + Materials(tuple(load_anchors(self.time.trust))) + await self.time.materials(chain)

    async def _sealed(self, do: Callable[..., Any], *given: object) -> Any:
        """With the seal's key, which may lie on a token. Raises TokenRefused while that is away."""
        found = await self._ask(do, *given)
        token_keys.hear(found.code if isinstance(found, Spoiled) else "")
        return _must_be_good(found)

    async def _run(self, do: Callable[..., Any], *given: object) -> Any:
        return _must_be_good(await self._ask(do, *given))

    async def _ask(self, do: Callable[..., Any], *given: object) -> Any:
        """The bench. Raises NotReady if its process was ended, for its memory perhaps: the next finds another."""
        try:
            return await self.shop.run(do, *given)
        except BrokenProcessPool as error:
            raise NotReady(what="press") from error


def _must_be_good(found: Any) -> Any:
    if not isinstance(found, Spoiled):
        return found
    if found.code == TokenRefused.code:
        raise TokenRefused
    raise PageRefused(what=found.code)
