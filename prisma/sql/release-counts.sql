-- Version: 1
-- How many releases a project and the groups above it have, which releases a group shows, and when a project was last changed.
--
-- They are stored because counting would read every release of a large group for each page. They are in the database so that they are
-- right whichever statement writes releases: a use case, an import, or somebody with psql.
--
-- Rows of groups are locked in the order of their ids, and groups before their projects, so that writers wait instead of deadlocking.

-- Adds to the counters of some groups.
CREATE OR REPLACE FUNCTION groups_add(ids int[], projects int, released int, releases int) RETURNS void LANGUAGE sql AS $$
  WITH locked AS (SELECT id FROM groups WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE)
  UPDATE groups g
  SET projects_count = g.projects_count + projects,
      released_projects_count = g.released_projects_count + released,
      releases_count = g.releases_count + releases
  FROM locked WHERE g.id = locked.id
$$;

-- Takes a project out of the counters of the groups that it was in, and counts it in the groups that it is in now. A project that has moved
-- also moves its releases to the other groups' lists.
CREATE OR REPLACE FUNCTION projects_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM groups_add(OLD.ancestor_ids, -1, -(OLD.releases_count > 0)::int, -OLD.releases_count);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM groups_add(NEW.ancestor_ids, 1, (NEW.releases_count > 0)::int, NEW.releases_count);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM group_releases gr USING releases r WHERE gr.release_id = r.id AND r.project_id = NEW.id;
    INSERT INTO group_releases (group_id, release_id, released_at)
    SELECT unnest(NEW.ancestor_ids), r.id, r.released_at FROM releases r WHERE r.project_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;

-- Groups count their projects.
CREATE OR REPLACE TRIGGER projects_count_added_or_removed AFTER INSERT OR DELETE ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_count();

-- A project that moves, or whose group moves, is counted elsewhere.
CREATE OR REPLACE TRIGGER projects_count_moved AFTER UPDATE ON projects
  FOR EACH ROW WHEN (OLD.ancestor_ids <> NEW.ancestor_ids) EXECUTE FUNCTION projects_count();

-- Locks the groups above some projects. Without it, a writer that adds to a project and then to its neighbour would deadlock with a writer
-- that adds to the neighbour.
CREATE OR REPLACE FUNCTION groups_lock_above(project_ids int[]) RETURNS void LANGUAGE sql AS $$
  SELECT FROM groups WHERE id IN (SELECT unnest(ancestor_ids) FROM projects WHERE id = ANY (project_ids))
  ORDER BY id FOR NO KEY UPDATE
$$;

-- Adds to the releases of a project, and of the groups above it.
CREATE OR REPLACE FUNCTION releases_count_changed(project int, change int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now_count int;
  ancestors int[];
BEGIN
  UPDATE projects SET releases_count = releases_count + change, updated_at = greatest(updated_at, now())
  WHERE id = project RETURNING releases_count, ancestor_ids INTO now_count, ancestors;
  IF FOUND THEN
    PERFORM groups_add(ancestors, 0, (now_count > 0)::int - (now_count - change > 0)::int, change);
  END IF;
END $$;

-- Counts new releases, and adds them to the lists of their groups.
CREATE OR REPLACE FUNCTION releases_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM groups_lock_above(ARRAY(SELECT DISTINCT project_id FROM added));
  PERFORM releases_count_changed(c.project_id, c.n)
  FROM (SELECT project_id, count(*)::int AS n FROM added GROUP BY project_id ORDER BY project_id) c;
  INSERT INTO group_releases (group_id, release_id, released_at)
  SELECT unnest(p.ancestor_ids), r.id, r.released_at FROM added r JOIN projects p ON p.id = r.project_id;
  RETURN NULL;
END $$;

-- Counts releases that are gone. Foreign keys take them out of the lists of their groups.
CREATE OR REPLACE FUNCTION releases_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM groups_lock_above(ARRAY(SELECT DISTINCT project_id FROM removed));
  PERFORM releases_count_changed(c.project_id, -c.n)
  FROM (SELECT project_id, count(*)::int AS n FROM removed GROUP BY project_id ORDER BY project_id) c;
  RETURN NULL;
END $$;

-- Counts releases that went to another project, notes the change in the project, and moves releases with another date to another place in
-- the lists of their groups. Where rendered notes are kept, nothing happens: neither a date nor the project changes.
CREATE OR REPLACE FUNCTION releases_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved int[];
  touched int[];
  left_project boolean;
BEGIN
  SELECT array_agg(d.id) FILTER (WHERE d.has_left OR d.is_redated),
         array_agg(d.project_id) FILTER (WHERE d.has_left OR d.is_redated OR d.is_touched),
         bool_or(d.has_left)
  INTO moved, touched, left_project
  FROM (SELECT n.id, n.project_id, n.project_id <> o.project_id AS has_left, n.released_at <> o.released_at AS is_redated,
          n.updated_at <> o.updated_at AS is_touched
        FROM added n JOIN removed o ON o.id = n.id) d;
  IF left_project THEN
    PERFORM groups_lock_above(ARRAY(SELECT project_id FROM added UNION SELECT project_id FROM removed));
    PERFORM releases_count_changed(c.project_id, c.n)
    FROM (SELECT project_id, sum(n)::int AS n
          FROM (SELECT project_id, 1 AS n FROM added UNION ALL SELECT project_id, -1 FROM removed) d
          GROUP BY project_id HAVING sum(n) <> 0 ORDER BY project_id) c;
  END IF;
  IF touched IS NOT NULL THEN
    -- Two statements, because a single one that locked the row and updated what it saw before would deadlock with a writer that waits
    -- for the row.
    PERFORM FROM projects WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE projects SET updated_at = greatest(updated_at, now()) WHERE id = ANY (touched);
  END IF;
  IF moved IS NOT NULL THEN
    -- The projects are locked by now, so none of them goes to another group meanwhile.
    DELETE FROM group_releases WHERE release_id = ANY (moved);
    INSERT INTO group_releases (group_id, release_id, released_at)
    SELECT unnest(p.ancestor_ids), n.id, n.released_at FROM added n JOIN projects p ON p.id = n.project_id
    WHERE n.id = ANY (moved);
  END IF;
  RETURN NULL;
END $$;

-- The triggers of releases run once per statement and not per row, so that an import of 10,000 releases updates each counter once.

-- A new release is counted and listed.
CREATE OR REPLACE TRIGGER releases_inserted AFTER INSERT ON releases REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_inserted();

-- A deleted release is counted no longer.
CREATE OR REPLACE TRIGGER releases_deleted AFTER DELETE ON releases REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION releases_deleted();

-- A changed release is counted and listed where it belongs now, and its project has changed.
CREATE OR REPLACE TRIGGER releases_updated AFTER UPDATE ON releases REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_updated();
