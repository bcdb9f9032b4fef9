"""Annulling over HTTP: two persons at one console, or at two by a wish that waits for the second signature."""

from services.kit.problem import MediaWrong
from services.kit.route import Call, Route
from services.voting import errors, handlers
from services.voting.handlers import CHAIR, SIGNED, WISHES
from services.wire import ActPayload, Poll, Voiding, VoidWish

_VOID = "/polls/{poll}/void"


async def post_void(call: Call) -> Poll:
    """Annul a poll: two signatures over the same bytes."""
    poll = await handlers.own(call)
    voiding: Voiding = call.body
    row = await call.app[CHAIR].void(
        call.part("poll"), voiding.act.encode(), voiding.second.encode(), call.who.sub, call.request_id
    )
    await call.app[WISHES].tell(poll.row["meeting"])
    return await handlers.view(call, row)


async def put_wish(call: Call) -> VoidWish:
    """Sign that a poll be annulled, for a second person to sign too."""
    await handlers.own(call)
    return await call.app[WISHES].wish(call.part("poll"), await handlers.jose(call.request), call.who.sub)


async def get_wish(call: Call) -> VoidWish:
    """The wish that stands."""
    return await call.app[WISHES].of(await handlers.own(call))


async def delete_wish(call: Call) -> None:
    """Its author takes it back."""
    await call.app[WISHES].withdraw(await handlers.own(call), call.who.sub)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        _VOID,
        post_void,
        "poll.void",
        "Annul, with a reason and a second person; a wish that stands is done with.",
        takes=Voiding,
        gives=Poll,
        refuses=(*SIGNED, errors.ReasonMissing, errors.SecondPersonMissing, errors.WishUnknown),
    ),
    Route(
        "PUT",
        f"{_VOID}/wish",
        put_wish,
        "poll.void",
        "Sign that a poll be annulled; it waits ten minutes for a second person, at another console, to sign the same.",
        gives=VoidWish,
        media=(handlers.JOSE,),
        refuses=(
            MediaWrong,
            *SIGNED,
            errors.ReasonMissing,
            errors.SecondPersonMissing,
            errors.WishStands,
            errors.WishUnknown,
        ),
        signs=ActPayload,
    ),
    Route(
        "GET",
        f"{_VOID}/wish",
        get_wish,
        "poll.void",
        "The wish that stands, to be signed by a second person.",
        gives=VoidWish,
        refuses=(errors.PollUnknown, errors.WishUnknown),
    ),
    Route(
        "DELETE",
        f"{_VOID}/wish",
        delete_wish,
        "poll.void",
        "Take one's own wish back.",
        status=204,
        refuses=(errors.PollUnknown, errors.WishUnknown, errors.WishOfAnother),
    ),
)
