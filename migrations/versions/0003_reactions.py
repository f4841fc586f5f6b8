"""What reactors have done outside, kept for ever, and how far each of them has come."""

from alembic import op

revision = "0003"
down_revision = "0002"

REACTIONS = """
CREATE TABLE reactions (
    reactor     text        NOT NULL,
    position    bigint      NOT NULL,
    stream      text        NOT NULL,
    outcome     text        NOT NULL CHECK (outcome IN ('done', 'pending', 'refused')),
    detail      text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    asked_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reactions_pkey PRIMARY KEY (reactor, position)
);
CREATE INDEX reactions_open ON reactions (reactor, asked_at) WHERE outcome = 'pending';
CREATE TABLE reactor_positions (
    reactor   text    NOT NULL,
    partition integer NOT NULL,
    position  bigint  NOT NULL,
    CONSTRAINT reactor_positions_pkey PRIMARY KEY (reactor, partition)
);
"""


def upgrade() -> None:
    """Create both tables."""
    op.execute(REACTIONS)
