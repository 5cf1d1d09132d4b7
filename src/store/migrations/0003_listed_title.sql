-- The title under which the source last listed the article; empty where it lists none.
ALTER TABLE sighting ADD COLUMN title TEXT NOT NULL DEFAULT '';
