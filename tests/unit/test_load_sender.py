"""The load generator sends what it was given to send."""

import asyncio

from loadtests.sender import Shot, Volley, _fire


async def test_each_request_goes_with_the_token_of_who_sends_it() -> None:
    """Also where several people share a connection, and a path."""
    heard: list[tuple[str, str]] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode() if not reader.at_eof() else "":
            fields = dict(line.split(": ", 1) for line in head.split("\r\n") if ": " in line)
            body = await reader.readexactly(int(fields["Content-Length"]))
            heard.append((body.decode(), fields.get("Authorization", "")))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            if body == b"last":
                break
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        shots = [
            Shot("/a", b"one", "an"),
            Shot("/a", b"two", "binh"),
            Shot("/a", b"three"),
            Shot("/a", b"last", "an"),
        ]
        await _fire(Volley("127.0.0.1", port, [shots]))
    assert heard == [("one", "Bearer an"), ("two", "Bearer binh"), ("three", ""), ("last", "Bearer an")]
