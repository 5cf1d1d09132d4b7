-- A stretch of an outlet's time that sources left open and a later walk closed.
CREATE TABLE repair (
    id {{id}},
    outlet TEXT NOT NULL,
    gap_from BIGINT NOT NULL,
    gap_to BIGINT NOT NULL,
    witness TEXT NOT NULL, -- the address of the listing or sitemap that lists the articles on either side
    at BIGINT NOT NULL
);
CREATE INDEX repair_by_outlet ON repair (outlet, gap_from);
