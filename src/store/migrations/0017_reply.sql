-- What outlets say: calls and answers that officers note down, and what is sent by the link of an alert.
CREATE TABLE call_log (
    id {{id}},
    outlet TEXT NOT NULL,
    month TEXT,                  -- the month that it was about, if it was about one
    at BIGINT NOT NULL,          -- when the call was
    answered TEXT NOT NULL,      -- who answered, or who called
    said TEXT NOT NULL,
    officer TEXT NOT NULL,
    noted_at BIGINT NOT NULL
);
CREATE INDEX call_log_by_outlet ON call_log (outlet, at, id);

-- Rows are only ever added, as those of officers' decisions are; `officer` is the outlet.
CREATE TABLE submission (
    id {{id}},
    outlet TEXT NOT NULL,
    month TEXT NOT NULL,
    url TEXT,
    file_name TEXT,
    file_digest TEXT,            -- SHA-256; the name under which the file is kept
    note TEXT,
    sender TEXT NOT NULL,        -- who says to have sent it
    link TEXT NOT NULL UNIQUE,   -- digest of the link that it came by
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit BIGINT NOT NULL UNIQUE
);
CREATE INDEX submission_by_month ON submission (outlet, month);

CREATE TABLE settlement (
    id {{id}},
    submission BIGINT NOT NULL REFERENCES submission (id),
    outcome TEXT NOT NULL,       -- off_web, article, refused
    article BIGINT,              -- the article that was read and ruled on
    reason TEXT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    audit BIGINT NOT NULL UNIQUE
);
CREATE INDEX settlement_by_submission ON settlement (submission, at);
