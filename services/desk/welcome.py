"""What is printed for the people in the hall: the way in by telephone, as words and as a QR code."""

import io

import segno

from services.pages.house import House


def lines(house: House, plain_port: int) -> list[str]:
    """How a phone comes in. `plain_port`: where plain HTTP explains it."""
    if not house.authority:
        return [f"  Điện thoại / phones: {house.address}/phone", *_qr(f"{house.address}/phone")]
    trust = _trust(house.address, plain_port)
    return [
        f"  Điện thoại, lần đầu / phones, the first time: {trust}",
        *_qr(trust),
        "  Dấu vân tay SHA-256, in ra cho mọi người đối chiếu / fingerprint, to be shown to everybody:",
        f"  {house.fingerprint}",
    ]


def _trust(address: str, plain_port: int) -> str:
    host = address.removeprefix("https://").partition("/")[0]
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return f"http://{name}/trust" if plain_port == 80 else f"http://{name}:{plain_port}/trust"


def _qr(text: str) -> list[str]:
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(drawn, compact=True, border=2)
    return drawn.getvalue().splitlines()
