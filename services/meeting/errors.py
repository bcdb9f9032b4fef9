"""Why the meeting desk says no. Codes are stable: they stand in `proto/` and in the programs of others.

`line` is the line of a spreadsheet (the header is line 1), or the place in a JSON list, counted from 1.
"""

from services.refusal import Refused


class BodyUnknown(Refused):
    """There is no body {body} here."""

    code = "body_unknown"
    status = 404
    vi = "Không có cơ quan {body} tại đây."


class BodyTaken(Refused):
    """The id {body} is taken by another body or meeting."""

    code = "body_taken"
    status = 409
    vi = "Mã {body} đã được dùng cho cơ quan hoặc phiên họp khác."


class OtherBody(Refused):
    """The body named in the request is not the one in the address."""

    code = "body_differs"
    vi = "Cơ quan ghi trong yêu cầu không phải cơ quan ghi trong địa chỉ."


class MeetingUnknown(Refused):
    """There is no meeting {meeting} here."""

    code = "meeting_not_found"
    status = 404
    vi = "Không có phiên họp {meeting} tại đây."


class MeetingTaken(Refused):
    """The id {meeting} is taken by another meeting or body."""

    code = "meeting_taken"
    status = 409
    vi = "Mã {meeting} đã được dùng cho phiên họp hoặc cơ quan khác."


class MeetingEnded(Refused):
    """The meeting has ended; nothing in it can change any more."""

    code = "meeting_ended"
    status = 409
    vi = "Phiên họp đã kết thúc; không thể thay đổi gì nữa."


class MemberUnknown(Refused):
    """Line {line}: {member} is not a member of this body."""

    code = "member_unknown"
    status = 422
    vi = "Dòng {line}: {member} không phải thành viên của cơ quan này."


class MemberTwice(Refused):
    """Line {line}: the id {member} stands on line {first} already."""

    code = "member_twice"
    status = 422
    vi = "Dòng {line}: mã {member} đã có ở dòng {first}."


class SeatTwice(Refused):
    """Line {line}: the seat {seat} was given on line {first} already."""

    code = "seat_twice"
    status = 422
    vi = "Dòng {line}: ghế {seat} đã được xếp ở dòng {first}."


class PlaceTaken(Refused):
    """Place {line}: another seat stands there already (place {first})."""

    code = "place_taken"
    status = 422
    vi = "Vị trí {line}: đã có ghế khác ở đó (vị trí {first})."


class RoleNotGranted(Refused):
    """Line {line}: the role {role} cannot be given here."""

    code = "role_not_granted"
    status = 422
    vi = "Dòng {line}: không thể giao vai trò {role} tại đây."


class RoleUnknown(Refused):
    """Line {line}, column {column}: there is no role {word}."""

    code = "role_unknown"
    status = 422
    vi = "Dòng {line}, cột {column}: không có vai trò {word}."


class LastSecretary(Refused):
    """The body must keep at least one secretary."""

    code = "last_secretary"
    status = 409
    vi = "Cơ quan phải còn ít nhất một thư ký."


class SheetNotText(Refused):
    """Line {line}: not UTF-8 text. Save the sheet as "CSV UTF-8"."""

    code = "sheet_not_utf8"
    status = 422
    vi = "Dòng {line}: không phải văn bản UTF-8. Hãy lưu bảng dưới dạng “CSV UTF-8”."


class SheetMalformed(Refused):
    """Line {line}: the sheet is not well formed CSV ({what})."""

    code = "sheet_malformed"
    status = 422
    vi = "Dòng {line}: bảng không đúng khuôn dạng CSV ({what})."


class SheetTooLong(Refused):
    """Line {line}: more than {most} rows."""

    code = "sheet_too_long"
    status = 422
    vi = "Dòng {line}: quá {most} dòng."


class ColumnUnknown(Refused):
    """Line {line}: there is no column {column}."""

    code = "column_unknown"
    status = 422
    vi = "Dòng {line}: không có cột {column}."


