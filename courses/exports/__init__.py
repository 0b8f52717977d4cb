"""What we give away: whole courses as content packs, questions for other systems."""

from courses.exports.gift import GiftFile, write_gift
from courses.exports.pack import Exported, ExportRefused, export_courses

__all__ = ["ExportRefused", "Exported", "GiftFile", "export_courses", "write_gift"]
