-- Version: 6
-- Full paths and ancestors of groups and projects, and the paths that projects had before.
--
-- `full_path` and `ancestor_ids` are stored so that a lookup by path, and "all projects below a group", each need one index. They are in
-- the database so that a path is right, and unique, whichever statement writes it.
--
-- The row of the parent is locked FOR KEY SHARE. The path is a key, so this keeps it from changing, yet lets others count in the row. With
-- FOR SHARE, two projects that are created in one group at the same time would deadlock.

-- Gives a group its full path and its ancestors, which include the group itself.
CREATE OR REPLACE FUNCTION groups_set_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent groups%ROWTYPE;
BEGIN
  IF NEW.parent_id IS NULL THEN
    NEW.full_path := NEW.path;
    NEW.ancestor_ids := ARRAY[NEW.id];
    RETURN NEW;
  END IF;
  SELECT * INTO parent FROM groups WHERE id = NEW.parent_id FOR KEY SHARE;
  -- The foreign key is checked at the end of the statement. By then a group may have become its own parent.
  IF NOT FOUND THEN
    RAISE EXCEPTION 'group % does not exist', NEW.parent_id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'groups_parent_id_fkey', TABLE = 'groups';
  END IF;
  IF NEW.id = ANY (parent.ancestor_ids) THEN
    RAISE EXCEPTION 'group % cannot be its own ancestor', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'groups_not_own_ancestor', TABLE = 'groups';
  END IF;
  NEW.full_path := parent.full_path || '/' || NEW.path;
  NEW.ancestor_ids := parent.ancestor_ids || NEW.id;
  RETURN NEW;
END $$;

-- Nobody can write a full path or ancestors that the tree does not have: what a statement says about them is replaced.
CREATE OR REPLACE TRIGGER groups_path BEFORE INSERT OR UPDATE OF path, parent_id, full_path, ancestor_ids ON groups
  FOR EACH ROW EXECUTE FUNCTION groups_set_path();

-- Makes the groups and projects directly below a group compute their paths again. Each group below passes its own path on.
CREATE OR REPLACE FUNCTION groups_pass_on_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE groups SET path = path WHERE parent_id = NEW.id;
  UPDATE projects SET path = path WHERE group_id = NEW.id;
  RETURN NULL;
END $$;

-- A group that is renamed or moved takes everything below it along.
CREATE OR REPLACE TRIGGER groups_pass_on_path AFTER UPDATE ON groups
  FOR EACH ROW WHEN (OLD.full_path <> NEW.full_path OR OLD.ancestor_ids <> NEW.ancestor_ids)
  EXECUTE FUNCTION groups_pass_on_path();

-- Gives a project its full path and the groups above it.
CREATE OR REPLACE FUNCTION projects_set_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent groups%ROWTYPE;
BEGIN
  SELECT * INTO parent FROM groups WHERE id = NEW.group_id FOR KEY SHARE;
  IF NOT FOUND THEN
    RETURN NEW; -- The foreign key refuses the project.
  END IF;
  NEW.full_path := parent.full_path || '/' || NEW.path;
  NEW.ancestor_ids := parent.ancestor_ids;
  RETURN NEW;
END $$;

-- Nobody can write a full path or ancestors that the tree does not have: what a statement says about them is replaced.
CREATE OR REPLACE TRIGGER projects_path BEFORE INSERT OR UPDATE OF path, group_id, full_path, ancestor_ids ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_set_path();

-- Forgets the old paths that somebody takes: the path itself and all paths below it. So an old path leads to its project only as long as
-- nothing else could be meant.
CREATE OR REPLACE FUNCTION old_paths_end(taken text) RETURNS void LANGUAGE sql AS $$
  -- '0' is the character after '/'.
  DELETE FROM old_paths
  WHERE full_path = lower(taken) OR full_path > lower(taken) || '/' AND full_path < lower(taken) || '0'
$$;

-- The same for a group. Old paths of projects in the group itself stay, because a group that comes back to its path is nobody else.
CREATE OR REPLACE FUNCTION old_paths_end_for_group(taken text, taker int) RETURNS void LANGUAGE sql AS $$
  DELETE FROM old_paths o
  WHERE o.full_path = lower(taken) OR o.full_path > lower(taken) || '/' AND o.full_path < lower(taken) || '0'
    AND NOT EXISTS (SELECT FROM projects p JOIN groups g ON g.id = p.group_id
                    WHERE p.id = o.project_id AND (taker = ANY (p.ancestor_ids) OR taker = ANY (g.ancestor_ids)))
