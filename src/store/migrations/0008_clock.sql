-- What an outlet's clock is known or suspected to be wrong by. Rules are never changed but in their state; each change is a row
-- of its own.
CREATE TABLE clock_rule (
    id {{id}},
    outlet TEXT NOT NULL,
    date_source TEXT NOT NULL,             -- where the dates are found: feed, json_ld, …
    label TEXT NOT NULL,                   -- how they name their zone: absent, gmt, zero, offset
    minutes BIGINT NOT NULL,               -- by which the stated time runs ahead of the true one; 0: right as labelled
    since BIGINT,                          -- holds for articles first seen from then on; NULL for all
    version BIGINT NOT NULL,               -- counts the rules for the same dates
    figures TEXT NOT NULL,                 -- what it was found from
    firm BIGINT NOT NULL,                  -- whether nothing else looks like it
    state TEXT NOT NULL,                   -- proposed, applied, withdrawn
    proposed_at BIGINT NOT NULL,
    UNIQUE (outlet, date_source, label, version)
);
CREATE UNIQUE INDEX clock_rule_open ON clock_rule (outlet, date_source, label) WHERE state = 'proposed';

CREATE TABLE clock_change (
    id {{id}},
    rule BIGINT NOT NULL REFERENCES clock_rule (id),
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    reason TEXT NOT NULL,
    moved TEXT NOT NULL                    -- the articles that it moved, by month before and after
);
CREATE INDEX clock_change_by_rule ON clock_change (rule, id);
