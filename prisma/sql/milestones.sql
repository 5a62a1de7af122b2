-- Version: 4
-- Milestones belong to the project of their releases and issues, or to a group; and how many issues they have.
--
-- It is in the database because a foreign key can say neither: it does not compare the projects of two rows, and it does not count.

-- Refuses a milestone of another project. A milestone of a group has no project, and fits.
CREATE OR REPLACE FUNCTION milestone_fits_project(milestone int, project int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM milestones m WHERE m.id = milestone AND m.project_id <> project) THEN
    RAISE EXCEPTION 'milestone % belongs to another project', milestone
      USING ERRCODE = 'check_violation', CONSTRAINT = 'milestone_fits_project', TABLE = 'milestones';
  END IF;
END $$;

-- Compares the project of a release with the project of its milestone.
CREATE OR REPLACE FUNCTION milestone_releases_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(NEW.milestone_id, (SELECT project_id FROM releases WHERE id = NEW.release_id));
  RETURN NULL;
END $$;

-- A release has no milestone of another project. The trigger runs AFTER, as foreign keys do: they have locked the release and the milestone
-- by then, so that neither changes its project.
CREATE OR REPLACE TRIGGER milestone_releases_fit AFTER INSERT OR UPDATE ON milestone_releases
  FOR EACH ROW EXECUTE FUNCTION milestone_releases_fit();

-- Compares the project of an issue with the project of its milestone.
CREATE OR REPLACE FUNCTION issues_fit_milestone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(NEW.milestone_id, NEW.project_id);
  RETURN NULL;
END $$;

-- An issue has no milestone of another project.
CREATE OR REPLACE TRIGGER issues_fit_milestone AFTER INSERT OR UPDATE OF milestone_id, project_id ON issues
  FOR EACH ROW WHEN (NEW.milestone_id IS NOT NULL) EXECUTE FUNCTION issues_fit_milestone();

-- Compares the project of a release with the projects of all its milestones.
CREATE OR REPLACE FUNCTION releases_fit_milestones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(milestone_id, NEW.project_id) FROM milestone_releases WHERE release_id = NEW.id;
  RETURN NULL;
END $$;

-- A release that goes to another project does not keep milestones of the one before.
CREATE OR REPLACE TRIGGER releases_fit_milestones AFTER UPDATE OF project_id ON releases
  FOR EACH ROW WHEN (OLD.project_id <> NEW.project_id) EXECUTE FUNCTION releases_fit_milestones();

-- Compares the project of a milestone with the projects of all its releases and issues.
CREATE OR REPLACE FUNCTION milestones_fit_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(NEW.id, u.project_id)
  FROM (SELECT r.project_id FROM milestone_releases mr JOIN releases r ON r.id = mr.release_id WHERE mr.milestone_id = NEW.id
        UNION SELECT project_id FROM issues WHERE milestone_id = NEW.id) u;
  RETURN NULL;
END $$;

-- A milestone that goes to another project does not keep releases and issues of the one before.
CREATE OR REPLACE TRIGGER milestones_fit_users AFTER UPDATE OF project_id ON milestones
  FOR EACH ROW WHEN (NEW.project_id IS DISTINCT FROM OLD.project_id) EXECUTE FUNCTION milestones_fit_users();

-- Gives a project milestones of its own in place of the milestones of groups that it has left, with the same titles.
CREATE OR REPLACE FUNCTION projects_keep_milestones() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  former milestones%ROWTYPE;
  own int;
