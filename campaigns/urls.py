from django.urls import path

from campaigns.views import campaigns, classes, coverage, sessions, targets, teams

app_name = "campaigns"

urlpatterns = [
    path("", campaigns.campaign_list, name="list"),
    path("new/", campaigns.create, name="new"),
    path("<int:pk>/", campaigns.detail, name="detail"),
    path("<int:pk>/edit/", campaigns.edit, name="edit"),
    path("<int:pk>/start/", campaigns.start, name="start"),
    path("<int:pk>/close/", campaigns.close, name="close"),
    path("<int:pk>/coverage/", coverage.coverage_page, name="coverage"),
    path("<int:pk>/coverage.csv", coverage.coverage_file, name="coverage_csv"),
    path("<int:pk>/targets/", targets.targets, name="targets"),
    path("<int:pk>/classes/", classes.class_groups, name="class_groups"),
    path("tonight/", sessions.tonight, name="tonight"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new_team, name="new_team"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/edit/", teams.edit_team, name="edit_team"),
    path("teams/<int:pk>/members/new/", teams.new_member, name="new_member"),
    path("teams/<int:pk>/calendar/", teams.renew_calendar, name="renew_calendar"),
    path("teams/<int:pk>/classes/new/", classes.new_class, name="new_class"),
    path("members/<int:pk>/", teams.edit_member, name="edit_member"),
    path("members/<int:pk>/end/", teams.end_member, name="end_member"),
    path("calendar/<str:key>.ics", teams.calendar, name="calendar"),
    path("classes/<int:pk>/", classes.class_group, name="class_group"),
    path("classes/<int:pk>/edit/", classes.edit_class, name="edit_class"),
    path("classes/<int:pk>/sessions/new/", classes.new_session, name="new_session"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("sessions/<int:pk>/cancel/", sessions.cancel, name="cancel_session"),
    path("sessions/<int:pk>/restore/", sessions.restore, name="restore_session"),
    path("sessions/<int:pk>/move/", sessions.move, name="move_session"),
    path("sessions/<int:pk>/substitute/", sessions.substitute, name="substitute"),
]
