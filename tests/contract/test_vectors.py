"""Every vector of proto/vectors/ through the product: what they say must come out."""

import base64
import json
from fractions import Fraction
from functools import cache
from typing import Any

import jsonschema
import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from services.desk.device import must_hold
from services.kit import access_token
from services.refusal import Refused
from services.rules import ballot, countersigned, jws, majority, merkle, minutes, note, proof, text
from services.rules.credential import Anchors, load_anchors
from services.rules.profiles import PROFILES
from services.rules.wording import percent
from services.wire import (
    Choice,
    Counts,
    Decision,
    FloorActs,
    FloorEntry,
    LedgerEntry,
    PollDefinition,
    Receipt,
    StreamEvent,
)
from tests.support import proto
from tests.support.floor_screen import Screen
from tests.support.vectors_votes import NEAR, RECORDED

GOOD = "good"


@cache
def vectors(name: str) -> Any:
    """A file of vectors as anybody reads it."""
    return json.loads((proto.ROOT / "proto" / "vectors" / f"{name}.json").read_text())


def cases(name: str, part: str = "cases") -> list[Any]:
    """The cases of a file, named for pytest."""
    return [pytest.param(case, id=case.get("name", "")) for case in vectors(name)[part]]


def result(act: Any) -> str:
    """`good`, or the code of the refusal; anything else that is raised is our fault and fails the test."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return GOOD


# --- Signed messages ---------------------------------------------------------------------------------------------


@cache
def _holders() -> dict[str, ballot.Holder]:
    file = vectors("jws")
    keys: dict[str, Any] = {
        name: load_pem_public_key(key["pem"].encode()) for name, key in file["keys"].items()
    }
    return {
        each["thumbprint"]: ballot.Holder(each["thumbprint"], each["member"], keys[each["key"]], 0, 2**53)
        for each in file["holders"]
    }


def _holder_of(thumbprint: str) -> ballot.Holder:
    try:
        return _holders()[thumbprint]
    except KeyError as error:
        raise ballot.CredentialUnknown from error


@cache
def _question() -> ballot.Question:
    asked = vectors("jws")["question"]
    first = vectors("majority")["cases"][0]["definition"]
    definition = msgspec.structs.replace(
        msgspec.convert(first, PollDefinition), meeting=asked["meeting"], id="bq-01"
    )
    return ballot.Question(definition, asked["poll"], asked["labels"], frozenset(asked["voters"]))


@pytest.mark.parametrize("case", cases("jws"))
def test_ballots(case: dict[str, Any]) -> None:
    """A ballot of the vectors is taken, or refused with the code that they say."""
    raw, limit = case["compact"].encode(), vectors("jws")["limit"]
    assert result(lambda: ballot.read(raw, _question(), _holder_of, limit)) == case["result"], case["catches"]


def test_keys_are_the_same_in_both_forms() -> None:
    """JWK and PEM of each key say the same numbers."""
    for name, key in vectors("jws")["keys"].items():
        read: Any = load_pem_public_key(key["pem"].encode())
        if key["jwk"]["kty"] == "OKP":
            assert jws.b64_encode(read.public_bytes_raw()).decode() == key["jwk"]["x"]
            continue
        numbers = read.public_numbers()
        for part in set(key["jwk"]) & {"x", "y", "n", "e"}:
            value = int.from_bytes(jws.b64_decode(key["jwk"][part].encode()))
            assert value == getattr(numbers, part), (name, part)


@pytest.mark.parametrize("case", cases("tokens"))
def test_tokens(case: dict[str, Any]) -> None:
    """A token of the vectors is taken, or refused with the code that they say."""
    key: Any = load_pem_public_key(vectors("tokens")["key"]["pem"].encode())
    found = result(lambda: access_token.verify(case["token"], key, vectors("tokens")["now_s"]))
    assert found == case["result"], case["catches"]


# --- The ledger --------------------------------------------------------------------------------------------------


def _leaf_hashes() -> list[bytes]:
    return [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in vectors("merkle")["leaves"]]


def test_merkle_roots() -> None:
    """The roots are those that RFC 6962 implementations have shared since the first."""
    leaves, roots = _leaf_hashes(), vectors("merkle")["roots"]
    assert roots[8] == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    for size, root in enumerate(roots):
        assert merkle.Frontier().append(leaves[:size]).root().hex() == root


def test_merkle_inclusion() -> None:
    """Each inclusion proof is made and taken as the vectors say."""
    leaves, file = _leaf_hashes(), vectors("merkle")
    for case in file["inclusion"]:
        index, size = case["index"], case["size"]
        proof = tuple(map(bytes.fromhex, case["proof"]))
        assert merkle.inclusion_proof(leaves[:size], index) == proof
        merkle.verify_inclusion(leaves[index], index, size, proof, bytes.fromhex(file["roots"][size]))


def test_merkle_consistency() -> None:
    """Each consistency proof is made and taken as the vectors say."""
    leaves, file = _leaf_hashes(), vectors("merkle")
    for case in file["consistency"]:
        old, new = case["old"], case["new"]
        proof = tuple(map(bytes.fromhex, case["proof"]))
        assert merkle.consistency_proof(leaves, old, new) == proof
        roots = [bytes.fromhex(file["roots"][size]) for size in (old, new)]
        merkle.verify_consistency(old, new, proof, *roots)


@pytest.mark.parametrize("case", cases("merkle", "bad"))
def test_merkle_refusals(case: dict[str, Any]) -> None:
    """What is not proven is refused."""
    leaf = bytes.fromhex(case["leaf_hash"]) if "leaf_hash" in case else _leaf_hashes()[case["leaf"]]
    proof, root = list(map(bytes.fromhex, case["proof"])), bytes.fromhex(case["root"])
    if "leaf_hash" in case:
        # The climb is right: what saves us is that a line never hashes to an inner node.
        merkle.verify_inclusion(leaf, case["index"], case["size"], proof, root)
        inner = bytes.fromhex("".join(vectors("merkle")["leaves"][:4]))
        assert merkle.leaf_hash(inner) != leaf
        return
    found = result(lambda: merkle.verify_inclusion(leaf, case["index"], case["size"], proof, root))
    assert found == "proof_wrong", case["catches"]


@pytest.mark.parametrize("case", cases("note", "checkpoints"))
def test_checkpoints(case: dict[str, Any]) -> None:
    """A checkpoint of the vectors is opened, or refused with the code that they say."""
    found = result(lambda: note.open_checkpoint(case["text"], vectors("note")["log_key"]))
    assert found == case["result"], case["catches"]


@pytest.mark.parametrize("case", cases("note", "log_keys"))
def test_log_keys(case: dict[str, Any]) -> None:
    """A ledger's key of the vectors is taken, or refused."""
    good = vectors("note")["checkpoints"][0]["text"]
    assert result(lambda: note.open_checkpoint(good, case["log_key"])) == case["result"], case["catches"]


