-- Who works at the desk, who is logged in, and what the desk asks of the line.
CREATE TABLE desk_user (
    name TEXT PRIMARY KEY,
    shown TEXT NOT NULL,         -- as people read it
    role TEXT NOT NULL,          -- viewer, officer, head, admin
    password TEXT NOT NULL,      -- argon2id in PHC form
    added_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE session (
    digest TEXT PRIMARY KEY,     -- SHA-256 of what the cookie holds
    user_name TEXT NOT NULL REFERENCES desk_user (name),
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX session_by_user ON session (user_name);

CREATE TABLE login_failure (
    id {{id}},
    user_name TEXT NOT NULL,     -- as typed; there may be no such user
    at BIGINT NOT NULL
);
CREATE INDEX login_failure_by_user ON login_failure (user_name, at);

CREATE TABLE one_time_link (
    digest TEXT PRIMARY KEY,     -- SHA-256 of what the address holds
    purpose TEXT NOT NULL,       -- setup, reply
    subject TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE request (
    id {{id}},
    kind TEXT NOT NULL,          -- visit, link, discover
    subject TEXT NOT NULL,       -- JSON
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    taken_at BIGINT,
    ended_at BIGINT,
    answer TEXT                  -- JSON: what came of it
);
CREATE INDEX request_open ON request (ended_at, id);
