-- Months are asked for by both ends of an article's dates: with one end in an index, half of an outlet's articles are looked at.
CREATE INDEX article_by_dates ON article (outlet, date_to, date_from);
