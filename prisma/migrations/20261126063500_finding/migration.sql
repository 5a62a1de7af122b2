-- Oldest version: 0.1.0

-- Substrings are found by their trigrams. Owners of a database may create this extension, because it is trusted.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A word has no space, so it is in this text only if it is in one of its parts. Of a description only the beginning is sought,
-- because a description may have a million characters.
CREATE INDEX projects_search ON projects
  USING gin (lower(name || ' ' || path || ' ' || left(coalesce(description, ''), 2000)) gin_trgm_ops);
CREATE INDEX groups_search ON groups USING gin (lower(name || ' ' || full_path) gin_trgm_ops);

-- The orders of lists. "C" compares bytes, so the order is the same on every server.
CREATE INDEX projects_name ON projects (lower(name) COLLATE "C", id);
CREATE INDEX projects_path ON projects (lower(path) COLLATE "C", id);
CREATE INDEX groups_name ON groups (lower(name) COLLATE "C", id);
CREATE INDEX groups_path ON groups (lower(path) COLLATE "C", id);
