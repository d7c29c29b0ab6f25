"""Find where an address is, politely."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hub.domain.directory.customers import Contact, Location
from hub.domain.geodesy import Point
from hub.domain.misfit import Misfit
from hub.services.geocode import KNOWN_FOR, Geocode
from hub.store import leftovers
from hub.store.database import Database
from hub.store.geocoders.port import NoPlace
from tests.fakes import FakeClock

HOME = "Kotikatu 1"


class AskedGeocoder:
    """A geocoder that knows one address, and who asked."""

    def __init__(self, answer: Point | NoPlace = NoPlace.UNKNOWN) -> None:
        self.answer, self.asked = answer, 0

    async def find(self, address: str) -> Point | NoPlace:
        self.asked += 1
        return self.answer

    async def close(self) -> None:
        """Nothing is open."""


def _location(lat: float | None = None, lon: float | None = None) -> Location:
    return Location(account="ac_1", address=HOME, lat=lat, lon=lon)


async def test_what_was_answered_is_kept_whatever_the_spelling_of_spaces_and_letters(db: Database) -> None:
    geocoder, clock = AskedGeocoder(Point(60.0, 24.0)), FakeClock()
    geocode = Geocode(db, geocoder, clock)

    assert await geocode.find(HOME) == Point(60.0, 24.0)
    assert await Geocode(db, geocoder, clock).find(" kotikatu   1 ") == Point(60.0, 24.0)
    assert geocoder.asked == 1

    clock.advance(KNOWN_FOR.total_seconds() + 1)
    geocoder.answer = Point(61.0, 24.0)
    assert await geocode.find(HOME) == Point(61.0, 24.0)
    async with db.write() as tx:
        assert await leftovers.forget_addresses(tx, clock() + timedelta(seconds=1)) == 1


async def test_an_unknown_address_is_remembered_and_a_silent_geocoder_asked_again(db: Database) -> None:
    geocoder, clock = AskedGeocoder(NoPlace.DOWN), FakeClock()
    geocode = Geocode(db, geocoder, clock)

    assert await geocode.find(HOME) is NoPlace.DOWN
    clock.advance(2)
    geocoder.answer = NoPlace.UNKNOWN
    assert [await geocode.find(HOME) for _ in range(3)] == [NoPlace.UNKNOWN] * 3
    assert geocoder.asked == 2


async def test_a_second_lies_between_two_questions_over_all_processes(db: Database) -> None:
    clock = FakeClock()
    first, second = AskedGeocoder(), AskedGeocoder()
    one, other = (Geocode(db, geocoder, clock, patience_s=30) for geocoder in (first, second))

    await one.find("a")
    waiting = asyncio.create_task(other.find("b"))
    await asyncio.sleep(0.3)
    assert second.asked == 0
    clock.advance(1)
    await waiting
    assert second.asked == 1

    impatient = Geocode(db, second, clock, patience_s=0)
    assert await impatient.find("c") is NoPlace.DOWN


async def test_only_a_location_without_a_position_is_looked_up(db: Database) -> None:
    geocoder = AskedGeocoder(Point(60.0, 24.0))
    geocode = Geocode(db, geocoder, FakeClock())

    placed = await geocode.placed(_location())
    assert isinstance(placed, Location)
    assert (placed.lat, placed.lon) == (60.0, 24.0)
    for entry in (_location(lat=1.0, lon=2.0), _location(lat=1.0), Contact(account="ac_1", name="Aino")):
        assert await geocode.placed(entry) is entry
    assert geocoder.asked == 1


async def test_an_address_that_is_not_found_needs_a_position(db: Database) -> None:
    clock = FakeClock()
    for geocoder in (None, AskedGeocoder(NoPlace.DOWN), AskedGeocoder(NoPlace.UNKNOWN)):
        refused = await Geocode(db, geocoder, clock).placed(_location())
        assert isinstance(refused, Misfit)
        assert refused.at == "$.lat"
        assert "an address needs a position" in refused.message
        clock.advance(2)
