-- Version: 1
-- Versions by which a server knows whether a replica has what its viewer must not miss.
--
-- The scope 'closings' gets another version with each committed write that takes something away from anybody: a project or a group that
-- becomes less visible, moves or is deleted, a member that leaves, a row that is deleted. The scope 'writes:7' gets another version with
-- each write of the account 7, and 'writes:0' with each write without an account. A server compares the version that the primary has with
-- the version that a replica has. They are in the database because a replica must have the version exactly when it has the write,
-- whichever process or statement wrote.

-- Counts a closing.
CREATE OR REPLACE FUNCTION row_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY['closings']);
  RETURN NULL;
END $$;

-- Counts the deletion of rows as a closing. A statement that deletes nothing closes nothing.
CREATE OR REPLACE FUNCTION deleted_rows_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM removed) THEN PERFORM content_changed(ARRAY['closings']); END IF;
  RETURN NULL;
END $$;

-- Counts the writes of accounts. Every write of a viewer records an audit event in its transaction.
CREATE OR REPLACE FUNCTION audit_events_count_writes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY(SELECT DISTINCT 'writes:' || coalesce(author_id, 0) FROM added ORDER BY 1));
  RETURN NULL;
END $$;

-- The viewer who wrote must find what it wrote.
CREATE OR REPLACE TRIGGER audit_events_count_writes AFTER INSERT ON audit_events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION audit_events_count_writes();

-- Counts what an account sets for itself, which records no audit event.
CREATE OR REPLACE FUNCTION notification_setting_counts_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY['writes:' || NEW.user_id]);
  RETURN NULL;
END $$;

-- The account must find its own settings.
CREATE OR REPLACE TRIGGER notification_settings_count_writes AFTER INSERT OR UPDATE ON notification_settings
  FOR EACH ROW EXECUTE FUNCTION notification_setting_counts_write();

-- The columns that decide who may read what of a project.
CREATE OR REPLACE TRIGGER projects_close AFTER UPDATE ON projects FOR EACH ROW
  WHEN ((OLD.visibility, OLD.releases_level, OLD.repository_level, OLD.issues_level, OLD.merge_requests_level, OLD.group_id,
      OLD.ancestor_ids, OLD.full_path, OLD.deleted_at)
    IS DISTINCT FROM (NEW.visibility, NEW.releases_level, NEW.repository_level, NEW.issues_level, NEW.merge_requests_level, NEW.group_id,
      NEW.ancestor_ids, NEW.full_path, NEW.deleted_at))
  EXECUTE FUNCTION row_closes();

-- The columns that decide who may read a group.
CREATE OR REPLACE TRIGGER groups_close AFTER UPDATE ON groups FOR EACH ROW
  WHEN ((OLD.visibility, OLD.parent_id, OLD.ancestor_ids, OLD.full_path, OLD.deleted_at)
    IS DISTINCT FROM (NEW.visibility, NEW.parent_id, NEW.ancestor_ids, NEW.full_path, NEW.deleted_at))
  EXECUTE FUNCTION row_closes();

-- An issue that becomes confidential is closed to most.
CREATE OR REPLACE TRIGGER issues_close AFTER UPDATE ON issues FOR EACH ROW
  WHEN (OLD.confidential IS DISTINCT FROM NEW.confidential) EXECUTE FUNCTION row_closes();

-- A package that becomes hidden is closed to most.
CREATE OR REPLACE TRIGGER packages_close AFTER UPDATE ON packages FOR EACH ROW
  WHEN (OLD.hidden IS DISTINCT FROM NEW.hidden) EXECUTE FUNCTION row_closes();

-- A blocked account is shown as blocked.
CREATE OR REPLACE TRIGGER users_close AFTER UPDATE ON users FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION row_closes();

-- What is deleted is shown to nobody.
CREATE OR REPLACE TRIGGER asset_links_deleted_close AFTER DELETE ON asset_links REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER audit_events_deleted_close AFTER DELETE ON audit_events REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER environments_deleted_close AFTER DELETE ON environments REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER evidences_deleted_close AFTER DELETE ON evidences REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER freeze_periods_deleted_close AFTER DELETE ON freeze_periods REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER group_members_deleted_close AFTER DELETE ON group_members REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER groups_deleted_close AFTER DELETE ON groups REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER issues_deleted_close AFTER DELETE ON issues REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER milestone_releases_deleted_close AFTER DELETE ON milestone_releases REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER milestones_deleted_close AFTER DELETE ON milestones REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER old_paths_deleted_close AFTER DELETE ON old_paths REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER package_files_deleted_close AFTER DELETE ON package_files REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER packages_deleted_close AFTER DELETE ON packages REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER project_members_deleted_close AFTER DELETE ON project_members REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER projects_deleted_close AFTER DELETE ON projects REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER protected_tags_deleted_close AFTER DELETE ON protected_tags REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER release_drafts_deleted_close AFTER DELETE ON release_drafts REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER releases_deleted_close AFTER DELETE ON releases REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER uploads_deleted_close AFTER DELETE ON uploads REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER users_deleted_close AFTER DELETE ON users REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
CREATE OR REPLACE TRIGGER webhooks_deleted_close AFTER DELETE ON webhooks REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION deleted_rows_close();
