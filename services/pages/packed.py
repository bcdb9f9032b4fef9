"""A file as it is sent: read once, compressed once, known by its hash."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePath

from aiohttp import ETag, web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_KINDS = {
    ".crt": "application/x-x509-ca-cert",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mobileconfig": "application/x-apple-aspen-config",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_WORTH_IT = re.compile(r"^(text/|image/svg|application/(json|manifest))")
# "gzip" or "*", unless its weight is nought.
_TAKES_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)", re.IGNORECASE)


def serve(name: str, body: bytes, headers: Mapping[str, str], status: int = 200) -> Handler:
    """The handler that sends `body`, a file of this name, with these headers; 304 to who has the very same."""
    kind = _kind(name)
    packed = gzip.compress(body, 9, mtime=0) if _WORTH_IT.match(kind) else body
    is_packed = len(packed) < len(body)
    # Weak: the same file in both its forms.
    tag = ETag(hashlib.sha256(body).hexdigest()[:32], is_weak=True)
    charset = "utf-8" if kind.startswith("text/") else None
    always = {**headers, **({"Vary": "Accept-Encoding"} if is_packed else {})}

    async def answer(request: web.Request) -> web.Response:
        if status == 200 and any(each.value == tag.value for each in request.if_none_match or ()):
            response = web.Response(status=304, headers=always)
        elif is_packed and _TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
            response = web.Response(
                body=packed,
                status=status,
                content_type=kind,
                charset=charset,
                headers={**always, "Content-Encoding": "gzip"},
            )
        else:
            response = web.Response(
                body=body, status=status, content_type=kind, charset=charset, headers=always
            )
        response.etag = tag
        return response

    return answer


def _kind(name: str) -> str:
    return _KINDS.get(PurePath(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
