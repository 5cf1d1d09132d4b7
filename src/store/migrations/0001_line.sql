-- {{id}} becomes the database's own kind of counting key. Instants are seconds since 1970-01-01 UTC, flags 0 or 1,
-- lists and records JSON text: the types that SQLite and PostgreSQL share through one driver.

CREATE TABLE source (
    outlet TEXT NOT NULL,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    full_at BIGINT,                        -- last whole document; older than a day, no validators are sent
    digest TEXT,                           -- SHA-256 of the bytes at the last good visit
    listed_ever BIGINT NOT NULL DEFAULT 0, -- whether it ever listed an entry
    last_outcome TEXT,
    failures BIGINT NOT NULL DEFAULT 0,    -- in a row
    next_visit BIGINT NOT NULL DEFAULT 0,
    claimed_until BIGINT NOT NULL DEFAULT 0,
    first_good BIGINT,
    certified_to BIGINT,                   -- the last certified instant
    standing TEXT,                         -- what the last good visit listed, in the document's order
    moved_to TEXT,                         -- where a permanent redirect leads
    PRIMARY KEY (outlet, url)
);

CREATE TABLE visit (
    id {{id}},
    outlet TEXT NOT NULL,
    source TEXT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    status BIGINT,
    bytes BIGINT NOT NULL,
    digest TEXT,
    in_document BIGINT NOT NULL,           -- = new + known + all rejected
    new BIGINT NOT NULL,
    known BIGINT NOT NULL,
    rejected TEXT NOT NULL,
    certified_from BIGINT,                 -- the stretch up to `at` that this visit certifies
    gap_from BIGINT,                       -- the stretch up to `at` that it found to be a gap
    gap_why TEXT
);
CREATE INDEX visit_by_source ON visit (outlet, source, at);

CREATE TABLE article (
    id {{id}},
    outlet TEXT NOT NULL,
    key TEXT NOT NULL,                     -- the article's identity within its outlet
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,                 -- as the source listed it
    lead TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    author TEXT,
    language TEXT,
    dates TEXT NOT NULL,                   -- all date evidence
    published BIGINT,                      -- the chosen date
    published_from TEXT,
    date_standing TEXT NOT NULL,           -- sure, straddles, undated
    date_from BIGINT NOT NULL,             -- the earliest and the latest instant at which it may have been published
    date_to BIGINT NOT NULL,
    not_before BIGINT NOT NULL,            -- the last certified instant before it was first seen
    first_seen BIGINT NOT NULL,
    state TEXT NOT NULL,                   -- found, read, unread, gone
    attempts BIGINT NOT NULL DEFAULT 0,
    first_failed BIGINT,
    next_try BIGINT NOT NULL,
    unread_why TEXT,
    judgement TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    rule TEXT NOT NULL,
    reasons TEXT NOT NULL,
    topics TEXT NOT NULL,
    terms TEXT NOT NULL,                   -- version of the dictionary
    change BIGINT NOT NULL,                -- rises with each change of any article; the search index follows it
    UNIQUE (outlet, key)
);
CREATE INDEX article_by_month ON article (outlet, date_from);
CREATE INDEX article_by_change ON article (change);
CREATE INDEX article_to_read ON article (state, next_try);

CREATE TABLE sighting (
    article BIGINT NOT NULL REFERENCES article (id),
    source TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    PRIMARY KEY (article, source)
);

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counter (name, value) VALUES ('article_change', 0);

CREATE TABLE verdict_change (
    id {{id}},
    outlet TEXT NOT NULL,
    month TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    count BIGINT NOT NULL,
    at BIGINT NOT NULL,
    terms TEXT NOT NULL
);
CREATE INDEX verdict_change_by_month ON verdict_change (outlet, month, id);

CREATE TABLE job_run (
    job TEXT NOT NULL,
    due BIGINT NOT NULL,
    state TEXT NOT NULL,                   -- missed, running, done, failed
    started BIGINT,
    ended BIGINT,
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, due)
);
