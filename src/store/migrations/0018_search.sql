-- Searches that users keep, and the tokens by which other programs read.
CREATE TABLE saved_search (
    id {{id}},
    user_name TEXT NOT NULL REFERENCES desk_user (name),
    name TEXT NOT NULL,
    question TEXT NOT NULL,      -- as the page's address holds it, behind the question mark
    saved_at BIGINT NOT NULL,
    UNIQUE (user_name, name)
);

CREATE TABLE api_token (
    id {{id}},
    digest TEXT NOT NULL UNIQUE, -- SHA-256 of the token
    name TEXT NOT NULL,          -- what it is for
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
