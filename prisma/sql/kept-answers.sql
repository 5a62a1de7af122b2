-- Version: 1
-- Versions that say whether an answer that a server keeps is still true.
--
-- The version of a project changes with every committed write that could change what is shown of the project. It is the sum over the slots
-- of the project's own scope ('project:1'), of the groups above it ('group:1', for their milestones) and of all accounts ('users'). It is
-- in the database because answers must not outlive a write by whatever path: another process, an import, or somebody with psql.
--
-- A writer takes any slot that nobody else has locked, and makes another slot when there is none. So writers never wait for each other
-- here, and cannot deadlock. Slots only grow, so two sums are equal only when nothing was written between them. The slots of a deleted
-- project stay: they are a few bytes, and its number is not used again.

-- Gives each of some scopes another version.
CREATE OR REPLACE FUNCTION content_changed(scopes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Once in a transaction is enough: the slot stays locked until its end.
  before text := coalesce(current_setting('waybill.content_changed', true), '');
  counted text := before;
  changed text;
BEGIN
  FOREACH changed IN ARRAY scopes LOOP
    CONTINUE WHEN strpos(counted, ' ' || changed || ' ') > 0;
    UPDATE content_versions SET version = version + 1
    WHERE (scope, slot) = (SELECT scope, slot FROM content_versions WHERE scope = changed LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
      INSERT INTO content_versions (scope, slot) VALUES (changed, nextval('content_version_slots'));
    END IF;
    counted := counted || ' ' || changed || ' ';
  END LOOP;
  IF counted <> before THEN
    PERFORM set_config('waybill.content_changed', counted, true);
  END IF;
END $$;

-- Gives each of some projects another version.
CREATE OR REPLACE FUNCTION projects_changed(ids int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(ids) > 0 THEN
    PERFORM content_changed(ARRAY(SELECT DISTINCT 'project:' || id FROM unnest(ids) AS changed (id) ORDER BY 1));
  END IF;
END $$;

-- Gives a project that was updated another version.
CREATE OR REPLACE FUNCTION project_changes_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY['project:' || NEW.id]);
  RETURN NULL;
END $$;

-- A changed project shows something else. A release that is added, removed or dated anew changes the counters and the date of its project,
-- so it comes by here as well.
CREATE OR REPLACE TRIGGER projects_change_content AFTER UPDATE ON projects
  FOR EACH ROW EXECUTE FUNCTION project_changes_content();

-- Gives the milestone's project, or its group, another version.
CREATE OR REPLACE FUNCTION milestones_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY(
    SELECT DISTINCT coalesce('project:' || project_id, 'group:' || group_id) FROM removed ORDER BY 1));
  RETURN NULL;
END $$;

-- A changed milestone is shown with its releases. A new milestone has no releases yet, so it needs no trigger.
CREATE OR REPLACE TRIGGER milestones_updated_change_content AFTER UPDATE ON milestones
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION milestones_change_content();

-- A deleted milestone is shown no longer.
CREATE OR REPLACE TRIGGER milestones_deleted_change_content AFTER DELETE ON milestones
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION milestones_change_content();

-- Gives all accounts together another version.
CREATE OR REPLACE FUNCTION users_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY['users']);
  RETURN NULL;
END $$;

-- Accounts are shown as authors everywhere, and change rarely.
CREATE OR REPLACE TRIGGER users_change_content AFTER INSERT OR UPDATE OR DELETE ON users
  FOR EACH STATEMENT EXECUTE FUNCTION users_change_content();

-- Gives the projects of some rows another version, where each row names its project.
CREATE OR REPLACE FUNCTION rows_of_projects_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN PERFORM projects_changed(ARRAY(SELECT DISTINCT project_id FROM added));
  ELSIF TG_OP = 'DELETE' THEN PERFORM projects_changed(ARRAY(SELECT DISTINCT project_id FROM removed));
  ELSE PERFORM projects_changed(ARRAY(SELECT project_id FROM added UNION SELECT project_id FROM removed));
  END IF;
  RETURN NULL;
END $$;

-- Releases are what a project shows.
CREATE OR REPLACE TRIGGER releases_inserted_change_content AFTER INSERT ON releases
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();
CREATE OR REPLACE TRIGGER releases_deleted_change_content AFTER DELETE ON releases
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();
CREATE OR REPLACE TRIGGER releases_updated_change_content AFTER UPDATE ON releases
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();

-- Who may create a tag decides what is shown of the release of that tag.
CREATE OR REPLACE TRIGGER protected_tags_inserted_change_content AFTER INSERT ON protected_tags
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();
CREATE OR REPLACE TRIGGER protected_tags_deleted_change_content AFTER DELETE ON protected_tags
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();
CREATE OR REPLACE TRIGGER protected_tags_updated_change_content AFTER UPDATE ON protected_tags
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();

-- Gives the projects of some rows another version, where each row names its release. Where the release is gone as well, its own deletion
-- has given the project another version.
CREATE OR REPLACE FUNCTION rows_of_releases_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    PERFORM projects_changed(ARRAY(SELECT DISTINCT r.project_id FROM added JOIN releases r ON r.id = release_id));
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM projects_changed(ARRAY(SELECT DISTINCT r.project_id FROM removed JOIN releases r ON r.id = release_id));
  END IF;
  RETURN NULL;
END $$;

-- Links are shown with their release.
CREATE OR REPLACE TRIGGER asset_links_inserted_change_content AFTER INSERT ON asset_links
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();
CREATE OR REPLACE TRIGGER asset_links_deleted_change_content AFTER DELETE ON asset_links
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();
CREATE OR REPLACE TRIGGER asset_links_updated_change_content AFTER UPDATE ON asset_links
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();

-- Evidence is shown with its release.
CREATE OR REPLACE TRIGGER evidences_inserted_change_content AFTER INSERT ON evidences
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();
CREATE OR REPLACE TRIGGER evidences_deleted_change_content AFTER DELETE ON evidences
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();
CREATE OR REPLACE TRIGGER evidences_updated_change_content AFTER UPDATE ON evidences
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();

-- The milestones of a release are shown with it.
CREATE OR REPLACE TRIGGER milestone_releases_inserted_change_content AFTER INSERT ON milestone_releases
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();
CREATE OR REPLACE TRIGGER milestone_releases_deleted_change_content AFTER DELETE ON milestone_releases
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();
CREATE OR REPLACE TRIGGER milestone_releases_updated_change_content AFTER UPDATE ON milestone_releases
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_releases_change_content();

-- Gives the projects of some levels another version.
CREATE OR REPLACE FUNCTION rows_of_protected_tags_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    PERFORM projects_changed(ARRAY(SELECT t.project_id FROM added JOIN protected_tags t ON t.id = protected_tag_id));
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM projects_changed(ARRAY(SELECT t.project_id FROM removed JOIN protected_tags t ON t.id = protected_tag_id));
  END IF;
  RETURN NULL;
END $$;

-- Who may create a tag decides what is shown of the release of that tag.
CREATE OR REPLACE TRIGGER protected_tag_access_levels_inserted_change_content AFTER INSERT ON protected_tag_access_levels
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_protected_tags_change_content();
CREATE OR REPLACE TRIGGER protected_tag_access_levels_deleted_change_content AFTER DELETE ON protected_tag_access_levels
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rows_of_protected_tags_change_content();
CREATE OR REPLACE TRIGGER protected_tag_access_levels_updated_change_content AFTER UPDATE ON protected_tag_access_levels
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_protected_tags_change_content();
