-- CreateTable
CREATE TABLE "content_versions" (
    "scope" VARCHAR(32) NOT NULL,
    "slot" INTEGER NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "content_versions_pkey" PRIMARY KEY ("scope","slot")
);

-- By hand from here on.

-- Which answers that a server keeps are still true: the version of a project changes with every committed write, by
-- whatever path, that could change what is shown of it. A project's version is the sum over the slots of its own scope
-- ('project:1'), of the groups above it ('group:1': their milestones) and of all accounts ('users').
--
-- A writer takes any slot that nobody else has locked, and makes another one when there is none: so writers never wait for
-- each other here, and cannot deadlock. Slots only grow, so that two sums are equal only when nothing was written. Those of
-- a project that is deleted stay: they are few bytes, and its number is not used again.

ALTER TABLE content_versions SET (fillfactor = 50);
CREATE SEQUENCE content_version_slots;

CREATE FUNCTION content_changed(scopes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Once in a transaction is enough: the slot stays locked until its end.
  counted text := coalesce(current_setting('waybill.content_changed', true), '');
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
  PERFORM set_config('waybill.content_changed', counted, true);
END $$;

CREATE FUNCTION projects_changed(ids int[]) RETURNS void LANGUAGE sql AS $$
  SELECT content_changed(ARRAY(SELECT DISTINCT 'project:' || id FROM unnest(ids) AS changed (id) ORDER BY 1))
$$;

-- Also by every release that is added, removed or dated anew: the counters of the project and its date change.
CREATE FUNCTION project_changes_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY['project:' || NEW.id]);
  RETURN NULL;
END $$;

CREATE TRIGGER projects_change_content AFTER UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION project_changes_content();

-- Tables whose rows name their project.
CREATE FUNCTION rows_of_projects_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN PERFORM projects_changed(ARRAY(SELECT project_id FROM added)); END IF;
  IF TG_OP <> 'INSERT' THEN PERFORM projects_changed(ARRAY(SELECT project_id FROM removed)); END IF;
  RETURN NULL;
END $$;

-- Tables whose rows name their release. One whose release is gone has told with the release.
CREATE FUNCTION rows_of_releases_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    PERFORM projects_changed(ARRAY(SELECT r.project_id FROM added JOIN releases r ON r.id = release_id));
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM projects_changed(ARRAY(SELECT r.project_id FROM removed JOIN releases r ON r.id = release_id));
  END IF;
  RETURN NULL;
END $$;

-- Who may create a tag decides what is shown of its release.
CREATE FUNCTION rows_of_protected_tags_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    PERFORM projects_changed(ARRAY(SELECT t.project_id FROM added JOIN protected_tags t ON t.id = protected_tag_id));
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM projects_changed(ARRAY(SELECT t.project_id FROM removed JOIN protected_tags t ON t.id = protected_tag_id));
  END IF;
  RETURN NULL;
END $$;

-- A new milestone has no releases yet.
CREATE FUNCTION milestones_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY(
    SELECT DISTINCT coalesce('project:' || project_id, 'group:' || group_id) FROM removed ORDER BY 1));
  RETURN NULL;
END $$;

CREATE TRIGGER milestones_updated_change_content AFTER UPDATE ON milestones REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION milestones_change_content();
CREATE TRIGGER milestones_deleted_change_content AFTER DELETE ON milestones REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION milestones_change_content();

CREATE FUNCTION users_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM content_changed(ARRAY['users']);
  RETURN NULL;
END $$;

CREATE TRIGGER users_change_content AFTER INSERT OR UPDATE OR DELETE ON users
  FOR EACH STATEMENT EXECUTE FUNCTION users_change_content();

DO $$
DECLARE
  source record;
BEGIN
  FOR source IN SELECT * FROM (VALUES
    ('releases', 'rows_of_projects_change_content'),
    ('protected_tags', 'rows_of_projects_change_content'),
    ('asset_links', 'rows_of_releases_change_content'),
    ('evidences', 'rows_of_releases_change_content'),
    ('milestone_releases', 'rows_of_releases_change_content'),
    ('protected_tag_access_levels', 'rows_of_protected_tags_change_content')
  ) AS s (name, changes) LOOP
    EXECUTE format('CREATE TRIGGER %1$s_inserted_change_content AFTER INSERT ON %1$s REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION %2$s()', source.name, source.changes);
    EXECUTE format('CREATE TRIGGER %1$s_deleted_change_content AFTER DELETE ON %1$s REFERENCING OLD TABLE AS removed
      FOR EACH STATEMENT EXECUTE FUNCTION %2$s()', source.name, source.changes);
    EXECUTE format('CREATE TRIGGER %1$s_updated_change_content AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS removed
      NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION %2$s()', source.name, source.changes);
  END LOOP;
END $$;
