"""States of long streams, from which a process reads on instead of from the stream's beginning."""

from alembic import op

revision = "0005"
down_revision = "0004"

# Rows may be deleted at any time: they hold nothing that the log does not.
SNAPSHOTS = """
CREATE TABLE snapshots (
    stream   text        PRIMARY KEY,
    version  bigint      NOT NULL,
    made_by  text        NOT NULL,
    state    bytea       NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now()
);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SNAPSHOTS)
