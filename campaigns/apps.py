from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self):
        # Here and not above: models are known only now.
        from campaigns import receivers  # noqa: F401, PLC0415
