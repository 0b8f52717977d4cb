"""The parts that every screen is put together from."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory


class Walkin(forms.Form):
    full_name = forms.CharField(label="Họ và tên", help_text="Đủ họ và tên")
    phone = forms.CharField(label="Điện thoại", required=False)
    agreed = forms.BooleanField(label="Đã đồng ý")
    sex = forms.ChoiceField(label="Giới tính", choices=[("f", "Nữ")], widget=forms.RadioSelect)


# Form fields


def test_a_field_ties_label_help_and_error_to_its_input():
    html = str(Walkin({}).as_div())

    assert 'for="id_full_name"' in html
    assert 'id="id_full_name_helptext"' in html
    assert 'id="id_full_name_error"' in html
    assert 'aria-describedby="id_full_name_helptext id_full_name_error"' in html


def test_a_field_that_may_stay_empty_says_so():
    html = Walkin()["phone"].as_field_group()
    assert "field-optional" in html
    assert "field-optional" not in Walkin()["full_name"].as_field_group()


def test_a_tick_box_stands_before_its_words():
    html = Walkin()["agreed"].as_field_group()
    assert html.index("<input") < html.index("<label")


def test_radio_buttons_are_one_group_with_a_name():
    html = Walkin()["sex"].as_field_group()
    assert "<fieldset" in html
    assert re.search(r"<legend>\s*Giới tính", html)


def test_the_summary_leads_to_each_wrong_field():
    html = render_to_string("components/form_errors.html", {"form": Walkin({})})
    assert 'href="#id_full_name"' in html
    assert 'href="#id_agreed"' in html


def test_the_summary_is_silent_when_all_is_well():
    assert "notice" not in render_to_string("components/form_errors.html", {"form": Walkin()})


# The hundred days


def dots(day, length=100):
    html = render_to_string("components/days.html", {"day": day, "length": length})
    past = re.search(r'class="mark-past"[^>]*\bd="([^"]+)"', html)
    today = re.search(r'class="mark-today" cx="(\d+)" cy="(\d+)"', html)
    count = 0
    for end in re.findall(r"H(\d+)", past[1]) if past else []:
        count += (int(end) + 4) // 10
    return count, (today and (int(today[1]), int(today[2])))


@pytest.mark.parametrize(
    ("day", "past", "today"),
    [
        (1, 0, (5, 5)),
        (2, 1, (15, 5)),
        (10, 9, (95, 5)),
        (11, 10, (5, 15)),
        (63, 62, (25, 65)),
        (100, 99, (95, 95)),
    ],
)
def test_past_days_are_filled_and_today_stands_out(day, past, today):
    assert dots(day) == (past, today)


def test_after_the_last_day_all_dots_are_filled():
    assert dots(101) == (100, None)


@pytest.mark.parametrize("day", [0, -3, None])
def test_before_the_first_day_no_dot_is_filled(day):
    assert dots(day) == (0, None)


# Pages of a list


def test_the_pager_keeps_the_search():
    page = Paginator(range(60), 20).page(2)
    request = RequestFactory().get("/?q=lan&page=2")
    html = render_to_string("components/pager.html", {"page": page}, request)
    assert "q=lan&amp;page=1" in html
    assert "q=lan&amp;page=3" in html


def test_a_short_list_has_no_pager():
    page = Paginator(range(3), 20).page(1)
    html = render_to_string("components/pager.html", {"page": page}, RequestFactory().get("/"))
    assert "<nav" not in html
