"""The shape of what is typed in about courses."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.images.forms import BaseImageForm

from courses.services import clean_photo


class FigureForm(forms.Form):
    """What a figure is at a place, since when, and who says so."""

    text = forms.CharField(label=_("Value"), max_length=160)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Who told you: an office, a notice, a page on the web."),
    )
    as_of = forms.DateField(
        label=_("As of"),
        initial=timezone.localdate,
        help_text=_("The day on which it was so, such as 31/12/2026."),
    )


class SpeakerForm(forms.Form):
    """Who is going to read aloud, and that he or she agrees to be heard."""

    speaker = forms.CharField(label=_("Who speaks?"), max_length=120)
    consent = forms.BooleanField(label=_("The speaker has heard these words and agrees"))


class RecordingForm(forms.Form):
    """Some words of a lesson, read aloud."""

    block = forms.UUIDField()
    speaker = forms.CharField(max_length=120)
    consent = forms.BooleanField(required=False)
    sound = forms.FileField()


class ScreenReportForm(forms.Form):
    """Where a screen looked different, and how."""

    place = forms.TypedChoiceField(label=_("Where was it?"))
    note = forms.CharField(
        label=_("What is different?"),
        max_length=200,
        required=False,
        help_text=_("Such as: “The button is at the top now.” No names of people."),
    )
    # Made when the page is shown, so that sending twice is once.
    uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        by_pk = {str(place.pk): place for place in places}
        self.fields["place"].choices = [(pk, place.label) for pk, place in by_pk.items()]
        self.fields["place"].coerce = by_pk.__getitem__
        if len(by_pk) == 1:
            self.fields["place"].initial = next(iter(by_pk))
            self.fields["place"].widget = forms.HiddenInput()


class OwnPictureForm(forms.Form):
    """A photo of one's own place, and its words in every language of the site."""

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. Where it was taken is removed from it."),
    )

    def __init__(self, *args, has_photo=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photo"].required = not has_photo
        for code, name in settings.LANGUAGES:
            self.fields[f"alt_{code}"] = forms.CharField(
                label=_("The photo in words: %(language)s") % {"language": name},
                max_length=200,
                required=code == settings.LANGUAGE_CODE,
            )

    @property
    def alt(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"alt_{code}"] for code, _name in settings.LANGUAGES}


class PhotoForm(BaseImageForm):
    """A photo that an author uploads: nothing that the camera noted is kept."""

    def clean_file(self):
        photo = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return photo
        clean = clean_photo(photo)
        clean.name = photo.name
        return clean
