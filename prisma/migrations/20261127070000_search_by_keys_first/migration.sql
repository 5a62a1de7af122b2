-- Oldest version: 0.1.0

-- PostgreSQL compares each candidate with the conditions in the order of the columns. The readers, which may be many, come after what leaves
-- fewer candidates. It keeps writers of projects away until the end, some 4 s for 100,000 projects.
DROP INDEX projects_viewer_search;
CREATE INDEX "projects_viewer_search" ON "searched_projects"
  USING GIN ("keys", "text" gin_trgm_ops, "readers", "path" gin_trgm_ops) WITH (fastupdate = off);
