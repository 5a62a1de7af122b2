-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- releaseCreate (releases.insert)
--   by groups_pkey
--   by idempotency_records_created_at_idx
--   by pending_pushes_pkey
--   by projects_pkey
--   by release_drafts_pkey
--   by webhooks_group_id_idx
--   by webhooks_project_id_idx
WITH
  /* releases.insert */
  input AS MATERIALIZED (
    SELECT
      i.*, tag, sha, name, description, description_html, renderer_version, author_id, semver_key, prerelease,
      prerelease_mark, created_at, released_at
    FROM
      json_to_recordset($1::json) AS i (
        release json, links json, milestones json, "isLatest" bool, "draftId" int, "draftVersion" int, event json,
        job json, announcement json, mark json, cause text, push int, pushed json
      ),
      json_populate_record(NULL::releases, release)
  ),
  held AS MATERIALIZED (
    SELECT
      user_id, idempotency_records.key
    FROM
      idempotency_records,
      (
        SELECT
          mark
        FROM
          input
        WHERE
          json_typeof(mark) = 'object'
      ) AS source,
      json_to_record(source.mark) AS m ("userId" int, key text, "createdAt" timestamptz, step int, standing jsonb)
    WHERE
      user_id = m."userId"
      AND idempotency_records.key = m.key
      AND created_at = m."createdAt"
      AND response IS NULL
    FOR UPDATE OF
      idempotency_records
  ),
  drafts AS MATERIALIZED (
    SELECT
      d.id
    FROM
      release_drafts d
      JOIN input ON d.id = input."draftId"
      AND d.version = input."draftVersion"
    FOR UPDATE OF
      d
  ),
  inserted AS (
    INSERT INTO
      releases (
        project_id, updated_at, tag, sha, name, description, description_html, renderer_version, author_id, semver_key,
        prerelease, prerelease_mark, created_at, released_at
      )
    SELECT
      $2, greatest(created_at, now()), tag, sha, name, description, description_html, renderer_version, author_id,
      semver_key, prerelease, prerelease_mark, created_at, released_at
    FROM
      input
    WHERE
      (
        json_typeof(mark) IS DISTINCT FROM 'object'
        OR EXISTS (
          SELECT
          FROM
            held
          WHERE
            held.key = mark ->> 'key'
            AND held.user_id = (mark ->> 'userId')::int
        )
      )
      AND (
        "draftId" IS NULL
        OR "draftId" IN (
          SELECT
            id
          FROM
            drafts
        )
      )
    ORDER BY
      tag
    ON CONFLICT (project_id, tag) DO NOTHING
    RETURNING
      id, tag, updated_at
  ),
  r AS MATERIALIZED (
    SELECT
      inserted.id, input.links, input.milestones, input."isLatest", input."draftId", input.event, input.job,
      input.announcement, input.mark
    FROM
      inserted
      JOIN input USING (tag)
  ),
  links AS (
    INSERT INTO
      asset_links (release_id, name, url, filepath, link_type)
    SELECT
      id, link.name, link.url, link.filepath, link."linkType"
    FROM
      r, json_to_recordset(r.links) AS link (name text, url text, filepath text, "linkType" "LinkType")
    RETURNING
      *
  ),
  milestones AS (
    INSERT INTO
      milestone_releases (milestone_id, release_id)
    SELECT
      milestone::int, id
    FROM
      r, json_array_elements_text(r.milestones) AS milestone
  ),
  latest AS (
    INSERT /* latestReleases.mark */ INTO latest_releases (project_id, release_id)
    SELECT
      $3::int, max(id)
    FROM
      r
    WHERE
      "isLatest"
    HAVING
      count(*) > 0
    ON CONFLICT (project_id) DO UPDATE
    SET
      release_id = excluded.release_id
  ),
  published AS (
    DELETE FROM release_drafts d USING r
    WHERE
      d.id = r."draftId"
  ),
  events AS (
    INSERT /* auditEvents.insert */ INTO audit_events (
      event_type, author_id, author_name, credential, project_id, group_id, target_type, target_id, target_details,
      message, ip_address, request_id
    )
    SELECT
      e.type, e."authorId", e."authorName", e.credential, e."projectId", e."groupId", e."targetType", source.target_id,
      e."targetDetails", e.message, e."ipAddress", e."requestId"
    FROM
      (
        SELECT
          event, id AS target_id
        FROM
          r
      ) AS source,
      json_to_record(source.event) AS e (
        type text, "authorId" int, "authorName" text, credential "Credential", "projectId" int, "groupId" int,
        "targetType" text, "targetDetails" text, message text, "ipAddress" inet, "requestId" text
      )
  ),
  steps AS (
    UPDATE idempotency_records
    SET
      done = jsonb_build_object(
        'standing', m.standing::jsonb, 'steps',
        coalesce(done -> 'steps', '{}') || jsonb_build_object(m.step::text, source.id)
      )
    FROM
      (
        SELECT
          mark, id
        FROM
          r
        WHERE
          json_typeof(mark) = 'object'
      ) AS source,
      json_to_record(source.mark) AS m ("userId" int, key text, "createdAt" timestamptz, step int, standing jsonb)
    WHERE
      user_id = m."userId"
      AND idempotency_records.key = m.key
      AND created_at = m."createdAt"
      AND response IS NULL
  ),
  jobs AS MATERIALIZED (
    SELECT
      /* jobs.add */
      CASE
        WHEN specs IS NOT NULL THEN (
          SELECT
            count(*)
          FROM
            graphile_worker.add_jobs (specs)
        )
      END AS added
    FROM
      (
        SELECT
          array_agg(($4::text, payload, $5::text, run_at, $6::smallint, key, NULL, $7::text[])::graphile_worker.job_spec) AS specs
        FROM
          (
            SELECT
              json_build_object('releaseId', source.id, 'occasion', j.occasion) AS payload, j."runAt" AS run_at,
              $8 || source.id AS key
            FROM
              (
                SELECT
                  job, id
                FROM
                  r
                WHERE
                  json_typeof(job) = 'object'
              ) AS source,
              json_to_record(source.job) AS j (occasion text, "runAt" timestamptz)
          ) AS job
      ) AS all_jobs
  ),
  unannounced AS (
    INSERT INTO
      release_announcements (release_id)
    SELECT
      id
    FROM
      (
        SELECT
          announcement, id
        FROM
          r
      ) AS source
    WHERE
      coalesce(json_typeof(announcement), 'null') = 'null'
  ),
  announcements AS MATERIALIZED (
    SELECT
      /* jobs.add */
      CASE
        WHEN specs IS NOT NULL THEN (
          SELECT
            count(*)
          FROM
            graphile_worker.add_jobs (specs)
        )
      END AS added
    FROM
      (
        SELECT
          array_agg(($9::text, payload, $10::text, run_at, $11::smallint, key, NULL, $12::text[])::graphile_worker.job_spec) AS specs
        FROM
          (
            SELECT
              json_build_object('releaseId', source.id, 'wasUpcoming', a."wasUpcoming") AS payload, a."runAt" AS run_at,
              $13 || source.id AS key
            FROM
              (
                SELECT
                  announcement, id
                FROM
                  r
              ) AS source,
              json_to_record(source.announcement) AS a ("wasUpcoming" bool, "runAt" timestamptz)
            WHERE
              json_typeof(source.announcement) = 'object'
          ) AS job
      ) AS all_jobs
  ),
  pushes AS (
    DELETE FROM pending_pushes
    WHERE
      id IN (
        SELECT
          p.id
        FROM
          pending_pushes p
          JOIN input ON input.push = p.id
          JOIN inserted USING (tag)
        ORDER BY
          p.id
        FOR UPDATE OF
          p
      )
    RETURNING
      id
  ),
  told AS (
    INSERT INTO
      webhook_events (project_id, group_id, trigger, branch, source, cause, span)
    SELECT
      e.project_id, e.group_id, e.trigger, e.branch, e.source, e.cause, $14::text
    FROM
      (
        SELECT
          $15::int AS project_id, NULL::int AS group_id, 'tag_push_events'::text AS trigger, NULL::text AS branch,
          input.pushed AS source, input.cause
        FROM
          pushes
          JOIN input ON input.push = pushes.id
        UNION ALL
        SELECT
          $16::int, NULL, 'releases_events', NULL,
          json_build_object(
            'action', 'create'::text, 'release',
            json_build_object(
              'id', inserted.id, 'tag', input."tag", 'sha', input."sha", 'name', input."name", 'description',
              input."description", 'createdAt', input."created_at", 'releasedAt', input."released_at"
            ),
            'links',
            (
              SELECT
                coalesce(
                  json_agg(
                    json_build_object('id', l.id, 'linkType', l.link_type, 'name', l.name, 'url', l.url)
                    ORDER BY
                      l.id
                  ),
                  '[]'::json
                )
              FROM
                links l
              WHERE
                l.release_id = inserted.id
            )
          ),
          input.cause
        FROM
          inserted
          JOIN input USING (tag)
      ) AS e
      LEFT JOIN projects p ON p.id = e.project_id
      LEFT JOIN groups g ON g.id = e.group_id
    WHERE
      e.cause IS NOT NULL
      AND EXISTS (
        SELECT
        FROM
          webhooks w
        WHERE
          w.disabled_at IS NULL
          AND e.trigger = ANY (w.events)
          AND (
            e.trigger = 'milestone_events'
            OR p.repository_level <> 'disabled'
          )
          AND (
            w.project_id = e.project_id
            OR w.group_id = ANY (coalesce(p.ancestor_ids, g.ancestor_ids))
          )
      )
    RETURNING
      project_id, group_id
  ),
  webhooks AS MATERIALIZED (
    SELECT
      /* jobs.add */
      CASE
        WHEN specs IS NOT NULL THEN (
          SELECT
            count(*)
          FROM
            graphile_worker.add_jobs (specs)
        )
      END AS added
    FROM
      (
        SELECT
          array_agg(($17::text, payload, $18::text, run_at, $19::smallint, key, NULL, $20::text[])::graphile_worker.job_spec) AS specs
        FROM
          (
            SELECT
              json_build_object('projectId', project_id, 'groupId', group_id) AS payload, NULL::timestamptz AS run_at,
              NULL::text AS key
            FROM
              (
                SELECT DISTINCT
                  project_id, group_id
                FROM
                  told
              ) AS owners
          ) AS job
      ) AS all_jobs
  )
