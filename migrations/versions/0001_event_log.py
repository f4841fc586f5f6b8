"""The event log, and what is stored with it in one transaction: claims, receipts, credentials."""

from alembic import op

revision = "0001"
down_revision = None

# The first five columns keep the names that the eventsourcing library reads; the view below gives
# auditors the platform's words. Positions are counted under the table lock, so they have no holes.
LOG = """
CREATE TABLE stored_events (
    originator_id      text        NOT NULL,
    originator_version bigint      NOT NULL CHECK (originator_version > 0),
    topic              text        NOT NULL,
    state              bytea       NOT NULL,
    notification_id    bigint      NOT NULL,
    key                text        NOT NULL,
    recorded_at        timestamptz NOT NULL,
    occurred_at        timestamptz NOT NULL,
    actor              text        NOT NULL,
    correlation_id     text        NOT NULL,
    causation_id       text        NOT NULL,
    hash               bytea       NOT NULL CHECK (octet_length(hash) = 32),
    CONSTRAINT stored_events_pkey PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_vacuum_threshold = 100000000,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX stored_events_position ON stored_events (notification_id);
CREATE INDEX stored_events_key ON stored_events (key, notification_id);
CREATE INDEX stored_events_type ON stored_events (topic, notification_id);
CREATE INDEX stored_events_actor ON stored_events (actor, notification_id);
CREATE INDEX stored_events_correlation ON stored_events (correlation_id, notification_id);
CREATE INDEX stored_events_causation ON stored_events (causation_id, notification_id);
CREATE INDEX stored_events_recorded ON stored_events USING brin (recorded_at);
CREATE VIEW event_log AS SELECT
    notification_id AS position, originator_id AS stream, originator_version AS version,
    topic AS type, key, recorded_at, occurred_at, actor, correlation_id, causation_id,
    convert_from(state, 'UTF8') AS data, encode(hash, 'hex') AS hash
FROM stored_events;
"""

# Nights are local dates, written as midnights without a zone; a listing's claims are of one kind.
CLAIMS = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE claims (
    claim_id   uuid    NOT NULL,
    listing_id uuid    NOT NULL,
    unit       integer NOT NULL,
    during     tsrange NOT NULL CHECK (NOT isempty(during)),
    expires_at timestamptz,
    booking_id uuid,
    guest_id   uuid,
    CONSTRAINT claims_pkey PRIMARY KEY (claim_id, unit),
    CONSTRAINT claims_no_overlap
        EXCLUDE USING gist (listing_id WITH =, unit WITH =, during WITH &&)
);
CREATE INDEX claims_expiry ON claims (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX claims_guest ON claims (guest_id) WHERE expires_at IS NOT NULL;
"""

RECEIPTS = """
CREATE TABLE receipts (
    account_id   uuid        NOT NULL,
    key          text        NOT NULL,
    fingerprint  bytea       NOT NULL,
    status       integer     NOT NULL,
    headers      jsonb       NOT NULL,
    body         bytea       NOT NULL,
    positions    jsonb       NOT NULL,
    causation_id text        NOT NULL,
    events       integer     NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT receipts_pkey PRIMARY KEY (account_id, key)
);
CREATE INDEX receipts_causation ON receipts (causation_id);
"""

# No event holds a password or a session: the log forgets nothing, so they are kept beside it.
SIGN_IN = """
CREATE TABLE credentials (
    account_id    uuid  PRIMARY KEY,
    email_hash    bytea NOT NULL,
    password_hash text  NOT NULL,
    CONSTRAINT credentials_email_hash UNIQUE (email_hash)
);
CREATE TABLE sessions (
    token_hash bytea       PRIMARY KEY,
    family     uuid        NOT NULL,
    account_id uuid        NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    revoked_at timestamptz
);
CREATE INDEX sessions_family ON sessions (family);
"""

RELAY = """
CREATE TABLE relay_checkpoint (
    relay      text        PRIMARY KEY,
    position   bigint      NOT NULL,
    previous   jsonb       NOT NULL,
    updated_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Create everything."""
    for statements in (LOG, CLAIMS, RECEIPTS, SIGN_IN, RELAY):
        op.execute(statements)
