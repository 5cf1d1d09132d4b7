-- What waits for officers, as the last review found it, and months that one officer asks to close.
CREATE TABLE waiting (
    outlet TEXT NOT NULL,
    month TEXT NOT NULL,
    article BIGINT NOT NULL REFERENCES article (id),
    why TEXT NOT NULL,           -- a reason of pending, or `sole`: the month rests on this article and no person has looked at it
    since BIGINT NOT NULL,
    PRIMARY KEY (outlet, month, article, why)
);
CREATE INDEX waiting_by_since ON waiting (month, outlet, article);

CREATE TABLE close_proposal (
    month TEXT PRIMARY KEY,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX article_by_url ON article (outlet, url);
