"""Vectors of signed messages: ballots good and bad, access tokens."""

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.support import fixed_keys as keys
from tests.support.fixed_keys import b64, sign

NOW = 1_795_000_000
KEYS: dict[str, Any] = {
    "p256": keys.p256("an"),
    "p256-other": keys.p256("binh"),
    "p256-guest": keys.p256("khach"),
    "rsa": keys.rsa2048(),
    "ed25519": keys.ed25519("dung"),
}
# Thumbprints stand for certificates, which these vectors do without: any 43 characters will do.
HOLDERS = {
    name: {"thumbprint": name.replace("-", "_").ljust(43, "x"), "member": member, "key": name}
    for name, member in {
        "p256": "an",
        "p256-other": "binh",
        "p256-guest": "khach",
        "rsa": "chi",
        "ed25519": "dung",
    }.items()
}
VOTERS = ["an", "binh", "chi", "dung"]
POLL = "Q" * 43
MEETING = "ky-hop-12"
LABELS = {"approve": "Tán thành", "reject": "Không tán thành", "abstain": "Không biểu quyết"}
BALLOT = ("plenary-ballot+jws", "application/vnd.plenary.ballot+json")
_G = "good"
_FORM, _SIGNATURE, _ALGORITHM = "message_malformed", "signature_wrong", "algorithm_wrong"


