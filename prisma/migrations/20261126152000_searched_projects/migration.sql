-- Oldest version: 0.1.0

-- What searches look at of a project: prisma/sql/searches.sql explains the columns.
CREATE TABLE "searched_projects" (
    "project_id" INTEGER NOT NULL,
    "readers" INTEGER[],
    "keys" TEXT[],
    "text" TEXT NOT NULL,
    "path" TEXT NOT NULL,

    CONSTRAINT "searched_projects_pkey" PRIMARY KEY ("project_id")
);

-- It keeps writers of projects away until the trigger is there.
ALTER TABLE "searched_projects" ADD CONSTRAINT "searched_projects_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

INSERT INTO searched_projects (project_id, readers, keys, text, path)
SELECT id,
  CASE visibility WHEN 'public' THEN ARRAY[0, -1] WHEN 'internal' THEN ARRAY[-1] ELSE '{}' END || ancestor_ids || (-1 - id),
  ARRAY['part ' || id / 4000, 'group ' || group_id, 'name ' || lower(name), 'path ' || lower(path),
        CASE WHEN archived THEN 'archived' ELSE 'active' END, visibility::text]
    || ARRAY(SELECT 'topic ' || topic FROM unnest(topics) AS topic),
  lower(name || ' ' || path || ' ' || left(coalesce(description, ''), 2000)),
  lower(full_path)
FROM projects WHERE deleted_at IS NULL;

-- A search asks the index many times, and would read what waits for the index each time. So nothing waits.
-- It has the name of the index whose place it takes, by which an interrupted start tells that the script of that one ran.
DROP INDEX projects_viewer_search;
CREATE INDEX "projects_viewer_search" ON "searched_projects"
  USING GIN ("readers", "keys", "text" gin_trgm_ops, "path" gin_trgm_ops) WITH (fastupdate = off);
