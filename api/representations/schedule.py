"""Weekdays and local times as clients write and read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, StrictInt
from pydantic_core import PydanticCustomError

from api.representations.values import Input
from domain.rules.document import WEEKDAYS
from domain.rules.schedule import USUAL_SCHEDULE
from domain.rules.schedule import Opening as DomainOpening
from domain.rules.schedule import Schedule as DomainSchedule

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
"""Names, since numbers of weekdays begin with a different day wherever one looks."""


def numbers_of(days: Iterable[Weekday]) -> tuple[int, ...]:
    """The weekdays as the domain takes them, in the order of the week."""
    return tuple(sorted(WEEKDAYS.index(day) + 1 for day in days))


def names_of(days: Iterable[int]) -> list[Weekday]:
    """The weekdays as the domain has them."""
    return [WEEKDAYS[day - 1] for day in days]


def _time(given: Any) -> Any:
    if isinstance(given, time):
        return given
    if not isinstance(given, str) or not _TIME.fullmatch(given):
        raise PydanticCustomError("bad_time_of_day", "must be a local time such as 15:00")
    return time.fromisoformat(given)


TimeOfDay = Annotated[
    time,
    BeforeValidator(_time, json_schema_input_type=str),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str),
    Field(description="Local time, `HH:MM`."),
]
Buffer = Annotated[StrictInt, Field(description="Nights for stays, days or minutes otherwise.")]


class Opening(Input):
    """Slots lie between two local times; 00:00 ends the day."""

    weekday: Weekday
    opens: TimeOfDay
    closes: TimeOfDay


class Schedule(Input):
    """When things begin and end, and what lies between neighbours."""

    check_in: TimeOfDay = USUAL_SCHEDULE.check_in
    check_out: TimeOfDay = USUAL_SCHEDULE.check_out
    buffer_before: Buffer = 0
    buffer_after: Buffer = 0
    slot_minutes: StrictInt = USUAL_SCHEDULE.slot_minutes
    step_minutes: StrictInt = USUAL_SCHEDULE.step_minutes
    opening: list[Opening] = Field(default_factory=list[Opening])

    def to_domain(self) -> DomainSchedule:
        """As the domain takes it."""
        return DomainSchedule(
            check_in=self.check_in,
            check_out=self.check_out,
            buffer_before=self.buffer_before,
            buffer_after=self.buffer_after,
            slot_minutes=self.slot_minutes,
            step_minutes=self.step_minutes,
            opening=tuple(
                DomainOpening(
                    weekday=WEEKDAYS.index(each.weekday) + 1, opens=each.opens, closes=each.closes
                )
                for each in self.opening
            ),
        )

    @classmethod
    def of(cls, schedule: DomainSchedule) -> Self:
        """As the domain has it."""
        return cls.model_construct(
            check_in=schedule.check_in,
            check_out=schedule.check_out,
            buffer_before=schedule.buffer_before,
            buffer_after=schedule.buffer_after,
            slot_minutes=schedule.slot_minutes,
            step_minutes=schedule.step_minutes,
            opening=[
                Opening.model_construct(
                    weekday=WEEKDAYS[each.weekday - 1], opens=each.opens, closes=each.closes
                )
                for each in schedule.opening
            ],
        )
