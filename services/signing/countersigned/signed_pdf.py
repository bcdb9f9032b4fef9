"""The check of a signed PDF: who signed it, when by whose word, and that nothing else was ever done to it.

1. The file is a page and acts, each in its one spelling (`revisions`): what is not one of ours cannot be in it.
2. The acts stand in the one order: secretary, chair, seal, each with what validates it, then archive time-stamps.
3. Each signature is its key's, over all that was there, by a certificate that leads to an anchor and was good then.
4. What is attached is the sealed edition, under the hash that the page shows.
"""

import asyncio
import re
from dataclasses import dataclass, replace
from functools import reduce
from hashlib import sha256
from itertools import pairwise
from operator import add
from typing import Literal, cast, get_args

from cryptography.x509.oid import NameOID

from services.refusal import Refused
from services.rules import certified, ledger_file
from services.rules.credential import Anchors, load_anchors
from services.rules.proof_errors import TimeStampWrong
from services.signing import sealed_pdf
from services.signing.countersigned import appearance, cms_signature, prepared, revisions, tokens
from services.signing.countersigned.acts import Act, Materials, Signature, Stamp
from services.signing.countersigned.cms_signature import Held
from services.signing.countersigned.pdf_errors import PdfSignatureWrong, PdfUnfinished
from services.signing.countersigned.places import ROLES, Role
from services.signing.countersigned.revisions import Document
from services.signing.countersigned.validity import Judge
from services.signing.press_errors import AttachmentWrong, PdfChanged
from services.wire import MinutesStatement, Statement

Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]

