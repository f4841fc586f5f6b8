"""The timers that the log sets, kept in the order in which they are due."""

from alembic import op

revision = "0002"
down_revision = "0001"

# kind, subject, due_at, position and key are the fold of the log. The rest is what became of
# trying: try_at is when to try (again), none once that was done and nothing more is to do.
TIMERS = """
CREATE TABLE timers (
    kind     text        NOT NULL,
    subject  uuid        NOT NULL,
    due_at   timestamptz NOT NULL,
    position bigint      NOT NULL,
    key      text        NOT NULL,
    try_at   timestamptz,
    attempts integer     NOT NULL DEFAULT 0,
    problem  text,
    CONSTRAINT timers_pkey PRIMARY KEY (kind, subject)
);
CREATE INDEX timers_try ON timers (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX timers_due ON timers (due_at) WHERE try_at IS NOT NULL;
CREATE TABLE timers_checkpoint (
    name       text        PRIMARY KEY,
    position   bigint      NOT NULL,
    updated_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Create both."""
    op.execute(TIMERS)
