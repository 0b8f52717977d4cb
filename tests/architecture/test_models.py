"""Every table about people or places can be asked only for what one may see."""

from django.apps import apps

from people.models import Resident
from places.models import Place

OURS = ("lms", "certificates", "progress", "campaigns", "courses", "people", "places", "jobs")

# About a place or a person, but without a fence of its own; say why.
EXEMPT = {
    "places.LegacyName": "is a public fact of the official list",
    "campaigns.Cell": "is read through figures(), for a place that was fenced before",
    "campaigns.Journal": "is read together with the cells",
}


def test_every_model_about_people_or_places_can_be_scoped():
    unscoped = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in OURS and is_about_people_or_places(model)
        if not hasattr(model._default_manager.all(), "visible_to")
    }

    assert unscoped == set(EXEMPT)


def is_about_people_or_places(model):
    return model in (Place, Resident) or any(
        field.many_to_one and field.related_model in (Place, Resident)
        for field in model._meta.get_fields()
    )
