from django.urls import path

from places import views

app_name = "places"

urlpatterns = [
    path("", views.browse, name="browse"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/villages/add/", views.add_village, name="add_village"),
    path("<int:pk>/villages/import/", views.import_villages, name="import_villages"),
    path("<int:pk>/venues/add/", views.add_venue, name="add_venue"),
    path("venues/<int:pk>/", views.edit_venue, name="edit_venue"),
]
