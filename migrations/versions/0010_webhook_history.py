"""Every attempt to tell an integrator, the last ones of each delivery."""

from alembic import op

revision = "0010"
down_revision = "0009"

# An array of the last attempts, oldest first: {"number", "at", "response_status", "problem"}.
HISTORY = """
ALTER TABLE webhook_deliveries ADD COLUMN history jsonb NOT NULL DEFAULT '[]';
"""


def upgrade() -> None:
    """Add the column; of what was sent before only the last attempt is known."""
    op.execute(HISTORY)
