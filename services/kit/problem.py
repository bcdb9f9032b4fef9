"""Refusals as RFC 9457 problem details; our own faults as a bare 500 that tells nobody anything."""

import msgspec
import structlog
from aiohttp import web

from services.kit.packed_body import LastAnswer
from services.refusal import Fact, Refused

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A refusal on the wire. `code` is stable; `title` and `detail` are Vietnamese, `detail_en` English."""

    type: str
    code: str
    status: int
    title: str
    detail: str
    detail_en: str
    request: str = ""
    facts: dict[str, Fact] = {}


class OurFault(Refused):
    """Something went wrong on our side. Nothing was lost; try again."""

    code = "our_fault"
    status = 500
    vi = "Hệ thống gặp lỗi. Không có gì bị mất; xin thử lại."


class NotThere(Refused):
    """There is no such thing here."""

    code = "not_found"
    status = 404
    vi = "Không tìm thấy nội dung này."


class MethodWrong(Refused):
    """This cannot be done here in this way (HTTP method)."""

    code = "method_not_allowed"
    status = 405
    vi = "Không thể thực hiện theo cách này."


class TooLarge(Refused):
    """The request is too large."""

    code = "too_large"
    status = 413
    vi = "Yêu cầu quá lớn."


class TooSlow(Refused):
    """The request did not arrive whole in time."""

    code = "too_slow"
    status = 408
    vi = "Yêu cầu không đến đủ trong thời hạn."


class MediaWrong(Refused):
    """The content type is not one that is taken here."""

    code = "media_type"
    status = 415
    vi = "Kiểu nội dung không được chấp nhận."


class BodyPacked(Refused):
    """The body is packed (Content-Encoding): send it as it is."""

    code = "body_packed"
    status = 415
    vi = "Nội dung gửi lên bị nén: xin gửi nguyên dạng."


class BodyWrong(Refused):
    """The request is not well formed: {what}."""

    code = "request_malformed"
    vi = "Yêu cầu không đúng khuôn dạng: {what}."


class NotReady(Refused):
    """The service cannot reach what it needs ({what}). Nothing was accepted; try again."""

    code = "not_ready"
    status = 503
    vi = "Dịch vụ chưa sẵn sàng ({what}). Chưa ghi nhận gì; xin thử lại."


def render(refused: Refused, request_id: str) -> Problem:
    """The refusal as it goes over the wire."""
    return Problem(
        type=f"urn:plenary:problem:{refused.code}",
        code=refused.code,
        status=refused.status,
        title=refused.text,
        detail=refused.text,
        detail_en=refused.text_en,
        request=request_id,
        facts=dict(refused.facts),
    )


def respond(refused: Refused, request_id: str) -> web.Response:
    """The refusal as an HTTP response."""
    headers = {"X-Request-Id": request_id}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.status == 503:
        headers["Retry-After"] = "1"
    problem = render(refused, request_id)
    body = msgspec.json.encode(msgspec.to_builtins(problem) | refused.carried if refused.carried else problem)
    kind = LastAnswer if isinstance(refused, BodyPacked) else web.Response
    response = kind(body=body, status=refused.status, content_type=MEDIA_TYPE, headers=headers)
    if refused.status == 408:
        # The rest of that request may still come: nothing behind it can be told from it (RFC 9110 section 15.5.9).
        response.force_close()
    return response


def refusal_of_http(error: web.HTTPException) -> Refused:
    """What aiohttp itself refuses, in our own words."""
    known: dict[int, type[Refused]] = {404: NotThere, 405: MethodWrong}
    return known.get(error.status, BodyWrong)(what=error.reason)
