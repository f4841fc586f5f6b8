"""The stored name of every event, with its version: written once, never changed, never reused."""

from __future__ import annotations

from domain.account import facts as account
from domain.booking import facts as booking
from domain.booking import payment_facts as money
from domain.calendar import facts as calendar
from domain.conversation import facts as conversation
from domain.events import Event
from domain.listing import facts as listing
from domain.promotion import facts as promotion
from domain.quote import facts as quote
from domain.review import facts as review
from domain.rules import facts as rules
from domain.waitlist import facts as waitlist
from domain.webhook import facts as webhook

NAMES: dict[type[Event], str] = {
    listing.ListingDrafted: "listing.drafted.v1",
    listing.ListingDescribed: "listing.described.v1",
    listing.ListingLocated: "listing.located.v1",
    listing.CapacitySet: "listing.capacity_set.v1",
    listing.ListingPriced: "listing.priced.v1",
    listing.TermsSet: "listing.terms_set.v1",
    listing.PolicyChosen: "listing.policy_chosen.v1",
    listing.AmenitiesSet: "listing.amenities_set.v1",
    listing.PhotosArranged: "listing.photos_arranged.v1",
    rules.RulesSet: "listing.rules_set.v1",
    rules.DatesChanged: "listing.dates_changed.v1",
    listing.ListingPublished: "listing.published.v1",
    listing.ListingUnpublished: "listing.unpublished.v1",
    listing.ListingArchived: "listing.archived.v1",
    listing.CoHostAdded: "listing.co_host_added.v1",
    listing.CoHostPermissionsSet: "listing.co_host_permissions_set.v1",
    listing.CoHostRemoved: "listing.co_host_removed.v1",
    listing.ListingImported: "listing.imported.v1",
    calendar.NightsHeld: "calendar.nights_held.v1",
    calendar.HoldExtended: "calendar.hold_extended.v1",
    calendar.HoldConfirmed: "calendar.hold_confirmed.v1",
    calendar.HoldReleased: "calendar.hold_released.v1",
    calendar.HoldLapsed: "calendar.hold_lapsed.v1",
    calendar.UnitsReassigned: "calendar.units_reassigned.v1",
    calendar.OfferHeld: "calendar.offer_held.v1",
    calendar.RangeBlocked: "calendar.range_blocked.v2",
    calendar.ExternalCalendarImported: "calendar.external_calendar_imported.v1",
    calendar.BlockLifted: "calendar.block_lifted.v1",
    calendar.ClaimMoved: "calendar.claim_moved.v1",
    quote.Quoted: "quote.quoted.v1",
    booking.BookingRequested: "booking.requested.v1",
    booking.BookingApproved: "booking.approved.v1",
    booking.BookingDeclined: "booking.declined.v2",
    booking.PaymentCaptured: "booking.payment_captured.v1",
    booking.BookingConfirmed: "booking.confirmed.v1",
    booking.BookingCancelled: "booking.cancelled.v2",
    booking.PaymentRefunded: "booking.payment_refunded.v1",
    booking.BookingExpired: "booking.expired.v1",
    booking.BookingCheckedIn: "booking.checked_in.v1",
    booking.BookingCompleted: "booking.completed.v1",
    booking.BookingMarkedNoShow: "booking.marked_no_show.v2",
    booking.BookingChanged: "booking.changed.v1",
    money.PaymentRequested: "booking.payment_requested.v1",
    money.PaymentChallenged: "booking.payment_challenged.v1",
    money.PaymentAuthorised: "booking.payment_authorised.v1",
    money.PaymentFailed: "booking.payment_failed.v1",
    money.PaymentCapturedAgain: "booking.payment_captured_again.v1",
    money.RefundRequested: "booking.refund_requested.v1",
    money.RefundFailed: "booking.refund_failed.v1",
    money.PaymentDisputed: "booking.payment_disputed.v1",
    money.DisputeClosed: "booking.dispute_closed.v1",
    money.PayoutScheduled: "booking.payout_scheduled.v1",
    money.PayoutAdjusted: "booking.payout_adjusted.v1",
    money.PayoutDue: "booking.payout_due.v1",
    money.PayoutPaid: "booking.payout_paid.v1",
    money.PayoutFailed: "booking.payout_failed.v1",
    booking.BookingImported: "booking.imported.v1",
    review.GuestReviewed: "review.guest_reviewed.v2",
    review.HostReviewed: "review.host_reviewed.v2",
    review.ReviewsPublished: "review.published.v1",
    review.ReviewReplied: "review.replied.v2",
    conversation.InquiryOpened: "conversation.inquiry_opened.v1",
    conversation.MessageSent: "conversation.message_sent.v2",
    conversation.MessagesRead: "conversation.messages_read.v1",
    waitlist.WaitlistJoined: "waitlist.joined.v1",
    waitlist.WaitlistLeft: "waitlist.left.v1",
    waitlist.WaitlistOffered: "waitlist.offered.v1",
    waitlist.OfferTaken: "waitlist.offer_taken.v1",
    waitlist.OfferLapsed: "waitlist.offer_lapsed.v1",
    account.AccountRegistered: "account.registered.v2",
    account.RoleGranted: "account.role_granted.v1",
    account.RoleWithdrawn: "account.role_withdrawn.v1",
    account.AccountVerified: "account.verified.v2",
    account.AccountRenamed: "account.renamed.v2",
    account.ExportRequested: "account.export_requested.v1",
    account.AccountErased: "account.erased.v1",
    promotion.PromotionCreated: "promotion.created.v1",
    promotion.PromotionRedeemed: "promotion.redeemed.v1",
    promotion.RedemptionReturned: "promotion.redemption_returned.v1",
    promotion.PromotionWithdrawn: "promotion.withdrawn.v1",
    webhook.EndpointRegistered: "webhook.registered.v1",
    webhook.EndpointChanged: "webhook.changed.v1",
    webhook.SecretRotated: "webhook.secret_rotated.v1",
    webhook.EndpointDisabled: "webhook.disabled.v1",
    webhook.EndpointEnabled: "webhook.enabled.v1",
    webhook.EndpointRemoved: "webhook.removed.v1",
    account.DefaultRulesSet: "account.default_rules_set.v1",
}

TYPES: dict[str, type[Event]] = {name: event for event, name in NAMES.items()}

EARLIER: dict[str, type[Event]] = {
    "calendar.range_blocked.v1": calendar.RangeBlocked,
    "booking.declined.v1": booking.BookingDeclined,
    "booking.cancelled.v1": booking.BookingCancelled,
    "booking.marked_no_show.v1": booking.BookingMarkedNoShow,
    "review.guest_reviewed.v1": review.GuestReviewed,
    "review.host_reviewed.v1": review.HostReviewed,
    "review.replied.v1": review.ReviewReplied,
    "conversation.message_sent.v1": conversation.MessageSent,
    "account.registered.v1": account.AccountRegistered,
    "account.verified.v1": account.AccountVerified,
    "account.renamed.v1": account.AccountRenamed,
}
"""Names that are no longer written, and what they are read as.

Before their second versions these held readable text, which is what they are read with; the e-mail
address of `account.verified.v1` is the account's own and left out.
"""
