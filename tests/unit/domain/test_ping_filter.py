"""Judge pings, one by one."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import distance_m
from hub.domain.ping import KEPT, Ping, Reason, Verdict
from hub.domain.ping_filter import UNKNOWN_ACCURACY_M, Limits, PingState, judge
from tests.builders import NOW
from tests.unit.domain.pings import judge_all, judge_one, ping, some_pings

V, R = Verdict, Reason
DAYS_30 = timedelta(days=30).total_seconds()


def _after(*pings: Ping) -> PingState:
    return judge_all(pings)[-1].state


def test_the_first_ping_is_accepted_wherever_it_lies() -> None:
    judgement = judge_one(PingState(), ping())

    assert (judgement.verdict, judgement.reasons) == (V.ACCEPTED, ())
    assert judgement.state == PingState(newest=ping(), latest_at=NOW, kept=1)


@pytest.mark.parametrize(
    ("second", "verdict", "reasons"),
    [
        (120.0, V.ACCEPTED, ()),
        (120.000001, V.REJECTED, (R.FUTURE,)),
        (60 - DAYS_30, V.ACCEPTED, ()),
        (60 - DAYS_30 - 0.000001, V.REJECTED, (R.ANCIENT,)),
    ],
)
def test_a_ping_may_be_60_s_ahead_and_30_days_old_and_no_more(
    second: float, verdict: Verdict, reasons: tuple[Reason, ...]
) -> None:
    judgement = judge_one(PingState(), ping(second))

    assert (judgement.verdict, judgement.reasons) == (verdict, reasons)


@pytest.mark.parametrize(
    ("accuracy_m", "verdict"), [(100.0, V.ACCEPTED), (100.001, V.FLAGGED), (None, V.ACCEPTED), (0.0, V.ACCEPTED)]
)
def test_a_ping_worse_than_100_m_is_inaccurate(accuracy_m: float | None, verdict: Verdict) -> None:
    assert judge_one(PingState(), ping(accuracy_m=accuracy_m)).verdict is verdict


def test_null_island_is_exactly_zero_zero() -> None:
    at_zero = Ping(lat=-0.0, lon=0.0, at=NOW)

    assert judge_one(PingState(), at_zero).reasons == (R.NULL_ISLAND,)
    assert judge_one(PingState(), msgspec.structs.replace(at_zero, lon=0.1)).verdict is V.ACCEPTED


def test_all_reasons_to_reject_are_listed() -> None:
    bad = Ping(lat=0.0, lon=0.0, at=NOW + timedelta(days=1), accuracy_m=500.0)

    judgement = judge_one(PingState(), bad)

    assert (judgement.verdict, judgement.reasons) == (V.REJECTED, (R.NULL_ISLAND, R.FUTURE, R.INACCURATE))


def test_an_inaccurate_teleport_tells_both_reasons() -> None:
    judgement = judge_one(_after(ping()), ping(1, north_m=50_000, accuracy_m=500))

    assert (judgement.verdict, judgement.reasons) == (V.FLAGGED, (R.INACCURATE, R.TELEPORT))


@pytest.mark.parametrize(
    ("one", "duplicate", "verdict"),
    [
        (ping(200, accuracy_m=500), True, V.REJECTED),
        (ping(5, accuracy_m=500), True, V.DUPLICATE),
        (ping(20, north_m=90_000), True, V.DUPLICATE),
        (ping(5, accuracy_m=500), False, V.LATE),
        (ping(5, north_m=90_000), False, V.LATE),
        (ping(20, north_m=90_000), False, V.FLAGGED),
        (ping(20), False, V.ACCEPTED),
    ],
    ids=[
        "rejected before duplicate",
        "duplicate before late",
        "duplicate before flagged",
        "late before inaccurate",
        "late before teleport",
        "flagged",
        "accepted",
    ],
)
def test_where_several_verdicts_fit_the_first_of_the_contract_wins(
    one: Ping, duplicate: bool, verdict: Verdict
) -> None:
    assert judge_one(_after(ping(10)), one, duplicate=duplicate).verdict is verdict


def test_a_late_ping_tells_that_it_is_inaccurate_but_never_teleports() -> None:
    judgement = judge_one(_after(ping(10)), ping(5, north_m=90_000, accuracy_m=500))

    assert (judgement.verdict, judgement.reasons) == (V.LATE, (R.INACCURATE,))


def test_a_ping_of_the_same_moment_is_not_late() -> None:
    assert judge_one(_after(ping(10)), ping(10, north_m=3)).verdict is V.ACCEPTED


@pytest.mark.parametrize(("apart_m", "verdict"), [(609.9, V.ACCEPTED), (610.1, V.FLAGGED)])
def test_60_m_a_second_are_plausible_after_subtracting_both_accuracies(apart_m: float, verdict: Verdict) -> None:
    before, now = ping(0, accuracy_m=4), ping(10, north_m=apart_m, accuracy_m=6)

    assert judge_one(_after(before), now).verdict is verdict


@pytest.mark.parametrize(("share", "verdict"), [(1.0, V.ACCEPTED), (1 - 1e-9, V.FLAGGED)])
def test_exactly_the_limit_is_plausible(share: float, verdict: Verdict) -> None:
    before, after = ping(0, accuracy_m=0), ping(10, north_m=600, accuracy_m=0)
    speed_mps = distance_m(before.place, after.place) / 10
    limits = Limits(teleport_mps=speed_mps * share)

    assert judge(_after(before), after, duplicate=False, now=NOW, limits=limits).verdict is verdict


@pytest.mark.parametrize(("apart_m", "verdict"), [(129.9, V.ACCEPTED), (130.1, V.FLAGGED)])
def test_an_unknown_accuracy_counts_as_65_m(apart_m: float, verdict: Verdict) -> None:
    assert UNKNOWN_ACCURACY_M == 65.0
    before, same_moment = ping(0, accuracy_m=None), ping(0, north_m=apart_m, accuracy_m=None)

    assert judge_one(_after(before), same_moment).verdict is verdict


def test_the_third_consecutive_teleport_that_agrees_is_accepted() -> None:
    pings = [ping(0), *(ping(second, north_m=20_000 + 10 * second) for second in (2, 4, 6))]

    judgements = judge_all(pings)

    assert [one.verdict for one in judgements] == [V.ACCEPTED, V.FLAGGED, V.FLAGGED, V.ACCEPTED]
    assert judgements[2].state.newest == pings[0]
    assert judgements[3].state == PingState(newest=pings[3], latest_at=pings[3].at, kept=4)


def test_teleports_that_do_not_agree_unlock_nothing() -> None:
    pings = [ping(0), *(ping(second, north_m=20_000 * second) for second in (1, 2, 3, 4, 5, 6))]

    assert [one.verdict for one in judge_all(pings)] == [V.ACCEPTED] + [V.FLAGGED] * 6


@pytest.mark.parametrize("odd", [0, 1])
def test_the_third_teleport_must_agree_with_both_before_it(odd: int) -> None:
    places_m = [20_000.0, 20_000.0]
    places_m[odd] = 80_000.0
    pings = [ping(0), ping(1, north_m=places_m[0]), ping(2, north_m=places_m[1]), ping(3, north_m=20_000)]

    assert judge_all(pings)[-1].verdict is V.FLAGGED


def test_an_odd_teleport_is_forgotten_once_three_agree() -> None:
    pings = [ping(0), ping(1, north_m=80_000), *(ping(second, north_m=20_000) for second in (2, 3, 4))]

    assert [one.verdict for one in judge_all(pings)][2:] == [V.FLAGGED, V.FLAGGED, V.ACCEPTED]


def test_an_accepted_ping_between_teleports_starts_the_count_again() -> None:
    away = [ping(second, north_m=20_000) for second in (1, 2, 4, 5)]
    pings = [ping(0), *away[:2], ping(3), *away[2:]]

    assert [one.verdict for one in judge_all(pings)][3:] == [V.ACCEPTED, V.FLAGGED, V.FLAGGED]


def test_a_late_ping_does_not_disturb_teleports_that_wait() -> None:
    pings = [ping(0), ping(1, north_m=20_000), ping(-9), ping(2, north_m=20_000), ping(3, north_m=20_000)]

    assert judge_all(pings)[-1].verdict is V.ACCEPTED


def test_a_teleport_with_time_enough_is_no_teleport() -> None:
    assert judge_one(_after(ping(-3_600)), ping(0, north_m=20_000)).verdict is V.ACCEPTED


@pytest.mark.parametrize("duplicate", [True, False])
def test_what_is_not_kept_changes_nothing(*, duplicate: bool) -> None:
    state = _after(ping(0))
    one = ping(1) if duplicate else ping(1_000)

    judgement = judge_one(state, one, duplicate=duplicate)

    assert judgement.verdict not in KEPT
    assert judgement.state is state


def test_a_flagged_ping_is_remembered_as_the_latest_but_not_as_the_newest() -> None:
    state = _after(ping(0), ping(5, accuracy_m=500), ping(3))

    assert (state.newest, state.latest_at, state.kept) == (ping(3), ping(5).at, 3)


@pytest.mark.parametrize(
    ("one", "could"), [(ping(6), False), (ping(5), True), (ping(4), True), (ping(6, name="a"), True)]
)
def test_only_a_ping_without_id_that_is_newer_than_all_kept_cannot_have_been_kept(one: Ping, could: bool) -> None:
    assert _after(ping(0), ping(5, accuracy_m=500)).could_hold(one) is could


def test_nothing_is_held_at_first() -> None:
    assert not PingState().could_hold(ping())
    assert PingState().could_hold(ping(name="a"))


@given(st.lists(some_pings(), max_size=12))
def test_every_ping_gets_one_verdict_with_the_reasons_that_belong_to_it(pings: list[Ping]) -> None:
    for judgement in judge_all(pings):
        reasons = set(judgement.reasons)
        match judgement.verdict:
            case V.ACCEPTED | V.DUPLICATE:
                assert not reasons
            case V.LATE:
                assert reasons <= {R.INACCURATE}
            case V.FLAGGED:
                assert reasons
                assert reasons <= {R.INACCURATE, R.TELEPORT}
            case V.REJECTED:
                assert reasons & {R.NULL_ISLAND, R.FUTURE, R.ANCIENT}


@given(st.lists(some_pings(), max_size=15))
def test_the_newest_never_moves_backwards_in_time(pings: list[Ping]) -> None:
    newest_at = None
    for one, judgement in zip(pings, judge_all(pings), strict=True):
        if judgement.verdict is V.ACCEPTED:
            assert newest_at is None or one.at >= newest_at
            newest_at = one.at
            assert judgement.state.newest == one
        else:
            assert newest_at == (judgement.state.newest and judgement.state.newest.at)


@given(st.lists(some_pings(), max_size=15))
def test_kept_counts_what_goes_into_the_history(pings: list[Ping]) -> None:
    judgements = judge_all(pings)
    kept = [one.at for one, judgement in zip(pings, judgements, strict=True) if judgement.verdict in KEPT]

    state = judgements[-1].state if judgements else PingState()

    assert (state.kept, state.latest_at) == (len(kept), max(kept, default=None))


@given(st.permutations([ping(second, north_m=10 * second) for second in range(8)]))
def test_in_any_order_a_drive_ends_at_its_newest_ping(pings: list[Ping]) -> None:
    judgements = judge_all(pings)

    assert judgements[-1].state.newest == ping(7, north_m=70)
    assert {one.verdict for one in judgements} <= {V.ACCEPTED, V.LATE}


@given(st.lists(some_pings(), max_size=6))
def test_a_state_survives_storage(pings: list[Ping]) -> None:
    state = judge_all(pings)[-1].state if pings else PingState()

    assert msgspec.json.decode(msgspec.json.encode(state), type=PingState) == state


@pytest.mark.parametrize("tracked", [True, False])
def test_a_ping_outside_tracking_hours_is_rejected_and_leaves_no_trace(*, tracked: bool) -> None:
    state = _after(ping(0))

    judgement = judge(state, ping(1), duplicate=False, now=NOW, limits=Limits(), tracked=tracked)

    assert (judgement.verdict, judgement.reasons) == ((V.ACCEPTED, ()) if tracked else (V.REJECTED, (R.OFF_HOURS,)))
    assert (judgement.state is state) is not tracked


def test_off_hours_comes_before_duplicate_and_stands_beside_other_reasons() -> None:
    untracked = judge(PingState(), ping(0), duplicate=True, now=NOW, limits=Limits(), tracked=False)
    worse = judge(PingState(), ping(90, accuracy_m=500), duplicate=False, now=NOW, limits=Limits(), tracked=False)

    assert (untracked.verdict, untracked.reasons) == (V.REJECTED, (R.OFF_HOURS,))
    assert set(worse.reasons) == {R.FUTURE, R.OFF_HOURS, R.INACCURATE}


def _moving(second: float, north_m: float, speed_mps: float | None = None, accuracy_m: float | None = 5.0) -> Ping:
    return msgspec.structs.replace(ping(second, north_m=north_m, accuracy_m=accuracy_m), speed_mps=speed_mps)


def _shown_m(*pings: Ping, limits: Limits = Limits()) -> list[float]:  # noqa: B008 - frozen
    """Tell how far north the marker stands after each ping."""
    state, shown = PingState(), []
    for one in pings:
        state = judge(state, one, duplicate=False, now=NOW + timedelta(hours=1), limits=limits).state
        assert state.shown
        shown.append(round((state.shown.lat - 60.17) * 111_195.0, 1))
    return shown


def test_the_marker_of_a_phone_at_rest_stays_where_it_came_to_rest() -> None:
    assert _shown_m(
        _moving(0, 0, 9), _moving(10, 90, 9), _moving(20, 95, 0.2), _moving(30, 86, 0), _moving(40, 99, 0.1)
    ) == [
        0,
        90,
        90,
        90,
        90,
    ]


def test_at_rest_it_is_still_seen_just_now() -> None:
    state = judge_all([_moving(0, 0, 0), _moving(10, 4, 0)])[-1].state

    assert state.newest == _moving(10, 4, 0)
    assert state.shown
    assert (state.shown.at, state.shown.place) == (_moving(10, 4).at, _moving(0, 0).place)


@pytest.mark.parametrize(("north_m", "accuracy_m", "shown_m"), [(24, 5, 0), (26, 5, 26), (59, 60, 0), (61, 60, 61)])
def test_it_may_stray_25_m_or_as_far_as_its_accuracy(north_m: float, accuracy_m: float, shown_m: float) -> None:
    assert _shown_m(_moving(0, 0, 0), _moving(10, north_m, 0.5, accuracy_m))[-1] == shown_m


def test_small_steps_do_not_add_up_unseen() -> None:
    creeping = [_moving(60 * step, 10 * step, 0.2) for step in range(6)]

    assert _shown_m(*creeping) == [0, 0, 0, 30, 30, 30]


@pytest.mark.parametrize(("speed_mps", "shown_m"), [(0.99, 0), (1.0, 5)])
def test_who_walks_is_followed_by_the_metre(speed_mps: float, shown_m: float) -> None:
    assert _shown_m(_moving(0, 0, 0), _moving(5, 5, speed_mps))[-1] == shown_m


@pytest.mark.parametrize(("second", "shown_m"), [(20, 0), (3, 5)])
def test_without_a_speed_the_last_step_tells_it(second: float, shown_m: float) -> None:
    assert _shown_m(_moving(0, 0), _moving(second, 5))[-1] == shown_m


def test_zero_metres_let_the_marker_follow_always() -> None:
    assert _shown_m(_moving(0, 0, 0), _moving(10, 3, 0, 80), limits=Limits(still_m=0)) == [0, 3]


def test_resting_moves_no_teleport_nearer() -> None:
    """Compare the next ping with where the phone was, not with where its marker rests."""
    resting = [_moving(0, 0, 0), _moving(10, 20, 0), _moving(11, 20 + 69, 0.0, 5.0)]

    assert judge_all(resting)[-1].verdict is V.ACCEPTED
