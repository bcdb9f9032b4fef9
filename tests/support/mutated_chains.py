"""Chains as an authority of ours would issue them, each with some fault or none, drawn by dice: for one checker of
chains against another.

Faults are of one certificate (times, uses, constraints, policies, names, signature, algorithm, one bit of it), of the
chain (an authority missing, twice, out of order, under another root) or of the moment. Most chains have one or two:
with more the first that is found hides the others.
"""

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.rules.certified import ANY_POLICY, PERSON_POLICY, SEAL_POLICY
from tests.support import chains
from tests.support.chains import AT, DAY, ISSUES, NOW, SIGNS, UNHEARD_OF, Key, Minted, Order

_DAY_MS = 86_400_000
_NULL = b"\x05\x00"
# id-ce-policyMappings: one policy of ours for another. The library that we build with does not know it.
_MAPPINGS = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("2.5.29.33"), bytes.fromhex("300c300a06032a030406032a0305")
)
_OTHER_POLICY = x509.ObjectIdentifier("1.2.3.4")

Fault = Callable[[Order, random.Random], Order]


@dataclass(frozen=True)
class Case:
    """A chain (DER, leaf first), the anchors it is checked under, when (milliseconds), and what was done to it."""

    chain: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    at: int
    done: tuple[str, ...]


@cache
def _keys() -> dict[str, Key]:
    made: dict[str, Key] = {
        "p256": chains.fresh(),
        "another p256": chains.fresh(),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "rsa": rsa.generate_private_key(65537, 2048),
        "ed25519": Ed25519PrivateKey.generate(),
        # Weak, or of a kind that nobody here takes.
        "rsa 1024": rsa.generate_private_key(65537, 1024),  # noqa: S505
        "k256": ec.generate_private_key(ec.SECP256K1()),
        "p192": ec.generate_private_key(ec.SECP192R1()),
    }
    return made


_STRONG, _ALL = ("p256", "p256", "p384", "rsa", "ed25519"), tuple(_keys())


def _extra(value: x509.ExtensionType) -> Fault:
    def put(order: Order, dice: random.Random) -> Order:
        others = [each for each in order.extra if each[0].oid != value.oid]
        return replace(order, extra=[*others, (value, dice.random() < 0.5)])

    return put


def _used_for(*uses: x509.ObjectIdentifier) -> Fault:
    return lambda order, _: replace(order, uses=uses)


def _named_constraints(order: Order, dice: random.Random) -> Order:
    ours = x509.DirectoryName(chains.named("Ours"))
    kinds = (x509.NameConstraints([ours], None), x509.NameConstraints(None, [ours]))
    return _extra(dice.choice(kinds))(order, dice)


def _times(order: Order, dice: random.Random) -> Order:
    by = datetime.timedelta(seconds=dice.choice([1, 59, 61, 3600]))
    if dice.random() < 0.5:
        return replace(order, starts=NOW - DAY, ends=NOW - by)
    return replace(order, starts=NOW + by, ends=NOW + DAY)


