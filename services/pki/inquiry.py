"""Asks whoever may know whether the certificates of one path are revoked: responders first, then lists."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Literal, Protocol

from services.pki import judging
from services.pki.anchors import TrustAnchors
from services.pki.demands import Demand
from services.pki.errors import ChainStatusUnknown, EvidenceRefused
from services.pki.examiner import Examiner
from services.pki.fetching import Fetched, Fetcher
from services.pki.judging import ListUnread, Standing
from services.pki.lists import ListBeyondUs
from services.pki.ocsp import NONCE_BYTES
from services.pki.paths import Evidence, Path
from services.rules.certified import thumbprint

TTL_MS = 10 * 60_000
UNKNOWN_MS = 30_000
# Authorities above a person's are off line most of the year: their lists are good until the next one.
OLDEST_ABOVE_MS = 400 * 86_400_000
# A certificate may name a hundred addresses; we do not go round them all.
MOST_ADDRESSES = 3

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """Which certificate, up to which anchors, for what. The chain is DER, leaf first. `newer`: lists that were fetched
    before that time (ms) will not do."""

    chain: tuple[bytes, ...]
    anchors: TrustAnchors
    demand: Demand
    newer: int = 0

    @property
    def key(self) -> Key:
        """What the answer is remembered under."""
        return thumbprint(self.chain[0]), self.anchors.version, self.demand.purpose


@dataclass(frozen=True, slots=True)
class Status:
    """What is known, times in milliseconds; `evidence` are the SHA-256 of the lists and answers that say so.

    `why`: why it was revoked, or why it is unknown; `path` from the leaf to the anchor. `known_at`: what says that
    it was revoked, else what speaks of the leaf, was true then; `this_update` is of the whole path.
    """

    kind: Literal["good", "revoked", "unknown"]
    why: str
    revoked_at: int
    this_update: int
    produced_at: int
    checked_at: int
    expires_at: int
    evidence: tuple[bytes, ...]
    path: Path
    known_at: int


class Keeps(Protocol):
    """Where evidence is kept, for good."""

    async def keep(self, sha256: bytes, der: bytes, at: int) -> None:
        """Keep a list or an answer under its digest; the same again is no change."""


@dataclass(slots=True)
class _Gathered:
    """What was fetched in one inquiry, and whether a list among it is of a form that `lists` does not read."""

    leaf: list[bytes] = field(default_factory=list)
    above: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    by_digest: dict[bytes, bytes] = field(default_factory=dict)
    beyond: bool = False

    def take(self, found: Fetched, into: list[bytes]) -> None:
        into.append(found.der)
        self.by_digest[found.sha256] = found.der


@dataclass(frozen=True, slots=True)
class _About:
    """Which certificate is asked about, of which issuer, when, and how old the evidence may be (milliseconds)."""

    certificate: bytes
    issuer: bytes
    at: int
    oldest: int
    newer: int


class Inquirer:
    """Asks about one path at a time, each certificate of it at once."""

    def __init__(self, examiner: Examiner, fetcher: Fetcher, keeps: Keeps, oldest_ms: int) -> None:
        """`oldest_ms`: the oldest list or answer that is taken about a leaf."""
        self._examiner = examiner
        self._fetcher = fetcher
        self._keeps = keeps
        self._oldest = oldest_ms
        self._lists: dict[str, tuple[int, Fetched]] = {}

    async def ask(self, question: Question, now: int) -> Status:
        """The status at this moment (ms). Raises what paths.build raises: a path that is not good has no status."""
        purpose = question.demand.purpose
        # 1. The path, revocation aside: what it names may be fetched, for it leads to an anchor.
        try:
            path = await self._examiner.ask(judging.prove, question.chain, question.anchors, now, purpose)
        except EvidenceRefused as refused:
            raise ChainStatusUnknown(what=str(refused)) from refused
        # 2. Each certificate below the anchor, all at once.
        gathered = _Gathered()
        links = list(zip(path.certificates, path.certificates[1:], strict=False))
        standings = await asyncio.gather(
            *(
                self._standing(each, issuer, now, gathered, leaf=number == 0, newer=question.newer)
                for number, (each, issuer) in enumerate(links)
            )
        )
        # 3. Lists of a form that only the path library reads: it has the word over the whole path.
        if gathered.beyond and not any(each.kind == "revoked" for each in standings):
            standings = [await self._whole(question, path, now, gathered)]
            if standings[0].kind == "unknown":
                self._forget(gathered)
        # 4. Kept before anybody is told: what is answered can be shown again.
        status = _concluded(standings, path, now)
        for sha256, der in gathered.by_digest.items():
            if sha256 in status.evidence:
                await self._keeps.keep(sha256, der, now)
        return status

    async def _standing(
        self, certificate: bytes, issuer: bytes, at: int, gathered: _Gathered, *, leaf: bool, newer: int
    ) -> Standing:
        """By an answer if there is one that we believe, else by a list, else unknown, with every reason."""
        about = _About(certificate, issuer, at, self._oldest if leaf else OLDEST_ABOVE_MS, newer)
        nonce = secrets.token_bytes(NONCE_BYTES)
        why: list[str] = []
        try:
            responders, question, places = await self._examiner.ask(
                judging.asked_of, certificate, issuer, nonce
            )
        except EvidenceRefused as refused:
            return Standing("unknown", str(refused))
        for url in responders[:MOST_ADDRESSES]:
            try:
                return await self._by_answer(url, question, nonce, about, gathered)
            except EvidenceRefused as refused:
                why.append(str(refused))
        for url in places[:MOST_ADDRESSES]:
            try:
                return await self._by_list(url, about, gathered, gathered.leaf if leaf else gathered.above)
            except EvidenceRefused as refused:
                why.append(str(refused))
        return Standing("unknown", "; ".join(why) or "names neither a responder nor a list")

    async def _by_answer(
        self, url: str, question: bytes, nonce: bytes, about: _About, gathered: _Gathered
    ) -> Standing:
        found = await self._fetcher.ask(url, question)
        standing = await self._examiner.ask(
            judging.by_answer, found.der, about.certificate, about.issuer, nonce, about.at, about.oldest
        )
        gathered.take(found, gathered.answers)
        return standing

    async def _by_list(self, url: str, about: _About, gathered: _Gathered, into: list[bytes]) -> Standing:
        found = await self._list(url, about.at, about.newer)
        gathered.take(found, into)
        asked = about.certificate, about.issuer, about.at, about.oldest
        try:
            try:
                return await self._examiner.ask(judging.by_list, found.sha256, *asked)
            except ListUnread:
                return await self._examiner.ask(judging.by_shown_list, found.der, *asked)
        except ListBeyondUs:
            gathered.beyond = True
            raise
        except EvidenceRefused:
            # Perhaps there is a better one by now.
            self._lists.pop(url, None)
            raise

    async def _list(self, url: str, at: int, newer: int) -> Fetched:
        """The list at an address, fetched in the last minutes and not before `newer`. Raises NotFetched."""
        known = self._lists.get(url)
        if known is not None and newer <= known[0] <= at < known[0] + TTL_MS:
            return known[1]
        found = await self._fetcher.fetch_list(url)
        self._lists = {each: kept for each, kept in self._lists.items() if at < kept[0] + TTL_MS}
        self._lists[url] = at, found
        return found

    def _forget(self, gathered: _Gathered) -> None:
        """What told nothing is fetched anew: perhaps there are better lists by then."""
        self._lists = {
            url: kept for url, kept in self._lists.items() if kept[1].sha256 not in gathered.by_digest
        }

    async def _whole(self, question: Question, path: Path, at: int, gathered: _Gathered) -> Standing:
        above = Evidence(tuple(gathered.above), tuple(gathered.answers))
        try:
            return await self._examiner.ask(
                judging.by_all,
                # All that was given, not only the path: a list may be signed by another certificate of its issuer.
                (path.certificates[0], *question.chain[1:]),
                question.anchors,
                at,
                question.demand.purpose,
                self._oldest,
                tuple(gathered.leaf),
                above,
            )
        except EvidenceRefused as refused:
            return Standing("unknown", str(refused))


def _concluded(standings: list[Standing], path: Path, now: int) -> Status:
    """Of the whole path: revoked if one is, else unknown if one is, else good."""
    worst = min(standings, key=lambda each: ("revoked", "unknown", "good").index(each.kind), default=None)
    if worst is None:
        # A leaf that is itself an anchor: paths.build lets none through, and nothing vouches for it.
        worst = Standing("unknown", "nobody vouches for an anchor")
    ends = {"unknown": now + UNKNOWN_MS}.get(worst.kind, now + TTL_MS)
    runs_out = [each.ends for each in standings if each.ends > now]
    return Status(
        worst.kind,
        worst.why,
        worst.revoked_at,
        min((each.this_update for each in standings), default=0),
        min((each.produced_at for each in standings), default=0),
        now,
        min(ends, path.not_after, *runs_out),
        tuple(dict.fromkeys(digest for each in standings for digest in each.evidence)),
        path,
        worst.this_update if worst.kind == "revoked" or not standings else standings[0].this_update,
    )
