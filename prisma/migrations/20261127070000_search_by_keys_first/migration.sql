-- Oldest version: 0.1.0

-- PostgreSQL compares a candidate with the columns in their order. The readers, which may be many, come after what leaves fewer candidates.
-- Writers of projects wait until the end, some 4 s for 100,000 projects.
DROP INDEX "projects_viewer_search";
CREATE INDEX "projects_viewer_search" ON "searched_projects"
  USING GIN ("keys", "text" gin_trgm_ops, "readers", "path" gin_trgm_ops) WITH (fastupdate = off);
