from django.apps import AppConfig


class LmsConfig(AppConfig):
    name = "lms"

    def ready(self):
        from lms import page_cache  # noqa: PLC0415

        page_cache.listen()