_ANY: dict[str, Fault] = {
    "times": _times,
    "no usage": lambda order, _: replace(order, usage=None),
    "usage": lambda order, dice: replace(
        order, usage=frozenset(dice.sample(sorted(SIGNS | ISSUES | {"key_encipherment"}), 2))
    ),
    "uses": _used_for(ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    "any use": _used_for(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
    "constraints": lambda order, dice: replace(order, ca=dice.choice([True, False, None]), path_length=None),
    "unheard of": _extra(x509.UnrecognizedExtension(UNHEARD_OF, _NULL)),
    "issuer's name": lambda order, _: replace(order, issuer_name=chains.named("Nobody")),
    "signed by another": lambda order, dice: replace(order, signs_with=_keys()[dice.choice(_ALL)]),
    "weak hash": lambda order, _: replace(order, weak_hash=True),
    "padding": lambda order, dice: replace(
        order, pss=padding.PSS(padding.MGF1(hashes.SHA256()), dice.choice([0, 20, 32]))
    ),
    "policies": lambda order, dice: replace(
        order, policies=[dice.choice([ANY_POLICY, PERSON_POLICY, SEAL_POLICY, _OTHER_POLICY])]
    ),
    "explicit policy": _extra(x509.PolicyConstraints(0, None)),
    "mapping inhibited": _extra(x509.PolicyConstraints(None, 0)),
    "no any policy": _extra(x509.InhibitAnyPolicy(0)),
    "mapped policies": _extra(_MAPPINGS),
    "name constraints": _named_constraints,
}
_OF_AUTHORITIES: dict[str, Fault] = {
    "path length": lambda order, dice: replace(order, path_length=dice.choice([0, 1])),
}


def drawn(dice: random.Random) -> Case:
    """One chain under one root."""
    done: list[str] = []
    above = dice.choice([0, 1, 1, 2, 3])
    orders = [chains.authority("Ours"), *(chains.authority(f"Ours {number}") for number in range(above))]
    orders.append(chains.leaf())
    for _ in range(dice.choice([0, 1, 1, 1, 2])):
        place = dice.randrange(len(orders))
        faults = _ANY if place == len(orders) - 1 else {**_ANY, **_OF_AUTHORITIES}
        # Times matter at every height, and most wrong ones do not matter for long.
        name = dice.choice([*sorted(faults), "times", "times", "times"])
        orders[place] = faults[name](orders[place], dice)
        done.append(f"{name} of {place}")
    minted = _minted(orders, dice, done)
    chain, anchors = [each.der for each in reversed(minted[1:])], [minted[0].der]
    at = AT
    if dice.random() < 0.2:
        at, word = _another_moment(dice)
        done.append(word)
    if dice.random() < 0.25:
        done.append(_reordered(chain, anchors, dice))
    if dice.random() < 0.1:
        done.append(_one_bit(chain, dice))
    return Case(tuple(chain), tuple(anchors), at, tuple(done))


def _minted(orders: list[Order], dice: random.Random, done: list[str]) -> list[Minted]:
    found: list[Minted] = []
    for place, order in enumerate(orders):
        name = dice.choice(_ALL if dice.random() < 0.1 else _STRONG)
        if name not in _STRONG:
            done.append(f"{name} of {place}")
        issuer = found[-1] if found else None
        key = _keys()[name]
        signs = order.signs_with or (issuer.key if issuer else key)
        if not isinstance(signs, rsa.RSAPrivateKey):
            order = replace(order, pss=None)
        found.append(chains.mint(order, issuer, key))
    return found


def _another_moment(dice: random.Random) -> tuple[int, str]:
    by = dice.choice([-2 * _DAY_MS, -_DAY_MS - 1, _DAY_MS, _DAY_MS + 999, _DAY_MS + 1000, 2 * _DAY_MS])
    return AT + by, f"asked {by} ms later"


def _reordered(chain: list[bytes], anchors: list[bytes], dice: random.Random) -> str:
    act = dice.choice(["short", "twice", "swapped", "root added", "leaf under the root's twin", "no anchor"])
    match act:
        case "short" if len(chain) > 1:
            del chain[dice.randrange(1, len(chain))]
        case "twice":
            chain.insert(1, dice.choice(chain))
        case "swapped":
            dice.shuffle(chain)
        case "root added":
            chain.append(anchors[0])
        case "leaf under the root's twin":
            anchors[:] = [_twin().der]
        case "no anchor":
            anchors.clear()
        case _:
            pass
    return act


@cache
def _twin() -> Minted:
    return chains.mint(chains.authority("Ours"))


def _one_bit(chain: list[bytes], dice: random.Random) -> str:
    place = dice.randrange(len(chain))
    changed = bytearray(chain[place])
    bit = dice.randrange(8 * len(changed))
    changed[bit // 8] ^= 1 << bit % 8
    chain[place] = bytes(changed)
    return f"bit {bit} of {len(chain) - place}"
