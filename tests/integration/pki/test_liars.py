"""What a lying server of lists and answers can do: make a status unknown, and nothing else; never good, never for long.

Who lies here is the server, or whoever stands between: `CaServer` gives what it likes under the right address. Beside
`tests/unit/pki/test_fetching.py` (addresses, redirects, sizes, drips), `test_lists.py` and `test_ocsp.py`, which have
each check alone, here the whole desk is asked, over HTTP, with the process that examines.
"""

import datetime
import gzip
from collections.abc import Callable

import pytest
from aiohttp import web
from asn1crypto import crl
from cryptography import x509

from services.pki import fetching
from services.pki.demands import PERSON
from services.pki.inquiry import TTL_MS, UNKNOWN_MS, Question
from services.rules.certified import thumbprint
from tests.support.forged_lists import forged
from tests.support.outside import (
    HOUR,
    Extension,
    Outside,
    answer,
    authority,
    certify,
    nonce_of,
    places,
    responder,
    revocation_list,
    signing,
)
from tests.support.outside_world import COMPROMISED, World
from tests.support.pki import Keyed

Lie = Callable[[World, Keyed], bytes]
_LONG = 1 << 400


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def _list(signer: Keyed, **how: object) -> bytes:
    given: dict[str, object] = {"this_update": _now() - HOUR, "next_update": _now() + HOUR}
    return revocation_list(signer, **(given | how))  # type: ignore[arg-type]


def _sibling(world: World, name: str) -> Keyed:
    """Another authority that the same root made."""
    return certify(name, world.there.root, authority())


def _named(world: World) -> x509.Name:
    return world.there.issuing.certificate.subject


_INDIRECT = (x509.IssuingDistributionPoint(None, None, False, False, None, True, False), True)
_REASONS = (
    x509.IssuingDistributionPoint(
        *(None, None, False, False, frozenset({x509.ReasonFlags.key_compromise}), False, False)
    ),
    True,
)
_OTHER_PLACE = (
    x509.IssuingDistributionPoint(
        [x509.UniformResourceIdentifier("http://elsewhere.example.vn/a.crl")],
        *(None, False, False, None, False, False),
    ),
    True,
)

LISTS: dict[str, tuple[Lie, str]] = {
    "of the future": (
        lambda w, _: _list(w.there.issuing, this_update=_now() + HOUR, next_update=_now() + 2 * HOUR),
        "from the future",
    ),
    "that ran out": (
        lambda w, _: _list(w.there.issuing, this_update=_now() - 3 * HOUR, next_update=_now() - HOUR),
        "too old",
    ),
    "older than we take": (lambda w, _: _list(w.there.issuing, this_update=_now() - 25 * HOUR), "too old"),
    "that ends before it begins": (
        lambda w, _: forged(w.there.issuing, this_update=_now(), next_update=_now() - HOUR),
        "ends before it begins",
    ),
    "that ends before it begins, by less than clocks differ": (
        lambda w, _: forged(
            w.there.issuing, this_update=_now(), next_update=_now() - datetime.timedelta(seconds=30)
        ),
        "ends before it begins",
    ),
    "that never ends": (
        lambda w, _: forged(w.there.issuing, this_update=_now(), next_update=None),
        "does not say when the next one comes",
    ),
    "of the root": (lambda w, _: _list(w.there.root), "no revocation information"),
    "of a stranger of the same name": (
        lambda w, _: _list(Outside().issuing),
        "CRL signature could not be verified",
    ),
    "of a sibling": (lambda w, _: _list(_sibling(w, "Sibling")), "no revocation information"),
    "of a sibling, in the name of the issuer": (
        lambda w, _: _list(_sibling(w, "Sibling"), issuer=_named(w)),
        "CRL signature could not be verified",
    ),
    "of a sibling, in the name of the issuer, for everybody": (
        lambda w, _: _list(_sibling(w, "Sibling"), issuer=_named(w), extensions=[_INDIRECT]),
        "CRL signature could not be verified",
    ),
    "of a stranger of the same name, for everybody": (
        lambda w, _: _list(Outside().issuing, extensions=[_INDIRECT]),
        "CRL signature could not be verified",
    ),
    "of a sibling, for everybody": (
        lambda w, _: _list(_sibling(w, "Sibling"), extensions=[_INDIRECT]),
        "no revocation information",
    ),
    "of the person itself": (lambda w, who: _list(who), "no revocation information"),
    "of the person itself, for everybody": (
        lambda w, who: _list(who, extensions=[_INDIRECT]),
        "no revocation information",
    ),
    "of the person, in the name of the issuer, for everybody": (
        lambda w, who: _list(who, issuer=_named(w), extensions=[_INDIRECT]),
        "CRL signature could not be verified",
    ),
    "of the person, in the name of the issuer": (
        lambda w, who: _list(who, issuer=_named(w)),
        "CRL signature could not be verified",
    ),
    "of changes only": (
        lambda w, _: _list(w.there.issuing, extensions=[(x509.DeltaCRLIndicator(1), True)]),
        "no revocation information",
    ),
    "of another place": (
        lambda w, _: _list(w.there.issuing, extensions=[_OTHER_PLACE]),
        "another distribution point",
    ),
    "with a byte more": (lambda w, _: _list(w.there.issuing) + b"\0", "not well formed"),
    "cut short": (lambda w, _: _list(w.there.issuing)[:-1], "not well formed"),
    "in PEM": (lambda w, _: b"-----BEGIN X509 CRL-----\n", "not well formed"),
    "of nothing": (lambda w, _: b"", "not well formed"),
}


