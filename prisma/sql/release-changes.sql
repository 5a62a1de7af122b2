-- Version: 1
-- What follows from a change of a release's notes, links or evidence.
--
-- It is in the database so that a release is right whichever statement writes to it or to the rows that belong to it. It needs
-- `releases_tell` of live-updates.sql, which PostgreSQL looks up when it is called.

-- Drops the notes that were rendered from the text before.
CREATE OR REPLACE FUNCTION releases_forget_rendered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.description_html := NULL;
  RETURN NEW;
END $$;

-- No release shows notes that its text does not say. A statement that writes both is believed.
CREATE OR REPLACE TRIGGER releases_forget_rendered BEFORE UPDATE ON releases FOR EACH ROW
  WHEN (OLD.description IS DISTINCT FROM NEW.description AND OLD.description_html IS NOT DISTINCT FROM NEW.description_html)
  EXECUTE FUNCTION releases_forget_rendered();

-- Notes in some releases that they have changed, and adds `links[n]` to the number of links of `release_ids[n]`. The arrays are NULL where
-- there are no releases.
CREATE OR REPLACE FUNCTION releases_touch(release_ids int[], links int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF release_ids IS NULL THEN
    RETURN;
  END IF;
  -- In the order of their ids, so that writers of the same releases wait instead of deadlocking.
  PERFORM FROM releases WHERE id = ANY (release_ids) ORDER BY id FOR NO KEY UPDATE;
  UPDATE releases r SET links_count = r.links_count + changed.links, updated_at = greatest(r.updated_at, now())
  FROM unnest(release_ids, links) AS changed (id, links) WHERE r.id = changed.id;
  -- Also when neither column changes, because updated_at may lie ahead of the database's clock.
  PERFORM releases_tell('updated', release_ids);
END $$;

-- Counts the links that each release has gained or lost.
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

-- A new link changes its release.
CREATE OR REPLACE TRIGGER asset_links_inserted AFTER INSERT ON asset_links REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION asset_links_changed();

-- A deleted link changes its release.
CREATE OR REPLACE TRIGGER asset_links_deleted AFTER DELETE ON asset_links REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION asset_links_changed();

-- A changed link changes its release, and both releases where it went to another one.
CREATE OR REPLACE TRIGGER asset_links_updated AFTER UPDATE ON asset_links REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION asset_links_changed();

-- Notes in each release that it has new evidence.
CREATE OR REPLACE FUNCTION evidences_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM releases_touch(array_agg(e.release_id), array_agg(0)) FROM (SELECT DISTINCT release_id FROM added) e;
  RETURN NULL;
END $$;

-- New evidence changes its release.
CREATE OR REPLACE TRIGGER evidences_inserted AFTER INSERT ON evidences REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION evidences_inserted();
