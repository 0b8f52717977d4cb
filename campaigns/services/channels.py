"""By which ways a reminder can reach a volunteer.

A channel is found by its name. Copying the words is always there; whatever speaks to another
service is in `campaigns.adapters`, off until it is set up, and registers itself here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Membership

# Why something was not sent, in words; the keys are kept in the table, nothing of the other side.
REASONS: dict[str, str | Promise] = {
    "address": _("no valid address"),
    "late": _("it had begun, or was called off"),
    "off": _("this way is not set up"),
    "token": _("the service refused our key"),
    "limit": _("the service takes no more for now"),
    "timeout": _("the service did not answer in time"),
    "unreachable": _("the service cannot be reached"),
    "malformed": _("the service answered something that cannot be read"),
    "server": _("the service has a fault"),
    "refused": _("the service refused this one"),
}


@dataclass(frozen=True)
class Letter:
    """What one volunteer is told."""

    # The same however often it is tried, so that the other side may know a repetition.
    reference: str
    subject: str
    text: str
    # The same in parts, for services that fill in a form: name, what, when, where.
    parts: Mapping[str, str] = field(default_factory=dict)


class Trouble(Exception):
    """It was not sent: a code of ours, and whether trying again may help.

    The words of the other side are left out on purpose: they may repeat a number or a name.
    """

    def __init__(self, code: str, *, again: bool = False, for_all: bool = False):
        super().__init__(code)
        self.code, self.again, self.for_all = code, again, for_all


class Channel(Protocol):
    """A way to reach a volunteer."""

    @property
    def name(self) -> str:
        """What it is called in the table."""

    @property
    def label(self) -> str | Promise:
        """What it is called on the screen."""

    @property
    def is_untried(self) -> bool:
        """Whether it was never tried with the real service."""

    def is_on(self) -> bool:
        """Whether it can be used here."""

    def address_of(self, member: Membership) -> str:
        """Return where this channel reaches a volunteer, or nothing."""

    def send(self, letter: Letter, address: str) -> None:
        """Send, or raise ``Trouble``."""


class Copy:
    """Somebody copies the words and pastes them where the team talks."""

    name, label, is_untried = "copy", _("Copy the words"), False

    def is_on(self) -> bool:
        return True

    def address_of(self, member: Membership) -> str:
        return ""

    def send(self, letter: Letter, address: str) -> None:
        raise Trouble("address")


_CHANNELS: dict[str, Channel] = {}

C = TypeVar("C", bound=Channel)


def register_channel(channel: C) -> C:
    _CHANNELS[channel.name] = channel
    return channel


def channel_called(name: str) -> Channel:
    """Return a channel by its name; raises KeyError."""
    return _CHANNELS[name]


def sending_channels() -> list[Channel]:
    """Return the channels that send by themselves, whether they are set up or not."""
    return [channel for channel in _CHANNELS.values() if channel.name != Copy.name]


register_channel(Copy())


def reason_words(code: str) -> str:
    """Return in words why a reminder was not sent."""
    return str(REASONS.get(code.partition(":")[0], code))
