-- Version: 1
-- What is deleted is in no group.
--
-- `deleted_at` of a project or a group says that it, or a group above it, has a row in `deletions`. It is stored so that a condition on the
-- row alone hides the row. A deleted row has no ancestors, so that no list and no counter of a group has it and nobody has a role in it
-- through a group. It is in the database so that both follow whichever statement moves, deletes or restores.
--
-- The triggers' names come after `groups_path` and `projects_path` in the alphabet, so they run after these have set the ancestors.

-- Takes a deleted group out of the tree.
CREATE OR REPLACE FUNCTION groups_set_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.deleted_at := coalesce(
    (SELECT created_at FROM deletions WHERE group_id = NEW.id), (SELECT deleted_at FROM groups WHERE id = NEW.parent_id));
  IF NEW.deleted_at IS NOT NULL THEN
    NEW.ancestor_ids := '{}';
  END IF;
  RETURN NEW;
END $$;

-- Nobody can write that a group is deleted, or is there: what a statement says about it is replaced.
CREATE OR REPLACE TRIGGER groups_set_deleted BEFORE INSERT OR UPDATE OF path, parent_id, full_path, ancestor_ids, deleted_at ON groups
  FOR EACH ROW EXECUTE FUNCTION groups_set_deleted();

-- Takes a deleted project out of its groups.
CREATE OR REPLACE FUNCTION projects_set_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.deleted_at := coalesce(
    (SELECT created_at FROM deletions WHERE project_id = NEW.id), (SELECT deleted_at FROM groups WHERE id = NEW.group_id));
  IF NEW.deleted_at IS NOT NULL THEN
    NEW.ancestor_ids := '{}';
  END IF;
  RETURN NEW;
END $$;

-- Nobody can write that a project is deleted, or is there: what a statement says about it is replaced.
CREATE OR REPLACE TRIGGER projects_set_deleted BEFORE INSERT OR UPDATE OF path, group_id, full_path, ancestor_ids, deleted_at ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_set_deleted();
