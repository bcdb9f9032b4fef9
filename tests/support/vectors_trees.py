"""Vectors of the ledger: Merkle trees as RFC 6962 defines them, C2SP notes and proofs, receipts."""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

from tests.support import fixed_keys as keys
from tests.support.vectors_signed import compact

# The leaves that implementations of RFC 6962 have shared since Google's first one.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ORIGIN = "plenary.local/voting/ky-hop-12"
KEY = keys.ed25519("ledger")
OTHER = keys.ed25519("witness")


def root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = _split(len(leaves))
    return sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, word for word."""
    if len(leaves) <= 1:
        return []
    k = _split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), root(leaves[k:])]
    return [*path(m - k, leaves[k:]), root(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2, word for word."""
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = _split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), root(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), root(leaves[:k])]


def _split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def merkle() -> dict[str, Any]:
    """merkle.json."""
    sizes = range(len(LEAVES) + 1)
    inclusion = [
        {"index": index, "size": size, "proof": _hexes(path(index, LEAVES[:size]))}
        for size in sizes
        for index in range(size)
    ]
    consistency = [
        {"old": old, "new": new, "proof": _hexes(subproof(old, LEAVES[:new]))}
        for new in sizes
        for old in range(1, new + 1)
    ]
    return {
        "about": "RFC 6962 section 2.1; hashes in hexadecimal. `bad` must be refused as inclusion proofs of the leaf "
        "at `leaf` of `leaves` under `root`.",
        "leaves": _hexes(LEAVES),
        "roots": _hexes([root(LEAVES[:size]) for size in sizes]),
        "inclusion": inclusion,
        "consistency": consistency,
        "bad": _bad_inclusion(),
    }


def _bad_inclusion() -> list[dict[str, Any]]:
    good, top = path(5, LEAVES), root(LEAVES)
    zero = bytes(32)
    cases: list[tuple[str, str, int, int, int, list[bytes], bytes]] = [
        ("another index", "a verifier that does not use the index", 5, 4, 8, good, top),
        ("index outside", "an index that is not compared with the size", 5, 13, 8, good, top),
        ("another leaf", "a verifier that does not use the leaf", 4, 5, 8, good, top),
        ("another root", "a verifier that does not compare", 5, 5, 8, good, zero),
        ("too short", "a climb that ends early", 5, 5, 8, good[:-1], top),
        ("too long", "a climb that goes on", 5, 5, 8, [*good, zero], top),
        ("in reverse", "siblings from the root down", 5, 5, 8, good[::-1], top),
        ("size 0", "a tree of nothing that holds something", 5, 0, 0, [], top),
        (
            "an inner node as a leaf",
            "hashing without the prefixes 00 and 01",
            -1,
            0,
            2,
            [root(LEAVES[4:])],
            top,
        ),
    ]
    return [
        {
            "name": name,
            "catches": catches,
            "leaf": leaf,
            "index": index,
            "size": size,
            "proof": _hexes(proof),
            "root": above.hex(),
        }
        | ({"leaf_hash": root(LEAVES[:4]).hex()} if leaf < 0 else {})
        for name, catches, leaf, index, size, proof, above in cases
    ]


def _hexes(values: list[bytes]) -> list[str]:
    return [value.hex() for value in values]


# --- Notes ------------------------------------------------------------------------------------------------------


def log_key(name: str, key: Any) -> str:
    """A signed-note verifier key (C2SP)."""
    public = b"\x01" + key.public_key().public_bytes_raw()
    return f"{name}+{_key_id(name, public).hex()}+{b64encode(public).decode()}"


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + public).digest()[:4]


def signature_line(text: str, name: str, key: Any) -> str:
    """A signature line of a note."""
    identifier = _key_id(name, b"\x01" + key.public_key().public_bytes_raw())
    return f"— {name} {b64encode(identifier + key.sign(text.encode())).decode()}\n"


def checkpoint(size: int, top: bytes, *, origin: str = ORIGIN, more: str = "") -> str:
    """A checkpoint that the ledger's key signed."""
    text = f"{origin}\n{size}\n{b64encode(top).decode()}\n{more}"
    return f"{text}\n{signature_line(text, ORIGIN, KEY)}"


def note() -> dict[str, Any]:
    """note.json."""
    return {
        "about": "C2SP signed-note, tlog-checkpoint and tlog-proof. Open each with `log_key`; `result` is good or the code "
        "of the refusal. Bad signatures of other keys (witnesses) are passed over, those in the ledger's name are not.",
        "log_key": log_key(ORIGIN, KEY),
        "checkpoints": _checkpoints(),
        "proofs": _proofs(),
        "log_keys": _log_keys(),
    }


