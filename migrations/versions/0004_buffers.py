"""Buffers between neighbours: two more ranges a claim, each with a constraint of its own."""

from alembic import op

revision = "0004"
down_revision = "0003"

# Two guests keep apart by the greater of the one's buffer after and the other's before: the first
# constraint asks for the one, the second for the other, and so both for the greater. A claim
# without a buffer has no such range, and no place in an index that it does not need.
BUFFERS = """
ALTER TABLE claims
    ADD COLUMN and_before tsrange CHECK (and_before @> during),
    ADD COLUMN and_after  tsrange CHECK (and_after @> during),
    ADD CONSTRAINT claims_no_buffer_before
        EXCLUDE USING gist (listing_id WITH =, unit WITH =, and_before WITH &&)
        WHERE (and_before IS NOT NULL),
    ADD CONSTRAINT claims_no_buffer_after
        EXCLUDE USING gist (listing_id WITH =, unit WITH =, and_after WITH &&)
        WHERE (and_after IS NOT NULL);
"""


def upgrade() -> None:
    """Add the ranges; no claim so far has a buffer."""
    op.execute(BUFFERS)
