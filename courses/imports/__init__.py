"""Content packs: a folder of YAML and drawings becomes courses, in every language it is written in.

Everything is read and checked before anything is written; what is wrong is named by file and line.
"""

from courses.imports.drawings import CleanDrawing, DrawingRefused, clean_drawing
from courses.imports.found import FileRefused
from courses.imports.load import Outcome, import_pack
from courses.imports.look import look_at_pack
from courses.imports.pack import Pack, PackRefused, read_pack
from courses.imports.question_files import add_questions, pack_findings, read_questions
from courses.imports.skills import import_skills

__all__ = [
    "CleanDrawing",
    "DrawingRefused",
    "FileRefused",
    "Outcome",
    "Pack",
    "PackRefused",
    "add_questions",
    "clean_drawing",
    "import_pack",
    "import_skills",
    "look_at_pack",
    "pack_findings",
    "read_pack",
    "read_questions",
]
