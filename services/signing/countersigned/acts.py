"""What is done to a page until it is a signed edition: values without a word of how PDF writes them."""

from dataclasses import dataclass

from services.signing.countersigned.places import Role


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in PDF form: pixels in width and height; colours (RGB) and opacity, compressed by zlib."""

    width: int
    height: int
    colours: bytes
    opacity: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody signs. `at` in seconds; `drawing`: the content stream of the appearance, compressed by zlib;
    `held`: the CMS in the signature's place, of `room` bytes (nothing before it is signed)."""

    role: Role
    name: str
    at: int
    drawing: bytes
    image: Image | None
    room: int
    held: bytes = b""


@dataclass(frozen=True, slots=True)
class Materials:
    """What it takes to validate later is added, as DER: certificates, lists of revoked ones, OCSP responses."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    @property
    def kinds(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]:
        """The three, in the order in which they are written."""
        return self.certificates, self.crls, self.ocsps

    def without(self, known: "Materials") -> "Materials":
        """What is not known yet, each once, in order."""
        kinds = zip(self.kinds, known.kinds, strict=True)
        return Materials(*(tuple(one for one in dict.fromkeys(new) if one not in old) for new, old in kinds))

    def __add__(self, more: "Materials") -> "Materials":
        """Both, one after the other."""
        return Materials(*(old + new for old, new in zip(self.kinds, more.kinds, strict=True)))

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return any(self.kinds)


@dataclass(frozen=True, slots=True)
class Stamp:
    """An archive time-stamp over all that is there. `held`: the token in its place, of `room` bytes."""

    room: int
    held: bytes = b""


Act = Signature | Materials | Stamp
