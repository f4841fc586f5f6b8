"""What people asked to be given of their own: sealed, and kept for some days only."""

from alembic import op

revision = "keys0002"
down_revision = "keys0001"

EXPORTS = """
CREATE TABLE exports (
    export_id  uuid        PRIMARY KEY,
    person     uuid        NOT NULL,
    archive    bytea       NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX exports_person ON exports (person);
CREATE INDEX exports_expiry ON exports (expires_at);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(EXPORTS)
