"""Why the minutes of a sitting are not proven."""

from services.refusal import Refused


class MinutesWrong(Refused):
    """The minutes do not say what their evidence says: {what}."""

    code = "minutes_wrong"
    vi = "Biên bản phiên họp không đúng với bằng chứng kèm theo: {what}."


class MinutesIncomplete(Refused):
    """The minutes leave out {what}."""

    code = "minutes_incomplete"
    vi = "Biên bản phiên họp có phần bị bỏ sót: {what}."


class MinutesDisagree(Refused):
    """{file} is not what the minutes name: {what}."""

    code = "minutes_disagree"
    vi = "Tệp {file} không phải tệp mà biên bản phiên họp nêu: {what}."
