-- Whether the page closed the markup that it opened; NULL where it was read before this was kept.
ALTER TABLE article ADD COLUMN closed BIGINT;
