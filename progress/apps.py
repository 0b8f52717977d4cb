from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = _("Progress")

    def ready(self):
        # Here and not above: models are known only now.
        from people.views.access import register_check  # noqa: PLC0415
        from progress import receivers  # noqa: F401, PLC0415
        from progress.services import screen_admits  # noqa: PLC0415

        register_check("screen", screen_admits)
