"""What the application of signing holds while it lives, for its routes and for what is attached to it."""

from aiohttp import web

from services.kit.apart_thread import ApartThread
from services.kit.database import Pool
from services.kit.publisher import Bell
from services.signing.authority import Authority
from services.signing.beside import BesideDesk
from services.signing.enrolment import EnrolmentDesk
from services.signing.inviting import InviteDesk
from services.signing.link_store import LinkStore
from services.signing.linking import LinkDesk
from services.signing.responder import Responder
from services.signing.revocations import RevocationLists
from services.signing.store import Store

POOL: web.AppKey[Pool] = web.AppKey("pool")
BELL: web.AppKey[Bell] = web.AppKey("bell", Bell)
STORE: web.AppKey[Store] = web.AppKey("store", Store)
AUTHORITY: web.AppKey[Authority] = web.AppKey("authority", Authority)
INVITES: web.AppKey[InviteDesk] = web.AppKey("invites", InviteDesk)
HAND: web.AppKey[ApartThread] = web.AppKey("hand", ApartThread)
BESIDE: web.AppKey[BesideDesk] = web.AppKey("beside", BesideDesk)
ENROLMENTS: web.AppKey[EnrolmentDesk] = web.AppKey("enrolments", EnrolmentDesk)
LISTS: web.AppKey[RevocationLists] = web.AppKey("lists", RevocationLists)
RESPONDER: web.AppKey[Responder] = web.AppKey("responder", Responder)
LINKS: web.AppKey[LinkDesk] = web.AppKey("links", LinkDesk)
LINK_STORE: web.AppKey[LinkStore] = web.AppKey("link_store", LinkStore)
