"""Guests ask what given dates cost."""

from __future__ import annotations

from fastapi import Request, Response
from uuid_utils.compat import uuid7

from api.assembly import ordered_router
from api.commanding import Side, stored
from api.conventions.callers import Caller
from api.conventions.guards import guards, names_booking, names_listing, signed_in
from api.representations.quote import Quote, QuoteBody
from commands.make_quote import MakeQuote, QuoteMade, make_quote
from commands.quote_change import ChangeQuoted, QuoteChange, quote_change
from commands.receipts import StoredResponse

router = ordered_router("quotes")


@router.post("/v1/quotes", summary="Ask for a quote", status_code=201, response_model=Quote)
@guards(signed_in, names_listing, names_booking)
async def quote(request: Request, side: Side, caller: Caller, body: QuoteBody) -> Response:
    """Have a price pinned for an hour; it says whether the nights are free, and holds none.

    With a `booking_id` it is the price of a change, and says the difference.
    """
    when = body.when()
    if body.booking_id is not None:
        asked = QuoteChange(
            quote_id=uuid7(),
            booking_id=body.booking_id,
            stay=when.stay,
            times=when.times,
            guests=body.guests,
            units=body.units if "units" in body.model_fields_set else None,
            ages=tuple(body.ages) if body.ages is not None else None,
        )
        return await side.carry_out(request, quote_change, asked, _change_quoted)
    assert body.listing_id is not None, "the body was checked as a whole"
    message = MakeQuote(
        quote_id=uuid7(),
        listing_id=body.listing_id,
        guest_id=caller,
        stay=when.stay,
        times=when.times,
        guests=body.guests,
        units=body.units,
        ages=tuple(body.ages) if body.ages is not None else None,
        coupon=body.coupon,
    )
    return await side.carry_out(request, make_quote, message, quoted)


def quoted(made: QuoteMade) -> StoredResponse:
    """A quote as it is answered, wherever it is made."""
    return stored(Quote.of(made.quote.state, available=made.available), 201)


def _change_quoted(quoted: ChangeQuoted) -> StoredResponse:
    made = quoted.made
    page = Quote.of(made.quote.state, available=made.available, old_total=quoted.old_total)
    return stored(page, 201)
