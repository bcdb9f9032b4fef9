"""The words of the floor as people read them in a turn log: lanes, roles, stances, orders, acts of the desk.

Lanes, roles and stances stand in turns.csv, which an audit makes again and compares byte for byte: another word for one
of them, and no sheet written before is proven any more.
"""

from services.wire import OrderName, Stance

_LANES = {
    "speech": "Phát biểu",
    "debate": "Tranh luận",
    "explanation": "Giải trình",
    "question": "Chất vấn",
    "question_debate": "Tranh luận khi chất vấn",
    "point_of_order": "Ý kiến về thủ tục",
    "presentation": "Trình bày",
}
ROLES = {"speech": "", "answer": "trả lời", "interposed": "hỏi xen"}
STANCES: dict[Stance, str] = {"for": "Tán thành", "against": "Không tán thành", "other": "–"}
_ORDERS: dict[OrderName, str] = {
    "registration": "theo thứ tự đăng ký",
    "alternating": "luân phiên hai phía tán thành và không tán thành",
    "groups": "luân phiên giữa các đoàn, tổ",
    "fewest_turns": "người ít lượt phát biểu hơn trước",
    "askers_first": "người đã chất vấn được tranh luận trước",
    "quoted": "luân phiên theo {}",
    "manual": "do chủ tọa mời",
}
_ACTS = {
    "lane.open": "Mở danh sách",
    "lane.adjust": "Điều chỉnh quy tắc",
    "lane.close": "Đóng danh sách",
    "item.end": "Kết thúc nội dung",
    "arrange": "Sắp xếp lại",
    "skip": "Bỏ qua một lượt",
    "defer": "Chuyển xuống cuối danh sách",
    "remove": "Bỏ khỏi danh sách",
    "return": "Đưa trở lại đầu danh sách",
    "call": "Mời phát biểu",
    "answer": "Mời trả lời",
    "interpose": "Cho hỏi xen ngang",
    "start": "Bắt đầu",
    "pause": "Tạm dừng",
    "resume": "Tiếp tục",
    "extend": "Thêm thời gian",
    "end": "Kết thúc lượt",
    "record": "Lập nhật ký",
}


def lane_name(lane: str) -> str:
    """A lane's name; of a lane of the body's own, its id."""
    return _LANES.get(lane, lane)


def order_name(order: OrderName, quoted_by: str) -> str:
    """How a lane is put in order; `quoted_by`: the attribute whose values take turns."""
    return _ORDERS[order].format(quoted_by)


def act_name(act: str, seconds: int = 0) -> str:
    """What the desk did; `seconds`: of time given."""
    name = _ACTS.get(act, act)
    return f"{name} {seconds} giây" if seconds else name
