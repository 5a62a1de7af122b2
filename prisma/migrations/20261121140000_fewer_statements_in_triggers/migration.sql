-- The triggers of releases, links and evidence do the same with fewer statements: nothing where nothing has changed, and all
-- rows of a statement at once.

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

CREATE OR REPLACE FUNCTION projects_changed(ids int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(ids) > 0 THEN
    PERFORM content_changed(ARRAY(SELECT DISTINCT 'project:' || id FROM unnest(ids) AS changed (id) ORDER BY 1));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION rows_of_projects_change_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN PERFORM projects_changed(ARRAY(SELECT DISTINCT project_id FROM added));
  ELSIF TG_OP = 'DELETE' THEN PERFORM projects_changed(ARRAY(SELECT DISTINCT project_id FROM removed));
  ELSE PERFORM projects_changed(ARRAY(SELECT project_id FROM added UNION SELECT project_id FROM removed));
  END IF;
  RETURN NULL;
END $$;

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

CREATE OR REPLACE FUNCTION releases_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved int[];
  touched int[];
  left_project boolean;
BEGIN
  -- Keeping rendered notes is no change of the release.
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
    -- Two statements: one that locked the row and updated what it saw before would deadlock with who waits for the row.
    PERFORM FROM projects WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE projects SET updated_at = greatest(updated_at, now()) WHERE id = ANY (touched);
  END IF;
  IF moved IS NOT NULL THEN
    -- The projects are locked by now: none of them goes to another group meanwhile.
    DELETE FROM group_releases WHERE release_id = ANY (moved);
    INSERT INTO group_releases (group_id, release_id, released_at)
    SELECT unnest(p.ancestor_ids), n.id, n.released_at FROM added n JOIN projects p ON p.id = n.project_id
    WHERE n.id = ANY (moved);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION releases_tell(kind text, release_ids int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(release_ids) > 0 THEN
    PERFORM pg_notify('waybill_releases', json_build_object(
      'transaction', pg_current_xact_id()::text, 'kind', kind, 'projectId', c.project_id, 'releaseIds', json_agg(c.id))::text)
    FROM (SELECT project_id, id, (row_number() OVER (PARTITION BY project_id ORDER BY id) - 1) / 500 AS chunk
          FROM releases WHERE id = ANY (release_ids)) c
    GROUP BY c.project_id, c.chunk ORDER BY c.project_id, c.chunk;
  END IF;
END $$;

-- `links[n]` is added to the links of `release_ids[n]`; NULL where there are none.
CREATE FUNCTION releases_touch(release_ids int[], links int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF release_ids IS NULL THEN
    RETURN;
  END IF;
  -- In the order of their ids, so that writers of the same releases wait instead of deadlocking.
  PERFORM FROM releases WHERE id = ANY (release_ids) ORDER BY id FOR NO KEY UPDATE;
  UPDATE releases r SET links_count = r.links_count + changed.links, updated_at = greatest(r.updated_at, now())
  FROM unnest(release_ids, links) AS changed (id, links) WHERE r.id = changed.id;
  -- Also when neither changes: updated_at may lie ahead of the database's clock.
  PERFORM releases_tell('updated', release_ids);
END $$;

CREATE OR REPLACE FUNCTION asset_links_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM releases_touch(array_agg(c.release_id), array_agg(c.n))
    FROM (SELECT release_id, count(*)::int AS n FROM added GROUP BY release_id) c;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM releases_touch(array_agg(c.release_id), array_agg(-c.n))
    FROM (SELECT release_id, count(*)::int AS n FROM removed GROUP BY release_id) c;
  ELSE
    PERFORM releases_touch(array_agg(c.release_id), array_agg(c.n))
    FROM (SELECT release_id, sum(n)::int AS n
          FROM (SELECT release_id, 1 AS n FROM added UNION ALL SELECT release_id, -1 FROM removed) d
          GROUP BY release_id) c;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION evidences_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM releases_touch(array_agg(e.release_id), array_agg(0)) FROM (SELECT DISTINCT release_id FROM added) e;
  RETURN NULL;
END $$;

DROP FUNCTION releases_touch(int, int);
