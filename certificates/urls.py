from django.urls import path

from certificates import views

app_name = "certificates"

urlpatterns = [
    path("", views.certificates, name="list"),
    path("waiting/", views.waiting, name="waiting"),
    path("mine/", views.mine, name="mine"),
    path("of/<uuid:uuid>/", views.of_resident, name="of_resident"),
    path("issue/<int:enrolment_id>/", views.issue, name="issue"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/file/", views.file, name="file"),
    path("<str:number>/revoke/", views.revoke, name="revoke"),
    path("<str:number>/correct/", views.correct, name="correct"),
]
