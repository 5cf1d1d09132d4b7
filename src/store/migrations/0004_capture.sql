-- An answer that stands in the archive, and what it was asked for: a visit to a source or the page of an article. Where the
-- body is the same as that of an earlier capture, the row names that one and leaves out what both have in common.
CREATE TABLE capture (
    id {{id}},
    visit BIGINT REFERENCES visit (id),
    article BIGINT REFERENCES article (id),
    url TEXT,                              -- the address that answered; of a repeated body, that of the capture that has it
    at BIGINT NOT NULL,                    -- the date of the record
    status BIGINT NOT NULL,
    digest TEXT,                           -- of the body; of a repeated one, that of the capture that has it
    file TEXT NOT NULL,                    -- of the archive
    byte BIGINT NOT NULL,                  -- of the file, at which the record begins
    record TEXT NOT NULL,                  -- id of the record
    repeats BIGINT REFERENCES capture (id) -- the capture that has the body
);
CREATE INDEX capture_by_visit ON capture (visit) WHERE visit IS NOT NULL;
CREATE INDEX capture_by_article ON capture (article) WHERE article IS NOT NULL;
CREATE INDEX capture_by_url ON capture (url, id) WHERE url IS NOT NULL;
