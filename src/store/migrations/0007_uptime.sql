-- A stretch of time in which `run` was alive; `until` is its last sign of life.
CREATE TABLE heartbeat (
    id {{id}},
    began BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- One control address asked at the beginning of a round of visits. All rows of a round have the same instant.
CREATE TABLE probe (
    id {{id}},
    at BIGINT NOT NULL,
    url TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX probe_by_time ON probe (at);

-- What one look at the control outlet showed of one day's items.
CREATE TABLE control_result (
    id {{id}},
    day TEXT NOT NULL,                     -- YYYY-MM-DD in the site's zone
    checked_at BIGINT NOT NULL,
    found BIGINT NOT NULL,
    judged_about BIGINT NOT NULL,
    judged_unrelated BIGINT NOT NULL,
    whole BIGINT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX control_result_by_day ON control_result (day);
CREATE INDEX control_result_by_look ON control_result (checked_at);

-- Whose run it is, and until when it counts as alive without a further sign of life.
ALTER TABLE job_run ADD COLUMN worker TEXT;
ALTER TABLE job_run ADD COLUMN lease BIGINT;

-- Whose claim `claimed_until` is.
ALTER TABLE source ADD COLUMN claimed_by TEXT;
