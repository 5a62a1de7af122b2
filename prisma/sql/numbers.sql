-- Version: 1
-- Numbers of issues and milestones, which no other issue or milestone of their project or group gets after they are deleted.
--
-- It is in the database so that a number counts whichever statement deletes its row.

-- The number of the next issue of a project. Callers hold the lock of the project's numbers.
CREATE OR REPLACE FUNCTION next_issue_number(project int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT greatest(0,
    (SELECT max(iid) FROM issues WHERE project_id = project),
    (SELECT issue FROM last_numbers WHERE project_id = project)) + 1
$$;

-- The number of the next milestone of a project or of a group; the other is null. Callers hold the lock of these numbers.
CREATE OR REPLACE FUNCTION next_milestone_number(project int, namespace int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT greatest(0,
    (SELECT max(iid) FROM milestones WHERE project_id = project),
    (SELECT max(iid) FROM milestones WHERE group_id = namespace),
    (SELECT milestone FROM last_numbers WHERE project_id = project),
    (SELECT milestone FROM last_numbers WHERE group_id = namespace)) + 1
$$;

-- Remembers the highest numbers of deleted issues, unless their project goes with them. In the order of the projects, so that writers wait
-- instead of deadlocking.
CREATE OR REPLACE FUNCTION issues_remember_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO last_numbers (project_id, issue)
  SELECT r.project_id, max(r.iid) FROM removed r JOIN projects p ON p.id = r.project_id GROUP BY r.project_id ORDER BY r.project_id
  ON CONFLICT (project_id) DO UPDATE SET issue = greatest(last_numbers.issue, excluded.issue);
  RETURN NULL;
END $$;

-- The number of a deleted issue is not given again.
CREATE OR REPLACE TRIGGER issues_remember_numbers AFTER DELETE ON issues REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION issues_remember_numbers();

-- The same for milestones of projects, and of groups.
CREATE OR REPLACE FUNCTION milestones_remember_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO last_numbers (project_id, milestone)
  SELECT r.project_id, max(r.iid) FROM removed r JOIN projects p ON p.id = r.project_id GROUP BY r.project_id ORDER BY r.project_id
  ON CONFLICT (project_id) DO UPDATE SET milestone = greatest(last_numbers.milestone, excluded.milestone);
  INSERT INTO last_numbers (group_id, milestone)
  SELECT r.group_id, max(r.iid) FROM removed r JOIN groups g ON g.id = r.group_id GROUP BY r.group_id ORDER BY r.group_id
  ON CONFLICT (group_id) DO UPDATE SET milestone = greatest(last_numbers.milestone, excluded.milestone);
  RETURN NULL;
END $$;

-- The number of a deleted milestone is not given again.
CREATE OR REPLACE TRIGGER milestones_remember_numbers AFTER DELETE ON milestones REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION milestones_remember_numbers();
