-- Oldest version: 0.1.0

-- A search of projects reads only what its viewer may read, because the index also holds who may read a project, as numbers: 0 for
-- everybody, -1 for every account, the id of each group above it, and a number below -1 for the members of the project itself.
CREATE INDEX projects_viewer_search ON projects USING gin (
  (CASE visibility WHEN 'public' THEN ARRAY[0, -1] WHEN 'internal' THEN ARRAY[-1] ELSE ARRAY[]::int[] END || ancestor_ids || (-1 - id)),
  lower(name || ' ' || path || ' ' || left(coalesce(description, ''), 2000)) gin_trgm_ops,
  lower(full_path) gin_trgm_ops
) WHERE deleted_at IS NULL;
DROP INDEX projects_search;
DROP INDEX projects_search_paths;
