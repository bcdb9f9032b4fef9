"""Whether the keys beside the database are those that its meetings began with."""

from services.desk import house_keys
from services.desk.checks.finding import Finding, House, bad
from services.kit.database import Connection
from services.kit.keys import KeyRefused


async def of_this_house(connection: Connection, house: House) -> list[Finding]:
    """Those that are not. What cannot be read is said elsewhere (`key_checks`)."""
    keys = house.settings.data / "keys"
    try:
        others = await house_keys.foreign(connection, keys)
    except (KeyRefused, OSError):
        return []
    if not others:
        return []
    told = (
        f"{', '.join(others)} trong {keys} không phải khóa của cơ sở dữ liệu này",
        f"{', '.join(others)} in {keys} is not the key that the meetings in this database began with",
    )
    todo = (
        "đặt lại đúng PLENARY_DATA, PLENARY_DATABASE_URL, hoặc chép đúng khóa vào",
        "set PLENARY_DATA and PLENARY_DATABASE_URL right, or copy the right keys there",
    )
    return [bad("keys.foreign", told, todo)]