SELECT
  inserted.id, tag, inserted.updated_at AS "updatedAt",
  (
    SELECT
      added
    FROM
      jobs
  )::int AS jobs,
  (
    SELECT
      added
    FROM
      announcements
  )::int AS announcements,
  (
    SELECT
      added
    FROM
      webhooks
  )::int AS webhooks,
  own.links,
  (
    json_typeof(input.mark) IS DISTINCT FROM 'object'
    OR EXISTS (
      SELECT
      FROM
        held
      WHERE
        held.key = input.mark ->> 'key'
        AND held.user_id = (input.mark ->> 'userId')::int
    )
  ) AS held,
  (
    "draftId" IS NULL
    OR "draftId" IN (
      SELECT
        id
      FROM
        drafts
    )
  ) AS present
FROM
  input
  LEFT JOIN inserted USING (tag)
  LEFT JOIN (
    SELECT
      row."releaseId" AS release_id,
      json_agg(
        row
        ORDER BY
          row."createdAt" DESC, row.id DESC
      ) AS links
    FROM
      (
        SELECT
          l.id AS "id", l.release_id AS "releaseId", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
          l.link_type AS "linkType", l.created_at AS "createdAt", l.updated_at AS "updatedAt"
        FROM
          links l
      ) AS row
    GROUP BY
      row."releaseId"
  ) AS own ON own.release_id = inserted.id;