class ColumnTwice(Refused):
    """Line {line}: the column {column} stands twice."""

    code = "column_twice"
    status = 422
    vi = "Dòng {line}: cột {column} có hai lần."


class ColumnMissing(Refused):
    """Line {line}: the column {column} is missing."""

    code = "column_missing"
    status = 422
    vi = "Dòng {line}: thiếu cột {column}."


class CellWrong(Refused):
    """Line {line}, column {column}: {what}."""

    code = "cell_wrong"
    status = 422
    vi = "Dòng {line}, cột {column}: nội dung không hợp lệ ({what})."


class CellEmpty(CellWrong):
    """Line {line}, column {column}: this may not be empty."""

    code = "cell_empty"
    vi = "Dòng {line}, cột {column}: không được để trống."


class CellTooLong(CellWrong):
    """Line {line}, column {column}: longer than {most} characters."""

    code = "cell_too_long"
    vi = "Dòng {line}, cột {column}: dài quá {most} ký tự."


class IdWrong(CellWrong):
    """Line {line}, column {column}: an id is 1 to 64 of A-Z a-z 0-9 . _ -, first a letter or digit."""

    code = "id_wrong"
    vi = (
        "Dòng {line}, cột {column}: mã gồm 1 đến 64 ký tự A-Z a-z 0-9 . _ -, bắt đầu bằng chữ hoặc số,"
        " không có dấu và khoảng trắng."
    )


class RollEmpty(Refused):
    """There is nobody on the roll."""

    code = "roll_empty"
    status = 409
    vi = "Danh sách đại biểu chưa có ai."


class RollNotFrozen(Refused):
    """The roll of this meeting was not frozen, or not in this revision."""

    code = "roll_not_frozen"
    status = 404
    vi = "Danh sách đại biểu của phiên họp chưa được chốt, hoặc không có lần chốt này."


class ItemTwice(Refused):
    """Line {line}: the {what} of this item stands on the agenda already."""

    code = "item_twice"
    status = 422
    vi = "Dòng {line}: nội dung này trùng với nội dung khác của chương trình ({what})."


class NotSummoned(Refused):
    """{member} is neither on the roll of this meeting nor secretary or chair of its body."""

    code = "not_summoned"
    status = 403
    vi = "{member} không có trong danh sách đại biểu của phiên họp, cũng không phải thư ký hay chủ tọa."


class PresenceTooOften(Refused):
    """You have come and gone as often as is noted of your own word ({most} times); the secretary can mark you."""

    code = "presence_too_often"
    status = 409
    vi = "Đã tự báo đến, báo vắng đến mức nhiều nhất của một phiên họp ({most} lần); thư ký vẫn điểm danh được."


class ReasonWithoutAbsence(Refused):
    """A reason belongs to an absence, and {member} is marked as present."""

    code = "reason_without_absence"
    status = 422
    vi = "Lý do chỉ ghi cho người vắng mặt, mà {member} được ghi là có mặt."


class ChallengeWrong(Refused):
    """The challenge is not one that was given for this certificate. Ask for a new one."""

    code = "challenge_wrong"
    status = 403
    vi = "Mã thử thách không phải mã đã cấp cho chứng thư số này. Xin lấy mã mới."


class ChallengeExpired(Refused):
    """The challenge has expired. Ask for a new one."""

    code = "challenge_expired"
    status = 403
    vi = "Mã thử thách đã hết hạn. Xin lấy mã mới."


class ChallengeUsed(Refused):
    """The challenge was used before. Ask for a new one."""

    code = "challenge_used"
    status = 409
    vi = "Mã thử thách đã được dùng. Xin lấy mã mới."


class AudienceWrong(Refused):
    """The login was signed for another address than {audience}."""

    code = "audience_wrong"
    status = 403
    vi = "Yêu cầu đăng nhập được ký cho địa chỉ khác, không phải {audience}."


class EditionOutOfTurn(Refused):
    """The next edition of these minutes is the one numbered {edition}."""

    code = "edition_out_of_turn"
    status = 409
    vi = "Lần lập biên bản tiếp theo của phiên họp này là lần thứ {edition}."
