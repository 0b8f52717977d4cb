from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("", views.course_list, name="list"),
    path("pictures/<slug:digest>.svg", views.picture, name="picture"),
    path("figures/", views.figures, name="figures"),
    path("figures/<int:place_id>/<int:figure_id>/", views.figure, name="figure"),
    path("writing/closed/", views.writing_closed, name="writing_closed"),
]
