"""One step on each screen, for anybody, without JavaScript and without leaving a trace."""

import gzip
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from courses.imports import import_pack
from courses.models import Drawing, LessonPage
from courses.services import questions_of, screen_context, screens_of

LESSON = "/vi/goi-dien/bam-so/"


@pytest.fixture
def read(client, lesson):
    """Open a step of the lesson and return the page."""

    def open_step(query="", path=LESSON):
        answer = client.get(path + query)
        assert answer.status_code == 200
        return answer.text

    return open_step


def question_step(lesson, number):
    return len(lesson.body) + number


# The screen


def test_the_shelf_leads_to_the_course_and_the_course_to_the_lesson(client, lesson):
    shelf = client.get(reverse("courses:list"), follow=True)
    course = client.get("/vi/goi-dien/")

    assert shelf.redirect_chain == [("/vi/", 302)]
    assert 'href="/vi/goi-dien/"' in shelf.text
    assert f'href="{LESSON}"' in course.text


def test_the_cover_tells_what_awaits_one(read):
    page = read()

    assert "Bấm số đường dài" in page
    assert 'href="?step=1"' in page


def test_each_step_stands_alone(read):
    first, second = read("?step=1"), read("?step=2")

    assert "Bấm chậm từng số." in first
    assert "Người lạ gọi" not in first
    assert "Người lạ gọi thì cúp máy." in second
    assert 'href="?step=3"' in second


def test_go_back_leads_to_the_step_before(read):
    assert re.search(r'class="bar-button" href="\?step=1"', read("?step=2"))
    assert re.search(r'class="bar-button" href="/vi/goi-dien/"', read())


def test_a_figure_says_whom_to_ask_where_nobody_has_answered(read):
    assert "Hỏi tại xã" in read("?step=4")


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_question_offers_at_most_four_answers_and_one_is_not_to_know(read, lesson, number):
    page = read(f"?step={question_step(lesson, number)}")
    form = page[page.index("<fieldset") : page.index("</fieldset>")]

    answers = re.findall(r'name="answer" value="([^"]+)"', form)
    assert "unsure" in answers
    assert len(set(answers) - {"done"}) <= 4
    assert form.count("is-primary") <= 1


def test_where_the_right_answer_stands_is_not_in_the_page(read, lesson):
    page = read(f"?step={question_step(lesson, 1)}")

    assert "correct" not in page
    assert "Bấm chậm thì đúng." not in page


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_right_answer_is_praised_and_explained(read, lesson, number):
    question = questions_of(lesson)[number - 1]
    chosen = "".join(f"&answer={o['id']}" for o in question["options"] if o["correct"])

    page = read(f"?step={question_step(lesson, number)}{chosen}&answer=done")

    assert "is-right" in page
    assert question["explanation"] in page


def test_a_wrong_answer_is_explained_and_can_be_tried_again(read, lesson):
    step = question_step(lesson, 1)
    wrong = next(o for o in questions_of(lesson)[0]["options"] if not o["correct"])

    page = read(f"?step={step}&answer={wrong['id']}")

    assert "is-wrong" in page
    assert wrong["feedback"] in page
    assert f'href="?step={step}&amp;r=0----"' in page


def test_rows_are_put_in_order_by_buttons_alone(read, lesson):
    step = question_step(lesson, 5)
    ids = [option["id"] for option in questions_of(lesson)[4]["options"]]
    rows = "".join(f"&order={row}" for row in (ids[1], ids[0], ids[2]))

    moved = read(f"?step={step}{rows}&move={ids[0]}:up")
    answered = read(f"?step={step}{''.join(f'&order={row}' for row in ids)}&answer=done")

    assert re.findall(r'name="order" value="([^"]+)"', moved) == ids
    assert "draggable" not in moved
    assert "is-right" in answered


def test_the_end_counts_what_was_right_and_offers_the_questions_again(read, lesson):
    end = question_step(lesson, 6)

    assert "3" in read(f"?step={end}&r=11100")
    assert f'href="?step={question_step(lesson, 1)}"' in read(f"?step={end}&r=10000")


@pytest.mark.parametrize(
    "query",
    ["?step=abc", "?step=-1", "?step=99999", "?step=5&answer=<b>", "?r=%00&step=5", "?step="],
)
def test_nonsense_in_the_address_is_answered_with_a_page(read, query):
    assert "<b>" not in read(query)


