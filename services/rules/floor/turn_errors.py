"""Why the floor says no to what is wanted of a turn to speak. Codes are stable."""

from services.refusal import Refused
from services.rules.floor.errors import Worded


class SpeakerMissing(Refused):
    """Say who speaks: a member of the roll, or a name."""

    code = "speaker_missing"
    status = 422
    vi = "Cần nêu người phát biểu: đại biểu trong danh sách hoặc họ tên."


class TimeUsedUp(Refused):
    """There is no speaking time left; with a reason, the chair may give more."""

    code = "time_used_up"
    status = 409
    vi = "Đã hết thời gian phát biểu; chủ tọa có thể cho thêm, có nêu lý do."


class OutOfTurn(Refused):
    """{next} is next. To call somebody else, give a reason."""

    code = "out_of_turn"
    status = 409
    vi = "Người tiếp theo là {next}. Muốn mời người khác, xin nêu lý do."


class CalledAlready(Refused):
    """{name} was called here and has not begun."""

    code = "called_already"
    status = 409
    vi = "Đã mời {name} ở danh sách này và người đó chưa bắt đầu."


class SomebodySpeaks(Refused):
    """{name} speaks now."""

    code = "somebody_speaks"
    status = 409
    vi = "{name} đang phát biểu."


class TurnUnknown(Refused):
    """There is no such turn."""

    code = "turn_unknown"
    status = 404
    vi = "Không có lượt phát biểu này."


class TurnTransition(Worded):
    """This turn is {state}: that cannot be done with it ({act})."""

    code = "turn_transition"
    status = 409
    vi = "Lượt phát biểu này {state}: không thể {act}."


class NoAnswersHere(Refused):
    """Here is nothing to answer: only a question that was put can be answered."""

    code = "no_answers_here"
    status = 409
    vi = "Không có gì để trả lời: chỉ trả lời câu hỏi chất vấn đã nêu."


class AnsweredAlready(Refused):
    """This question has an answer already, of {name}; with a reason, there may be another."""

    code = "answered_already"
    status = 409
    vi = "Câu hỏi này đã có người trả lời ({name}); mời trả lời thêm cần nêu lý do."


class NotInterposedHere(Refused):
    """The rules of this list know no interposed questions."""

    code = "not_interposed_here"
    status = 409
    vi = "Quy tắc của danh sách này không có câu hỏi xen ngang."
