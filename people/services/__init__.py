"""Everything that changes what we know about people; every screen, import and phone comes here."""

from people.services.cards import (
    NewCard,
    issue_card,
    issue_cards,
    make_cards,
    note_card_used,
    revoke_card,
)
from people.services.consents import give_consent, withdraw_consent
from people.services.duplicates import DuplicateFinder, find_doubles, find_duplicates, tell_apart
from people.services.erasing import erase_resident
from people.services.heads import announce_heads, head_of
from people.services.merging import merge_residents
from people.services.quality import confirm_resident, keep_counts
from people.services.residents import change_resident, register_resident
from people.services.splitting import split_village
from people.services.staff import (
    assign_role,
    change_staff,
    create_staff,
    deactivate_staff,
    end_assignment,
    grantable_roles,
    may_manage,
    reactivate_staff,
    remove_second_step,
    renew_password,
)

__all__ = [
    "DuplicateFinder",
    "NewCard",
    "announce_heads",
    "assign_role",
    "change_resident",
    "change_staff",
    "confirm_resident",
    "create_staff",
    "deactivate_staff",
    "end_assignment",
    "erase_resident",
    "find_doubles",
    "find_duplicates",
    "give_consent",
    "grantable_roles",
    "head_of",
    "issue_card",
    "issue_cards",
    "keep_counts",
    "make_cards",
    "may_manage",
    "merge_residents",
    "note_card_used",
    "reactivate_staff",
    "register_resident",
    "remove_second_step",
    "renew_password",
    "revoke_card",
    "split_village",
    "tell_apart",
    "withdraw_consent",
]
