"""Pictures of handwritten signatures and of seals, as the operator has put them into the installation.

Under `<data>/pictures/<body>`: `seal.png`, and `signatures/<member>.png`. Whoever may write there decides how a
signature looks, and nothing else: what is signed, and by whom, is proven without any picture. They are read when they
are wanted: a file put there counts from the next signature. What is in them is looked at in the print shop
(`pictures`).
"""

import asyncio
from pathlib import Path

from services.signing.countersigned import pictures
from services.signing.countersigned.pdf_errors import PictureNotTaken


class PictureFiles:
    """The directory of an installation."""

    def __init__(self, directory: Path) -> None:
        """It need not be there: then nobody has a picture."""
        self._directory = directory

    async def of_person(self, body: str, member: str) -> bytes | None:
        """The member's signature (PNG), None without one. Raises PictureNotTaken."""
        return await asyncio.to_thread(_read, self._directory / body / "signatures" / f"{member}.png")

    async def of_seal(self, body: str) -> bytes | None:
        """The body's seal (PNG), None without one. Raises PictureNotTaken."""
        return await asyncio.to_thread(_read, self._directory / body / "seal.png")


def _read(place: Path) -> bytes | None:
    try:
        with place.open("rb") as file:
            # One more than may be: who reads it sees that it is too large.
            return file.read(pictures.LARGEST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PictureNotTaken(what="unreadable") from error
