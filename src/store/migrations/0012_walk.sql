-- What a walk back in time itself met: its reach is told from this, not from what the source listed at other times.
CREATE TABLE backfill_listed (
    backfill BIGINT NOT NULL REFERENCES backfill (id),
    article BIGINT NOT NULL REFERENCES article (id),
    PRIMARY KEY (backfill, article)
);
ALTER TABLE backfill ADD COLUMN covers_to BIGINT; -- the list shows what was published up to then; NULL: up to `begun`

-- When the gaps of an outlet were last tried to be closed.
CREATE TABLE repair_try (
    outlet TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
