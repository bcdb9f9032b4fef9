"""Full path validation, RFC 5280 section 6.1, by pyhanko-certvalidator: names, policies, constraints, revocation.

Three things about that library are easy to get wrong, and each would let a stranger in: its mode
`hard-fail` takes what it knows nothing about for good, a context kept keeps the time it was made at, and without
anchors it trusts the system's. So here revocation is `require`d or asked elsewhere, each call has a context of its own
with its own moment, and the anchors are always given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import algos, keys, x509
from pyhanko_certvalidator import PKIXValidationParams, ValidationContext
from pyhanko_certvalidator import errors as library
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    AlgorithmUsageConstraint,
    AlgorithmUsagePolicy,
    CertRevTrustPolicy,
    DisallowWeakAlgorithmsPolicy,
)
from pyhanko_certvalidator.validate import async_validate_path

from services.pki.anchors import TrustAnchors
from services.pki.demands import Demand, must_be_for
from services.pki.errors import ChainRevoked, ChainStatusUnknown, ChainWeak
from services.pki.list_issuers import AnchoredPath, Read, SignedLists
from services.refusal import Refused
from services.rules.credential_errors import (
    ChainExpired,
    ChainMalformed,
    ChainNotYetValid,
    ChainUntrusted,
)

# Clocks of authorities and ours differ: so much either way is no reason to refuse, and no more.
TOLERANCE = timedelta(seconds=60)
# A stranger's cross-certificates could keep us building paths, whose number grows as n!.
LONGEST_CHAIN, MOST_PATHS, LARGEST_CERTIFICATE = 8, 32, 16_384
_CURVES = {"secp256r1", "secp384r1", "secp521r1"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells who is revoked: lists (CRL) and answers (OCSP), each in DER as it was fetched."""

    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A path found good: DER from the leaf to the anchor, until when all of it is valid (ms), under which policies."""

    certificates: tuple[bytes, ...]
    not_after: int
    policies: frozenset[str]

    @property
    def anchor(self) -> bytes:
        """The anchor it leads to."""
        return self.certificates[-1]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of RFC 5280 section 6.1.1 beside anchors and time, as NIST's tests set them; ours are the defaults."""

    policies: frozenset[str] = frozenset()
    explicit_policy: bool = False
    mapping_inhibited: bool = False
    any_policy_inhibited: bool = False


class _Strong(DisallowWeakAlgorithmsPolicy):
    """RSA of 2048 bits, the three NIST curves, Ed25519 and Ed448, hashes of 256 bits and more; no DSA."""

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,
        public_key: keys.PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        """Refuse small or unknown curves beside what the library's own rule refuses."""
        if public_key is not None and public_key.algorithm == "ec":
            kind, name = public_key.curve
            if kind != "named" or name not in _CURVES:
                return AlgorithmUsageConstraint(allowed=False, failure_reason=f"curve {name}")
        return super().signature_algorithm_allowed(algo, moment, public_key)


STRONG: AlgorithmUsagePolicy = _Strong(  # type: ignore[no-untyped-call]
    weak_hash_algos=frozenset({"md2", "md5", "sha1", "sha224"}), weak_signature_algos=frozenset({"dsa"})
)


async def validate(
    chain: Sequence[bytes], anchors: TrustAnchors, at: int, demand: Demand, evidence: Evidence
) -> Path:
    """The path of a leaf (DER, first of the chain; the others help) that was good at `at` (milliseconds).

    Nothing is fetched; whoever the evidence says nothing about is unknown. Raises ChainMalformed, ChainUntrusted,
    ChainExpired, ChainNotYetValid, ChainWrongUse, ChainWeak, ChainRevoked, ChainStatusUnknown, KeyNotTaken.
    """
    return await _for(chain, anchors, at, demand, evidence)


async def build(chain: Sequence[bytes], anchors: TrustAnchors, at: int, demand: Demand) -> Path:
    """The same, and nothing is said of revocation: whoever builds a path asks `judging` before believing it."""
    return await _for(chain, anchors, at, demand, None)


async def _for(
    chain: Sequence[bytes], anchors: TrustAnchors, at: int, demand: Demand, evidence: Evidence | None
) -> Path:
    path = await proven(chain, anchors, at, evidence, Inputs(anchors.policies, bool(anchors.policies)))
    # RFC 5280 leaves out an anchor's own end; here an authority that has ended vouches for nobody.
    if at > path.not_after + TOLERANCE.total_seconds() * 1000:
        raise ChainExpired
    must_be_for(path.certificates[0], demand)
    return path


