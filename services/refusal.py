"""The one way in which Plenary says no.

A rule refuses by raising a subclass of `Refused`. The class docstring is the English text, `vi` the Vietnamese one,
`code` the stable word on the wire, `status` the HTTP status (RFC 9110). Everything else that is raised is our own
fault: it is logged, and its text is shown to nobody.
"""

from typing import Any, ClassVar, Self

REFUSALS: dict[str, type["Refused"]] = {}

Fact = str | int | bool


class Refused(Exception):
    """The request is refused."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    vi: ClassVar[str] = "Yêu cầu bị từ chối."
    carries: ClassVar[dict[str, Any]] = {}
    """Members that the problem may have beside its own (RFC 9457 section 3.2), by name and type."""

    def __init__(self, **facts: Fact) -> None:
        """Facts are shown to the caller and fill `{places}` in both texts; never put a secret or a choice there."""
        super().__init__(self.code)
        self.facts = facts
        self.carried: dict[str, Any] = {}

    def carrying(self, **members: Any) -> Self:
        """The refusal with members that its class says it `carries`."""
        self.carried = members
        return self

    def __init_subclass__(cls) -> None:
        """Every subclass with a code of its own is listed, so that `proto/` can list them all."""
        super().__init_subclass__()
        if "code" in cls.__dict__:
            if cls.code in REFUSALS:
                raise TypeError(f"code {cls.code} is taken by {REFUSALS[cls.code].__name__}")
            REFUSALS[cls.code] = cls

    @property
    def text(self) -> str:
        """The Vietnamese text with its facts."""
        return self.vi.format_map(_Facts(self.facts))

    @property
    def text_en(self) -> str:
        """The English text with its facts."""
        return " ".join((type(self).__doc__ or "").split()).format_map(_Facts(self.facts))

    def __str__(self) -> str:
        """Code and English text, for logs."""
        return f"{self.code}: {self.text_en}"


class _Facts(dict[str, Fact]):
    """Leaves a place without a fact as it is instead of failing while refusing."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
