"""One key a person, wrapped by a master key; an erased person's row has none."""

from alembic import op

revision = "keys0001"
down_revision = None

# A row that lost its key leaves a dead copy of it, which is to be cleared away at once.
KEYS = """
CREATE TABLE personal_keys (
    person    uuid        PRIMARY KEY,
    wrapped   bytea,
    master    text,
    made_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at timestamptz,
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL)),
    CHECK ((wrapped IS NULL) = (master IS NULL))
) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX personal_keys_master ON personal_keys (master);
"""


def upgrade() -> None:
    """Create everything."""
    op.execute(KEYS)
