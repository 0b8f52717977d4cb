"""Other services that reminders may go through; importing this makes them known by name."""

from campaigns.adapters.mail import Mail
from campaigns.adapters.zns import ZaloZNS
from campaigns.services import register_channel

register_channel(Mail())
register_channel(ZaloZNS())

__all__ = ["Mail", "ZaloZNS"]
