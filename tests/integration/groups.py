"""Groups of pings to commit, as judging makes them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.ping import Ping, Verdict, ping_keys
from hub.domain.ping_filter import PingState
from hub.store.ping_store import DeviceKeys, Group, KeptPing, encode_entry, encode_state
from tests.builders import NOW


def group(
    pings: Sequence[Ping],
    *,
    before: str = "",
    after: str = "v1",
    resource_id: str = "re_1",
    device_id: str = "de_1",
    visits: Sequence[str] = (),
    check: bool = False,
    tidy: bool = False,
) -> Group:
    """Describe a commit of accepted pings; `check` lets the store look whether it knows them."""
    keys = [key for ping in pings for key in ping_keys(ping)]
    fresh, to_check = ([], keys) if check else (keys, [])
    return Group(
        resource_id=resource_id,
        version_before=before,
        version_after=after,
        state=encode_state(PingState(newest=pings[-1], kept=len(pings))),
        entry=encode_entry([KeptPing(device_id, resource_id, ping, Verdict.ACCEPTED, (), NOW) for ping in pings]),
        device_keys=[DeviceKeys(device_id, fresh, to_check, tidy)],
        visits=[(visit, '{"n":1}') for visit in visits],
    )
