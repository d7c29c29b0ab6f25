"""Models of arrivals: every version that is still kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.eta_model import NOTHING_LEARNED, EtaModel, Range
from hub.domain.live_messages import EtaSource
from hub.store.tables import eta_factor, eta_model, eta_range

VERSIONS_KEPT = 50
"""At one an hour two days in which somebody can compare."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Stamp(msgspec.Struct, frozen=True):
    """What changes whenever the model in use does, also when a technician was erased from it."""

    version: int
    factors: int


async def stamp(tx: AsyncConnection) -> Stamp:
    """Tell which model is in use; version 0 where there is none."""
    version = (await tx.execute(select(func.coalesce(func.max(eta_model.c.version), 0)))).scalar_one()
    factors = select(func.count()).select_from(eta_factor).where(eta_factor.c.version == version)
    return Stamp(version, (await tx.execute(factors)).scalar_one())


async def newest(tx: AsyncConnection) -> EtaModel:
    """Read the model in use; NOTHING_LEARNED where there is none."""
    head = (await tx.execute(select(eta_model).order_by(eta_model.c.version.desc()).limit(1))).one_or_none()
    if head is None:
        return NOTHING_LEARNED
    factors: dict[str, dict[str, float]] = defaultdict(dict)
    for row in await tx.execute(select(eta_factor).where(eta_factor.c.version == head.version)):
        factors[row.kind][row.name] = row.factor
    ranges: dict[EtaSource, list[Range]] = defaultdict(list)
    order = select(eta_range).where(eta_range.c.version == head.version).order_by(eta_range.c.left_s)
    for row in await tx.execute(order):
        ranges[EtaSource(row.source)].append(Range(row.left_s, row.early_s, row.late_s))
    return EtaModel(
        version=head.version,
        learned_at=head.learned_at,
        trips=head.trips,
        pace={EtaSource(name): factor for name, factor in factors["pace"].items()},
        hours={_hour(name): factor for name, factor in factors["hour"].items()},
        technicians=factors["technician"],
        cells=factors["cell"],
        ranges={source: tuple(ones) for source, ones in ranges.items()},
        ages=tuple(sorted((float(name), factor) for name, factor in factors["age"].items())),
    )


async def save(tx: AsyncConnection, model: EtaModel) -> None:
    """Keep a model, which has a version of its own; the oldest ones go."""
    head = {"version": model.version, "learned_at": model.learned_at, "trips": model.trips}
    await tx.execute(eta_model.insert(), head)
    if factors := [
        {"version": model.version, "kind": kind, "name": name, "factor": factor}
        for kind, name, factor in _factors(model)
    ]:
        await tx.execute(eta_factor.insert(), factors)
    if ranges := [
        {"version": model.version, "source": source, **msgspec.structs.asdict(one)}
        for source, ones in model.ranges.items()
        for one in ones
    ]:
        await tx.execute(eta_range.insert(), ranges)
    for table in (eta_factor, eta_range, eta_model):
        await tx.execute(delete(table).where(table.c.version <= model.version - VERSIONS_KEPT))


async def forget_technician(tx: AsyncConnection, resource_id: str) -> None:
    """Take what was learned of a technician out of every version."""
    of_technician = (eta_factor.c.kind == "technician") & (eta_factor.c.name == resource_id)
    await tx.execute(delete(eta_factor).where(of_technician))


def _factors(model: EtaModel) -> Iterator[tuple[str, str, float]]:
    yield from (("pace", str(source), factor) for source, factor in model.pace.items())
    yield from (("hour", f"{DAYS[hour // 24]} {hour % 24:02}", factor) for hour, factor in model.hours.items())
    yield from (("technician", name, factor) for name, factor in model.technicians.items())
    yield from (("cell", name, factor) for name, factor in model.cells.items())
    yield from (("age", f"{age_s:g}", factor) for age_s, factor in model.ages)


def _hour(name: str) -> int:
    day, hour = name.split()
    return DAYS.index(day) * 24 + int(hour)
