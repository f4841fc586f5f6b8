"""What sinks could not apply, kept until somebody has seen to it."""

from alembic import op

revision = "0008"
down_revision = "0005"

# ``data`` holds stored bytes only: what is encrypted in the log is encrypted here.
DEAD_LETTERS = """
CREATE TABLE dead_letters (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sink          text        NOT NULL,
    kind          text        NOT NULL
                  CHECK (kind IN ('unreadable', 'poison', 'refused', 'behind')),
    state         text        NOT NULL DEFAULT 'open'
                  CHECK (state IN ('open', 'retry', 'applied', 'discarded')),
    because       text        NOT NULL,
    partition     integer     NOT NULL,
    record_offset bigint,
    position      bigint,
    stream        text,
    version       bigint,
    key           text,
    type          text,
    data          bytea,
    found_at      timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX dead_letters_event ON dead_letters (sink, position)
    WHERE kind <> 'unreadable';
CREATE UNIQUE INDEX dead_letters_record ON dead_letters (sink, partition, record_offset)
    WHERE kind = 'unreadable';
CREATE INDEX dead_letters_parked ON dead_letters (sink, stream, version)
    WHERE kind <> 'unreadable' AND state <> 'applied';
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(DEAD_LETTERS)
