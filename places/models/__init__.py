"""Where: the tree of administrative units, and the houses where classes meet."""

from places.models.legacy import LegacyName
from places.models.place import Place
from places.models.queries import attach_ancestors
from places.models.sheet import MapSheet
from places.models.venue import Venue

__all__ = ["LegacyName", "MapSheet", "Place", "Venue", "attach_ancestors"]
