-- Version: 1
-- Tells every process of the server which releases were created or changed, for subscriptions.
--
-- It is in the database because a notification is sent at the commit of its transaction, to all processes, whoever writes.

-- Sends the ids of some releases, project by project. A message may have 8,000 bytes, so each names at most 500 releases. The transaction's
-- number lets a listener drop the news that a release has changed in the very transaction that created it.
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

-- Tells of new releases.
CREATE OR REPLACE FUNCTION releases_tell_created() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM releases_tell('created', ARRAY(SELECT id FROM added));
  RETURN NULL;
END $$;

-- Tells of releases of which anything but the rendered notes has changed.
CREATE OR REPLACE FUNCTION releases_tell_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- Keeping rendered notes is no change of the release.
  rendered text[] := '{description_html,renderer_version}';
BEGIN
  PERFORM releases_tell('updated', ARRAY(SELECT n.id FROM added n JOIN removed o ON o.id = n.id
                                         WHERE to_jsonb(n) - rendered <> to_jsonb(o) - rendered));
  RETURN NULL;
END $$;

-- Tells of releases that have other milestones than before.
CREATE OR REPLACE FUNCTION milestone_releases_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM releases_tell('updated', ARRAY(SELECT DISTINCT release_id FROM removed)); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM releases_tell('updated', ARRAY(SELECT DISTINCT release_id FROM added)); END IF;
  RETURN NULL;
END $$;

-- Subscribers hear of new releases.
CREATE OR REPLACE TRIGGER releases_tell_created AFTER INSERT ON releases REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_tell_created();

-- Subscribers hear of changed releases. Links and evidence change their release, so they need no trigger of their own here.
CREATE OR REPLACE TRIGGER releases_tell_updated AFTER UPDATE ON releases REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_tell_updated();

-- A release that gets a milestone has changed.
CREATE OR REPLACE TRIGGER milestone_releases_tell_inserted AFTER INSERT ON milestone_releases REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION milestone_releases_tell();

-- A release that loses a milestone has changed.
CREATE OR REPLACE TRIGGER milestone_releases_tell_deleted AFTER DELETE ON milestone_releases REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION milestone_releases_tell();

-- A release whose milestone becomes another one has changed.
CREATE OR REPLACE TRIGGER milestone_releases_tell_updated AFTER UPDATE ON milestone_releases
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION milestone_releases_tell();