BEGIN
  -- The lock that a new milestone of the project takes for its number.
  PERFORM pg_advisory_xact_lock(hashtextextended(format('milestones {"projectId":%s}', NEW.id), 0));
  FOR former IN
    SELECT * FROM milestones m
    WHERE m.group_id = ANY (OLD.ancestor_ids) AND m.group_id <> ALL (NEW.ancestor_ids)
      AND (EXISTS (SELECT FROM issues i WHERE i.milestone_id = m.id AND i.project_id = NEW.id)
        OR EXISTS (SELECT FROM milestone_releases mr JOIN releases r ON r.id = mr.release_id
                   WHERE mr.milestone_id = m.id AND r.project_id = NEW.id)
        OR EXISTS (SELECT FROM release_drafts d WHERE d.project_id = NEW.id AND m.id = ANY (d.milestone_ids)))
    ORDER BY m.id
  LOOP
    SELECT id INTO own FROM milestones WHERE project_id = NEW.id AND title = former.title;
    IF NOT FOUND THEN
      INSERT INTO milestones (project_id, iid, title, description, state, start_date, due_date, created_at, updated_at)
      VALUES (NEW.id, next_milestone_number(NEW.id, NULL), former.title, former.description, former.state, former.start_date,
        former.due_date, former.created_at, former.updated_at)
      RETURNING id INTO own;
    END IF;
    UPDATE issues SET milestone_id = own WHERE milestone_id = former.id AND project_id = NEW.id;
    INSERT INTO milestone_releases (milestone_id, release_id)
    SELECT own, r.id FROM milestone_releases mr JOIN releases r ON r.id = mr.release_id
    WHERE mr.milestone_id = former.id AND r.project_id = NEW.id
    ON CONFLICT DO NOTHING;
    DELETE FROM milestone_releases mr USING releases r
    WHERE mr.release_id = r.id AND mr.milestone_id = former.id AND r.project_id = NEW.id;
    UPDATE release_drafts SET milestone_ids = CASE WHEN own = ANY (milestone_ids) THEN array_remove(milestone_ids, former.id)
      ELSE array_replace(milestone_ids, former.id, own) END
    WHERE project_id = NEW.id AND former.id = ANY (milestone_ids);
  END LOOP;
  RETURN NULL;
END $$;

-- A project that moves to another group keeps the milestones of its releases, drafts and issues. They would otherwise be milestones of a group that
-- the readers of the project need not know. A project that is deleted or restored leaves no group for good.
CREATE OR REPLACE TRIGGER projects_keep_milestones AFTER UPDATE ON projects
  FOR EACH ROW WHEN (OLD.ancestor_ids <> NEW.ancestor_ids AND coalesce(OLD.deleted_at, NEW.deleted_at) IS NULL) EXECUTE FUNCTION projects_keep_milestones();

-- Adds to the counters of a milestone. They are stored because every list of releases shows them.
CREATE OR REPLACE FUNCTION milestones_add(milestone int, issues int, closed int) RETURNS void LANGUAGE sql AS $$
  UPDATE milestones SET issues_count = issues_count + issues, closed_issues_count = closed_issues_count + closed
  WHERE id = milestone
$$;

-- Counts the issues that each milestone has gained or lost, or that were closed or opened again. Milestones are updated in the order of
-- their ids, so that writers wait instead of deadlocking.
CREATE OR REPLACE FUNCTION issues_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM milestones_add(c.milestone_id, c.n, c.closed)
    FROM (SELECT milestone_id, count(*)::int AS n, count(*) FILTER (WHERE state = 'closed')::int AS closed
          FROM added WHERE milestone_id IS NOT NULL GROUP BY milestone_id ORDER BY milestone_id) c;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM milestones_add(c.milestone_id, -c.n, -c.closed)
    FROM (SELECT milestone_id, count(*)::int AS n, count(*) FILTER (WHERE state = 'closed')::int AS closed
          FROM removed WHERE milestone_id IS NOT NULL GROUP BY milestone_id ORDER BY milestone_id) c;
  ELSE
    PERFORM milestones_add(c.milestone_id, c.n, c.closed)
    FROM (SELECT milestone_id, sum(n)::int AS n, sum(closed)::int AS closed
          FROM (SELECT milestone_id, 1 AS n, (state = 'closed')::int AS closed FROM added
                UNION ALL SELECT milestone_id, -1, -(state = 'closed')::int FROM removed) d
          WHERE milestone_id IS NOT NULL GROUP BY milestone_id
          HAVING sum(n) <> 0 OR sum(closed) <> 0 ORDER BY milestone_id) c;
  END IF;
  RETURN NULL;
END $$;

-- New issues are counted once per statement, so that an import updates each milestone once.
CREATE OR REPLACE TRIGGER issues_inserted AFTER INSERT ON issues REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION issues_count();

-- Deleted issues are counted no longer.
CREATE OR REPLACE TRIGGER issues_deleted AFTER DELETE ON issues REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION issues_count();

-- An issue may be closed, be opened again, or go to another milestone.
CREATE OR REPLACE TRIGGER issues_updated AFTER UPDATE ON issues REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION issues_count();
