"""A print shop that has grown, on a machine that has no memory left for another."""

import asyncio
import os
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from services.signing import printing
from services.signing.print_shop import PrintShop
from tests.support.issued import materials
from tests.support.pki import Pki
from tests.support.waiting import until


async def test_another_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process could be begun once: the old one works on, and is replaced when one can."""
    submit, refused = ProcessPoolExecutor.submit, asyncio.Event()

    def submitted(self: ProcessPoolExecutor, do: Any, *given: Any) -> Any:
        if printing.warm in (do, *given) and not refused.is_set():
            refused.set()
            raise OSError(12, "Cannot allocate memory")
        return submit(self, do, *given)

    shop = PrintShop(materials(Pki()), largest_bytes=1)
    try:
        first = await shop.run(os.getpid)
        monkeypatch.setattr(ProcessPoolExecutor, "submit", submitted)

        async def another() -> bool:
            return await shop.run(os.getpid) != first

        await until(another, 60, what="another process")
        assert refused.is_set()
    finally:
        await shop.close()
