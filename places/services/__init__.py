"""Everything that changes where things are. Screens, imports and the demo world come through here.

A unit is never moved or deleted: it is renamed, or it ends and has successors. What was recorded
there stays there, and figures are read on the old or the new map.
"""

from places.services.boundaries import Outline, Sheet, draw_boundaries, remove_boundaries
from places.services.population import note_population, set_populations
from places.services.units import merge_places, rename_place, split_place
from places.services.venues import create_venue, update_venue
from places.services.villages import create_village, create_villages, names_taken, new_village

__all__ = [
    "Outline",
    "Sheet",
    "create_venue",
    "create_village",
    "create_villages",
    "draw_boundaries",
    "merge_places",
    "names_taken",
    "new_village",
    "note_population",
    "remove_boundaries",
    "rename_place",
    "set_populations",
    "split_place",
    "update_venue",
]
