"""How many erasures there were, so that a process knows by one number that its keys still stand."""

from alembic import op

revision = "keys0003"
down_revision = "keys0002"

# Counted in the transaction that erases, whoever does it and however: it can't be forgotten.
ERASURES = """
CREATE TABLE erasures (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    number   bigint  NOT NULL
);
INSERT INTO erasures (number) VALUES (0);

CREATE FUNCTION count_erasure() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE public.erasures SET number = number + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER erased AFTER UPDATE ON personal_keys FOR EACH ROW
    WHEN ((OLD.wrapped IS NULL) <> (NEW.wrapped IS NULL)) EXECUTE FUNCTION count_erasure();
CREATE TRIGGER erased_at_once AFTER INSERT ON personal_keys FOR EACH ROW
    WHEN (NEW.wrapped IS NULL) EXECUTE FUNCTION count_erasure();
CREATE TRIGGER deleted AFTER DELETE ON personal_keys FOR EACH ROW
    EXECUTE FUNCTION count_erasure();
CREATE TRIGGER emptied AFTER TRUNCATE ON personal_keys
    EXECUTE FUNCTION count_erasure();
"""


def upgrade() -> None:
    """Create the number, and what counts."""
    op.execute(ERASURES)
