-- Searches that users keep, as the address of the search page holds them.
CREATE TABLE saved_search (
    id {{id}},
    officer TEXT NOT NULL,
    name TEXT NOT NULL,
    question TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (officer, name)
);
