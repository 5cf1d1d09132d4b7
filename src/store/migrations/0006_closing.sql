-- Closed months and their amendments. Rows are only ever added; each text holds the digest of the link before it.
CREATE TABLE closing (
    number BIGINT PRIMARY KEY,             -- from 1, without a hole
    month TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    closed_by TEXT NOT NULL,
    second TEXT NOT NULL,
    snapshot TEXT NOT NULL,                -- JSON: inputs, versions, verdicts, and all of the other columns but the digest
    digest TEXT NOT NULL,                  -- SHA-256 of the snapshot's text
    previous TEXT NOT NULL                 -- digest of the closing before; empty in the first
);

CREATE TABLE amendment (
    id {{id}},
    closing BIGINT NOT NULL REFERENCES closing (number),
    outlet TEXT NOT NULL,
    at BIGINT NOT NULL,
    record TEXT NOT NULL,                  -- JSON: verdict before and after, why, the inputs, and the links of the chain
    digest TEXT NOT NULL,                  -- SHA-256 of the record's text
    previous TEXT NOT NULL                 -- digest of the amendment before, of whichever month; empty in the first
);
CREATE INDEX amendment_by_closing ON amendment (closing, id);

-- Its row is locked by whoever adds a link, so that links are added one after the other.
INSERT INTO counter (name, value) VALUES ('closing', 0);
