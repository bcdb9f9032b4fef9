"""Cloud Signature Consortium v1 against somebody else's server: certomancer-csc-dummy, over a PKI of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from csc_dummy.csc_dummy_server import CSCWithCertomancer, DummyServiceParams

from services.rules import certified, jws, remote_evidence
from services.signing.remote.csc import Csc
from services.signing.remote.errors import RemoteKeyUnfit
from services.signing.remote.port import Display, Done, Order, RemoteKey
from services.signing.remote.settings import CscSettings, Secret
from tests.support.fake_signers import Clock, Key, Pauses, signing_input, talking

# Theirs: keys of their application that are texts.
pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web.NotAppKeyWarning")

PKI = """
keysets:
  hdnd:
    path-prefix: {keys}
    keys:
      root: {{path: root.pem}}
      an: {{path: an.pem}}
      binh: {{path: binh.pem}}
pki-architectures:
  hdnd:
    keyset: hdnd
    entity-defaults: {{country-name: VN, organization-name: HDND}}
    entities:
      root: {{common-name: Root}}
      an: {{common-name: An}}
      binh: {{common-name: Binh}}
    certs:
      root:
        subject: root
        issuer: root
        validity: &years
          valid-from: "2025-01-01T00:00:00+0000"
          valid-to: "2035-01-01T00:00:00+0000"
      an: {{subject: an, issuer: root, validity: *years}}
      binh: {{subject: binh, issuer: root, validity: *years}}
"""


def dummy(folder: Path, *, pinning: bool) -> web.Application:
    """The server, with an RSA key of `an` and a P-256 key of `binh`."""
    made: dict[str, Key] = {
        "root": ec.generate_private_key(ec.SECP256R1()),
        "an": rsa.generate_private_key(65537, 2048),
        "binh": ec.generate_private_key(ec.SECP256R1()),
    }
    for name, key in made.items():
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.pem").write_bytes(pem)
    (folder / "pki.yml").write_text(PKI.format(keys=folder))
    config = CertomancerConfig.from_file(str(folder / "pki.yml"))
    server = CSCWithCertomancer(config, service_params=DummyServiceParams(hash_pinning_required=pinning))
    server.register_routes()
    app: web.Application = server.app
    return app


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
    return Order("pl-01", "", key, message, Display.of("Nghị quyết", "Tán thành", message))
