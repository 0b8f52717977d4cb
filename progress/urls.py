from django.urls import path

from progress.views import (
    arrivals,
    evenings,
    inbox,
    learn,
    learners,
    paper,
    paper_scans,
    practice,
    quiz,
    rechecks,
    register,
    screens,
    sheets,
    skills,
    sync,
)

app_name = "progress"

urlpatterns = [
    # Volunteers
    path("sessions/<int:session_id>/register/", register.register, name="register"),
    path("sessions/<int:session_id>/register/<int:enrolment_id>/", register.mark, name="mark"),
    path("sessions/<int:session_id>/rest/", register.rest, name="mark_rest"),
    path("sessions/<int:session_id>/take-back/", register.take_back, name="take_back_rest"),
    path("sessions/<int:session_id>/close/", register.close, name="close"),
    path("sessions/<int:session_id>/reopen/", register.reopen, name="reopen"),
    path("sessions/<int:session_id>/walk-in/", arrivals.walk_in, name="walk_in"),
    path("sessions/<int:session_id>/walk-in/likely/", arrivals.likely, name="likely"),
    path("sessions/<int:session_id>/add/", arrivals.add, name="add"),
    path("sessions/<int:session_id>/screen/", screens.screen, name="screen"),
    path("classes/<int:class_group_id>/", learners.learners, name="learners"),
    path("classes/<int:class_group_id>/sheets/", sheets.class_sheets, name="sheets"),
    path("classes/<int:class_group_id>/practice/", learners.class_stumbles, name="stumbles"),
    path("classes/<int:class_group_id>/skills/", skills.skills, name="skills"),
    path("rechecks/", rechecks.rechecks, name="rechecks"),
    path("rechecks/<int:enrolment_id>/", rechecks.recheck, name="recheck"),
    path("people/<uuid:uuid>/", learners.learner, name="learner"),
    path("people/<uuid:uuid>/observe/<int:lesson_id>/", skills.observe, name="observe"),
    path("people/<uuid:uuid>/enrol/", arrivals.enrol, name="enrol"),
    path("people/<uuid:uuid>/move/", learners.move, name="move"),
    path("people/<uuid:uuid>/withdraw/", learners.withdraw, name="withdraw"),
    path("people/<uuid:uuid>/merge/", learners.merge, name="merge"),
    path("people/<uuid:uuid>/record/<int:lesson_id>/", learners.record, name="record"),
    # What a person has to decide about
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/disputes/<int:attendance_id>/", inbox.settle, name="settle"),
    path("inbox/held/<uuid:uuid>/", inbox.decide, name="decide"),
    path("inbox/apart/<uuid:uuid>/<uuid:other>/", inbox.apart, name="apart"),
    path("inbox/flags/<int:flag_id>/", inbox.explain, name="explain"),
    # Paper
    path("sessions/<int:session_id>/paper/", paper.of_session, name="paper"),
    path("sessions/<int:session_id>/paper/print/", paper.print_sheet, name="paper_print"),
    path(
        "sessions/<int:session_id>/paper/<int:lesson_id>.pdf", paper.quiz_file, name="paper_quiz"
    ),
    path("paper/<int:code>.pdf", paper.register_file, name="paper_register"),
    path("paper/teams/<int:team_id>/", paper.of_weekend, name="paper_weekend"),
    path(
        "paper/teams/<int:team_id>/<str:saturday>.pdf",
        paper.weekend_file,
        name="paper_weekend_file",
    ),
    path("paper/photos/<uuid:uuid>/", paper_scans.scan, name="paper_scan"),
    path(
        "paper/photos/<uuid:uuid>/<int:number>.jpg", paper_scans.line_picture, name="paper_line"
    ),
    path("paper/photos/<uuid:uuid>/discard/", paper_scans.discard, name="paper_discard"),
    # The shared tablet
    path("names/", screens.names, name="names"),
    path("names/tap/", screens.tap_name, name="tap_name"),
    path("names/next/", screens.next_person, name="next_person"),
    # Phones that bring what they kept without network
    path("whoami/", sync.whoami, name="whoami"),
    path("mine/", sync.mine, name="mine"),
    path("sync/", sync.sync, name="sync"),
    path("evenings/", evenings.evenings, name="evenings"),
    # Learners
    path("learn/", learn.learn, name="learn"),
    path("lessons/<int:lesson_id>/", learn.resume, name="resume"),
    path("lessons/<int:lesson_id>/finish/", learn.finish, name="finish_lesson"),
    path("lessons/<int:lesson_id>/<int:step>/", learn.lesson, name="lesson"),
    path("lessons/<int:lesson_id>/practice/<uuid:block>/", practice.practise, name="practise"),
    path("courses/<int:course_id>/<slug:occasion>/", quiz.begin_test, name="begin_test"),
    path("questions/<uuid:uuid>/<int:number>/", quiz.question, name="question"),
    path("questions/<uuid:uuid>/", quiz.result, name="result"),
]
