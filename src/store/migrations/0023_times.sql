-- Visits of an outlet by time, whatever the source; and those that settle more than two days at once, which may bear on a month long
-- before them.
CREATE INDEX visit_by_time ON visit (outlet, at);
CREATE INDEX visit_of_long ON visit (outlet, source, at) WHERE at - certified_from > 172800 OR at - gap_from > 172800;

-- An outlet's rhythm is told by a thousand dates: they are read from the index alone.
CREATE INDEX article_dated ON article (outlet, date_standing, date_from, first_seen);
