"""What leaves the house about people: lists as files, cards on paper."""

from people.exports.cards import cards_sheet
from people.exports.residents import example_file, residents_file

__all__ = ["cards_sheet", "example_file", "residents_file"]