@pytest.mark.parametrize("lie", LISTS)
async def test_lists(world: World, lie: str) -> None:
    """Unknown, with the reason; asked again soon; and what was no evidence is kept as none."""
    told, why = LISTS[lie]
    who = world.there.person()
    good = world.server.serves["/issuing.crl"]
    world.server.give("/issuing.crl", told(world, who))
    found = await world.book.status(world.question(who))
    assert found.kind == "unknown"
    assert why in found.why
    assert found.expires_at <= found.checked_at + UNKNOWN_MS
    world.server.serves["/issuing.crl"] = good
    world.kept.ahead += UNKNOWN_MS
    assert (await world.book.status(world.question(who))).kind == "good"


def _made_up(world: World) -> Keyed:
    """The issuer's name on a certificate that nobody certified."""
    return certify("Outside Issuing", None, authority())


@pytest.mark.parametrize("other", [lambda w: _sibling(w, "Sibling"), _made_up], ids=["sibling", "made up"])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("extensions", [[], [_INDIRECT]], ids=["for its own", "for everybody"])
async def test_brought_along(
    world: World, other: Callable[[World], Keyed], extensions: list[Extension], *, own: bool
) -> None:
    """Nor does it help that the person brings along the certificate of who signed the list."""
    signer, who = other(world), world.there.person()
    issuer = signer.certificate.subject if own else _named(world)
    world.server.give("/issuing.crl", _list(signer, issuer=issuer, extensions=extensions))
    chain = (*world.there.chain(who), signer.der)
    found = await world.book.status(Question(chain, world.there.anchors, PERSON))
    assert found.kind == "unknown"


async def test_signature_of_another_list(world: World) -> None:
    """A list that carries the signature of a genuine one, and comes together with it, is not that one."""
    who = certify(
        "An", world.there.issuing, [*signing(), *places(lists=[f"{world.server.url}/{n}.crl" for n in "ab"])]
    )
    genuine = _list(world.there.issuing, extensions=[_REASONS])
    forged_one = crl.CertificateList.load(_list(_made_up(world), extensions=[_INDIRECT]))
    forged_one["signature"] = crl.CertificateList.load(genuine)["signature"]
    world.server.give("/a.crl", genuine)
    world.server.give("/b.crl", forged_one.dump(force=True))
    assert (await world.book.status(world.question(who))).kind == "unknown"
    # Both together do tell, when the second is genuine, too.
    world.server.give("/b.crl", _list(world.there.issuing))
    world.kept.ahead += UNKNOWN_MS + TTL_MS
    assert (await world.book.status(world.question(who))).kind == "good"


@pytest.mark.parametrize("first", [True, False])
async def test_entry_twice(world: World, *, first: bool) -> None:
    """Revoked since the earlier of both, wherever it stands; and between numbers that none of ours has."""
    who = world.there.person()
    serial, since = who.certificate.serial_number, _now() - 5 * HOUR
    twice = [(serial, since), (serial, since + HOUR)]
    entries = [
        (_LONG, since),
        (-7, since),
        (0, since),
        *(twice if first else twice[::-1]),
        (1, since),
        (-_LONG, since),
    ]
    made = forged(world.there.issuing, entries, this_update=_now() - HOUR, next_update=_now() + HOUR)
    world.server.give("/issuing.crl", made)
    found = await world.book.status(world.question(who))
    assert (found.kind, found.revoked_at) == ("revoked", int(since.timestamp()) * 1000)
    assert (await world.book.status(world.question(world.there.person()))).kind == "good"


