-- Version: 1
-- One lock over the tree of groups and projects.
--
-- A writer that moves, renames or deletes a group or a project locks rows from the top of the tree down. A writer that counts releases
-- locks rows from the bottom up. The two would deadlock when they meet. So the first kind holds this lock alone, and the second kind
-- shares it: counting writers do not wait for each other, and changes of the tree are rare.
--
-- It is in the database because the lock must be taken before the first row is, whichever statement writes.

-- Takes the lock alone until the end of the transaction.
CREATE OR REPLACE FUNCTION tree_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7927003, 0);
  RETURN NULL;
END $$;

-- Shares the lock until the end of the transaction.
CREATE OR REPLACE FUNCTION tree_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7927003, 0);
  RETURN NULL;
END $$;

-- A group that is renamed, moved or deleted changes the paths and the counters of everything below it.
CREATE OR REPLACE TRIGGER groups_change_tree BEFORE UPDATE OF path, parent_id OR DELETE ON groups
  EXECUTE FUNCTION tree_changes();

-- A project that is renamed, moved or deleted takes its releases out of the counters of its groups.
CREATE OR REPLACE TRIGGER projects_change_tree BEFORE UPDATE OF path, group_id OR DELETE ON projects
  EXECUTE FUNCTION tree_changes();

-- A new group reads the path of its parent, which must stay what it is.
CREATE OR REPLACE TRIGGER groups_keep_tree BEFORE INSERT ON groups EXECUTE FUNCTION tree_stays();

-- A new project reads the path of its group, and is counted in the groups above it.
CREATE OR REPLACE TRIGGER projects_keep_tree BEFORE INSERT ON projects EXECUTE FUNCTION tree_stays();

-- A release is counted in its project and in the groups above it.
CREATE OR REPLACE TRIGGER releases_keep_tree BEFORE INSERT OR UPDATE OR DELETE ON releases EXECUTE FUNCTION tree_stays();

-- A link updates its release, and so the project of the release.
CREATE OR REPLACE TRIGGER asset_links_keep_tree BEFORE INSERT OR UPDATE OR DELETE ON asset_links EXECUTE FUNCTION tree_stays();

-- New evidence updates its release, and so the project of the release.
CREATE OR REPLACE TRIGGER evidences_keep_tree BEFORE INSERT ON evidences EXECUTE FUNCTION tree_stays();