def dumps(value: Any) -> str:
    """JSON as our clients write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def header(key: str = "p256", alg: str = "ES256", **changed: Any) -> dict[str, Any]:
    """The protected header of a ballot; a member set to None is left out."""
    members = {
        "alg": alg,
        "typ": BALLOT[0],
        "cty": BALLOT[1],
        "x5t#S256": HOLDERS[key]["thumbprint"],
        "iat": NOW,
    }
    return {name: value for name, value in (members | changed).items() if value is not None}


def payload(**changed: Any) -> dict[str, Any]:
    """The payload of a ballot."""
    members = {
        "v": 1,
        "meeting": MEETING,
        "poll": POLL,
        "choice": "approve",
        "label": LABELS["approve"],
        "voter": "an",
        "seq": 1,
        "supersedes": None,
    }
    return members | changed


def compact(
    said: Any = None, head: Any = None, *, key: str = "p256", alg: str = "ES256", signature: Any = None
) -> str:
    """A compact JWS; `said` and `head` may be exact text or bytes, `signature` makes another one of the good one."""
    first, second = _raw(head or header(key, alg)), _raw(said or payload(voter=HOLDERS[key]["member"]))
    signed = f"{b64(first)}.{b64(second)}".encode()
    made = sign(alg, KEYS[key], signed)
    return f"{signed.decode()}.{b64(signature(made) if signature else made)}"


def _raw(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else dumps(value)).encode()


def jws() -> dict[str, Any]:
    """jws.json."""
    cases = [*_good(), *_bad_text(), *_bad_header(), *_bad_payload(), *_bad_signature(), *_bad_ballot()]
    return {
        "about": "Ballots as compact JWS. Read each with the question and the holders given: size, strict parse, holder by "
        "thumbprint, signature over the bytes as they came, payload, roll. `result` is good, or the code of the refusal.",
        "keys": {name: keys.public(key) for name, key in KEYS.items()},
        "holders": list(HOLDERS.values()),
        "question": {"poll": POLL, "meeting": MEETING, "labels": LABELS, "voters": VOTERS},
        "limit": 65_536,
        "cases": [
            {"name": name, "catches": catches, "result": result, "compact": text}
            for name, catches, result, text in cases
        ],
    }


Case = tuple[str, str, str, str]


def _good() -> list[Case]:
    spaced = json.dumps(payload(), ensure_ascii=False, indent=1)
    shuffled = dumps(dict(reversed(payload(choice="reject", label=LABELS["reject"]).items())))
    escaped = json.dumps(payload())
    later = payload(seq=2, supersedes="A" * 43)
    return [
        ("ES256", "a verifier that wants DER: WebCrypto gives raw r||s", _G, compact()),
        ("RS256", "a verifier that knows one algorithm only", _G, compact(key="rsa", alg="RS256")),
        ("PS256", "a verifier that takes every RSA signature for PKCS#1 v1.5", _G, compact(key="rsa", alg="PS256")),
        ("EdDSA", "a verifier that hashes before Ed25519", _G, compact(key="ed25519", alg="EdDSA")),
        ("spaces in the JSON", "a verifier that builds the bytes again instead of taking them as they came", _G,
         compact(spaced)),
        ("members in another order", "the same", _G, compact(shuffled)),
        ("letters escaped", "a verifier that compares labels as bytes instead of as text", _G, compact(escaped)),
        ("a later ballot", "a reader that refuses what only the ledger can judge (seq, supersedes)", _G,
         compact(later)),
    ]  # fmt: skip


def _bad_text() -> list[Case]:
    good = compact()
    head, said, signature = good.split(".")
    last = signature[-1]
    loose = signature[:-1] + chr(ord(last) + 1)
    return [
        ("empty", "an index error instead of a refusal", _FORM, ""),
        ("two parts", "a parser that does not count", _FORM, f"{head}.{said}"),
        ("four parts", "a parser that stops after three", _FORM, f"{good}.{signature}"),
        ("padding", "a base64url decoder that is lenient: two texts for one ballot", _FORM, f"{good}=="),
        ("standard alphabet", "a decoder that takes + and / too", _FORM,
         f"{head}.{said}.{_with_plus(signature)}"),
        ("loose last bits", "a decoder that ignores the unused bits of the last character", _FORM,
         f"{head}.{said}.{loose}"),
        ("a line break inside", "a decoder that skips white space", _FORM, f"{head}.{said}.\n{signature}"),
        ("a line break behind", "a decoder that strips", _FORM, f"{good}\n"),
        ("a space in front", "the same", _FORM, f" {good}"),
        ("too long", "a reader that parses before it looks at the size", _FORM,
         compact(payload(label="x" * 49_000))),
        ("not ASCII", "an encoding error instead of a refusal", _FORM, f"{head}.{said}.é"),
    ]  # fmt: skip


def _with_plus(signature: str) -> str:
    found = signature.replace("-", "+").replace("_", "/")
    return found if found != signature else "+" + signature[1:]


def _bad_header() -> list[Case]:
    twice = dumps(header()).replace('"alg":"ES256"', '"alg":"none","alg":"ES256"')
    escaped = dumps(header()).replace('"alg":"ES256"', '"\\u0061lg":"none","alg":"ES256"')
    return [
        ("alg twice", "a parser that takes the first, or the last, and another one that does otherwise", _FORM,
         compact(head=twice)),
        ("alg twice, once escaped", "a check for repeated members by text", _FORM, compact(head=escaped)),
        ("unknown member", "a reader that ignores what it does not know (jku, jwk, x5u, x5c: sources of trust)", _FORM,
         compact(head=header(jku="https://example.com/keys"))),
        ("x5c in the header", "trust taken from the message itself", _FORM, compact(head=header(x5c=["AAAA"]))),
        ("crit", "RFC 7515 4.1.11: what is critical and unknown must be refused", _FORM,
         compact(head=header(crit=["exp"], exp=NOW + 1))),
        ("no iat", "a header that is not whole", _FORM, compact(head=header(iat=None))),
        ("iat a fraction", "numbers that two programs read differently", _FORM, compact(head=header(iat=NOW + 0.5))),
        ("iat a text", "a reader that converts", _FORM, compact(head=header(iat=str(NOW)))),
        ("iat below zero", "a time before 1970", _FORM, compact(head=header(iat=-1))),
        ("iat that JavaScript cannot hold", "numbers that two programs read differently", _FORM,
         compact(head=header(iat=2**53))),
        ("sigT for iat", "JAdES before 1.2: obsolete, and not exactly this header", _FORM,
         compact(head=header(iat=None, sigT="2026-11-18T00:00:00Z"))),
        ("typ of a login", "one kind of message taken for another", _FORM, compact(head=header(typ="plenary-login+jws"))),
        ("cty of an act", "the same", _FORM, compact(head=header(cty="application/vnd.plenary.act+json"))),
        ("header is a list", "a type error instead of a refusal", _FORM, compact(head="[1]")),
        ("header is not UTF-8", "a decoding error instead of a refusal", _FORM, compact(head=b'{"alg":"\xff"}')),
        ("header nested deep", "a stack overflow", _FORM, compact(head="[" * 20_000)),
        ("byte order mark", "a decoder that strips it: two texts for one header", _FORM,
         compact(head="\ufeff" + dumps(header()))),
    ]  # fmt: skip


def _bad_payload() -> list[Case]:
    twice = dumps(payload()).replace('"choice":"approve"', '"choice":"reject","choice":"approve"')
    return [
        ("choice twice", "two programs that count two different votes", _FORM, compact(twice)),
        ("unknown member in the payload", "a ballot that says more than the screen showed", _FORM,
         compact(payload(proxy="binh"))),
        ("no voter", "a default where a fact is missing", _FORM,
         compact({name: value for name, value in payload().items() if name != "voter"})),
        ("unknown choice", "a fourth way to vote", _FORM, compact(payload(choice="maybe", label="Có ý kiến khác"))),
        ("seq 0", "numbering that begins at 0", _FORM, compact(payload(seq=0))),
        ("seq 1.0", "a fraction taken for an integer", _FORM, compact(dumps(payload()).replace('"seq":1', '"seq":1.0'))),
        ("seq true", "a truth value taken for 1", _FORM, compact(payload(seq=True))),
        ("version 2", "a reader that guesses at a format to come", _FORM, compact(payload(v=2))),
        ("lone surrogate", "text that cannot be shown or stored", _FORM,
         compact(dumps(payload()).replace("Tán thành", "T\\ud800"))),
        ("something behind the payload", "a parser that stops at the first value", _FORM, compact(dumps(payload()) + "{}")),
        ("empty payload", "an index error instead of a refusal", _FORM, compact(b" ")),
    ]  # fmt: skip


def _bad_signature() -> list[Case]:
    def scalars(made: bytes) -> tuple[int, int]:
        return int.from_bytes(made[:32]), int.from_bytes(made[32:])

    def raw(r: int, s: int) -> bytes:
        return keys.raw_signature(r, s)

    good = compact()
    head, said, signature = good.split(".")
    other = b64(_raw(payload(choice="reject", label=LABELS["reject"])))
    return [
        ("high s", "a malleable signature: the same vote with another hash", _SIGNATURE,
         compact(signature=lambda made: raw(scalars(made)[0], keys.ORDER - scalars(made)[1]))),
        ("r = 0", "CVE-2022-21449", _SIGNATURE, compact(signature=lambda made: raw(0, scalars(made)[1]))),
        ("s = 0", "CVE-2022-21449", _SIGNATURE, compact(signature=lambda made: raw(scalars(made)[0], 0))),
        ("r = s = 0", "CVE-2022-21449", _SIGNATURE, compact(signature=lambda _: bytes(64))),
        ("r = n", "a range check that is off by one", _SIGNATURE,
         compact(signature=lambda made: raw(keys.ORDER, scalars(made)[1]))),
        ("63 bytes", "a split in halves without a look at the length", _SIGNATURE,
         compact(signature=lambda made: made[1:])),
        ("65 bytes", "the same", _SIGNATURE, compact(signature=lambda made: b"\x00" + made)),
        ("66 bytes, a zero before each half", "the same: both halves still are the right numbers", _SIGNATURE,
         compact(signature=lambda made: b"\x00" + made[:32] + b"\x00" + made[32:])),
        ("DER", "remote signing services answer DER: it must be turned into r||s before it is sent", _SIGNATURE,
         compact(signature=lambda made: encode_dss_signature(*scalars(made)))),
        ("no signature", "alg none by another name", _SIGNATURE, f"{head}.{said}."),
        ("another payload", "a signature that is not checked over the payload", _SIGNATURE, f"{head}.{other}.{signature}"),
        ("another key", "a key taken from anywhere but the thumbprint", _SIGNATURE,
         _under(header("p256-other"), payload(voter="binh"), "p256")),
        ("alg none", "the oldest one", _ALGORITHM, f"{b64(_raw(header(alg='none')))}.{said}."),
        ("alg HS256", "an RSA public key used as a shared secret", _ALGORITHM, _under(header("rsa", "HS256"),
         payload(voter="chi"), "rsa", "RS256")),
        ("alg in small letters", "names compared without case", _ALGORITHM, compact(head=header(alg="es256"))),
        ("ES256 with an RSA key", "an algorithm chosen by the header", _ALGORITHM,
         _under(header("rsa", "ES256"), payload(voter="chi"), "rsa", "RS256")),
        ("EdDSA with a P-256 key", "the same", _ALGORITHM, compact(head=header(alg="EdDSA"))),
        ("RS256 that is PSS", "a verifier that tries both paddings", _SIGNATURE,
         _under(header("rsa", "RS256"), payload(voter="chi"), "rsa", "PS256")),
        ("PS256 that is PKCS#1", "the same", _SIGNATURE,
         _under(header("rsa", "PS256"), payload(voter="chi"), "rsa", "RS256")),
    ]  # fmt: skip


def _under(head: Any, said: Any, key: str, alg: str = "ES256") -> str:
    return compact(said, head, key=key, alg=alg)


def _bad_ballot() -> list[Case]:
    return [
        ("unknown thumbprint", "a key that nobody enrolled", "credential_unknown",
         compact(head=header(**{"x5t#S256": "z" * 43}))),
        ("another poll", "a vote on another question, sent again here", "ballot_foreign_poll",
         compact(payload(poll="R" * 43))),
        ("another meeting", "a vote of another meeting", "ballot_foreign_meeting",
         compact(payload(meeting="ky-hop-13"))),
        ("label of another choice", "a screen that shows one thing and sends another", "ballot_label",
         compact(payload(label=LABELS["reject"]))),
        ("label not in NFC", "labels compared after normalising: the signed words are the words shown, exactly",
         "ballot_label", compact(payload(label="Ta\u0301n tha\u0300nh"))),
        ("somebody else's name", "a delegate who votes for another", "ballot_other_voter", compact(payload(voter="binh"))),
        ("not on the roll", "a guest with a good key", "not_on_roll",
         compact(payload(voter="khach"), key="p256-guest")),
    ]  # fmt: skip


def tokens() -> dict[str, Any]:
    """tokens.json."""
    key, other = keys.ed25519("token"), keys.ed25519("another token")
    claims = {
        "v": 1,
        "sub": "an",
        "body": "hdnd",
        "roles": ["delegate"],
        "iat": NOW,
        "exp": NOW + 900,
        "credential": "",
    }
    head = {"alg": "EdDSA", "typ": "plenary-token+jws"}

    def made(said: Any = None, first: Any = None, by: Any = key) -> str:
        signed = f"{b64(_raw(first or head))}.{b64(_raw(said or claims))}"
        return f"{signed}.{b64(by.sign(signed.encode()))}"

    wrong, good = "token_wrong", made()
    cases = [
        ("good", "nothing: it must be taken", _G, good),
        ("of several roles", "roles taken for one word", _G, made(claims | {"roles": ["chair", "delegate"]})),
        ("expires now", "a comparison that is off by one second", "token_expired", made(claims | {"exp": NOW + 1})),
        ("another key", "a token of another installation", wrong, made(by=other)),
        ("changed", "claims that nobody signed", wrong,
         ".".join([good.split(".")[0], b64(_raw(claims | {"sub": "binh"})), good.split(".")[2]])),
        ("alg none", "the oldest one", wrong, made(first=head | {"alg": "none"}).rsplit(".", 1)[0] + "."),
        ("typ of a ballot", "any EdDSA signature of ours taken for a token", wrong,
         made(first=head | {"typ": BALLOT[0]})),
        ("unknown header", "a reader that ignores what it does not know", wrong, made(first=head | {"kid": "1"})),
        ("unknown role", "a role that the matrix does not know", wrong, made(claims | {"roles": ["admin"]})),
        ("a claim twice", "two programs that read two different persons", wrong,
         made(dumps(claims).replace('"sub":"an"', '"sub":"binh","sub":"an"'))),
        ("two parts", "a parser that does not count", wrong, good.rsplit(".", 1)[0]),
        ("padding", "a base64url decoder that is lenient", wrong, f"{good}=="),
        ("too long", "a parser that reads what anybody sends", wrong, "A" * 5_000),
        ("not ASCII", "an encoding error instead of a refusal", wrong, f"{good}é"),
    ]  # fmt: skip
    return {
        "about": "Access tokens: compact JWS, EdDSA, one key. Verify at `now_s`; `result` is good or the code of the refusal.",
        "key": keys.public(key),
        "now_s": NOW + 1,
        "cases": [
            {"name": name, "catches": catches, "result": result, "token": text}
            for name, catches, result, text in cases
        ],
    }
