"""What a browser is told of each page: whom it may ask, what it may use, how long it may keep it."""

# A page that shows nothing of a meeting asks nobody, ourselves included.
_ASKS_NOBODY = frozenset({"index", "verify", "trust", "returned"})
# The phone works on without a network, from what its service worker kept.
_INSTALLABLE = frozenset({"phone"})
# Letters of its own, so that it looks the same on every machine; all others have those of the machine.
_LETTERED = frozenset({"hall"})
_UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer",
    "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip

KEPT_FOR_EVER = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
_EVERYTHING = {"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"}


def of_page(name: str) -> dict[str, str]:
    """The headers of the page with this name ("index" is the one at `/`)."""
    return {
        **_EVERYTHING,
        "Content-Security-Policy": policy(name),
        "Permissions-Policy": ", ".join(f"{each}=()" for each in _UNUSED),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": ASKED_AGAIN,
    }


def policy(name: str) -> str:
    """The page's content security policy: its own scripts, styles and pictures, nothing inline, no other host."""
    asks = "'none'" if name in _ASKS_NOBODY else "'self'"
    parts = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        f"connect-src {asks}",
    ]
    if name in _LETTERED:
        parts += ["font-src 'self'"]
    if name in _INSTALLABLE:
        parts += ["manifest-src 'self'", "worker-src 'self'"]
    parts += ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
    return "; ".join(parts)


def of_part(directory: str) -> dict[str, str]:
    """The headers of a page's part: what lies in `assets` has its hash in its name and never changes."""
    return {**_EVERYTHING, "Cache-Control": KEPT_FOR_EVER if directory == "assets" else ASKED_AGAIN}


def of_service_worker() -> dict[str, str]:
    """The headers of a service worker: what it may fetch is its own server's, and it is looked for anew each time."""
    return {
        **of_part(""),
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'",
    }
