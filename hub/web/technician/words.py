"""What the technician's page calls things, each written once for the page and for its script."""

from __future__ import annotations

from collections.abc import Mapping

from hub.web.phrases import N_

STEP_WORDS: Mapping[str, Mapping[str, str]] = {
    "scheduled": {"traveling": N_("Set off"), "in_progress": N_("I am already there")},
    "traveling": {"in_progress": N_("I have arrived"), "scheduled": N_("Turn back")},
    "in_progress": {"completed": N_("Done"), "on_break": N_("Take a break")},
    "on_break": {"in_progress": N_("Carry on"), "completed": N_("Done")},
}
"""By status and the one that may follow."""

PHRASES: Mapping[str, str] = {
    "way_sharing": N_("Your position is shared while you are on the way"),
    "way_waiting": N_("Your position is shared as soon as you set off"),
    "always_sharing": N_(
        "Your position is shared all the time; customers see it only while you are on the way to them"
    ),
    "off": N_("Off: nobody sees where you are"),
    "off_traveling": N_("Off: your customer waits without seeing where you are"),
    "off_hours": N_("Outside your working hours: no position is taken"),
    "other_tab": N_("Another tab of this browser shares your position"),
    "connecting": N_("Looking for your position …"),
    "no_signal": N_("No signal: your positions are kept on this phone and sent later"),
    "denied": N_("This browser may not know your position. Allow it in the settings of this page."),
    "no_position": N_("Your phone does not find its position. Is location turned on?"),
    "unsupported": N_("This browser cannot share a position here. The page must be opened by https."),
    "refused": N_("The enrolment of this phone is no longer valid. Ask your dispatcher for a new link."),
    "clock": N_("The clock of your phone is wrong, so its positions cannot be used."),
    "seen_yes": N_("Your customer can see you now."),
    "seen_lost": N_("Your customer cannot see you now."),
    "seen_area": N_("Your customer sees roughly where you are; the exact place only when you are near."),
    "seen_paused": N_("You paused sharing: your customer cannot see where you are, and is told so."),
    "seen_closed": N_("The live map has closed: your customer cannot see you any more."),
    "seen_no": N_("Customers cannot see you now."),
    "seen_unknown": N_("Without a connection your customer gets no new position."),
    "waiting_pings": N_("Positions that wait to be sent: {n}"),
    "waiting_status": N_("“{words}” for {name}, {time}: waits to be sent"),
    "waiting_sharing": N_("Your choice of sharing waits to be sent"),
    "waiting_arrival": N_("Your answer to the arrival waits to be sent"),
    "refused_status": N_("“{words}” for {name} was not possible any more: the visit had changed. Now it is: {now}"),
    "refused_gone": N_("“{words}” for {name} was not possible any more: the visit is no longer yours."),
    "arrived": N_("You seem to have arrived at {name}."),
    "arrived_soon": N_("Marked as arrived in {n} s unless you object."),
    "arrived_marked": N_("You are marked as arrived."),
    "lose": N_("What waits on this phone has not been sent and would be lost. Sign out all the same?"),
    "no_sign_out": N_("Signing out needs a connection. Please try again later."),
}
"""What the script says; words in braces are its blanks."""
