from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("", views.course_list, name="list"),
    path("pictures/<slug:digest>.svg", views.picture, name="picture"),
    path("lessons/<int:lesson_id>/sheet.pdf", views.sheet, name="sheet"),
    path("lessons/<int:lesson_id>/whole/", views.whole, name="whole"),
    path("audio/<slug:digest>.<slug:ending>", views.audio, name="audio"),
    path("recordings/", views.audio_report, name="audio_report"),
    path("recordings/<int:lesson_id>/", views.audio_record, name="audio_record"),
    path("recordings/withdraw/<uuid:uuid>/", views.audio_withdraw, name="audio_withdraw"),
    path(
        "lessons/<int:lesson_id>/screens/<uuid:block>/differs/",
        views.screen_report,
        name="screen_report",
    ),
    path("search/", views.search, name="search"),
    path("variants/", views.variants, name="variants"),
    path("variants/<int:place_id>/<int:lesson_id>/", views.variant_lesson, name="variant_lesson"),
    path(
        "variants/<int:place_id>/<int:lesson_id>/<uuid:block>/",
        views.variant,
        name="variant",
    ),
    path("figures/", views.figures, name="figures"),
    path("figures/<int:place_id>/<int:figure_id>/", views.figure, name="figure"),
    path("writing/closed/", views.writing_closed, name="writing_closed"),
]