@pytest.mark.parametrize("case", cases("note", "proofs"))
def test_proofs(case: dict[str, Any]) -> None:
    """A tlog-proof of the vectors is opened, or refused with the code that they say."""
    assert result(lambda: note.open_proof(case["text"])) == case["result"], case["catches"]


@pytest.mark.parametrize("case", cases("receipt"))
def test_receipts(case: dict[str, Any]) -> None:
    """A receipt of the vectors is proven, or refused with the code that they say."""
    receipt = msgspec.convert(case["receipt"], Receipt)
    found = result(lambda: note.verify_receipt(receipt, vectors("receipt")["log_key"]))
    assert found == case["result"], case["catches"]


def test_a_device_takes_the_good_receipt() -> None:
    """A device finds its own ballot in the receipt, and no other."""
    file = vectors("receipt")
    receipt = msgspec.convert(file["cases"][0]["receipt"], Receipt)
    must_hold(receipt, file["ballot"].encode(), file["log_key"])
    assert result(lambda: must_hold(receipt, b"another", file["log_key"])) == "proof_wrong"


def test_we_write_what_the_vectors_hold() -> None:
    """Our own checkpoint and proof texts are those of the vectors, byte for byte."""
    case = vectors("receipt")["cases"][0]["receipt"]
    proof = note.open_proof(case["proof"])
    assert note.render_proof(proof.index, proof.hashes, proof.checkpoint) == case["proof"]


@pytest.mark.parametrize("case", cases("chains"))
def test_chains(case: dict[str, Any]) -> None:
    """A chain of the vectors is good for its purpose, or refused with the code that they say."""
    file = vectors("chains")
    anchors = Anchors(load_anchors(file["trust"].encode()))
    chain = [base64.b64decode(each) for each in case["chain"]]
    found = result(lambda: anchors.verify(chain, file["at"], case["purpose"]))
    assert found == case["result"], case["catches"]


@pytest.mark.parametrize("case", cases("countersigned"))
def test_countersigned(case: dict[str, Any]) -> None:
    """Signed by two persons of the body and its seal, each in their place, or refused with the code of the case."""
    anchors = Anchors(load_anchors(vectors("countersigned")["trust"].encode()))
    file = case["file"].encode()
    assert result(lambda: countersigned.open_file(file, anchors, None)) == case["result"], case["catches"]
    if case["result"] == GOOD:
        found = countersigned.open_file(file, anchors, None)
        assert {one.place: one.member for one in found.signers if one.member} == case["signers"]
        assert found.certificate == case["certificate"]


@pytest.mark.parametrize("case", cases("certificates"))
def test_certificates(case: dict[str, Any]) -> None:
    """A certificate of the vectors is proven, or refused with the code that they say."""
    anchors = Anchors(load_anchors(vectors("certificates")["trust"].encode()))
    found = result(lambda: proof.verify_certificate(case["file"].encode(), anchors))
    assert found == case["result"], case["catches"]
    if found == GOOD:
        proven = proof.verify_certificate(case["file"].encode(), anchors)
        assert {member: vote.choice for member, vote in proven.votes.items()} == case["votes"]