async def proven(
    chain: Sequence[bytes],
    anchors: TrustAnchors,
    at: int,
    evidence: Evidence | None,
    inputs: Inputs,
    algorithms: AlgorithmUsagePolicy = STRONG,
) -> Path:
    """The path alone, whatever its leaf is made for; without evidence nothing is said of revocation."""
    _must_be_small(chain, anchors)
    try:
        ders = (*chain, *anchors.certificates)
        read = [(x509.Certificate.load(each, strict=True), each) for each in ders]
        context = _context(read[1 : len(chain)], read[len(chain) :], at, evidence, algorithms)
        found = await _first_good(read[0][0], context, _parameters(inputs))
        return _as_path(found, {id(each): der for each, der in read})
    except Refused:
        raise
    except (library.ValidationError, library.PathError) as error:
        raise _refusal(error) from error
    # The library parses lazily: what is malformed anywhere shows as almost anything, much later.
    except Exception as error:
        raise ChainMalformed(what=f"X.509 ({type(error).__name__})") from error


def _must_be_small(chain: Sequence[bytes], anchors: TrustAnchors) -> None:
    if not anchors.certificates:
        raise ChainUntrusted(what="there are no trust anchors")
    if not 0 < len(chain) <= LONGEST_CHAIN:
        raise ChainMalformed(what="length of the chain")
    if any(len(each) > LARGEST_CERTIFICATE for each in chain):
        raise ChainMalformed(what="size")


def _context(
    others: Read,
    anchors: Read,
    at: int,
    evidence: Evidence | None,
    algorithms: AlgorithmUsagePolicy,
) -> ValidationContext:
    rule = NO_REVOCATION if evidence is None else REQUIRE_REVINFO
    told = evidence or Evidence()
    moment = datetime.fromtimestamp(at / 1000, UTC)
    manager = SignedLists(others, anchors, told.lists, told.answers, algorithms, moment)
    return ValidationContext(
        trust_roots=[each for each, _ in anchors],
        certificate_registry=manager.certificate_registry,
        revinfo_manager=manager,
        moment=moment,
        revinfo_policy=CertRevTrustPolicy(rule),
        time_tolerance=TOLERANCE,
        algorithm_usage_policy=algorithms,
    )


def _parameters(inputs: Inputs) -> PKIXValidationParams:
    return PKIXValidationParams(
        user_initial_policy_set=inputs.policies or frozenset({"any_policy"}),
        initial_explicit_policy=inputs.explicit_policy,
        initial_policy_mapping_inhibit=inputs.mapping_inhibited,
        initial_any_policy_inhibit=inputs.any_policy_inhibited,
    )


async def _first_good(
    leaf: x509.Certificate, context: ValidationContext, parameters: PKIXValidationParams
) -> ValidationPath:
    """The first path that is good; if none is, the reason why the last was not."""
    why: library.ValidationError | None = None
    paths = context.path_builder.async_build_paths_lazy(leaf)
    tried = 0
    try:
        async for built in paths:
            path = AnchoredPath.of(built)
            tried += 1
            if tried > MOST_PATHS:
                raise ChainUntrusted(what=f"more than {MOST_PATHS} paths")
            try:
                await async_validate_path(context, path, parameters)
            except library.ValidationError as error:
                why = _clearer(why, error)
            else:
                return path
    finally:
        await paths.cancel()
    if why is None:
        raise ChainUntrusted(what="no path to an anchor")
    raise why


def _clearer(one: library.ValidationError | None, other: library.ValidationError) -> library.ValidationError:
    # Of several paths, those that fail by a signature were usually none: a renewed authority of the same name.
    return other if one is None or "signature" in str(one) else one


def _as_path(found: ValidationPath, ders: dict[int, bytes]) -> Path:
    """What was found, each certificate in the very bytes that were given: the library may write them otherwise."""
    certificates = list(found.iter_certs(include_root=True))
    ends = min(each["tbs_certificate"]["validity"]["not_after"].native for each in certificates)
    policies = frozenset(each.user_domain_policy_id for each in found.qualified_policies() or ())
    chain = tuple(ders[id(each)] for each in reversed(certificates))
    return Path(chain, int(ends.timestamp() * 1000), policies)


def _refusal(error: Exception) -> Refused:
    match error:
        case library.RevokedError():
            return ChainRevoked(
                when=f"{error.revocation_dt:%Y-%m-%d %H:%M:%SZ}", reason=str(error.reason.native)
            )
        case library.InsufficientRevinfoError():
            return ChainStatusUnknown(what=_brief(error))
        case library.ExpiredError():
            return ChainExpired()
        case library.NotYetValidError():
            return ChainNotYetValid()
        case library.DisallowedAlgorithmError():
            return ChainWeak(what=_brief(error))
        case _:
            return ChainUntrusted(what=_brief(error))


def _brief(error: Exception) -> str:
    said = str(error).removeprefix("The path could not be validated because ")
    return "".join(each if each.isprintable() else " " for each in said)[:200]
