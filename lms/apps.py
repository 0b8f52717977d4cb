import sys

from django.apps import AppConfig

# Wagtail's picture library loads OpenCV wherever it is installed, 70 MB in every process, and makes
# no use of it here. Only who reads photographed registers needs it, and loads it then.
if "cv2" not in sys.modules:
    sys.modules["cv2"] = None  # type: ignore[assignment]
    import willow  # noqa: F401

    del sys.modules["cv2"]


class LmsConfig(AppConfig):
    name = "lms"

    def ready(self):
        from lms import page_cache  # noqa: PLC0415

        page_cache.listen()
