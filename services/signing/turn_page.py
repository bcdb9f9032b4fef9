"""The turn log (nhật ký phát biểu) of a floor: how its page looks."""

from services.signing import turn_words
from services.signing.typesetting import Template

TEMPLATE = Template("turns.typ", turn_words.PARTS, turn_words.LISTS)
