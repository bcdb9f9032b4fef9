"""The way from a phone to us: the port, the address, its name; and who we need ourselves."""

import asyncio
import socket
import ssl
from urllib.parse import urlsplit

import aiohttp

from services.desk import machine
from services.desk.checks.finding import Finding, House, bad, good, warn

_PATIENCE = 5.0
_ALARMS = (
    "xem ý nghĩa của từng báo động trong docs/operations.vi.md",
    "docs/operations.md says what each alarm means",
)


async def port(house: House) -> list[Finding]:
    """Does it answer where it says it does; if it does not run, is the port free?"""
    if not house.url:
        settings = house.settings
        try:
            with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as held:
                held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                held.bind((settings.host, settings.port))
        except OSError as error:
            told = (
                f"cổng {settings.port} không dùng được: {error.strerror}",
                f"port {settings.port}: {error.strerror}",
            )
            todo = (
                "tìm chương trình đang giữ: ss -ltnp; hoặc đổi PLENARY_PORT",
                "see who holds it: ss -ltnp; or PLENARY_PORT",
            )
            return [bad("network.port", told, todo)]
        told = ("Plenary chưa chạy; cổng còn trống", "Plenary does not run; its port is free")
        return [warn("network.port", told, ("khởi động: plenary run", "start it: plenary run"))]
    return await _answers(house)


async def _answers(house: House) -> list[Finding]:
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    try:
        # Certificates have a check of their own: here only whether somebody answers.
        connector = aiohttp.TCPConnector(ssl=False)
        async with (
            aiohttp.ClientSession(timeout=timeout, connector=connector) as session,
            session.get(f"{house.url}/health/ready") as answer,
        ):
            said = await answer.json()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        told = (f"{house.url} không trả lời", f"{house.url} does not answer: {type(error).__name__}")
        todo = ("khởi động lại plenary run; xem nhật ký", "start plenary run again; see its log")
        return [bad("network.port", told, todo)]
    if answer.status != 200:
        told = (
            f"{house.url} chưa sẵn sàng",
            f"{house.url} is not ready: {said.get('detail', answer.status)}",
        )
        return [bad("network.port", told, ("xem các dòng postgres và valkey", "see the lines of the stores"))]
    found = [good("network.port", f"{house.url} sẵn sàng", f"{house.url} is ready")]
    if said.get("alarms"):
        named = ", ".join(said["alarms"])
        found.append(bad("alarms", (f"báo động: {named}", f"alarms: {named}"), _ALARMS))
    return found


async def address(house: House) -> list[Finding]:
    """Could another device find us: not on loopback, the name leads here, the port opens from our own address."""
    settings = house.settings
    if house.is_only_here and not settings.behind_proxy and not settings.public_url:
        told = ("chỉ máy này vào được", "only this machine can come in")
        return [
            warn(
                "network.reach",
                told,
                ("cho điện thoại: plenary run --host 0.0.0.0", "for phones: plenary run --host 0.0.0.0"),
            )
        ]
    found = await _name(house)
    parts = urlsplit(house.url)
    if house.url and parts.port:
        # Where it listens, and nowhere else: on one address alone, or on all that this machine has.
        for each in machine.addresses(settings.host)[:4]:
            found.append(await _opens(str(each), parts.port))
    return found


async def _name(house: House) -> list[Finding]:
    host = urlsplit(house.settings.public_url).hostname
    if not host:
        return []
    loop = asyncio.get_running_loop()
    try:
        answers = await asyncio.wait_for(loop.getaddrinfo(host, None, type=socket.SOCK_STREAM), _PATIENCE)
    except (OSError, TimeoutError):
        told = (f"tên {host} không phân giải được", f"the name {host} does not resolve")
        todo = (
            "sửa DNS của mạng hội trường, hoặc dùng địa chỉ số",
            "mend the hall's DNS, or use the address itself",
        )
        return [bad("network.name", told, todo)]
    found = sorted({str(each[4][0]) for each in answers})
    own = {str(each) for each in machine.addresses("::")} | {"127.0.0.1", "::1"}
    told = (f"tên {host} dẫn tới {', '.join(found)}", f"the name {host} leads to {', '.join(found)}")
    if own.isdisjoint(found) and not house.settings.behind_proxy:
        todo = (
            "đó không phải máy này: sửa DNS (trừ khi có proxy đứng trước)",
            "that is not this machine: mend the DNS",
        )
        return [warn("network.name", told, todo)]
    return [good("network.name", *told)]


async def _opens(host: str, number: int) -> Finding:
    told = (f"cổng {number} mở ở {host}", f"port {number} is open at {host}")
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, number), _PATIENCE)
        writer.close()
    except (OSError, TimeoutError):
        told = (f"cổng {number} không mở ở {host}", f"port {number} is not open at {host}")
        todo = (
            f"mở tường lửa: ufw allow {number}/tcp; thử mở https://{host}:{number} bằng một điện thoại",
            f"open the firewall: ufw allow {number}/tcp; then try it from a phone",
        )
        return bad("network.reach", told, todo)
    return good("network.reach", *told)


async def time_stamps(house: House) -> list[Finding]:
    """The authority for time, if one is set."""
    settings = house.settings
    if settings.test_tsa:
        told = (
            "dấu thời gian THỬ NGHIỆM đang bật: không chứng minh gì",
            "the trial time-stamps prove nothing",
        )
        return [
            warn(
                "network.tsa",
                told,
                ("đặt PLENARY_TSA_URL cho phiên thật", "set PLENARY_TSA_URL for a real sitting"),
            )
        ]
    if not settings.tsa_url:
        return []
    parts = urlsplit(settings.tsa_url)
    number = parts.port or (443 if parts.scheme == "https" else 80)
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    try:
        _, writer = await asyncio.wait_for(
            asyncio.open_connection(parts.hostname, number, ssl=tls), _PATIENCE
        )
        writer.close()
    except (OSError, TimeoutError, ssl.SSLError) as error:
        told = (
            f"nơi cấp dấu thời gian {parts.hostname} không trả lời",
            f"{parts.hostname}: {type(error).__name__}",
        )
        todo = (
            "biểu quyết vẫn chạy; bản có chữ ký chờ đến khi có mạng ra ngoài",
            "votes go on; signed editions wait for it",
        )
        return [warn("network.tsa", told, todo)]
    return [
        good("network.tsa", f"nơi cấp dấu thời gian {parts.hostname} trả lời", f"{parts.hostname} answers")
    ]
