"""Who else vouches for the keys behind ballots, and what was said of them: certificate.evidence.json, offline.

It travels beside a certificate, whose statement names its SHA-256: outside certificates often say more of a person than
a result should (a citizen's number), so it is given to the body, not to everybody. Every certificate, list and answer
is in it once, by its SHA-256. Whether an authority is one that somebody trusts, and what its lists and answers say, is
for `services/pki`; here it is shown that all of it is there, of these keys and these ballots, and nothing else.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UnsetType

from services.refusal import Refused
from services.rules import certified, jws, remote_evidence
from services.rules.proof import Proven
from services.rules.proof_errors import OutsideEvidenceWrong
from services.wire import (
    BallotCast,
    LinkEvidence,
    LinkPayload,
    OutsideEvidence,
    Rechecked,
    RemoteBallot,
)

LARGEST = 67_108_864
TYP = "plenary-link+jws"
CTY = "application/vnd.plenary.link+json"
LIMIT = 8_192

_files = msgspec.json.Decoder(OutsideEvidence)
_payloads = msgspec.json.Decoder(LinkPayload)


@dataclass(frozen=True, slots=True)
class Vouched:
    """A key behind ballots that another authority certified: whose, the path (DER, leaf to anchor), what was found
    after the cut, and the lists and answers (DER) that say so."""

    member: str
    thumbprint: str
    path: tuple[bytes, ...]
    found: Rechecked
    evidence: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file shows: who else vouches for which keys, and how many ballots services outside have signed."""

    vouched: tuple[Vouched, ...]
    remote: int


def may_speak_of_others(text: str) -> bool:
    """Whether a line of a ledger says anything of outside certificates or services. A cheap look: the lines of an
    ordinary vote are not read a second time for this."""
    return '"kind":"poll.rechecked"' in text or ('"kind":"ballot"' in text and '"salt":""' not in text)


def write(
    poll: str,
    definition: str,
    links: Sequence[LinkEvidence],
    remote: Sequence[RemoteBallot],
    objects: Mapping[str, bytes],
) -> bytes:
    """The one way to write it. `objects` by their SHA-256; those that nothing names are left out."""
    named = sorted(_named(links, remote) | objects.keys())
    content = OutsideEvidence(
        poll=poll,
        definition=definition,
        links=tuple(sorted(links, key=lambda each: each.thumbprint)),
        remote=tuple(sorted(remote, key=lambda each: each.ballot)),
        objects=tuple(jws.standard_b64(objects[name]) for name in named),
    )
    return msgspec.json.encode(content)


def read(raw: bytes, proven: Proven) -> Shown:
    """What the file shows of a certificate that was proven. Raises OutsideEvidenceWrong."""
    # 1. It is the very file that the statement names, written in its one way.
    named = proven.statement.outside
    if isinstance(named, UnsetType) or jws.digest(raw) != named:
        raise OutsideEvidenceWrong(what="another file than the certificate names")
    file = _read_file(raw)
    if (file.poll, file.definition) != (proven.statement.poll, proven.statement.definition):
        raise OutsideEvidenceWrong(what="of another vote")
    # 2. Each object once, in order, and none that nobody names.
    line = proven.history.rechecked
    found = {each.thumbprint: each for each in line.found} if line is not None else {}
    objects = _objects(file)
    wanted = _named(file.links, file.remote) | {one for each in found.values() for one in each.evidence}
    _must(objects.keys() == wanted, "an object that nobody names, or one that is missing")
    # 3. Every link of which anything was found, with the key of its credential; nobody else.
    told = {name for name, each in found.items() if each.outside}
    names = [each.thumbprint for each in file.links]
    _must(names == sorted(set(names)) and told <= set(names) <= found.keys(), "links")
    vouched = tuple(_vouched(each, found[each.thumbprint], proven, objects) for each in file.links)
    # 4. Every ballot that a service outside has signed, as it came to be signed.
    _read_remote(file.remote, proven, objects)
    return Shown(vouched, len(file.remote))


def _named(links: Sequence[LinkEvidence], remote: Sequence[RemoteBallot]) -> set[str]:
    return {one for each in links for one in each.path} | {each.evidence for each in remote}


def _read_file(raw: bytes) -> OutsideEvidence:
    if len(raw) > LARGEST:
        raise OutsideEvidenceWrong(what="too long")
    try:
        file = jws.parse(raw, _files)
    except Refused as refused:
        raise OutsideEvidenceWrong(what="not well formed") from refused
    _must(msgspec.json.encode(file) == raw, "not written in its one way")
    return file


def _objects(file: OutsideEvidence) -> dict[str, bytes]:
    try:
        ders = [b64decode(each, validate=True) for each in file.objects]
    except (binascii.Error, ValueError) as error:
        raise OutsideEvidenceWrong(what="base64") from error
    objects = {jws.digest(each): each for each in ders}
    _must(list(objects) == sorted(objects) and len(objects) == len(ders), "objects twice, or out of order")
    return objects


def _vouched(link: LinkEvidence, found: Rechecked, proven: Proven, objects: Mapping[str, bytes]) -> Vouched:
    credential = next(
        each for each in proven.statement.evidence.credentials if each.thumbprint == link.thumbprint
    )
    _must(len(link.path) > 1, "a path of one certificate")
    _must(not found.outside or link.path[0] == found.outside, "another certificate than was asked about")
    path = tuple(objects[each] for each in link.path)
    try:
        key = certified.public_key_of(path[0])
        _must(key == certified.public_key_of(b64decode(credential.chain[0])), "another key")
        parts = jws.split(link.proof.encode(), TYP, CTY, LIMIT)
        jws.verify(parts, key)
        said = jws.parse(parts.payload, _payloads)
    except OutsideEvidenceWrong:
        raise
    except Refused as refused:
        raise OutsideEvidenceWrong(what=refused.code) from refused
    owner = said.body, said.member, said.certificate
    _must(
        owner == (proven.statement.body.id, credential.member, link.path[0]),
        "its holder agreed to another link",
    )
    evidence = tuple(objects[each] for each in found.evidence)
    return Vouched(credential.member, link.thumbprint, path, found, evidence)


def _read_remote(remote: Sequence[RemoteBallot], proven: Proven, objects: Mapping[str, bytes]) -> None:
    begun: dict[str, str] = {}
    for placed in proven.history.ballots:
        if isinstance(placed.entry, BallotCast) and placed.entry.salt:
            begun[jws.digest(placed.entry.jws.encode())] = placed.entry.jws
    chains = {each.thumbprint: each.chain for each in proven.statement.evidence.credentials}
    names = [each.ballot for each in remote]
    _must(names == sorted(set(names)) and set(names) <= begun.keys(), "ballots that no service has signed")
    for each in remote:
        compact = begun[each.ballot]
        signing_input, _, signature = compact.rpartition(".")
        try:
            told = remote_evidence.verify(
                objects[each.evidence],
                signing_input.encode(),
                b64decode(chains[jws.signer_of(compact)][0]),
            )
        except Refused as refused:
            raise OutsideEvidenceWrong(what=refused.code) from refused
        _must(told.signature == signature, "another signature than the ballot's")


def _must(right: bool, what: str) -> None:
    if not right:
        raise OutsideEvidenceWrong(what=what)
