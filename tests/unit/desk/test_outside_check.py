"""What lies beside a certificate: who else vouches for the keys of its ballots, and every way of exchanging it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from cryptography import x509

from services.desk import outside_check
from services.pki import anchors as authorities
from services.rules import jws, outside_evidence, proof
from services.rules.certified import PERSON_POLICY, thumbprint
from services.rules.proof_errors import OutsideEvidenceWrong
from services.wire import LinkEvidence, LinkPayload, OutsideEvidence, Rechecked
from tests.support.evidence import Sitting
from tests.support.outside import HOUR, Outside, answer, revocation_list
from tests.support.pki import Keyed, Pki, certify, subject

_files = msgspec.json.Decoder(OutsideEvidence)


@dataclass
class Play:
    """A vote by `db001`, whose key an outside authority certified, and by others of our own; asked about after it."""

    there: Outside = field(default_factory=Outside)
    pki: Pki = field(default_factory=Pki)
    revoked: bool = False

    def __post_init__(self) -> None:
        """Certify, vote, close, ask."""
        self.leaf = self.there.person("Nguyễn Thị An", responders=True, lists=False)
        name = subject("db001", body="hdnd", member="db001")
        self.link = certify(name, self.leaf.key, self.pki.delegates, policy=PERSON_POLICY, linked=True)
        # An answer says when it was made, by the clock of this machine: so the vote is now.
        self.now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        self.vote = Sitting(members=3, pki=self.pki, keys={"db001": self.link}, at=self.at - 10_000)
        self.vote.announce()
        self.vote.open()
        self.vote.cast_all({"db001": "approve", "db002": "approve"})
        self.vote.close()
        since = (self.now - HOUR, x509.ReasonFlags.key_compromise) if self.revoked else None
        self.answer = answer(
            self.leaf,
            self.there.issuing,
            revoked=since,
            nonce=b"n" * 32,
            this_update=self.now,
            next_update=self.now + HOUR,
        )
        self.list = revocation_list(
            self.there.root, this_update=self.now - HOUR, next_update=self.now + 10 * HOUR
        )

    @property
    def at(self) -> int:
        """When others were asked, in milliseconds."""
        return int(self.now.timestamp()) * 1000

    def found(self, **changed: Any) -> Rechecked:
        """What the ledger says of it."""
        members: dict[str, Any] = {
            "outside": thumbprint(self.leaf.der),
            "known_at": self.at,
            "checked_at": self.at,
            "evidence": (jws.digest(self.answer), jws.digest(self.list)),
        }
        return self.vote.found("db001", **(members | changed))

    def agreed(self, key: Keyed | None = None, **changed: Any) -> str:
        """What its holder signed when it was linked."""
        members: dict[str, Any] = {
            "audience": "https://bieuquyet.example.vn",
            "body": "hdnd",
            "member": "db001",
            "certificate": thumbprint(self.leaf.der),
            "invite": "I" * 43,
            "asked_at": self.at,
        }
        payload = LinkPayload(**(members | changed))
        return self.vote.sign(outside_evidence.TYP, outside_evidence.CTY, payload, key or self.leaf)

    def file(self, **changed: Any) -> bytes:
        """What lies beside the certificate; `proof` and `path` changed."""
        ders = changed.pop("path", (self.leaf.der, self.there.issuing.der, self.there.root.der))
        objects = {jws.digest(each): each for each in (*ders, self.answer, self.list)}
        link = LinkEvidence(
            thumbprint=jws.digest(self.link.der),
            path=tuple(map(jws.digest, ders)),
            proof=changed.pop("proof", self.agreed()),
        )
        return outside_evidence.write(self.vote.poll, self.vote.hash, [link], [], objects)

    def proven(self, file: bytes, **found: Any) -> proof.Proven:
        """The certificate that names this file."""
        revoked = found.get("kind") == "revoked"
        if revoked:
            del self.vote.choices["db001"]
        unknown = int(found.get("kind") == "unknown")
        self.vote.recheck(self.found(**found), revoked=int(revoked), unknown=unknown)
        self.vote.count()
        self.vote.declare()
        statement = msgspec.structs.replace(self.vote.statement(), outside=jws.digest(file))
        return proof.verify_statement(statement, self.pki.anchors())


def test_all_that_others_said_is_there() -> None:
    """The path up to an authority that the reader trusts; good at the close by the answer that was kept."""
    play = Play()
    file = play.file()
    checked = outside_check.check(file, play.proven(file), play.there.anchors)
    assert checked.checks == ("outside_evidence", "outside_paths", "outside_status")
    (said,) = checked.remarks
    assert "db001: khóa còn được Outside Issuing chứng thực (Nguyễn Thị An)" in said
    assert "hợp lệ" in said


def test_without_anybody_trusted_the_authority_is_only_named() -> None:
    """Its fingerprint is shown, to be compared."""
    play = Play()
    file = play.file()
    checked = outside_check.check(file, play.proven(file), None)
    assert checked.checks == ("outside_evidence", "outside_status")
    assert thumbprint(play.there.root.der) in checked.remarks[-1]


def test_of_the_unknown_nobody_is_said_to_vouch() -> None:
    """Nothing proves that path: its names are only what it says of itself."""
    play = Play()
    file = play.file()
    checked = outside_check.check(
        file, play.proven(file, kind="unknown", why="unreachable"), play.there.anchors
    )
    (said,) = checked.remarks
    assert "chưa rõ trạng thái" in said
    assert "được Outside Issuing chứng thực" not in said


def test_a_path_of_no_certificates_is_refused() -> None:
    """Of what is unknown nothing was proven: its path may be any bytes, and has no name to tell."""
    play = Play()
    file = play.file(path=(play.leaf.der, b"issuing", b"root"))
    proven = play.proven(file, kind="unknown", why="unreachable")
    with pytest.raises(OutsideEvidenceWrong, match="a certificate that is none"):
        outside_check.check(file, proven, play.there.anchors)


def test_revoked_by_the_answer_that_was_kept() -> None:
    """The ledger says so, and so does what the authority signed."""
    play = Play(revoked=True)
    file = play.file()
    since = int((play.now - HOUR).timestamp()) * 1000
    proven = play.proven(file, kind="revoked", why="keyCompromise", revoked_at=since)
    checked = outside_check.check(file, proven, play.there.anchors)
    assert "đã bị thu hồi" in checked.remarks[0]


def test_an_authority_that_nobody_trusts_is_refused() -> None:
    """Whoever made a path of their own."""
    play = Play()
    file = play.file()
    with pytest.raises(OutsideEvidenceWrong, match="chain_untrusted"):
        outside_check.check(file, play.proven(file), Outside().anchors)


LIES: dict[str, tuple[Callable[[Play], dict[str, Any]], bool, str]] = {
    "revoked, and the answer says good": (
        lambda play: {"kind": "revoked", "why": "x", "revoked_at": 1},
        False,
        "the evidence says good",
    ),
    "good, and the answer says revoked": (lambda play: {}, True, "the evidence says revoked"),
    "known later than the answer says": (
        lambda play: {"known_at": play.at + 1},
        False,
        "older than the ledger says",
    ),
    "by a list that does not speak of it": (
        lambda play: {"evidence": (jws.digest(play.list),)},
        False,
        "an object that nobody names",
    ),
    "asked about another certificate": (
        lambda play: {"outside": jws.digest(b"another")},
        False,
        "another certificate than was asked about",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_ledger_that_says_what_the_evidence_does_not(name: str) -> None:
    """However it is sealed: what the authority signed is there to be read."""
    said, revoked, what = LIES[name]
    play = Play(revoked=revoked)
    file = play.file()
    proven = play.proven(file, **said(play))
    with pytest.raises(OutsideEvidenceWrong, match=what):
        outside_check.check(file, proven, play.there.anchors)


def _altered(play: Play, **changed: Any) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(_files.decode(play.file()), **changed))


FILES: dict[str, tuple[Callable[[Play], bytes], str]] = {
    "an object left out": (lambda play: _altered(play, objects=_files.decode(play.file()).objects[1:]), "object"),
    "an object twice": (lambda play: _altered(play, objects=_files.decode(play.file()).objects * 2), "objects twice"),
    "objects in another order": (
        lambda play: _altered(play, objects=_files.decode(play.file()).objects[::-1]), "out of order"),
    "an object too many": (
        lambda play: _altered(play, objects=(*_files.decode(play.file()).objects, "AAAA")), "object"),
    "no base64": (lambda play: _altered(play, objects=("*",)), "base64"),
    "of another poll": (lambda play: _altered(play, poll="bq-02"), "of another vote"),
    "no link": (lambda play: _altered(play, links=()), "object"),
    "a space": (lambda play: play.file().replace(b":", b": ", 1), "one way"),
    "no JSON": (lambda _: b"{", "not well formed"),
    "another key's certificate": (
        lambda play: play.file(path=(play.there.person("Other").der, play.there.issuing.der, play.there.root.der)),
        "another certificate than was asked about"),
    "a path of one": (lambda play: play.file(path=(play.leaf.der,)), "a path of one certificate"),
    "its holder agreed to another body": (lambda play: play.file(proof=play.agreed(body="ubnd")), "another link"),
    "its holder agreed to another member": (lambda play: play.file(proof=play.agreed(member="db002")), "another link"),
    "somebody else agreed": (
        lambda play: play.file(proof=play.agreed(key=play.there.person("Other"))), "signature_wrong"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_what_it_should_be(name: str) -> None:
    """Though the certificate names it: nothing may be missing, exchanged or too much."""
    made, what = FILES[name]
    play = Play()
    file = made(play)
    with pytest.raises(OutsideEvidenceWrong, match=what):
        outside_check.check(file, play.proven(file), play.there.anchors)


def test_another_file_than_the_certificate_names() -> None:
    """Any other bytes, however right."""
    play = Play()
    file = play.file()
    proven = play.proven(file)
    with pytest.raises(OutsideEvidenceWrong, match="another file"):
        outside_check.check(file + b" ", proven, play.there.anchors)
    assert authorities.of([play.there.root.der]) == play.there.anchors
