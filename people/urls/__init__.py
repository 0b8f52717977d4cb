from django.urls import include, path

from people.views import cards, learners, lists, residents, staff

app_name = "people"

_pages = [
    path("", residents.residents, name="residents"),
    path("register/", residents.register, name="register"),
    path("export.<str:kind>", lists.export, name="export"),
    path("import/", lists.upload, name="import_residents"),
    path("import/example.<str:kind>", lists.example, name="import_example"),
    path("import/<uuid:uuid>/", lists.preview, name="import_preview"),
    path("cards/", cards.choose, name="cards"),
    path("cards/sheet/", cards.sheet, name="cards_sheet"),
    path("out/", learners.sign_out, name="learner_out"),
    path("staff/", staff.members, name="staff"),
    path("staff/add/", staff.add, name="staff_add"),
    path("staff/<int:pk>/", staff.member, name="staff_member"),
    path("staff/<int:pk>/edit/", staff.edit, name="staff_edit"),
    path("staff/<int:pk>/roles/", staff.give_role, name="staff_give_role"),
    path("staff/<int:pk>/roles/<int:assignment>/end/", staff.end_role, name="staff_end_role"),
    path("staff/<int:pk>/password/", staff.password, name="staff_password"),
    path("staff/<int:pk>/second-step/", staff.second_step, name="staff_second_step"),
    path("staff/<int:pk>/open/", staff.set_open, name="staff_open"),
    path("<uuid:uuid>/", residents.resident, name="resident"),
    path("<uuid:uuid>/edit/", residents.edit, name="edit"),
    path("<uuid:uuid>/erase/", residents.erase, name="erase"),
    path("<uuid:uuid>/consent/", residents.consent, name="consent"),
    path("<uuid:uuid>/card/", cards.reprint, name="card"),
    path("<uuid:uuid>/card/revoke/", cards.revoke, name="revoke_card"),
]

urlpatterns = [
    # Short, because one of them is printed in a QR and the other is typed.
    path("k", learners.card_open, name="card_open"),
    path("the", learners.card_entry, name="card_entry"),
    path("people/", include(_pages)),
]
