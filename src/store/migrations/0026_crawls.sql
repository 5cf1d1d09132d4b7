-- 1 where the system's own scheduler starts crawls one by one: a stretch in which they followed one another.
ALTER TABLE heartbeat ADD COLUMN crawls BIGINT NOT NULL DEFAULT 0;