async def test_endless(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list without an end is read so far and no further; one that says how long it is, not at all."""
    monkeypatch.setattr(fetching, "LARGEST_LIST", 500_000)
    sent = 0

    async def pour(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 50_000_000:
            await response.write(bytes(65_536))
            sent += 65_536
        return response

    who = world.there.person()
    world.server.serves["/issuing.crl"] = pour
    assert "too large" in (await world.book.status(world.question(who))).why
    assert sent < 50_000_000
    world.server.give("/issuing.crl", bytes(500_001))
    world.kept.ahead += UNKNOWN_MS
    assert "too large" in (await world.book.status(world.question(who))).why


async def test_packed(world: World) -> None:
    """What is packed is not unpacked, whether it says so or not."""
    who, bomb = world.there.person(), gzip.compress(bytes(30_000_000))
    world.server.give("/issuing.crl", bomb, Content_Encoding="gzip")
    assert (await world.book.status(world.question(who))).why == "packed"
    world.server.give("/issuing.crl", bomb)
    world.kept.ahead += UNKNOWN_MS
    assert "not well formed" in (await world.book.status(world.question(who))).why


async def test_led_astray(world: World) -> None:
    """From address to address, and into the house."""

    async def on(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": f"{request.path}x"})

    async def inside(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": "http://169.254.169.254/latest/meta-data"})

    who = world.there.person()
    world.server.serves |= {f"/issuing.crl{'x' * number}": on for number in range(9)}
    assert (await world.book.status(world.question(who))).why == "too many redirects"
    assert world.server.asked.total() == 2 + fetching.MOST_REDIRECTS
    world.server.serves["/issuing.crl"] = inside
    world.kept.ahead += UNKNOWN_MS
    assert "address" in (await world.book.status(world.question(who))).why


def _answer(world: World, who: Keyed, nonce: bytes, **how: object) -> bytes:
    given: dict[str, object] = {"nonce": nonce, "this_update": _now() - HOUR, "next_update": _now() + HOUR}
    return answer(who, world.there.issuing, **(given | how))  # type: ignore[arg-type]


ANSWERS: dict[str, tuple[Callable[[World, Keyed, bytes], bytes], str]] = {
    "of the future": (
        lambda w, who, n: _answer(w, who, n, this_update=_now() + HOUR, next_update=_now() + 2 * HOUR),
        "from the future",
    ),
    "that ran out": (
        lambda w, who, n: _answer(w, who, n, this_update=_now() - 3 * HOUR, next_update=_now() - HOUR),
        "too old",
    ),
    "to an earlier question": (lambda w, who, n: _answer(w, who, bytes(32)), "to another question"),
    "about another person": (lambda w, who, n: _answer(w, w.there.person(), n), "about another certificate"),
    "by a sibling": (lambda w, who, n: _answer(w, who, n, signer=_sibling(w, "Sibling")), "stranger"),
    "by a sibling's responder": (
        lambda w, who, n: _answer(w, who, n, signer=responder(_sibling(w, "Sibling"))),
        "stranger",
    ),
    "by the root": (lambda w, who, n: _answer(w, who, n, signer=w.there.root), "stranger"),
    "by the person": (lambda w, who, n: _answer(w, who, n, signer=who), "no responder"),
    "by a responder that may be revoked": (
        lambda w, who, n: _answer(w, who, n, signer=responder(w.there.issuing, nocheck=False)),
        "may itself be revoked",
    ),
    "that is a list": (lambda w, who, n: _list(w.there.issuing), "not well formed"),
    "that is a book": (lambda w, who, n: bytes(fetching.LARGEST_ANSWER + 1), "too large"),
}


@pytest.mark.parametrize("lie", ANSWERS)
async def test_answers(world: World, lie: str) -> None:
    """Where there is no list: unknown, with the reason. Where there is one, it has the word: good, or revoked."""
    told, why = ANSWERS[lie]
    alone, listed = world.there.person(responders=True, lists=False), world.there.person(responders=True)

    def lie_about(who: Keyed) -> None:
        async def serve(request: web.Request) -> web.StreamResponse:
            return web.Response(body=told(world, who, nonce_of(await request.read())))

        world.server.serves["/ocsp"] = serve

    lie_about(alone)
    found = await world.book.status(world.question(alone))
    assert (found.kind, why in found.why) == ("unknown", True), found.why
    lie_about(listed)
    world.kept.ahead += UNKNOWN_MS
    assert (await world.book.status(world.question(listed))).kind == "good"
    world.publish(listed)
    world.kept.ahead += TTL_MS
    found = await world.book.ask(world.question(listed))
    assert (found.kind, found.why) == ("revoked", COMPROMISED.value)


async def test_refuses_one_after_the_other(world: World) -> None:
    """Each person's own: a lie about one is not remembered of another."""
    who, other = world.there.person(), world.there.person("Bình")
    world.server.give("/issuing.crl", b"")
    assert (await world.book.status(world.question(who))).kind == "unknown"
    world.publish()
    world.kept.ahead += UNKNOWN_MS // 2
    assert (await world.book.status(world.question(other))).kind == "good"
    remembered = world.book.remembered(world.question(who))
    assert remembered is not None
    assert (remembered.kind, thumbprint(remembered.path.certificates[0])) == ("unknown", thumbprint(who.der))
