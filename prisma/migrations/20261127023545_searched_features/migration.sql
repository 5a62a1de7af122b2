-- Oldest version: 0.1.0

-- Lists by activity. It keeps writers of projects away until the end.
CREATE INDEX "projects_updated_at_id_idx" ON "projects"("updated_at", "id");

-- All rows of prisma/sql/searches.sql are written anew, with keys for issues, merge requests and the activity.
DROP INDEX projects_viewer_search;
TRUNCATE searched_projects;
INSERT INTO searched_projects (project_id, readers, keys, text, path)
SELECT id,
  CASE visibility WHEN 'public' THEN ARRAY[0, -1] WHEN 'internal' THEN ARRAY[-1] ELSE '{}' END || ancestor_ids || (-1 - id),
  ARRAY['part ' || id / 4000, 'group ' || group_id, 'name ' || lower(name), 'path ' || lower(path),
        CASE WHEN archived THEN 'archived' ELSE 'active' END, visibility::text]
    || ARRAY(SELECT 'topic ' || topic FROM unnest(topics) AS topic)
    || ARRAY[CASE issues_level WHEN 'disabled' THEN 'no issues' ELSE 'issues' END,
             CASE merge_requests_level WHEN 'disabled' THEN 'no merge requests' ELSE 'merge requests' END,
             'day ' || to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'month ' || to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM')],
  lower(name || ' ' || path || ' ' || left(coalesce(description, ''), 2000)),
  lower(full_path)
FROM projects WHERE deleted_at IS NULL;

CREATE INDEX "projects_viewer_search" ON "searched_projects"
  USING GIN ("readers", "keys", "text" gin_trgm_ops, "path" gin_trgm_ops) WITH (fastupdate = off);
