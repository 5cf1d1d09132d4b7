-- What kind of article the judge marked it as, beside its judgement: JSON; empty until it is judged with them.
ALTER TABLE article ADD COLUMN marks TEXT NOT NULL DEFAULT '[]';
