"""Keep what the pages of a pack point to: pictures, local figures, skills."""

from hashlib import sha1

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from courses.imports.pack import CoursePlan, LessonPlan
from courses.imports.streams import Known
from courses.models import Drawing, FigureWords, LocalFigure, Skill


class Keeper:
    """Makes what is not there yet, and can take back the files that it wrote."""

    def __init__(self):
        self._written = []
        self._figures: dict[str, int] = {}

    def take_back(self) -> None:
        """Remove the files of photos whose rows are rolled back."""
        for photo in self._written:
            photo.file.delete(save=False)

    def known(self, name: str, plan: LessonPlan, figures: dict[str, int]) -> Known:
        """Return what a lesson points to, under the names that its file uses."""
        drawings = {file: self._drawing(name, file, plan.drawings[file]) for file in plan.drawings}
        photos = {file: self._photo(name, file, plan.photos[file]) for file in plan.photos}
        return Known(drawings, photos, figures)

    def figures(self, plan: CoursePlan) -> dict[str, int]:
        """Make the figures that are not there yet; return their ids by key."""
        for figure in plan["figures"]:
            if figure["key"] in self._figures:
                continue
            row, is_new = LocalFigure.objects.get_or_create(key=figure["key"])
            if is_new:
                FigureWords.objects.bulk_create(
                    FigureWords(
                        figure=row,
                        language=language,
                        label=label,
                        unknown=figure["unknown"][language],
                    )
                    for language, label in figure["label"].items()
                )
            self._figures[figure["key"]] = row.pk
        return self._figures

    def skills(self, codes: list[str]) -> list[Skill]:
        return [
            Skill.objects.filter(code=code).first() or Skill.objects.create(code=code)
            for code in codes
        ]

    def _drawing(self, name, file, drawing) -> int:
        row, _is_new = Drawing.objects.get_or_create(
            digest=drawing.digest,
            defaults={
                "name": f"{name}/{file.removesuffix('.svg')}"[:160],
                "svg": drawing.svg,
                "width": drawing.width,
                "height": drawing.height,
                "weight": drawing.weight,
            },
        )
        return row.pk

    def _photo(self, name, file, photo) -> int:
        images = get_image_model()
        # Wagtail's own way of telling whether two files are the same.
        digest = sha1(photo.content, usedforsecurity=False).hexdigest()
        if row := images.objects.filter(file_hash=digest).first():
            return row.pk
        row = images(title=f"{name}/{file}"[:255], file_size=len(photo.content), file_hash=digest)
        row.file.save(file, ContentFile(photo.content), save=False)
        # Given back to nothing by a file that has been written and closed.
        row.width, row.height = photo.width, photo.height
        self._written.append(row)
        row.save()
        return row.pk