-- releaseCreate (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by protected_tag_access_levels_protected_tag_id_idx
--   by protected_tags_project_id_name_key
SELECT
  /* projects.byPath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          reader.place, p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path",
          p.full_path AS "fullPath",
          CASE
            WHEN octet_length(p.description) <= 10000 THEN p.description
          END AS "description",
          CASE
            WHEN octet_length(p.description) > 10000 THEN octet_length(p.description)
          END AS "descriptionBytes", p.visibility AS "visibility", p.archived AS "archived",
          p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
          p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
          p.permalink_is_stable AS "permalinkIsStable", p.package_duplicates_allowed AS "packageDuplicatesAllowed",
          p.avatar_url AS "avatarUrl", p.topics AS "topics", p.ancestor_ids AS "ancestorIds",
          p.releases_count AS "releasesCount", p.deleted_at AS "deletedAt", p.created_at AS "createdAt",
          p.updated_at AS "updatedAt",
          CASE
            WHEN reads.code THEN (
              SELECT
                coalesce(json_agg(row), '[]')
              FROM
                (
                  SELECT
                    t.id AS "id", t.project_id AS "projectId", t.name AS "name", t.created_at AS "createdAt",
                    t.updated_at AS "updatedAt",
                    (
                      SELECT
                        coalesce(
                          json_agg(
                            level
                            ORDER BY
                              level.id
                          ),
                          '[]'
                        )
                      FROM
                        (
                          SELECT
                            l.id AS "id", l.protected_tag_id AS "protectedTagId", l.access_level AS "accessLevel",
                            l.user_id AS "userId", l.group_id AS "groupId", l.deploy_key_id AS "deployKeyId"
                          FROM
                            protected_tag_access_levels l
                          WHERE
                            l.protected_tag_id = t.id
                        ) AS level
                    ) AS "accessLevels"
                  FROM
                    protected_tags t
                  WHERE
                    t.project_id = p.id
                  ORDER BY
                    t.name COLLATE "C", t.id
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($1::json) AS reader (
            place int, path text, everywhere bool, signed_in bool, projects int[], groups int[], code_projects int[],
            code_groups int[]
          )
          JOIN projects p ON p.id = (
            SELECT
              max(found.id)
            FROM
              (
                SELECT
                  id
                FROM
                  projects
                WHERE
                  lower(full_path) = reader.path
                UNION ALL
                SELECT
                  project_id
                FROM
                  old_paths
                WHERE
                  full_path = reader.path
              ) AS found (id)
          )
          CROSS JOIN LATERAL (
            SELECT
              reader.everywhere
              OR p.id = ANY (reader.projects)
              OR p.ancestor_ids && reader.groups AS any_role, reader.everywhere
              OR p.id = ANY (reader.code_projects)
              OR p.ancestor_ids && reader.code_groups AS code_role
          ) AS held
          CROSS JOIN LATERAL (
            SELECT
              p.deleted_at IS NULL
              AND (
                p.visibility = 'public'
                OR any_role
                OR (
                  p.visibility = 'internal'
                  AND reader.signed_in
                )
              )
              AND (
                p.releases_level = 'enabled'
                OR (
                  p.releases_level = 'private'
                  AND any_role
                )
              )
              AND (
                p.repository_level = 'enabled'
                OR (
                  p.repository_level = 'private'
                  AND any_role
                )
              )
              AND (
                p.visibility <> 'private'
                OR code_role
              ) AS code
          ) AS reads
      ) AS row
  )::text AS rows;

-- releaseCreate (idempotency.claim)
--   by pg_database_datname_index
INSERT /* idempotency.claim */ INTO idempotency_records AS r (user_id, key, request_digest, holder)
VALUES
  ($1, $2, $3, $4)
ON CONFLICT (user_id, key) DO UPDATE
SET
  request_digest = EXCLUDED.request_digest, response = NULL, created_at = EXCLUDED.created_at, holder = EXCLUDED.holder,
  done = CASE
    WHEN r.created_at < now() - interval '24 hours' THEN NULL
    ELSE coalesce(r.done, '{}')
  END
WHERE
  r.created_at < now() - interval '24 hours'
  OR (
    r.response IS NULL
    AND r.request_digest = EXCLUDED.request_digest
    AND (
      r.created_at < now() - interval '1 minute'
      OR (
        $5
        AND r.holder = $6
      )
      OR NOT (
        r.holder IS NULL
        OR EXISTS (
          SELECT
          FROM
            pg_locks l
          WHERE
            l.locktype = 'advisory'
            AND l.classid = $7::oid
            AND l.objid = r.holder::oid
            AND l.objsubid = 2
            AND l.database = (
              SELECT
                oid
              FROM
                pg_database
              WHERE
                datname = current_database()
            )
        )
      )
    )
  )
RETURNING
  created_at AS "createdAt", done;

-- releaseCreate (pushes.begin)
--   by pending_pushes_project_id_idx
WITH
  /* pushes.begin */
  own AS (
    SELECT
      *
    FROM
      json_to_recordset($1::json) AS own (ref text, before text)
  ),
  begun AS (
    INSERT INTO
      pending_pushes (project_id, changes, user_id, credential, request_id, ip_address, tells_nobody)
    VALUES
      ($2, $3::json, $4, $5::"Credential", $6, $7::inet, $8)
    RETURNING
      id
  )
SELECT
  id,
  EXISTS (
    SELECT
    FROM
      pending_pushes p, jsonb_to_recordset(p.changes) AS earlier (ref text, after text), own
    WHERE
      p.project_id = $9
      AND own.ref = earlier.ref
      AND own.before = earlier.after
  ) AS follows
FROM
  begun;

-- releaseCreate (releases.byProjectIdAndTag)
--   by releases_project_id_tag_key
SELECT
  /* releases.byProjectIdAndTag */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
        FROM
          unnest($1::int[], $2::text[]) AS key (value0, value1), releases r
        WHERE
          r.project_id = key.value0
          AND r.tag = key.value1
      ) AS row
  )::text AS rows;

