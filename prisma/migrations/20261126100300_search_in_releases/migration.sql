-- Oldest version: 0.1.0

-- Searches in titles and notes, and in notes alone for viewers who may not read tags, because the title may be the tag. The project is
-- in the index, so that a search reads nothing of other projects. Of notes only the beginning is sought, because a tsvector is bounded.
CREATE INDEX releases_search ON releases USING gin
  ((ARRAY[project_id]), to_tsvector('simple', coalesce(name, tag) || ' ' || left(coalesce(description, ''), 100000)));
CREATE INDEX releases_search_notes ON releases USING gin
  ((ARRAY[project_id]), to_tsvector('simple', left(coalesce(description, ''), 100000)));
