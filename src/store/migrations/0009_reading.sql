-- What the length and the sameness of an outlet's texts are told from; NULL where a text was read before these were kept.
ALTER TABLE article ADD COLUMN letters BIGINT;
ALTER TABLE article ADD COLUMN text_hash BIGINT;
CREATE INDEX article_by_first_seen ON article (outlet, first_seen);

-- Texts by which reprints are found: the fingerprint whole and in parts, each part with its place in it.
CREATE TABLE fingerprint (
    article BIGINT PRIMARY KEY REFERENCES article (id),
    simhash BIGINT NOT NULL,
    at BIGINT NOT NULL                     -- publication, as far as it is known
);
CREATE TABLE fingerprint_band (
    band BIGINT NOT NULL,
    at BIGINT NOT NULL,
    article BIGINT NOT NULL,
    simhash BIGINT NOT NULL
);
CREATE INDEX fingerprint_band_by_value ON fingerprint_band (band, at);
-- Pairs of articles with nearly the same text, each pair in both directions: the cluster of an article is its pairs.
CREATE TABLE reprint (
    article BIGINT NOT NULL,
    other BIGINT NOT NULL,
    PRIMARY KEY (article, other)
);
-- The last change of an article that was looked at for reprints; 0 looks at all that were ever read.
INSERT INTO counter (name, value) VALUES ('reprint_mark', 0);

-- What an article's page held before an edit, and what it held after one that was found at a check.
CREATE TABLE article_version (
    id {{id}},
    article BIGINT NOT NULL REFERENCES article (id),
    seen_at BIGINT NOT NULL,               -- when the version was first seen
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    digest TEXT NOT NULL,                  -- SHA-256 of title, line break and text
    judgement TEXT NOT NULL,
    UNIQUE (article, digest)
);

-- Checks of counted articles. Never changed but for next_try, which moves on with each check.
CREATE TABLE recheck (
    id {{id}},
    article BIGINT NOT NULL REFERENCES article (id),
    at BIGINT NOT NULL,
    standing TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL,
    changed DOUBLE PRECISION NOT NULL,     -- share of the syllables that an edit changed
    was TEXT NOT NULL,                     -- judgement of the text that counted, by the dictionary of that day
    judgement TEXT,                        -- judgement of the page as it came
    digest TEXT,                           -- of the version that came
    unsettled BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    missing_since BIGINT,
    next_try BIGINT
);
CREATE INDEX recheck_by_article ON recheck (article, id);
CREATE INDEX recheck_by_next_try ON recheck (next_try);
