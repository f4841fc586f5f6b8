"""What integrators are to be sent, when, and what came of it."""

from alembic import op

revision = "0009"
down_revision = "0008"

# id is the webhook-id, the same however often it is sent. position is that of the event, none for
# what is sent to try an endpoint. next_at is when to send (again), none when nothing more is to be
# done; tries counts sendings since then, attempts all there ever were.
WEBHOOK_DELIVERIES = """
CREATE TABLE webhook_deliveries (
    id              uuid        PRIMARY KEY,
    number          bigint      GENERATED ALWAYS AS IDENTITY,
    endpoint_id     uuid        NOT NULL,
    position        bigint,
    event           text        NOT NULL,
    body            bytea       NOT NULL,
    status          text        NOT NULL DEFAULT 'pending'
                    CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    next_at         timestamptz DEFAULT now(),
    attempts        integer     NOT NULL DEFAULT 0,
    tries           integer     NOT NULL DEFAULT 0,
    last_at         timestamptz,
    response_status integer,
    response_body   text        NOT NULL DEFAULT '',
    problem         text        NOT NULL DEFAULT '',
    CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, position)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_at, number)
    WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_latest ON webhook_deliveries (endpoint_id, number);
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (last_at) WHERE next_at IS NULL;
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(WEBHOOK_DELIVERIES)
