"""Lists of revoked certificates that no builder writes: ends before they begin, entries twice, numbers that none has.

Each is genuinely signed: what an authority's own broken software, or somebody with its key, may give out.
"""

import datetime
from collections.abc import Iterable

from asn1crypto import crl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.outside import revocation_list
from tests.support.pki import Keyed

Entry = tuple[int, datetime.datetime]


def forged(
    signer: Keyed,
    entries: Iterable[Entry] = (),
    *,
    this_update: datetime.datetime,
    next_update: datetime.datetime | None,
) -> bytes:
    """A list (DER) with these entries in this order; without a `next_update` it does not say when it ends."""
    made = crl.CertificateList.load(revocation_list(signer))
    known = made["tbs_cert_list"]
    said = crl.TbsCertList(
        {
            "version": "v2",
            "signature": known["signature"],
            "issuer": known["issuer"],
            "this_update": crl.Time({"utc_time": this_update}),
            **({} if next_update is None else {"next_update": crl.Time({"utc_time": next_update})}),
            "revoked_certificates": [
                {"user_certificate": serial, "revocation_date": crl.Time({"utc_time": when})}
                for serial, when in entries
            ],
            "crl_extensions": known["crl_extensions"],
        }
    )
    made["tbs_cert_list"] = said
    made["signature"] = signer.key.sign(said.dump(force=True), ec.ECDSA(hashes.SHA256()))
    der: bytes = made.dump(force=True)
    return der
