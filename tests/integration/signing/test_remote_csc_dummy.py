"""Cloud Signature Consortium v1 against somebody else's server: certomancer-csc-dummy, over a PKI of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from services.rules import certified, jws, remote_evidence
from services.signing.remote.csc import Csc
from services.signing.remote.errors import RemoteKeyUnfit
from services.signing.remote.port import Display, Done, Order, RemoteKey
from services.signing.remote.settings import CscSettings, Secret
from tests.support.csc_dummy_service import dummy
from tests.support.fake_signers import Clock, Pauses, signing_input, talking

# Theirs: keys of their application that are texts.
pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web.NotAppKeyWarning")


@asynccontextmanager
async def desk(app: web.Application) -> AsyncIterator[Csc]:
    def make(session: aiohttp.ClientSession, url: str) -> Csc:
        settings = CscSettings(
            name="csc-dummy",
            bodies=("hdnd",),
            url=f"{url}/csc/v1",
            secret_file="none",
            version="1",
            implicit=True,
        )
        return Csc.over(session, Clock(), "dummy", settings, Secret(""), Pauses().manners)

    async with talking(app, make) as made:
        yield made


@pytest.mark.parametrize(("name", "alg"), [("an", "RS256"), ("an", "PS256"), ("binh", "ES256")])
async def test_signs_what_we_send(tmp_path: Path, name: str, alg: str) -> None:
    """Its keys are found, each algorithm that we take comes back and verifies, and the evidence stands alone."""
    async with desk(dummy(tmp_path, pinning=True)) as csc:
        keys = {key.id: key for key in await csc.certificates("")}
        assert set(keys) == {"hdnd/root", "hdnd/an", "hdnd/binh"}
        wanted = _order(keys[f"hdnd/{name}"], alg)
        done = await csc.ask(await csc.start(wanted))
    assert isinstance(done, Done)
    leaf = wanted.key.chain[0]
    jws.verify_bytes(alg, certified.public_key_of(leaf), done.signature, wanted.signing_input)
    assert done.evidence.form == ("der" if alg == "ES256" else "raw")
    assert len(done.evidence.chain) == 2
    raw = remote_evidence.write(done.evidence)
    assert remote_evidence.verify(raw, wanted.signing_input, leaf) == done.evidence


async def test_permission_that_is_not_bound_is_not_taken(tmp_path: Path) -> None:
    """The same server with SCAL1: none of its keys is offered, and none signs."""
    async with desk(dummy(tmp_path, pinning=True)) as csc:
        (key,) = [key for key in await csc.certificates("") if key.id == "hdnd/an"]
    async with desk(dummy(tmp_path, pinning=False)) as csc:
        assert await csc.certificates("") == []
        with pytest.raises(RemoteKeyUnfit):
            await csc.start(_order(key, "RS256"))


def _order(key: RemoteKey, alg: str) -> Order:
    message = signing_input(alg)
    display = Display.of("Nghị quyết", "Tán thành", message)
    return Order("pl-01", "", key, message, display, Clock().now + 300_000)
