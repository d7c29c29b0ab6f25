"""Turn waiting pings into groups of a commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from hub.domain.ping import Ping, Reason, Verdict, ping_keys
from hub.domain.ping_filter import PingState
from hub.services.judge_pings import MALFORMED, TIDY_EVERY, Batch, Outcome, Rules, Version, Work
from hub.store.ping_store import Group, KeptPing
from tests.builders import NOW
from tests.fakes import FakeJourneys
from tests.unit.domain.pings import judge_all, ping

V = Verdict
RULES = Rules()


Answers = list[list[Outcome] | None]


def _batch(
    pings: Sequence[Ping | None], device_id: str = "de_1", deadline_s: float = 10.0, answers: Answers | None = None
) -> Batch:
    heard: Answers = [] if answers is None else answers
    return Batch(device_id, "re_1", pings, heard.append, deadline_s)


def _work(*batches: Batch) -> Work:
    work = Work("re_1")
    work.batches += batches
    return work


def _judge(work: Work, state: PingState | None = None, journeys: FakeJourneys | None = None) -> Group:
    before = Version("v1", state or PingState())
    work.judge(before, "v2", journeys or FakeJourneys(), RULES, NOW + timedelta(seconds=60))
    assert work.group is not None
    return work.group


def _verdicts(batch: Batch) -> list[Verdict]:
    return [outcome.verdict for outcome in batch.outcomes]


def test_every_ping_gets_its_verdict_in_order() -> None:
    batch = _batch([ping(5), None, ping(1), ping(6, accuracy_m=500), ping(999)])

    _judge(_work(batch))

    assert batch.outcomes == [
        Outcome(V.ACCEPTED),
        MALFORMED,
        Outcome(V.LATE),
        Outcome(V.FLAGGED, (Reason.INACCURATE,)),
        Outcome(V.REJECTED, (Reason.FUTURE,)),
    ]


def test_a_ping_repeated_in_its_batch_or_the_next_is_a_duplicate() -> None:
    first, second = _batch([ping(1), ping(1)]), _batch([ping(1), ping(2, name="a"), ping(3, name="a")])

    _judge(_work(first, second))

    assert _verdicts(first) == [V.ACCEPTED, V.DUPLICATE]
    assert _verdicts(second) == [V.DUPLICATE, V.ACCEPTED, V.DUPLICATE]


def test_the_same_ping_of_another_device_is_another_ping() -> None:
    first, second = _batch([ping(1)]), _batch([ping(1)], device_id="de_2")

    group = _judge(_work(first, second))

    assert _verdicts(second) == [V.ACCEPTED]
    assert [keys.device_id for keys in group.device_keys] == ["de_1", "de_2"]


def test_a_rejected_ping_is_no_duplicate_of_itself() -> None:
    batch = _batch([ping(999), ping(999)])

    assert _judge(_work(batch)).device_keys == []
    assert _verdicts(batch) == [V.REJECTED, V.REJECTED]


def test_keys_are_checked_only_where_the_ping_could_have_been_kept_before() -> None:
    state = judge_all([ping(10)])[-1].state
    newer, older, named = ping(11), ping(9), ping(12, name="a")

    [keys] = _judge(_work(_batch([newer, older, named])), state).device_keys

    assert keys.fresh == [*ping_keys(newer)]
    assert keys.to_check == [*ping_keys(older), *ping_keys(named)]


def test_what_is_kept_is_the_entry_of_the_stream() -> None:
    late, inaccurate = ping(3), ping(7, accuracy_m=500)

    group = _judge(_work(_batch([ping(5), ping(5), late, None, inaccurate, ping(999)])))

    received_at = NOW + timedelta(seconds=60)
    assert msgspec.json.decode(group.entry, type=list[KeptPing]) == [
        KeptPing("de_1", "re_1", ping(5), V.ACCEPTED, (), received_at),
        KeptPing("de_1", "re_1", late, V.LATE, (), received_at),
        KeptPing("de_1", "re_1", inaccurate, V.FLAGGED, (Reason.INACCURATE,), received_at),
    ]
    assert msgspec.json.decode(group.state, type=PingState).kept == 3


def test_only_the_newest_accepted_ping_is_shown() -> None:
    journeys = FakeJourneys("bk_1", "bk_2")

    group = _judge(_work(_batch([ping(1), ping(4), ping(2), ping(9, accuracy_m=500)])), journeys=journeys)

    assert journeys.seen == [ping(4)]
    assert group.visits == [("bk_1", "{}"), ("bk_2", "{}")]


@pytest.mark.parametrize("pings", [[ping(1), ping(9, accuracy_m=500)], [None], [ping(999)]])
def test_where_none_is_accepted_nobody_is_told(pings: list[Ping | None]) -> None:
    journeys = FakeJourneys("bk_1")

    assert _judge(_work(_batch(pings)), judge_all([ping(5)])[-1].state, journeys).visits == []
    assert journeys.seen == []


def test_where_nothing_is_kept_the_version_stays() -> None:
    work = _work(_batch([None, ping(999)]))

    group = _judge(work)

    assert (group.version_before, group.version_after, group.entry) == ("v1", "v1", "")
    assert work.after == Version("v1", PingState())


def test_where_something_is_kept_the_version_becomes_the_commits_mark() -> None:
    work = _work(_batch([ping(1)]))

    group = _judge(work)

    assert (group.version_before, group.version_after) == ("v1", "v2")
    assert (work.after.mark, work.after.state.newest) == ("v2", ping(1))


def test_what_the_store_has_known_is_a_duplicate_when_judged_again() -> None:
    batch = _batch([ping(1, name="a"), ping(2)])
    work = _work(batch)
    _judge(work)

    work.judge_again_knowing(frozenset({("de_1", ping_keys(ping(1, name="a"))[1]), ("de_2", ping_keys(ping(2))[0])}))

    assert work.group is None
    _judge(work)
    assert _verdicts(batch) == [V.DUPLICATE, V.ACCEPTED]


@pytest.mark.parametrize(
    ("kept", "tidy"), [(0, True), (1, False), (TIDY_EVERY - 2, False), (TIDY_EVERY - 1, True), (TIDY_EVERY, False)]
)
def test_generations_are_tidied_now_and_then(kept: int, *, tidy: bool) -> None:
    [keys] = _judge(_work(_batch([ping(1)])), PingState(kept=kept)).device_keys

    assert keys.tidy is tidy


def test_each_caller_gets_the_verdicts_of_their_own_pings() -> None:
    answers: Answers = []
    work = _work(_batch([ping(1)], answers=answers), _batch([ping(0)], answers=answers))
    _judge(work)

    work.answer()

    assert answers == [[Outcome(V.ACCEPTED)], [Outcome(V.LATE)]]


def test_only_the_first_answer_counts() -> None:
    answers: Answers = []
    work = _work(_batch([ping(1)], answers=answers))
    _judge(work)

    work.refuse()
    work.answer()

    assert answers == [None]


def test_who_has_waited_too_long_is_told_and_the_others_are_judged_without_them() -> None:
    late_answers: Answers = []
    answers: Answers = []
    late = _batch([ping(1)], deadline_s=5, answers=late_answers)
    patient = _batch([ping(2)], deadline_s=20, answers=answers)
    work = _work(late, patient)
    _judge(work)

    judged = []
    for now_s in (4, 5):
        assert work.forget_the_late(now_s)
        judged.append(work.group is not None)

    assert judged == [True, False]
    assert work.batches == [patient]
    assert (late_answers, answers) == ([None], [])
    assert not work.forget_the_late(20)
    assert answers == [None]
