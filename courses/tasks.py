"""What the courses have done for them every few minutes."""

from courses.services import publish_due
from jobs.services import every


@every(60)
def publish_on_time() -> None:
    """Publish what is due, and take off what has had its day."""
    publish_due()
