-- Genre, source, places, hotline: JSON; NULL where nothing was read yet.
ALTER TABLE article ADD COLUMN facets TEXT;
-- What may identify a victim or a child, and how it is masked: JSON; NULL where nobody has looked.
ALTER TABLE article ADD COLUMN privacy TEXT;
ALTER TABLE article ADD COLUMN captions TEXT NOT NULL DEFAULT ''; -- of its pictures, one a line
