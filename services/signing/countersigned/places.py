"""Where the three sign: the fields at the foot of the last page, in points from its lower left corner.

Decree 30/2020/NĐ-CP, Appendix I: a person's signature is centred between title and full name; the body's seal covers
the left third of the chair's. The template (`minutes.typ`) keeps the foot free: 64 mm above the lower margin. Titles
stand on the page; names come with the signatures, for who signs is not known before.
"""

from typing import Final, Literal, get_args

Role = Literal["secretary", "chair", "seal"]
Rect = tuple[float, float, float, float]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
# No name begins as another does: rules that lock fields by name take them for one (pyHanko issue 633).
FIELDS: Final[dict[Role, str]] = {"secretary": "ThuKy", "chair": "ChuToa", "seal": "CoQuan"}
TITLES: Final[dict[Role, str]] = {"secretary": "THƯ KÝ", "chair": "CHỦ TỌA", "seal": "CƠ QUAN"}
REASONS: Final[dict[Role, str]] = {
    "secretary": "Thư ký ký biên bản kết quả biểu quyết",
    "chair": "Chủ tọa ký biên bản kết quả biểu quyết",
    "seal": "Đóng dấu số biên bản kết quả biểu quyết",
}
_REASONS_OF_MINUTES: Final[dict[Role, str]] = {
    "secretary": "Thư ký ký biên bản phiên họp",
    "chair": "Chủ tọa ký biên bản phiên họp",
    "seal": "Đóng dấu số biên bản phiên họp",
}
# Our pages write it so of what they have attached.
_HAS_MINUTES: Final = b"/Type/Filespec/F(minutes.json)"
_MM = 72 / 25.4
# Sizes in millimetres: of a person's signature, above their name; of the seal, as large as one of rubber.
PERSON: Final = (60.0, 26.0)
SEAL: Final = 34.0


def _points(left: float, bottom: float, right: float, top: float) -> Rect:
    return round(left * _MM, 2), round(bottom * _MM, 2), round(right * _MM, 2), round(top * _MM, 2)


# The text is 30 to 192 mm wide; each person has half of it. Below the chair's name is what the seal says of itself.
RECTS: Final[dict[Role, Rect]] = {
    "secretary": _points(33.5, 36, 107.5, 72),
    "chair": _points(114.5, 36, 188.5, 72),
    "seal": _points(107.5, 24, 192, 76),
}


def reasons(page: bytes) -> dict[Role, str]:
    """What the signatures on a page say they are for: by the file that is attached to it."""
    return _REASONS_OF_MINUTES if _HAS_MINUTES in page else REASONS


def size(role: Role) -> tuple[float, float]:
    """Width and height of a field."""
    left, bottom, right, top = RECTS[role]
    return round(right - left, 2), round(top - bottom, 2)