def test_the_lesson_can_be_read_in_english(read, lesson):
    page = read("?step=1", "/en/goi-dien/bam-so/")

    assert "Dial slowly." in page
    assert 'hreflang="vi"' in page


def test_the_language_switch_leads_to_the_same_step(client, lesson):
    answer = client.post(reverse("set_language"), {"language": "en", "next": f"{LESSON}?step=2"})

    assert answer.url == "/en/goi-dien/bam-so/?step=2"


def test_a_draft_is_not_shown(client, lesson):
    lesson.unpublish()

    assert client.get(LESSON).status_code == 404


def test_an_author_previews_every_screen_and_the_right_answers(lesson):
    page = lesson.make_preview_request(preview_mode="").render().content.decode()

    assert "Người lạ gọi thì cúp máy." in page
    assert "Nói: lời dặn" in page


def test_nothing_on_a_lesson_needs_inline_scripts_or_styles(read, lesson):
    for step in range(question_step(lesson, 6) + 1):
        page = read(f"?step={step}")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)", page)
        assert page.count("<h1") == 1


def test_a_learner_with_a_card_is_led_to_where_learning_is_remembered(rf, lesson, lan):
    def open_as_learner(query=""):
        request = rf.get(LESSON + query)
        request.learner, request.user = lan, AnonymousUser()
        return lesson.serve(request)

    assert open_as_learner().url == reverse("progress:resume", args=[lesson.pk])
    # With a step in the address it is shown as it is, or somebody not enrolled would go in circles.
    assert open_as_learner("?step=1").status_code == 200


# A picture


def test_a_drawing_is_sent_where_nothing_in_it_can_run(client, lesson):
    answer = client.get(Drawing.objects.first().url, headers={"accept-encoding": "gzip"})

    assert answer["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert gzip.decompress(answer.content).startswith(b"<svg")


def test_a_drawing_that_is_not_there_is_not_found(client, db):
    assert client.get(reverse("courses:picture", args=["0" * 24])).status_code == 404


# For the apps above


def test_screens_are_numbered_blocks_with_their_words(lesson):
    pairs = [(index, block.block_type) for index, block in screens_of(lesson)]

    assert pairs == [(1, "step"), (2, "warning"), (3, "checklist"), (4, "figures")]
    context = screen_context(lesson, 4)
    assert (context["trail"].number, context["trail"].count) == (4, 4)


def test_questions_are_plain_data_with_pictures(lesson):
    picture = questions_of(lesson)[3]["options"][0]

    assert picture["picture"].startswith("/courses/pictures/")
    assert picture["alt"] == "Hình một"


# The cost


@pytest.mark.parametrize("lessons", [1, 3])
def test_a_course_costs_the_same_however_many_lessons_it_has(
    client, pack, db, lessons, django_assert_num_queries
):
    for number in range(lessons):
        folder = f"0{number + 1}-bam-so"
        source = pack.path / "goi-dien" / "01-bam-so"
        if number:
            target = pack.path / "goi-dien" / folder
            target.mkdir()
            (source / "pictures").rename(target / "pictures")
            text = (source / "lesson.yaml").read_text().replace("bam-so", f"bam-so-{number}")
            (target / "lesson.yaml").write_text(text)
            (target / "pictures").rename(source / "pictures")
            (target / "pictures").mkdir()
            for picture in (source / "pictures").iterdir():
                (target / "pictures" / picture.name).write_text(picture.read_text())
    pack.course["lessons"] = [f"0{number + 1}-bam-so" for number in range(lessons)]
    (pack.path / "goi-dien" / "course.yaml").unlink()
    pack._dump(pack.path / "goi-dien" / "course.yaml", pack.course)
    import_pack(pack.path)
    client.get("/vi/goi-dien/")

    # Another address than the one that is kept already.
    with django_assert_num_queries(8):
        page = client.get("/vi/goi-dien/?anew").text

    assert page.count('href="/vi/goi-dien/bam-so') == lessons


@pytest.mark.parametrize("step", ["1", "5"])
def test_a_step_of_a_lesson_costs_few_queries(client, lesson, step, django_assert_max_num_queries):
    client.get(f"{LESSON}?step={step}")

    # Another address than the one that is kept already.
    with django_assert_max_num_queries(8):
        client.get(f"{LESSON}?step={step}&anew")


def test_a_step_is_light(client, lesson):
    for step in range(12):
        page = client.get(f"{LESSON}?step={step}").content
        assert len(gzip.compress(page)) < 8_000

    assert LessonPage.objects.get(pk=lesson.pk).weight_kb < 10
