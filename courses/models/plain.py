"""A lesson as plain data, for programs of others."""

from typing import Any


def screen_data(screen) -> dict[str, Any]:
    """Return one screen of a lesson: its kind, its words, its pictures with their addresses."""
    value = screen.value
    data: dict[str, Any] = {"id": screen.id, "type": screen.kind, "heading": screen.heading}
    if "words" in value:
        data["words"] = value["words"]
    if picture := screen.picture:
        data["picture"] = picture
    match screen.kind:
        case "checklist":
            data["items"] = list(value["items"])
        case "figures":
            # What is known of them differs from place to place; here is whom to ask.
            data["figures"] = [
                {"label": figure.label, "text": figure.text} for figure in screen.figures()
            ]
        case "video":
            data |= {
                "video": value["video"].url if value["video"] else "",
                "captions": value["captions"].url if value["captions"] else "",
                "transcript": value["transcript"],
            }
        case "practice":
            data["screens"] = value.plain_screens
    return data
