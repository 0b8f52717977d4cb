"""How the files of the pages are named: after what is in them, those that a script imports, too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """A script of ours and what it imports are of one version, whatever a phone has kept."""

    support_js_module_import_aggregation = True
    # Ours and those that we keep beside them: other scripts mention files that they do not bring.
    _imports = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]
    _js_module_import_aggregation_patterns = ("lms/js/*.js", _imports)
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("vendor/*.js", _imports))
