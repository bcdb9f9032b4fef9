"""Every key is shown to the print shop before it signs: in order, once, and again to a process that is new."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.kit.background import beside
from services.kit.database import UNREACHABLE
from services.rules.credential import Anchors
from services.signing import known_keys, printing, proving
from services.signing.holdings import STORE
from services.signing.known_keys import KnownKeys
from services.wire import Credential
from tests.support.evidence import Sitting, by_choice
from tests.support.issued import materials
from tests.support.signing_desk import SigningDesk, request_of
from tests.support.waiting import until


class Watched:
    """A shop of one process that is watched, and may be replaced."""

    def __init__(self) -> None:
        self.process = 1
        self.shown: list[str] = []

    async def run(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """As a shop does."""
        assert do is proving.learn
        self.shown += [one.thumbprint for _, one in arguments[0]]
        return self.process

    def replace(self) -> None:
        """Another process, which has seen nothing."""
        self.process, self.shown = self.process + 1, []


async def enrolled(desk: SigningDesk, *members: str) -> list[str]:
    """The thumbprints of new credentials."""
    return [(await desk.enrol(await desk.invite(one), request_of()))["thumbprint"] for one in members]


@pytest.mark.usefixtures("without_press")
async def test_all_are_shown_then_those_that_come(desk: SigningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a time, in the order in which they were issued; a revoked one no more."""
    monkeypatch.setattr(known_keys, "SLICE", 1)
    shop = Watched()
    keys = KnownKeys(desk.app[STORE], shop)
    first = await enrolled(desk, "mai", "nam")
    while await keys.show():
        pass
    assert sorted(shop.shown, key=first.index) == [first[0], *first]
    shop.replace()
    (revoked,) = await enrolled(desk, "lan")
    who = desk.token("thu-ky", "secretary")
    await desk.ask("POST", f"/credentials/{first[0]}/revoke", {"reason": "lost"}, who=who, status=204)
    while await keys.show():
        pass
    assert set(shop.shown) == {first[1], revoked}
    assert await keys.show() == 0


@pytest.mark.usefixtures("without_press")
@pytest.mark.parametrize("failure", [UNREACHABLE[1]("away"), RuntimeError("that nobody foresaw")])
async def test_a_store_that_is_away_is_asked_again(
    desk: SigningDesk, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    """Nothing of it may end for ever."""
    monkeypatch.setattr(known_keys, "PAUSE_SECONDS", 0.01)
    shop, store = Watched(), desk.app[STORE]
    issued_after, failures = store.issued_after, [1, 2, 3]

    async def fails(*asked: Any) -> Any:
        if failures:
            failures.pop()
            raise failure
        return await issued_after(*asked)

    monkeypatch.setattr(store, "issued_after", fails)
    (thumbprint,) = await enrolled(desk, "mai")
    async with beside("keys", KnownKeys(store, shop).run()):
        await until(lambda: _has(shop, thumbprint))


async def _has(shop: Watched, thumbprint: str) -> bool:
    return thumbprint in shop.shown


def test_what_was_learnt_is_not_verified_when_it_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a key that is not good spoil it for the others."""
    vote = Sitting(members=5)
    vote.play(by_choice(vote.ids, 3, 1, 1))
    printing.equip(materials(vote.pki))
    foreign = Credential(member="x", thumbprint="x", chain=())
    proving.learn([("hdnd", foreign), *(("hdnd", one) for one in vote.credentials()), ("hdnd", foreign)])
    verify, asked = Anchors.verify, []

    def verified(self: Anchors, chain: Any, at: int, purpose: Any) -> Any:
        asked.append(purpose)
        return verify(self, chain, at, purpose)

    monkeypatch.setattr(Anchors, "verify", verified)
    assert proving.prove(msgspec.json.encode(vote.statement())) is None
    assert "person" not in asked
