"""What each refusal of the domain means to HTTP: a status and, for bad input, the field."""

from __future__ import annotations

from api.conventions.problems import FieldError, Problem
from domain.refusals import InvalidOffer, ListingIncomplete, Refusal, WrongDates

STATUSES: dict[str, int] = {
    "not_yours": 403,
    "email_unverified": 403,
    "account_erased": 403,
    "not_found": 404,
    "bookings_open": 409,
    "too_many_exports": 409,
    "nights_taken": 409,
    "units_claimed": 409,
    "date_closed": 409,
    "listing_not_published": 409,
    "listing_archived": 409,
    "quote_expired": 409,
    "hold_lapsed": 409,
    "too_many_holds": 409,
    "payment_declined": 409,
    "policy_forbids": 409,
    "coupon_used_up": 409,
    "coupon_withdrawn": 409,
    "code_taken": 409,
    "dates_free": 409,
    "too_many_wishes": 409,
    "offer_lapsed": 409,
    "too_early": 409,
    "email_taken": 409,
    "too_many_endpoints": 409,
    "endpoint_disabled": 409,
    "reviews_closed": 409,
    "already_reviewed": 409,
    "already_replied": 409,
    "stale_version": 412,
}
"""By code; every other refusal is about what was asked for: 422."""

FIELDS: dict[str, str] = {
    "below_minimum_stay": "depart",
    "above_maximum_stay": "depart",
    "beyond_horizon": "depart",
    "dates_past": "arrive",
    "notice_too_short": "arrive",
    "arrival_not_allowed": "arrive",
    "departure_not_allowed": "depart",
    "dates_reversed": "depart",
    "no_guests": "guests",
    "slot_reversed": "ends_at",
    "slot_past": "starts_at",
    "not_a_slot": "starts_at",
    "outside_opening_hours": "ends_at",
    "too_many_guests": "guests",
    "too_many_units": "units",
    "currency_mismatch": "currency",
    "unknown_coupon": "coupon",
    "coupon_not_yet_valid": "coupon",
    "coupon_expired": "coupon",
    "coupon_not_for_this": "coupon",
    "link_spent": "token",
    "reason_required": "reason",
}
"""The field to mark, where one field is to blame."""


def status_of(refusal: Refusal) -> int:
    """The status that tells ``refusal``."""
    return STATUSES.get(refusal.code, 422)


def problem_of(refusal: Refusal) -> Problem:
    """``refusal`` as a problem, with the values a person needs."""
    status = status_of(refusal)
    detail = str(refusal)
    return Problem(
        status,
        refusal.code,
        detail,
        errors=_fields(refusal, detail) if status == 422 else (),
        values=refusal.values,
    )


def _fields(refusal: Refusal, detail: str) -> list[FieldError]:
    match refusal:
        case ListingIncomplete():
            return [
                FieldError(field=field, code="required", message="needed before publishing")
                for field in refusal.missing
            ]
        case WrongDates():
            field = "arrive" if refusal.kind == "slot" else "starts_at"
            return [FieldError(field=field, code=refusal.code, message=detail)]
        case InvalidOffer():
            return [FieldError(field=refusal.field, code=refusal.code, message=refusal.why)]
        case _:
            field = FIELDS.get(refusal.code)
            return [FieldError(field=field, code=refusal.code, message=detail)] if field else []
