"""Enrolment when something dies: before the commit nothing happened, after it asking again gives the same."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest

from services.signing.books import Books
from services.signing.enrolment import EnrolmentDesk
from services.signing.holdings import AUTHORITY, HAND, POOL, STORE
from services.signing.inviting import InviteDesk
from services.signing.store import Store
from services.wire import Enrolled, Token
from tests.support.signing_desk import BODY, SigningDesk, request_of

pytestmark = pytest.mark.usefixtures("without_press")


class Crash(Exception):
    """Something died."""


class CrashingBooks:
    """Books that die at their n-th use."""

    def __init__(self, books: Any, uses: int) -> None:
        self._books = books
        self._left = uses

    def __getattr__(self, name: str) -> Any:
        if not self._left:
            raise Crash
        self._left -= 1
        return getattr(self._books, name)


class CrashingStore:
    """A store that dies once: at the n-th use of its books, just before the commit, or just after it."""

    def __init__(self, store: Store, moment: Literal["before", "after"] | int) -> None:
        self._store = store
        self._moment = moment

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Books]:
        """The books of the store, with the accident in them."""
        async with self._store.transaction() as books:
            yield CrashingBooks(books, self._moment) if isinstance(self._moment, int) else books
            if self._moment == "before":
                raise Crash
        if self._moment == "after":
            raise Crash


Act = Callable[[EnrolmentDesk], Awaitable[Enrolled | None]]
MOMENTS: list[Literal["before", "after"] | int] = ["before", "after", *range(12)]


async def state(desk: SigningDesk) -> list[Any]:
    """All that enrolment keeps."""
    tables = ("invite", "credential", "certified_key", "journal", "journal_head")
    return [
        sorted(row["row"] for row in await desk.app[POOL].fetch(f"select t::text as row from {table} t"))
        for table in tables
    ]


async def crash_and_retry(desk: SigningDesk, moment: Literal["before", "after"] | int, act: Act) -> None:
    """Do the act with the accident, then without: a lost act left nothing, a kept one is answered as it was."""
    store = desk.app[STORE]

    def made(opens: Store | CrashingStore) -> EnrolmentDesk:
        return EnrolmentDesk(opens, desk.app[AUTHORITY], desk.app[HAND], lambda _: None, desk.clock)

    before = await state(desk)
    try:
        await act(made(CrashingStore(store, moment)))
    except Crash:
        after = await state(desk)
        assert (after == before) is (moment != "after")
    else:
        # Fewer uses than that: no accident.
        assert isinstance(moment, int)
        after = await state(desk)
        assert after != before
    answer = await act(made(store))
    kept = await state(desk)
    if after != before:
        assert kept == after
    assert await act(made(store)) == answer
    assert await state(desk) == kept


@pytest.mark.parametrize("moment", MOMENTS)
async def test_first_enrolment(desk: SigningDesk, moment: Literal["before", "after"] | int) -> None:
    """A crash at any moment of an enrolment leaves the invite usable or the certificate issued, never between."""
    code, request = await desk.invite("mai"), request_of()
    await crash_and_retry(desk, moment, lambda made: made.enrol(code, request, "r"))


@pytest.mark.parametrize("moment", MOMENTS)
async def test_replacing(desk: SigningDesk, moment: Literal["before", "after"] | int) -> None:
    """A crash while a lost phone is replaced leaves the old key good, or the new one and the old revoked."""
    await desk.enrol(await desk.invite("mai"), request_of())
    code, request = await desk.invite("mai"), request_of()
    await crash_and_retry(desk, moment, lambda made: made.enrol(code, request, "r"))


@pytest.mark.parametrize("moment", MOMENTS)
async def test_renewing(desk: SigningDesk, moment: Literal["before", "after"] | int) -> None:
    """A crash while renewing leaves the old key good, or the new one and the old revoked."""
    old = await desk.enrol(await desk.invite("mai"), request_of())
    who = Token(sub="mai", body=BODY, roles=("delegate",), iat=0, exp=0, credential=old["thumbprint"])
    request = request_of()
    await crash_and_retry(desk, moment, lambda made: made.renew(who, request, "r"))


@pytest.mark.parametrize("moment", MOMENTS)
async def test_revoking(desk: SigningDesk, moment: Literal["before", "after"] | int) -> None:
    """A crash while revoking leaves the key good, or revoked and told once."""
    old = await desk.enrol(await desk.invite("mai"), request_of())
    await crash_and_retry(
        desk, moment, lambda made: made.revoke(old["thumbprint"], "lost", lambda _: None, "r")
    )


@pytest.mark.parametrize("moment", ["before", "after", 0, 1, 2])
async def test_inviting(desk: SigningDesk, moment: Literal["before", "after"] | int) -> None:
    """A crash while inviting leaves the older code usable, or cancels it; inviting again always gives a good one."""
    older = await desk.invite("mai")
    with pytest.raises(Crash):
        await InviteDesk(CrashingStore(desk.app[STORE], moment), desk.clock, 72).invite(BODY, ["mai"], "lan")
    if moment == "after":
        assert (await desk.enrol(older, request_of(), status=410))["code"] == "invite_cancelled"
    else:
        await desk.enrol(older, request_of())
    await desk.enrol(await desk.invite("mai"), request_of())