-- releaseCreate (idempotency.deleteOutdated)
--   by idempotency_records_created_at_idx
--   by idempotency_records_pkey
DELETE /* idempotency.deleteOutdated */
FROM
  idempotency_records
WHERE
  (user_id, key) IN (
    SELECT
      user_id, key
    FROM
      idempotency_records
    WHERE
      created_at < now() - interval '24 hours'
    ORDER BY
      created_at
    LIMIT
      2
    FOR UPDATE
      SKIP LOCKED
  );

-- releaseUpdate (webhooks.queue)
--   by asset_links_release_id_url_key
--   by projects_pkey
--   by releases_pkey
--   by webhooks_group_id_idx
--   by webhooks_project_id_idx
WITH
  /* webhooks.queue */
  queued AS (
    INSERT INTO
      webhook_events (project_id, group_id, trigger, branch, source, cause, span)
    SELECT
      e.project_id, e.group_id, e.trigger, e.branch, e.source, e.cause, $1::text
    FROM
      (
        SELECT
          r.project_id, NULL::int AS group_id, $2::text AS trigger, NULL::text AS branch,
          json_build_object(
            'action', $3::text, 'release',
            json_build_object(
              'id', r.id, 'tag', r.tag, 'sha', r.sha, 'name', r.name, 'description', r.description, 'createdAt',
              r.created_at, 'releasedAt', r.released_at
            ),
            'links',
            (
              SELECT
                coalesce(
                  json_agg(
                    json_build_object('id', l.id, 'linkType', l.link_type, 'name', l.name, 'url', l.url)
                    ORDER BY
                      l.id
                  ),
                  '[]'::json
                )
              FROM
                asset_links l
              WHERE
                l.release_id = r.id
            )
          ) AS source,
          $4::text AS cause
        FROM
          releases r
        WHERE
          r.id = $5
      ) AS e
      LEFT JOIN projects p ON p.id = e.project_id
      LEFT JOIN groups g ON g.id = e.group_id
    WHERE
      e.cause IS NOT NULL
      AND EXISTS (
        SELECT
        FROM
          webhooks w
        WHERE
          w.disabled_at IS NULL
          AND e.trigger = ANY (w.events)
          AND (
            e.trigger = 'milestone_events'
            OR p.repository_level <> 'disabled'
          )
          AND (
            w.project_id = e.project_id
            OR w.group_id = ANY (coalesce(p.ancestor_ids, g.ancestor_ids))
          )
      )
    RETURNING
      project_id, group_id
  )
