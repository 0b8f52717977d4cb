"""Our advice among the checks of Wagtail's editor.

The preview writes each piece of advice below the screen that it is about (`courses/_advice.html`);
Wagtail's checker finds these notes and lists them beside the form, as it does its own, while the
author types.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.userbar import ContentCheckerItem

# What each kind of advice is called in the list, and what to do about it.
KINDS = {
    "long": (_("A long sentence"), _("At most twelve words; two short ones are better.")),
    "banned": (_("A foreign word"), _("Say it in words that everybody knows.")),
    "no_words": (_("A picture without words"), _("Say in one sentence what is to be seen.")),
    "narrow": (_("A small place to tap"), _("Make it at least 56 px wide and high.")),
    "stale_audio": (_("A recording of other words"), _("Record it again.")),
    "no_audio": (_("Not to be heard yet"), _("Ask somebody with a clear voice.")),
    "heavy": (_("A heavy lesson"), _("At most 300 KB; take smaller pictures.")),
    "few_questions": (_("Too few questions"), _("Ask at least three.")),
}


class LessonCheckerItem(ContentCheckerItem):
    """Wagtail's checks and ours."""

    axe_run_only = [*ContentCheckerItem.axe_run_only, *(f"our-{kind}" for kind in KINDS)]
    axe_custom_rules = [
        *ContentCheckerItem.axe_custom_rules,
        *(
            {
                "id": f"our-{kind}",
                "impact": "moderate",
                "selector": f'[data-advice="{kind}"]',
                "tags": ["best-practice"],
                # No note has an alternative text: wherever there is one, there is something to do.
                "any": ["has-alt"],
                "enabled": True,
            }
            for kind in KINDS
        ),
    ]
    axe_messages = {
        **ContentCheckerItem.axe_messages,
        **{
            f"our-{kind}": {"error_name": name, "help_text": help}
            for kind, (name, help) in KINDS.items()
        },
    }
