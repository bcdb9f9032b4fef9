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
    return [bad("keys.foreign", house_keys.said(others, keys), house_keys.RIGHT_ONES)] if others else []
