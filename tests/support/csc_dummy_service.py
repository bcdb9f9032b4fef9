"""Somebody else's service of the Cloud Signature Consortium, v1: certomancer-csc-dummy, over a PKI of its own."""

from pathlib import Path

from aiohttp import web
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from csc_dummy.csc_dummy_server import CSCWithCertomancer, DummyServiceParams

from tests.support.fake_signers import Key

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


def dummy(folder: Path, *, pinning: bool = True, an: Key | None = None) -> web.Application:
    """The server, with an RSA key of `an` and a P-256 key of `binh`; its files lie in this folder."""
    folder.mkdir(exist_ok=True)
    made: dict[str, Key] = {
        "root": ec.generate_private_key(ec.SECP256R1()),
        "an": an or rsa.generate_private_key(65537, 2048),
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