SELECT
  /* jobs.add */
  CASE
    WHEN specs IS NOT NULL THEN (
      SELECT
        count(*)
      FROM
        graphile_worker.add_jobs (specs)
    )
  END AS added
FROM
  (
    SELECT
      array_agg(($6::text, payload, $7::text, run_at, $8::smallint, key, NULL, $9::text[])::graphile_worker.job_spec) AS specs
    FROM
      (
        SELECT
          json_build_object('projectId', project_id, 'groupId', group_id) AS payload, NULL::timestamptz AS run_at,
          NULL::text AS key
        FROM
          (
            SELECT DISTINCT
              project_id, group_id
            FROM
              queued
          ) AS owners
      ) AS job
  ) AS all_jobs;

-- releaseUpdate (auditEvents.insert)
INSERT /* auditEvents.insert */ INTO audit_events (
  event_type, author_id, author_name, credential, project_id, group_id, target_type, target_id, target_details, message,
  ip_address, request_id
)
SELECT
  e.type, e."authorId", e."authorName", e.credential, e."projectId", e."groupId", e."targetType", source.target_id,
  e."targetDetails", e.message, e."ipAddress", e."requestId"
FROM
  (
    SELECT
      $1::json AS event, $2::int AS target_id
  ) AS source,
  json_to_record(source.event) AS e (
    type text, "authorId" int, "authorName" text, credential "Credential", "projectId" int, "groupId" int,
    "targetType" text, "targetDetails" text, message text, "ipAddress" inet, "requestId" text
  );