# The clocks of who signs and of who stamps are not the same one.
SKEW_MS = 300_000


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed as what. `name` as on the page and in the certificate; `member` and `body` as certified, empty for the
    seal; `claimed_at` by their own word, `stamped_at` by a time-stamp authority's (milliseconds), None without one, by
    whom and under which `policy`."""

    role: Role
    name: str
    member: str
    body: str
    chain: tuple[bytes, ...]
    claimed_at: int
    stamped_at: int | None
    stamped_by: str
    policy: str
    level: Level


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive time-stamp: when, by whom, under which policy, and until when its authority's certificate lasts
    (milliseconds)."""

    at: int
    by: str
    policy: str
    until: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What a signed PDF proves: who signed, the archive time-stamps, and what is attached, byte for byte."""

    signatories: tuple[Signatory, ...]
    archived: tuple[Archived, ...]
    names: tuple[str, str]
    file: bytes
    ledger: bytes

    @property
    def level(self) -> Level:
        """The least that is true of all signatures."""
        levels = {each.level for each in self.signatories}
        return next(each for each in get_args(Level) if each in levels)


def is_signed_edition(pdf: bytes) -> bool:
    """Whether it says that it is one; nothing is verified here."""
    return revisions.MARK in pdf


def open_signed(pdf: bytes, trust: bytes, tsa_trust: bytes, *, complete: bool = True) -> Opened:
    """What a signed PDF proves, up to the anchors `trust` for persons and seal and `tsa_trust` for time (PEM).

    `complete`: all three have signed, and the archive is closed; else what there is so far must be good. Raises
    PdfMalformed, PdfChanged, PdfSignatureWrong, PdfUnfinished, MaterialsWrong, TimeStampWrong, AttachmentWrong,
    AnchorsMalformed. Must not be called in a running event loop.
    """
    document = revisions.read(pdf)
    _must_be_in_order(document.acts, complete=complete)
    judge = Judge(load_anchors(trust), load_anchors(tsa_trust))
    signatories, archived = asyncio.run(_proven(document, judge, Anchors(load_anchors(trust))))
    # An edition cut off before what validates its seal looks like one that never had it; but for the others.
    if complete and document.materials and any(each.level == "B-T" for each in signatories):
        raise PdfUnfinished(what="what it takes to validate it later")
    names, file, ledger = sealed_pdf.attached_to(document.page)
    if names not in (sealed_pdf.CERTIFICATE, sealed_pdf.MINUTES):
        raise AttachmentWrong(what="certificate.json or minutes.json, and ledger.jsonl, expected")
    return Opened(tuple(signatories), tuple(archived), names, file, ledger)


def must_agree(opened: Opened, statement: Statement | MinutesStatement) -> None:
    """Raise AttachmentWrong or PdfSignatureWrong unless the ledger attached is the one proven, and those who signed are
    two persons of the body that met, and that body, after the sealed edition was issued."""
    if opened.ledger != ledger_file.render(statement.evidence.ledger):
        raise AttachmentWrong(what=opened.names[1])
    *persons, body = opened.signatories
    for each in persons:
        if each.body != statement.body.id:
            raise PdfSignatureWrong(who=each.role, what="of another body")
    if len({each.member for each in persons}) != len(persons):
        raise PdfSignatureWrong(who="chair", what="the same person twice")
    if body.name != statement.body.name:
        raise PdfSignatureWrong(who="seal", what="of another body")
    if opened.signatories[0].claimed_at < statement.issued_at // 1000 * 1000:
        raise PdfSignatureWrong(who="secretary", what="before there was a certificate")


def _must_be_in_order(acts: tuple[Act, ...], *, complete: bool) -> None:
    """Signatures stand in their order wherever they can be written at all; so this is of what stands between them."""
    kinds = "".join({Signature: "S", Materials: "M", Stamp: "A"}[type(act)] for act in acts)
    if not re.fullmatch(r"(SM?){0,3}|SM?SM?SMA(M?A)*", kinds):
        raise PdfChanged(what="something was added between or after the signatures")
    if complete and kinds.count("S") < len(ROLES):
        raise PdfUnfinished(what=f"no signature of the {ROLES[kinds.count('S')]}")
    if complete and kinds.endswith("M"):
        raise PdfUnfinished(what="no archive time-stamp")


async def _proven(
    document: Document, judge: Judge, anchors: Anchors
) -> tuple[list[Signatory], list[Archived]]:
    signatories: list[Signatory] = []
    archived: list[Archived] = []
    for place, act in enumerate(document.acts):
        # What was added right after it is what validates it; of the last time-stamp nothing can be.
        after = document.acts[place + 1 : place + 2]
        match act:
            case Signature():
                behind = (
                    _known(document, place + 1)
                    if any(isinstance(each, Materials) for each in after)
                    else None
                )
                signatories.append(await _signatory(document, place, act, judge, anchors, behind))
            case Stamp():
                archived.append(await _archive(document, place, act, judge))
            case Materials():
                pass
    _must_follow(signatories, archived)
    judge.must_be_of_use(document.materials)
    if archived:
        return [
            replace(each, level="B-LTA") if each.level == "B-LT" else each for each in signatories
        ], archived
    return signatories, archived


async def _signatory(
    document: Document, place: int, act: Signature, judge: Judge, anchors: Anchors, behind: Materials | None
) -> Signatory:
    # 1. The signature: of its key, over all that was there, in its one spelling.
    held = cms_signature.read(act.held, act.role)
    digest = sha256(revisions.covered(document, place)).digest()
    if held.digest != digest:
        raise PdfChanged(what="digest")
    cms_signature.verify(held.signature, digest, held.chain[0], act.role)
    # 2. When: by their own word, and by an authority's.
    claimed, stamp = act.at * 1000, tokens.read(held.token, held.signature) if held.token else None
    if behind is not None and stamp is None:
        raise PdfChanged(what="validation data without a time-stamp")
    # 3. By a certificate that was good then, for this role: by our own rules, and by those of RFC 5280 whole.
    at = stamp.at if stamp else claimed
    member, body = _certified(held, at, act, anchors)
    await judge.signer(act.role, held.chain, at, behind)
    if stamp:
        await judge.authority(stamp, behind)
    # 4. What the field shows is a drawing, in the name that is certified.
    appearance.must_only_draw(act.drawing, act.role)
    who = act.role, act.name, member, body, held.chain, claimed
    if stamp is None:
        return Signatory(*who, None, "", "", "B-B")
    level: Level = "B-LT" if behind else "B-T"
    return Signatory(*who, stamp.at, _named(stamp.chain[0]), stamp.policy, level)


async def _archive(document: Document, place: int, act: Stamp, judge: Judge) -> Archived:
    stamp = tokens.read(act.held, revisions.covered(document, place))
    later = [at for at in range(place + 1, len(document.acts)) if isinstance(document.acts[at], Stamp)]
    if later:
        # It had to be good still when the next was put over it.
        following, held = later[0], cast(Stamp, document.acts[later[0]]).held
        over = tokens.read(held, revisions.covered(document, following)).at
        until = await judge.authority(stamp, _known(document, following), over)
    else:
        until = await judge.newest_authority(stamp, _known(document, place))
    return Archived(stamp.at, _named(stamp.chain[0]), stamp.policy, until)


def _known(document: Document, place: int) -> Materials:
    """All validation data up to that act."""
    return reduce(add, (act for act in document.acts[: place + 1] if isinstance(act, Materials)), Materials())


def _certified(held: Held, at: int, act: Signature, anchors: Anchors) -> tuple[str, str]:
    """Which member of which body the signer is; nobody's for the seal."""
    try:
        leaf = anchors.verify(held.chain, at, "seal" if act.role == "seal" else "person")
        body, member = ("", "") if act.role == "seal" else certified.member_of(leaf)
    except Refused as error:
        raise PdfSignatureWrong(who=act.role, what=error.code) from error
    if act.role != "seal" and prepared.shown_name(act.name, held.chain[0]) != act.name:
        raise PdfSignatureWrong(who=act.role, what="another name than the certificate's")
    return member, body


def _must_follow(signatories: list[Signatory], archived: list[Archived]) -> None:
    """Nobody signed before whom they follow, by their own word or by the authorities'."""
    claimed = [each.claimed_at for each in signatories]
    if claimed != sorted(claimed):
        raise PdfChanged(what="signed before what it follows")
    moments = [each.stamped_at for each in signatories if each.stamped_at] + [each.at for each in archived]
    for earlier, later in pairwise(moments):
        if later + SKEW_MS < earlier:
            raise TimeStampWrong(what="before what it follows")
    for each in signatories:
        if each.stamped_at is not None and each.stamped_at + SKEW_MS < each.claimed_at:
            raise TimeStampWrong(what="before the signature")


def _named(certificate: bytes) -> str:
    names = certified.load_one(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else "?"
