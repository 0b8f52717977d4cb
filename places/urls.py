from django.urls import path

from places.views import boundaries, looking, units, venues, villages

app_name = "places"

urlpatterns = [
    path("", looking.browse, name="browse"),
    path("<int:pk>/", looking.detail, name="detail"),
    path("<int:pk>/edit/", units.edit, name="edit"),
    path("<int:pk>/population/", units.population, name="population"),
    path("<int:pk>/boundaries/", boundaries.boundaries, name="boundaries"),
    path("<int:pk>/boundaries/remove/", boundaries.remove, name="remove_boundaries"),
    path("<int:pk>/villages/add/", villages.add_village, name="add_village"),
    path("<int:pk>/villages/import/", villages.import_villages, name="import_villages"),
    path("<int:pk>/venues/add/", venues.add_venue, name="add_venue"),
    path("venues/<int:pk>/", venues.edit_venue, name="edit_venue"),
]
