-- A walk back in time through a sitemap or a listing; it may be stopped and gone on with.
CREATE TABLE backfill (
    id {{id}},
    outlet TEXT NOT NULL,
    source TEXT NOT NULL,
    back_to BIGINT NOT NULL,
    begun BIGINT NOT NULL,          -- what was published up to then is what the walk can show
    ended BIGINT,                   -- null while parts are left
    flaw TEXT NOT NULL DEFAULT '',  -- why the walk certifies nothing; empty where nothing speaks against it
    covers_from BIGINT              -- the list shows what was published from then to `begun`
);
CREATE INDEX backfill_by_source ON backfill (outlet, source, begun);

-- A sitemap or a page of a listing that the walk has read.
CREATE TABLE backfill_part (
    backfill BIGINT NOT NULL REFERENCES backfill (id),
    url TEXT NOT NULL,
    number BIGINT NOT NULL,         -- in the order read, from 1
    oldest BIGINT,                  -- date of the oldest entry of a listing's page, pinned ones aside
    PRIMARY KEY (backfill, url)
);
