"""Why the floor says no to what is wanted of a list of speakers or its item. Codes are stable."""

from services.refusal import Refused
from services.rules.floor.errors import Worded


class ItemUnknown(Refused):
    """There is no such item on the agenda."""

    code = "item_unknown"
    status = 404
    vi = "Không có nội dung này trong chương trình."


class ItemEnded(Refused):
    """This item has ended."""

    code = "item_ended"
    status = 409
    vi = "Nội dung này đã kết thúc."


class LaneUnknown(Refused):
    """There is no such list of speakers."""

    code = "lane_unknown"
    status = 404
    vi = "Không có danh sách phát biểu này."


class LaneOpenAlready(Refused):
    """This list of speakers is open already."""

    code = "lane_open"
    status = 409
    vi = "Danh sách phát biểu này đang mở."


class LaneClosed(Refused):
    """This list of speakers is closed."""

    code = "lane_closed"
    status = 409
    vi = "Danh sách phát biểu này đã đóng đăng ký."


class LaneRulesUnsound(Worded):
    """These rules of speaking cannot work: {what}."""

    code = "lane_rules_unsound"
    status = 422
    vi = "Quy tắc phát biểu không hợp lệ: {what}."


class ListFull(Refused):
    """The list is full: it takes {length} requests."""

    code = "list_full"
    status = 409
    vi = "Danh sách đã đủ {length} lượt đăng ký."


class NobodyFollows(Refused):
    """Nobody follows whom they could be put behind."""

    code = "nobody_follows"
    status = 409
    vi = "Phía sau không còn ai đang chờ nên không thể bỏ qua một lượt."


class ArrangementWrong(Refused):
    """The order must name everyone who waits here, once."""

    code = "arrangement_wrong"
    status = 409
    vi = "Thứ tự mới phải nêu đủ những người đang chờ, mỗi người một lần."


class NothingSpoken(Refused):
    """Nobody has spoken here whom one could put back."""

    code = "nothing_spoken"
    status = 409
    vi = "Chưa có ai phát biểu ở danh sách này để đưa trở lại."
