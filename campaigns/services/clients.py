"""Programs that may read figures: letting one in, knowing it again, counting what it asks."""

import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClientUse, StatisticsClient
from campaigns.services.saving import save_new
from people.models import User
from places.models import Place
from places.rules import nfc

# So that whoever finds one in a file knows what it is.
PREFIX = "tns_"


def create_client(
    name: str, place: Place, *, sees_exact: bool = False, per_minute: int = 60, by: User
) -> tuple[StatisticsClient, str]:
    """Let a program read the figures of a place and below; return it and its token.

    The token is nowhere else: whoever loses it needs another client.
    """
    if not by.has_perm("campaigns.change_client", place):
        raise ValidationError(_("You do not work for this place."), code="elsewhere")
    token = PREFIX + secrets.token_urlsafe(32)
    client = StatisticsClient(
        name=nfc(name),
        place=place,
        sees_exact=sees_exact,
        per_minute=per_minute,
        token_hash=_hash(token),
        created_by=by,
    )
    save_new(client)
    return client, token


def revoke_client(client: StatisticsClient, *, by: User) -> StatisticsClient:
    """Let a program read nothing any more; safe to repeat."""
    if client.revoked_at is None:
        client.revoked_at, client.revoked_by = timezone.now(), by
        client.save(update_fields=["revoked_at", "revoked_by"])
    return client


def client_of(token: str) -> StatisticsClient | None:
    """Return the program that a token belongs to, unless it has been revoked."""
    if not token.startswith(PREFIX):
        return None
    return (
        StatisticsClient.objects.active()
        .select_related("place")
        .filter(token_hash=_hash(token))
        .first()
    )


def note_use(client: StatisticsClient, *, refused: bool = False) -> None:
    """Count one request of today's."""
    today = timezone.localdate()
    column = "refused" if refused else "requests"
    use = ClientUse.objects.filter(client=client, on=today)
    if not use.update(**{column: F(column) + 1}):
        ClientUse.objects.get_or_create(client=client, on=today)
        use.update(**{column: F(column) + 1})
        StatisticsClient.objects.filter(pk=client.pk).update(last_used_on=today)


def _hash(token: str) -> str:
    # A token is 256 random bits; nobody finds it by trying, so no slow hash is needed.
    return hashlib.sha256(token.encode()).hexdigest()