-- releaseUpdate (releases.lock)
--   by releases_pkey
SELECT
  /* releases.lock */
  row_to_json(release)::text AS row
FROM
  (
    SELECT
      r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.sha AS "sha", r.name AS "name",
      r.description AS "description", r.description_html AS "descriptionHtml", r.renderer_version AS "rendererVersion",
      r.author_id AS "authorId", r.semver_key AS "semverKey", r.prerelease AS "prerelease",
      r.prerelease_mark AS "prereleaseMark", r.links_count AS "linksCount", r.created_at AS "createdAt",
      r.updated_at AS "updatedAt", r.released_at AS "releasedAt"
    FROM
      releases r
    WHERE
      r.id = ANY (
        (
          SELECT
            ARRAY[$1::int]
          FROM
            pg_advisory_xact_lock_shared($2::int, 0)
        )::int[]
      )
    FOR NO KEY UPDATE
  ) release;

-- releaseUpdate (idempotency.recordStep)
--   by idempotency_records_created_at_idx
UPDATE /* idempotency.recordStep */ idempotency_records
SET
  done = jsonb_build_object('standing', $1::jsonb, 'steps', coalesce(done -> 'steps', '{}') || jsonb_build_object($2::text, $3::text))
WHERE
  user_id = $4
  AND key = $5
  AND created_at = $6
  AND response IS NULL;

-- releaseDelete (jobs.remove)
SELECT
  /* jobs.remove */
  graphile_worker.remove_job ($1);

-- evidenceCollect (evidence.insert)
--   by releases_pkey
--   by report_artifacts_pkey
WITH
  /* evidence.insert */
  input AS MATERIALIZED (
    SELECT
      *
    FROM
      json_to_recordset($1::json) AS i (at int, release_id int, version text, artifacts json, summary text, sha text, signature text, occasion text)
  ),
  release AS MATERIALIZED (
    SELECT
      input.*
    FROM
      input
      JOIN releases r ON r.id = input.release_id
      AND r.xmin = input.version::xid
    WHERE
      r.id = ANY (
        (
          SELECT
            ARRAY(
              SELECT
                release_id
              FROM
                input
            )
          FROM
            pg_advisory_xact_lock_shared($2::int, 0)
        )::int[]
      )
    ORDER BY
      r.id
    FOR NO KEY UPDATE OF
      r
  ),
  artifacts AS MATERIALIZED (
    SELECT
      release.release_id, a.id
    FROM
      release
      CROSS JOIN json_to_recordset(release.artifacts) AS seen (id int, version text)
      JOIN report_artifacts a ON a.id = seen.id
      AND a.xmin = seen.version::xid
    ORDER BY
      a.id
    FOR UPDATE OF
      a
  ),
  unchanged AS MATERIALIZED (
    SELECT
      *
    FROM
      release
    WHERE
      json_array_length(release.artifacts) = (
        SELECT
          count(*)
        FROM
          artifacts
        WHERE
          artifacts.release_id = release.release_id
      )
  ),
  evidence AS (
    INSERT INTO
      evidences (release_id, summary, sha, signature, occasion, created_at)
    SELECT
      release_id, summary::jsonb, sha, signature, occasion, $3::timestamptz
    FROM
      unchanged
    ON CONFLICT DO NOTHING
    RETURNING
      *
  ),
  referred AS (
    INSERT INTO
      evidence_report_artifacts (evidence_id, report_artifact_id)
    SELECT
      evidence.id, artifacts.id
    FROM
      evidence
      JOIN artifacts USING (release_id)
  ),
  kept AS (
    UPDATE report_artifacts a
    SET
      expires_at = NULL
    FROM
      evidence
      JOIN artifacts USING (release_id)
    WHERE
      a.id = artifacts.id
  )
