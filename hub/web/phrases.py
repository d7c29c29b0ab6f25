"""The phrases that both the server's pages and their script say, each written once.

A phrase is plain text with named blanks in braces. Catalogues translate it; the script gets the
translated phrases in the page's data block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Gettext = Callable[[str], str]


def N_(message: str) -> str:
    """Mark a message for the catalogues without translating it."""
    return message


PHRASES: Mapping[str, str] = {
    "arriving": N_("Arriving {range}"),
    "headline_scheduled": N_("Coming {date}, {range}"),
    "headline_traveling": N_("On the way to you"),
    "headline_in_progress": N_("Your technician is here"),
    "headline_on_break": N_("Work is paused"),
    "headline_completed": N_("All done"),
    "headline_canceled": N_("This visit was canceled"),
    "status_scheduled": N_("Scheduled"),
    "status_traveling": N_("On the way"),
    "status_in_progress": N_("At work"),
    "status_on_break": N_("On a break"),
    "status_completed": N_("Completed"),
    "status_canceled": N_("Canceled"),
    "late": N_("Running late: promised {range}"),
    "confidence": N_("{percent} likely within these times"),
    "away": N_("about {distance} away"),
    "area": N_("You see the area they are in. The exact place is shown once they are near."),
    "metres": N_("{n} m"),
    "kilometres": N_("{n} km"),
    "updated": N_("updated {age} ago"),
    "last_seen": N_("last seen {age} ago"),
    "not_seen": N_("waiting for the first position"),
    "seconds": N_("{n} s"),
    "minutes": N_("{n} min"),
    "hours": N_("{n} h"),
}

STAFF_PHRASES: Mapping[str, str] = {
    "lateness_on_time": N_("On time"),
    "lateness_at_risk": N_("At risk"),
    "lateness_late": N_("Late"),
    "silence_sharing_off": N_("Sharing is turned off on the phone"),
    "silence_off_hours": N_("Outside tracking hours"),
    "silence_last_will": N_("The phone lost its connection"),
    "silence_battery": N_("The phone's battery was nearly empty"),
    "fleet_starts": N_("next at {time}"),
    "fleet_arriving": N_("arriving {range}"),
    "fleet_promised": N_("promised {range}"),
    "fleet_live": N_("seen just now"),
    "fleet_no_visit": N_("No more visits today"),
    "fleet_summary": N_("{late} late, {at_risk} at risk, {all} technicians in all"),
    "fleet_more": N_("Show more ({n})"),
}
"""What only the pages of staff say."""

MAP_CONTROLS: Mapping[str, str] = {
    "Map.Title": N_("Map of the technician's way to you"),
    "NavigationControl.ZoomIn": N_("Zoom in"),
    "NavigationControl.ZoomOut": N_("Zoom out"),
    "CooperativeGesturesHandler.WindowsHelpText": N_("Hold Ctrl and scroll to zoom the map"),
    "CooperativeGesturesHandler.MacHelpText": N_("Hold ⌘ and scroll to zoom the map"),
    "CooperativeGesturesHandler.MobileHelpText": N_("Use two fingers to move the map"),
}
"""MapLibre's own texts, by its keys."""


def translated(phrases: Mapping[str, str], gettext: Gettext) -> dict[str, str]:
    """Translate a whole set of phrases, blanks kept, for a page's script."""
    return {key: gettext(message) for key, message in phrases.items()}