$$;

-- Refuses a path that another table has. Groups and projects answer under the same URLs, an account is the beginning of URLs like a group
-- at the top, and a unique index covers one table only. Names of what is left of deleted accounts belong to no group. An account and a
-- group that have shared a name since before this rule keep it.
-- Two writers of the same path wait for each other at the advisory lock, so that the second one sees the row of the first.
CREATE OR REPLACE FUNCTION namespace_path_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(lower(NEW.full_path), 0));
  IF TG_TABLE_NAME = 'groups' AND EXISTS (SELECT 1 FROM projects WHERE lower(full_path) = lower(NEW.full_path))
     OR TG_TABLE_NAME = 'projects' AND EXISTS (SELECT 1 FROM groups WHERE lower(full_path) = lower(NEW.full_path))
     OR (TG_OP = 'INSERT' OR lower(OLD.full_path) <> lower(NEW.full_path)) AND (
       EXISTS (SELECT 1 FROM users WHERE lower(username) = lower(NEW.full_path)) OR NEW.full_path ~* '^ghost-[0-9]+$') THEN
    RAISE EXCEPTION 'path % is taken', NEW.full_path
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'namespace_path_is_free', TABLE = TG_TABLE_NAME;
  END IF;
  -- Whoever only spells its path anew takes nothing, and the old paths below it stay.
  IF TG_OP = 'INSERT' OR lower(OLD.full_path) <> lower(NEW.full_path) THEN
    IF TG_TABLE_NAME = 'groups' THEN
      PERFORM old_paths_end_for_group(NEW.full_path, NEW.id);
    ELSE
      PERFORM old_paths_end(NEW.full_path);
    END IF;
  END IF;
  RETURN NULL;
END $$;

-- No group has the path of a project.
CREATE OR REPLACE TRIGGER groups_path_is_free AFTER INSERT OR UPDATE OF path, parent_id ON groups
  FOR EACH ROW EXECUTE FUNCTION namespace_path_is_free();

-- No project has the path of a group.
CREATE OR REPLACE TRIGGER projects_path_is_free AFTER INSERT OR UPDATE OF path, group_id ON projects
  FOR EACH ROW EXECUTE FUNCTION namespace_path_is_free();

-- Notes the path that a project had. What is deleted has a path aside, `group/project~17`: it keeps the path to which it would come back,
-- unless another project has that.
CREATE OR REPLACE FUNCTION projects_remember_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.deleted_at IS NULL THEN
    INSERT INTO old_paths (full_path, project_id) VALUES (lower(OLD.full_path), NEW.id)
    ON CONFLICT (full_path) DO UPDATE SET project_id = NEW.id;
  ELSE
    INSERT INTO old_paths (full_path, project_id)
    VALUES (lower(regexp_replace(OLD.full_path, '~[0-9]+(?=/|$)', '', 'g')), NEW.id)
    ON CONFLICT (full_path) DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

-- A project that is renamed or moved, or whose group is, is still found under its old path. The letter case is no difference. A deletion,
-- which moves the path aside, is no move, nor is a restoration.
CREATE OR REPLACE TRIGGER projects_remember_path AFTER UPDATE ON projects
  FOR EACH ROW WHEN (lower(OLD.full_path) <> lower(NEW.full_path) AND (OLD.deleted_at IS NULL) = (NEW.deleted_at IS NULL)) EXECUTE FUNCTION projects_remember_path();

-- Refuses the name of a group at the top, and forgets the old paths below the name of an account. What is left of a deleted account takes
-- its name in any case, which no group can get.
CREATE OR REPLACE FUNCTION users_take_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND lower(OLD.username) = lower(NEW.username) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(lower(NEW.username), 0));
  IF NEW.username !~ '^ghost-[0-9]+$' AND EXISTS (SELECT 1 FROM groups WHERE lower(full_path) = lower(NEW.username)) THEN
    RAISE EXCEPTION 'path % is taken', NEW.username
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'namespace_path_is_free', TABLE = TG_TABLE_NAME;
  END IF;
  PERFORM old_paths_end(NEW.username);
  RETURN NULL;
END $$;

-- A new account takes a path as a new group does, as in GitLab, so that its name never leads to the projects of somebody else.
CREATE OR REPLACE TRIGGER users_take_path AFTER INSERT OR UPDATE OF username ON users
  FOR EACH ROW EXECUTE FUNCTION users_take_path();
