"""Content packs: a folder of YAML and drawings becomes courses, in every language it is written in.

Everything is read and checked before anything is written; what is wrong is named by file and line.
"""

from courses.imports.drawings import CleanDrawing, DrawingRefused, clean_drawing
from courses.imports.load import Outcome, import_pack
from courses.imports.look import look_at_pack
from courses.imports.pack import Pack, PackRefused, read_pack
from courses.imports.skills import import_skills

__all__ = [
    "CleanDrawing",
    "DrawingRefused",
    "Outcome",
    "Pack",
    "PackRefused",
    "clean_drawing",
    "import_pack",
    "import_skills",
    "look_at_pack",
    "read_pack",
]
