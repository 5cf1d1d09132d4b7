-- The outbox: what is said to outlets, officers and the operator, once for each key and way.
CREATE TABLE notice (
    id {{id}},
    key TEXT NOT NULL,                   -- step, outlet and month: what makes it one
    channel TEXT NOT NULL,               -- mail, webhook
    step TEXT NOT NULL,
    outlet TEXT,
    month TEXT,
    state TEXT NOT NULL,                 -- waits, called, sending, sent, maybe_sent, failed, cancelled, bounced
    called_at BIGINT NOT NULL,
    not_before BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    worker TEXT NOT NULL DEFAULT '',     -- who is at it
    claimed_at BIGINT,
    message TEXT,                        -- JSON: as it went out, the same at every attempt
    why TEXT NOT NULL DEFAULT '',        -- what the last look or attempt came to
    settled_at BIGINT,
    UNIQUE (key, channel)
);
CREATE INDEX notice_by_state ON notice (state, id);
CREATE INDEX notice_by_month ON notice (outlet, month);

-- Times in which an outlet, or where none is named all of them, are not written to.
CREATE TABLE silence (
    id {{id}},
    outlet TEXT,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    reason TEXT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    lifted_by TEXT,
    lifted_at BIGINT
);

-- What only the operator can mend: told once when it begins, and once when it is over.
CREATE TABLE cause (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    url TEXT NOT NULL,
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    over_at BIGINT
);
