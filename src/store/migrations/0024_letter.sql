-- Official letters to outlets: drafted, approved with the bytes that were approved, and issued by hand.
CREATE TABLE letter (
    id {{id}},
    month TEXT NOT NULL,
    outlets TEXT NOT NULL,        -- JSON: the ids of those written to
    state TEXT NOT NULL,          -- draft, approved, issued, dropped
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    approved_by TEXT,
    approved_at BIGINT,
    docx TEXT,                    -- SHA-256 of what was approved, by which it is kept
    pdf TEXT,
    number BIGINT,                -- as the văn thư gave it
    issued_on TEXT
);
CREATE INDEX letter_by_month ON letter (month, id);