@pytest.mark.parametrize("case", cases("minutes"))
def test_minutes(case: dict[str, Any]) -> None:
    """Minutes of the vectors are proven, or refused with the code that they say."""
    anchors = Anchors(load_anchors(vectors("minutes")["trust"].encode()))
    found = result(lambda: minutes.verify_file(case["file"].encode(), anchors))
    assert found == case["result"], case["catches"]
    if found == GOOD:
        statement = minutes.verify_file(case["file"].encode(), anchors).statement
        assert [[one.poll, one.state] for one in statement.polls] == case["polls"]


# --- Counting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("majority"))
def test_decisions(case: dict[str, Any]) -> None:
    """The decision comes out as the vectors say, and exact fractions agree with it."""
    figures = case["figures"]
    chair: Choice | None = figures["chair_choice"]
    definition = msgspec.convert(case["definition"], PollDefinition)
    counts = msgspec.convert(figures["counts"], Counts)
    found = majority.decide(
        definition,
        counts,
        roll=figures["roll"],
        present_open=figures["present_open"],
        present_close=figures["present_close"],
        chair_choice=chair,
    )
    assert found == msgspec.convert(case["decision"], Decision), case["catches"]
    _agrees(definition, found)


def _agrees(definition: PollDefinition, decision: Decision) -> None:
    threshold = definition.rule.threshold
    reached = Fraction(threshold.numerator, threshold.denominator)
    counts = decision.counts
    share = Fraction(counts.approve, decision.base_count) if decision.base_count else Fraction(0)
    carries = counts.approve > 0 and (share > reached or (share == reached and not threshold.strict))
    if decision.outcome != "no_quorum" and not decision.tie_broken_by:
        assert (decision.outcome == "carried") == carries


def test_every_profile_has_its_vectors() -> None:
    """Recorded votes and near ties stand there for each profile."""
    names = {case["name"] for case in vectors("majority")["cases"]}
    assert names >= {f"{profile}: {vote}" for profile in PROFILES for vote in (*RECORDED, *NEAR)}


def test_official_percentages() -> None:
    """As read out on 10/12/2025: 94,71 92,39 0,63 1,69, all of 473."""
    case = next(
        case for case in vectors("majority")["cases"] if case["name"].startswith("quoc-hoi: Quốc hội 10/12")
    )
    for said in ("94,71%", "92,39%", "0,63%", "1,69%"):
        assert said in case["decision"]["sentence"]
    assert [percent(count, 473) for count in (448, 437, 3, 8)] == [9471, 9239, 63, 169]


@pytest.mark.parametrize("case", cases("text"))
def test_texts(case: dict[str, Any]) -> None:
    """Text of the vectors may be shown, or is refused; when it is newly said, too."""
    found = result(lambda: text.must_be_clean(case["text"], multiline=case["multiline"]))
    new = result(lambda: text.must_be_legible(case["text"], multiline=case["multiline"]))
    assert (found, new) == (case["result"], case["new"]), case["catches"]


# --- Messages ----------------------------------------------------------------------------------------------------


@cache
def _validator(message: str) -> Any:
    schema = json.loads((proto.ROOT / "proto" / f"{message}.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema)


def test_good_messages() -> None:
    """Each is valid by its schema, and decodes and encodes to the same bytes."""
    for case in vectors("messages-good")["cases"]:
        raw = case["text"].encode()
        _validator(case["message"]).validate(json.loads(raw))
        decoded = jws.parse(raw, msgspec.json.Decoder(proto.MESSAGES[case["message"]]))
        assert msgspec.json.encode(decoded) == raw, case["message"]


def test_every_message_has_a_vector() -> None:
    """Each schema, and each kind of a union, has a good example."""
    found = vectors("messages-good")["cases"]
    assert {case["message"] for case in found} == set(proto.MESSAGES)
    unions = {
        "ledger-entry": LedgerEntry,
        "stream-event": StreamEvent,
        "floor-act": FloorActs,
        "floor-entry": FloorEntry,
    }
    for message, union in unions.items():
        texts = [case["text"] for case in found if case["message"] == message]
        for kind in union.__args__:
            assert any(f'"{kind.__struct_config__.tag}"' in text[:60] for text in texts), kind


@pytest.mark.parametrize("case", vectors("messages-bad")["cases"], ids=lambda case: case["catches"][:40])
def test_bad_messages(case: dict[str, Any]) -> None:
    """Each is refused; where a schema can see what is wrong, it does."""
    decoder = msgspec.json.Decoder(proto.MESSAGES[case["message"]])
    assert result(lambda: jws.parse(case["text"].encode(), decoder)) == "message_malformed", case["catches"]
    if case["schema"]:
        assert not _validator(case["message"]).is_valid(json.loads(case["text"])), case["catches"]


# --- What screens are told ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("live"))
def test_what_a_screen_is_told_is_what_is_shown(case: dict[str, Any]) -> None:
    """The floor folded by the screen that was written beside the product is the floor of the last snapshot."""
    screen = Screen("", "", "")
    for event in case["events"]:
        screen.hear(event["name"], event["data"])
    assert screen.floor == case["shown"]["floor"]
    names = {event["name"] for event in case["events"]}
    assert {"snapshot", "poll.changed", "presence.changed", "floor.changed"} <= names