def _checkpoints() -> list[dict[str, Any]]:
    top = root(LEAVES)
    good = checkpoint(8, top)
    text, _, line = good.partition("\n\n")
    text += "\n"
    encoded = b64encode(top).decode()
    witness = signature_line(text, "witness.example/w1", OTHER)
    wrong = "checkpoint_wrong"
    cases = [
        ("good", "nothing: it must be taken", "good", good),
        ("of no lines", "a size of 0 taken for an error", "good", checkpoint(0, root([]))),
        ("with a witness", "a reader that takes one signature only", "good", good + witness),
        ("witness first", "a reader that looks at the first signature only", "good", f"{text}\n{witness}{line}"),
        ("not signed by the ledger", "any signature taken for the ledger's", wrong, f"{text}\n{witness}"),
        ("another size", "a text that nobody signed", wrong, good.replace("\n8\n", "\n9\n")),
        ("another root", "the same", wrong, good.replace(encoded, b64encode(bytes(32)).decode())),
        ("another origin", "a checkpoint of another ledger of the same key", wrong,
         checkpoint(8, top, origin="plenary.local/voting/ky-hop-13")),
        ("more lines", "lines that we do not understand and would pass on", wrong, checkpoint(8, top, more="extra\n")),
        ("size with a zero in front", "two texts for one checkpoint", wrong, _signed(f"{ORIGIN}\n08\n{encoded}\n")),
        ("size with a sign", "the same", wrong, _signed(f"{ORIGIN}\n+8\n{encoded}\n")),
        ("root not padded", "base64 read leniently", wrong, _signed(f"{ORIGIN}\n8\n{encoded.rstrip('=')}\n")),
        ("root too short", "a hash of another length", wrong, _signed(f"{ORIGIN}\n8\n{b64encode(top[:31]).decode()}\n")),
        ("hyphen for the dash", "a signature line that is none (U+2014)", wrong, f"{text}\n{line.replace('—', '-')}"),
        ("no signature", "a text taken for a note", wrong, text),
        ("no newline at the end", "a cut file", wrong, good[:-1]),
        ("signed twice, once badly", "a bad signature in the ledger's name passed over", wrong, good + _spoiled(line)),
        ("empty", "an index error instead of a refusal", wrong, ""),
        ("a witness named with U+FEFF", "what one language takes for space, and Unicode does not", "good",
         good + signature_line(text, "wit\ufeffness.example", OTHER)),
        ("a witness named with U+0085", "the same, the other way round", wrong,
         good + signature_line(text, "wit\u0085ness.example", OTHER)),
    ]  # fmt: skip
    return [
        {"name": name, "catches": catches, "result": result, "text": said}
        for name, catches, result, said in cases
    ]


def _signed(text: str) -> str:
    return f"{text}\n{signature_line(text, ORIGIN, KEY)}"


def _spoiled(line: str) -> str:
    # One bit of the signature's last byte, where base64 stays canonical.
    return line[:-10] + ("A" if line[-10] != "A" else "B") + line[-9:]


def _log_keys() -> list[dict[str, Any]]:
    good = log_key(ORIGIN, KEY)
    name, identifier, public = good.split("+", 2)
    wrong = "checkpoint_wrong"
    cases = [
        ("good", "nothing: it must be taken", "good", good),
        ("id of another key", "an id that is not compared with the key", wrong, f"{name}+00000000+{public}"),
        ("another name", "an id that does not depend on the name", wrong, f"other+{identifier}+{public}"),
        ("id in capitals", "two texts for one key", wrong, f"{name}+{identifier.upper()}x+{public}"),
        ("two parts", "a parser that does not count", wrong, f"{name}+{identifier}"),
        ("empty", "an index error instead of a refusal", wrong, ""),
    ]
    return [{"name": n, "catches": c, "result": r, "log_key": k} for n, c, r, k in cases]


def proof_text(index: int, hashes: list[bytes], note: str, *, extra: str = "") -> str:
    """A tlog-proof."""
    lines = "".join(f"{b64encode(value).decode()}\n" for value in hashes)
    return f"c2sp.org/tlog-proof@v1\n{extra}index {index}\n{lines}\n{note}"


