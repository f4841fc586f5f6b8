"""Why an integrator is not told where they want to be."""

from __future__ import annotations

from dataclasses import dataclass

from domain.refusals import Refusal


@dataclass(eq=False, kw_only=True)
class TooManyEndpoints(Refusal):
    """An account has as many webhook endpoints as it may have."""

    code = "too_many_endpoints"
    says = "At most {limit} webhook endpoints an account: remove one that is not used."
    limit: int


@dataclass(eq=False, kw_only=True)
class EndpointInactive(Refusal):
    """Nothing is sent to a webhook endpoint that is disabled."""

    code = "endpoint_disabled"
    says = "The endpoint is disabled: enable it first."
