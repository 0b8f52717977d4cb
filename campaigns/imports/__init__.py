"""What comes in from outside: tables of targets."""

from campaigns.imports.targets import (
    Problem,
    TargetLine,
    TargetPlan,
    pack_targets,
    read_targets,
    unpack_targets,
)

__all__ = [
    "Problem",
    "TargetLine",
    "TargetPlan",
    "pack_targets",
    "read_targets",
    "unpack_targets",
]
