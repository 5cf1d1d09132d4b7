-- What officers decide. Rows are only ever added; `audit` is the number of the row in the audit log that was written with
-- the decision, in one transaction. `officer` is who decided.

CREATE TABLE audit (
    number BIGINT PRIMARY KEY,   -- 1, 2, 3 without a hole; the counter `audit` holds the last one
    at BIGINT NOT NULL,
    officer TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    state_before TEXT NOT NULL,  -- JSON
    state_after TEXT NOT NULL,   -- JSON
    previous TEXT NOT NULL,      -- digest of the row before; empty in the first
    digest TEXT NOT NULL         -- SHA-256 of the JSON list of all that stands before it in this row
);
INSERT INTO counter (name, value) VALUES ('audit', 0);

CREATE TABLE ruling (
    id {{id}},
    article BIGINT NOT NULL REFERENCES article (id),
    decision TEXT NOT NULL,      -- counts, does_not_count, moved
    month TEXT,                  -- where it counts
    reason TEXT NOT NULL,
    terms TEXT NOT NULL,         -- version of the dictionary that had judged
    text_digest TEXT NOT NULL,   -- SHA-256 of the text that was ruled on
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit BIGINT NOT NULL UNIQUE
);
CREATE INDEX ruling_by_article ON ruling (article, at, id);
CREATE INDEX ruling_by_month ON ruling (month);

CREATE TABLE off_web (
    id {{id}},
    outlet TEXT NOT NULL,
    month TEXT NOT NULL,
    medium TEXT NOT NULL,
    title TEXT NOT NULL,
    programme TEXT,
    aired BIGINT,
    seconds BIGINT,              -- how long it is
    url TEXT,
    file_name TEXT,
    file_digest TEXT,            -- SHA-256; the name under which the file is kept
    note TEXT,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit BIGINT NOT NULL UNIQUE
);
CREATE INDEX off_web_by_month ON off_web (outlet, month);

CREATE TABLE confirmation (
    id {{id}},
    outlet TEXT NOT NULL,
    month TEXT NOT NULL,
    kind TEXT NOT NULL,          -- blind_checked, silence_accepted
    listed TEXT NOT NULL,        -- JSON: the off-web items that stood when the list was confirmed
    reason TEXT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit BIGINT NOT NULL UNIQUE
);
CREATE INDEX confirmation_by_month ON confirmation (outlet, month);

CREATE TABLE hand_check (
    id {{id}},
    outlet TEXT NOT NULL,
    checked_from BIGINT NOT NULL,
    checked_to BIGINT NOT NULL,
    looked_at TEXT NOT NULL,
    found TEXT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit BIGINT NOT NULL UNIQUE
);
CREATE INDEX hand_check_by_outlet ON hand_check (outlet, checked_from);

CREATE TABLE withdrawal (
    id {{id}},
    kind TEXT NOT NULL,          -- off-web, confirmation, hand-check
    item BIGINT NOT NULL,
    reason TEXT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit BIGINT NOT NULL UNIQUE,
    UNIQUE (kind, item)
);