def _proofs() -> list[dict[str, Any]]:
    hashes, head = path(5, LEAVES), checkpoint(8, root(LEAVES))
    good, wrong = proof_text(5, hashes, head), "proof_wrong"
    cases = [
        ("good", "nothing: it must be taken", "good", good),
        ("with extra data", "the optional line of the format; signed by nobody", "good",
         proof_text(5, hashes, head, extra="extra AAAA\n")),
        ("another version", "a format to come, guessed at", wrong, good.replace("@v1", "@v2")),
        ("index with a zero in front", "two texts for one proof", wrong, good.replace("index 5", "index 05")),
        ("negative index", "a number that is none", wrong, good.replace("index 5", "index -5")),
        ("no index", "a default where a fact is missing", wrong, good.replace("index 5\n", "")),
        ("a hash too short", "hashes of any length", wrong, proof_text(5, [hashes[0][:31], *hashes[1:]], head)),
        ("carriage returns", "a file that a mail program changed", wrong, good.replace("\n", "\r\n")),
        ("70 hashes", "a climb without end", wrong, proof_text(5, [bytes(32)] * 70, head)),
    ]  # fmt: skip
    return [
        {"name": name, "catches": catches, "result": result, "text": text}
        for name, catches, result, text in cases
    ]


# --- Receipts ---------------------------------------------------------------------------------------------------


def receipt() -> dict[str, Any]:
    """receipt.json."""
    lines = [line.encode() for line in _lines()]
    head = checkpoint(len(lines), root(lines))
    good = _receipt(2, lines, head)
    wrong = "proof_wrong"
    ballot = json.loads(str(good["entry"]))["jws"]
    other = checkpoint(len(lines), root([*lines[:-1], b"another line"]))
    cases: list[tuple[str, str, str, dict[str, Any]]] = [
        ("good", "nothing: it must be taken", "good", good),
        ("first line", "an index of 0 taken for none", "good", _receipt(0, lines, head)),
        ("last line", "the ragged right edge of a tree that is not perfect", "good", _receipt(4, lines, head)),
        ("another index", "an index beside the proof's", wrong, good | {"index": 3}),
        ("another line", "a receipt for another ballot", wrong, good | {"entry": lines[3].decode()}),
        ("one letter of the line", "a line that is not hashed", wrong,
         good | {"entry": str(good["entry"]).replace('"at":1', '"at":2')}),
        ("another poll", "a receipt filed under another question", wrong, good | {"poll": "bq-02"}),
        ("tree of others", "a path that is not climbed to the signed root", wrong,
         good | {"proof": proof_text(2, path(2, lines), other)}),
        ("unsigned checkpoint", "a proof without the ledger's word", "checkpoint_wrong",
         good | {"proof": str(good["proof"]).replace("— ", "- ")}),
        ("extra data", "words on a receipt that nobody signed", wrong,
         good | {"proof": proof_text(2, path(2, lines), head, extra="extra AAAA\n")}),
        ("no ledger line", "any hashed bytes taken for a line", wrong, _receipt(0, [b"{}", *lines[1:]],
         checkpoint(len(lines), root([b"{}", *lines[1:]])))),
    ]  # fmt: skip
    return {
        "about": "Receipts: verify with `log_key`, then compare the ballot in `entry` with the one sent (`ballot` for the "
        "case `good`). `result` is good or the code of the refusal.",
        "log_key": log_key(ORIGIN, KEY),
        "ballot": ballot,
        "cases": [
            {"name": name, "catches": catches, "result": result, "receipt": said}
            for name, catches, result, said in cases
        ],
    }


def _lines() -> list[str]:
    at = 1_795_000_000_000
    ballots = [compact(), compact(key="rsa", alg="RS256"), compact(key="ed25519", alg="EdDSA")]
    announced = {"kind": "poll.announced", "at": at, "poll": "bq-01", "title": "Nghị quyết", "jws": compact()}
    opened = {
        "kind": "poll.opened",
        "at": at,
        "poll": "bq-01",
        "definition": compact(),
        "present": ["an"],
        "deadline": None,
    }
    cast = [{"kind": "ballot", "at": at + 1, "poll": "bq-01", "jws": ballot} for ballot in ballots]
    return [
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in (announced, opened, *cast)
    ]


def _receipt(index: int, lines: list[bytes], head: str) -> dict[str, Any]:
    proof = proof_text(index, path(index, lines), head)
    return {"v": 1, "poll": "bq-01", "index": index, "entry": lines[index].decode(), "proof": proof}
