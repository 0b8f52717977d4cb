"""Each app uses only what is below it, and inside an app the web uses the rules."""

from importlinter.cli import lint_imports


def test_every_import_respects_the_layers():
    assert lint_imports() == 0
