-- Version: 2
-- What searches look at of each project that is not deleted, in a narrow table with one index. It is a table of its own, because
-- most releases change their project and none of this, and because the text is computed once.
--
-- `readers` says who may read the project, as numbers: 0 for everybody, -1 for every account, the id of each group above it, and a number
-- below -1 for the members of the project itself. `keys` has all else that an index finds as a whole. One key is the part of the list of
-- ids in which the project is, by which a search reads a bounded number of matches at a time.

-- The key of a day or a month.
CREATE OR REPLACE FUNCTION activity_key(unit text, at timestamp) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT unit || ' ' || to_char(at, CASE unit WHEN 'day' THEN 'YYYY-MM-DD' ELSE 'YYYY-MM' END)
$$;

-- The keys of all days, or of a long time all months, in which a project was active that was active between two times. Either may be null.
CREATE OR REPLACE FUNCTION activity_keys(later_than timestamptz, earlier_than timestamptz) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(
    SELECT activity_key(unit, each)
    FROM (SELECT greatest(later_than, (SELECT min(updated_at) FROM projects)) AT TIME ZONE 'UTC' AS first,
                 least(earlier_than, (SELECT max(updated_at) FROM projects)) AT TIME ZONE 'UTC' AS last) AS times,
      LATERAL (SELECT CASE WHEN last - first < interval '10 days' THEN 'day' ELSE 'month' END AS unit) AS units,
      generate_series(date_trunc(unit, first), last, ('1 ' || unit)::interval) AS each)
$$;

-- The row of a project.
CREATE OR REPLACE FUNCTION searched_project(p projects) RETURNS searched_projects LANGUAGE sql STABLE AS $$
  SELECT p.id,
    CASE p.visibility WHEN 'public' THEN ARRAY[0, -1] WHEN 'internal' THEN ARRAY[-1] ELSE '{}' END || p.ancestor_ids || (-1 - p.id),
    ARRAY['part ' || p.id / 4000, 'group ' || p.group_id, 'name ' || lower(p.name), 'path ' || lower(p.path),
          CASE WHEN p.archived THEN 'archived' ELSE 'active' END, p.visibility::text]
      || ARRAY(SELECT 'topic ' || topic FROM unnest(p.topics) AS topic)
      || ARRAY[CASE p.issues_level WHEN 'disabled' THEN 'no issues' ELSE 'issues' END,
               CASE p.merge_requests_level WHEN 'disabled' THEN 'no merge requests' ELSE 'merge requests' END,
               activity_key('day', p.updated_at AT TIME ZONE 'UTC'), activity_key('month', p.updated_at AT TIME ZONE 'UTC')],
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
  AFTER INSERT OR UPDATE OF name, path, description, visibility, archived, topics, issues_level, merge_requests_level, group_id, full_path,
    ancestor_ids, deleted_at ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_searched();

-- A release changes the activity of its project, and the first one of a day its keys.
CREATE OR REPLACE TRIGGER projects_searched_by_activity
  AFTER UPDATE OF updated_at ON projects
  FOR EACH ROW WHEN ((OLD.updated_at AT TIME ZONE 'UTC')::date <> (NEW.updated_at AT TIME ZONE 'UTC')::date)
  EXECUTE FUNCTION projects_searched();