SELECT
  unchanged.at,
  CASE
    WHEN evidence.id IS NOT NULL THEN (
      SELECT
        row_to_json(row)::text
      FROM
        (
          SELECT
            evidence.id AS "id", evidence.release_id AS "releaseId", evidence.summary AS "summary",
            evidence.sha AS "sha", evidence.signature AS "signature", evidence.occasion AS "occasion",
            evidence.created_at AS "createdAt"
        ) AS row
    )
  END AS row
FROM
  unchanged
  LEFT JOIN evidence ON evidence.release_id = unchanged.release_id
  AND evidence.occasion IS NOT DISTINCT FROM unchanged.occasion;

-- evidenceCollect (evidence.snapshot)
--   by all of signing_keys
--   by issues_milestone_id_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
--   by report_artifacts_pkey
--   by users_pkey
SELECT
  /* evidence.snapshot */
  row_to_json(release)::text AS row
FROM
  (
    SELECT
      r.id, r.xmin::text AS version, r.project_id AS "projectId", r.tag, r.sha, r.name, r.description,
      r.created_at AS "createdAt", r.released_at AS "releasedAt",
      (
        SELECT
          json_build_object('id', p.id, 'name', p.name, 'description', p.description, 'createdAt', p.created_at)
        FROM
          projects p
        WHERE
          p.id = r.project_id
      ) AS project,
      coalesce(
        (
          SELECT
            coalesce(json_agg(row), '[]')
          FROM
            (
              SELECT
                m.id, m.title, m.description, m.state, m.iid, m.created_at AS "createdAt", m.due_date AS "dueDate",
                coalesce(
                  (
                    SELECT
                      coalesce(json_agg(row), '[]')
                    FROM
                      (
                        SELECT
                          i.id, i.project_id AS "projectId", i.title, i.state, i.confidential, i.due_date AS "dueDate",
                          CASE
                            WHEN u.id IS NOT NULL THEN json_build_object('name', u.name)
                          END AS author
                        FROM
                          issues i
                          LEFT JOIN users u ON u.id = i.author_id
                        WHERE
                          i.milestone_id = m.id
                      ) AS row
                  ),
                  '[]'
                ) AS issues
              FROM
                milestone_releases mr
                JOIN milestones m ON m.id = mr.milestone_id
              WHERE
                mr.release_id = r.id
            ) AS row
        ),
        '[]'
      ) AS milestones,
      coalesce(
        (
          SELECT
            coalesce(json_agg(row), '[]')
          FROM
            (
              SELECT
                a.id, a.xmin::text AS version, a.file_name AS "fileName", a.size, a.sha256
              FROM
                report_artifacts a
              WHERE
                a.project_id = r.project_id
                AND a.sha = r.sha
                AND (
                  a.expires_at IS NULL
                  OR a.expires_at > now()
                )
              ORDER BY
                a.id
            ) AS row
        ),
        '[]'
      ) AS artifacts,
      (
        SELECT
          row_to_json(row)
        FROM
          (
            SELECT
              k.kid AS "kid", k.algorithm AS "algorithm", k.public_jwk AS "publicJwk", k.private_jwk AS "privateJwk",
              k.created_at AS "createdAt", k.retired_at AS "retiredAt"
            FROM
              signing_keys k
            WHERE
              k.retired_at IS NULL
            ORDER BY
              k.created_at DESC, k.kid
            LIMIT
              1
          ) AS row
      ) AS key
    FROM
      releases r
    WHERE
      r.id = ANY ($1::int[])
  ) release;

