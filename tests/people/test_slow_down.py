"""Whoever tries too often waits, by whichever of his addresses he comes."""

import pytest
from django.test import RequestFactory

from people.views.limits import too_often


def tries(*addresses):
    factory = RequestFactory()
    return [
        too_often(factory.get("/", REMOTE_ADDR=address), "test", limit=2, seconds=60)
        for address in addresses
    ]


def test_the_third_try_is_one_too_many(one_minute):
    assert tries("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2") == [False, False, True, False]


def test_all_addresses_of_one_line_are_one(one_minute):
    found = tries("2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8:0:1::1")

    assert found == [False, False, True, False]


@pytest.mark.parametrize("written", ["::ffff:10.0.0.1", "::ffff:a00:1"])
def test_an_address_of_the_fourth_version_is_the_same_written_as_the_sixth(one_minute, written):
    assert tries("10.0.0.1", "10.0.0.1", written, "::ffff:10.0.0.2") == [False, False, True, False]


def test_whatever_the_address_is_it_is_counted(one_minute):
    assert tries("::1", "::2", "::1", "fe80::1") == [False, False, True, False]
