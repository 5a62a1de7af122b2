-- Version: 1
-- What searches look at of each project that is not deleted, in a narrow table with one index. It is a table of its own, because a
-- release changes its project and none of this, and because the text is computed once.
--
-- `readers` says who may read the project, as numbers: 0 for everybody, -1 for every account, the id of each group above it, and a number
-- below -1 for the members of the project itself. `keys` has all else that an index finds as a whole. One key is the part of the list of
-- ids in which the project is, by which a search reads a bounded number of matches at a time.

-- The row of a project.
CREATE OR REPLACE FUNCTION searched_project(p projects) RETURNS searched_projects LANGUAGE sql STABLE AS $$
  SELECT p.id,
    CASE p.visibility WHEN 'public' THEN ARRAY[0, -1] WHEN 'internal' THEN ARRAY[-1] ELSE '{}' END || p.ancestor_ids || (-1 - p.id),
    ARRAY['part ' || p.id / 4000, 'group ' || p.group_id, 'name ' || lower(p.name), 'path ' || lower(p.path),
          CASE WHEN p.archived THEN 'archived' ELSE 'active' END, p.visibility::text]
      || ARRAY(SELECT 'topic ' || topic FROM unnest(p.topics) AS topic),
    lower(p.name || ' ' || p.path || ' ' || left(coalesce(p.description, ''), 2000)),
    lower(p.full_path)
$$;

-- Keeps the row of a project as the project is.
CREATE OR REPLACE FUNCTION projects_searched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.deleted_at IS NOT NULL THEN
    DELETE FROM searched_projects WHERE project_id = NEW.id;
  ELSE
    INSERT INTO searched_projects AS s SELECT (searched_project(NEW)).*
    ON CONFLICT (project_id) DO UPDATE
      SET readers = excluded.readers, keys = excluded.keys, text = excluded.text, path = excluded.path
      WHERE s IS DISTINCT FROM excluded;
  END IF;
  RETURN NULL;
END $$;

-- The triggers that set ancestors and deletions run before it, and only for columns that are named here.
CREATE OR REPLACE TRIGGER projects_searched
  AFTER INSERT OR UPDATE OF name, path, description, visibility, archived, topics, group_id, full_path, ancestor_ids, deleted_at ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_searched();
