"""A learner has lost the card: three taps from the class's page, and a new one is printed."""

from django.test import Client
from django.urls import reverse

from people.services import issue_card


def test_three_taps_from_the_class_print_a_new_card(client, instructor, class_group, enrolment):
    lan = enrolment.resident
    _lost, token = issue_card(lan, by=instructor)
    finder = Client()
    finder.post(reverse("people:card_open"), {"token": token})
    assert finder.get(reverse("progress:learn")).status_code == 200
    client.force_login(instructor)
    learner = reverse("progress:learner", args=[lan.uuid])
    new_card = reverse("people:card", args=[lan.uuid])

    # The name, “lost”, “make and print”.
    assert learner in client.get(reverse("progress:learners", args=[class_group.pk])).text
    assert new_card in client.get(learner).text
    paper = client.post(new_card)

    assert paper.headers["Content-Type"] == "application/pdf"
    # Whoever has found the lost one is out with the next tap.
    assert finder.get(reverse("progress:learn")).status_code == 302