-- evidenceCollect (signing.currentKey)
--   by all of signing_keys
SELECT
  /* signing.currentKey */
  (
    SELECT
      row_to_json(row)
    FROM
      (
        SELECT
          k.kid AS "kid", k.algorithm AS "algorithm", k.public_jwk AS "publicJwk", k.private_jwk AS "privateJwk",
          k.created_at AS "createdAt", k.retired_at AS "retiredAt"
        FROM
          signing_keys k
        WHERE
          k.retired_at IS NULL
        ORDER BY
          k.created_at DESC, k.kid
        LIMIT
          1
      ) AS row
  ) AS key;

-- evidenceCollect (signing.lockKeys)
SELECT
  /* signing.lockKeys */
  pg_advisory_xact_lock(hashtextextended ('signing-keys', $1::bigint));

-- milestoneCreate (webhooks.queue)
--   by groups_pkey
--   by projects_pkey
--   by webhooks_group_id_idx
--   by webhooks_project_id_idx
WITH
  /* webhooks.queue */
  queued AS (
    INSERT INTO
      webhook_events (project_id, group_id, trigger, branch, source, cause, span)
    SELECT
      e.project_id, e.group_id, e.trigger, e.branch, e.source, e.cause, $1::text
    FROM
      (
        SELECT
          "projectId" AS project_id, "groupId" AS group_id, trigger, branch, source, $2::text AS cause
        FROM
          json_to_recordset($3::json) AS row ("projectId" int, "groupId" int, trigger text, branch text, source json)
      ) AS e
      LEFT JOIN projects p ON p.id = e.project_id
      LEFT JOIN groups g ON g.id = e.group_id
    WHERE
      e.cause IS NOT NULL
      AND EXISTS (
        SELECT
        FROM
          webhooks w
        WHERE
          w.disabled_at IS NULL
          AND e.trigger = ANY (w.events)
          AND (
            e.trigger = 'milestone_events'
            OR p.repository_level <> 'disabled'
          )
          AND (
            w.project_id = e.project_id
            OR w.group_id = ANY (coalesce(p.ancestor_ids, g.ancestor_ids))
          )
      )
    RETURNING
      project_id, group_id
  )
SELECT
  /* jobs.add */
  CASE
    WHEN specs IS NOT NULL THEN (
      SELECT
        count(*)
      FROM
        graphile_worker.add_jobs (specs)
    )
  END AS added
FROM
  (
    SELECT
      array_agg(($4::text, payload, $5::text, run_at, $6::smallint, key, NULL, $7::text[])::graphile_worker.job_spec) AS specs
    FROM
      (
        SELECT
          json_build_object('projectId', project_id, 'groupId', group_id) AS payload, NULL::timestamptz AS run_at,
          NULL::text AS key
        FROM
          (
            SELECT DISTINCT
              project_id, group_id
            FROM
              queued
          ) AS owners
      ) AS job
  ) AS all_jobs;

-- milestoneCreate (milestones.nextNumber)
SELECT
  /* milestones.nextNumber */
  next_milestone_number ($1::int, $2::int) AS iid;

-- milestoneCreate (milestones.lockIids)
SELECT
  /* milestones.lockIids */
  pg_advisory_xact_lock(hashtextextended ($1, 0));

-- milestoneUpdate (milestones.lock)
--   by milestones_pkey
SELECT
  /* milestones.lock */
FROM
  milestones
WHERE
  id = $1
FOR UPDATE;

-- issueCreate (issues.lockIids)
SELECT
  /* issues.lockIids */
  pg_advisory_xact_lock(hashtextextended ($1, 0));

-- issueCreate (issues.nextNumber)
SELECT
  /* issues.nextNumber */
  next_issue_number ($1::int) AS iid;

-- projectCreate (projects.takeId)
SELECT
  /* projects.takeId */
  nextval('projects_id_seq')::int AS id;
