"""Why a time is good, in words: for programs as they are, on pages through the catalogues."""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.slot_reasons import Reason
from hub.web.phrases import N_

REASONS: Mapping[Reason, str] = {
    Reason.EARLIEST: N_("The earliest time."),
    Reason.USUAL: N_("Your usual technician can come then."),
    Reason.NEAR: N_("A technician is near you then."),
    Reason.FIRST_OF_DAY: N_("The first visit of the technician's day."),
    Reason.TEAM: N_("All who are needed are free then."),
    Reason.FREE: N_("A technician is free then."),
}
ABOUT_THEN = "Near the time you wanted."
