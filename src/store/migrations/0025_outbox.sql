-- How often an officer had a notice written anew: each time it is another message, with an id of its own.
ALTER TABLE notice ADD COLUMN round BIGINT NOT NULL DEFAULT 0;
-- When an officer let it go.
ALTER TABLE notice ADD COLUMN approved_at BIGINT;
-- JSON: the addresses that the mail server refused while it took the others.
ALTER TABLE notice ADD COLUMN refused TEXT NOT NULL DEFAULT '[]';
-- 1 where sending broke off and the next attempt must find out what became of it.
ALTER TABLE notice ADD COLUMN in_doubt BIGINT NOT NULL DEFAULT 0;
