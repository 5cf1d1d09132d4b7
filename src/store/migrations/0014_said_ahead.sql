-- Acts of officers that were found to bear a time which had not come, by their rows in the audit log. `found` is when that
-- was noticed: they were truly made before it.
CREATE TABLE said_ahead (
    audit BIGINT PRIMARY KEY,
    found BIGINT NOT NULL
);
