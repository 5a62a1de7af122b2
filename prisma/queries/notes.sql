-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- References in notes (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_project_id_released_at_id_idx
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
                    CASE
                      WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
                    END AS "descriptionHtml",
                    CASE
                      WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
                    END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion"
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.released_at DESC, r.id DESC
                  LIMIT
                    $1
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($2::json) AS reader (
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

-- References in notes (references.issues)
--   by issues_project_id_iid_key
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
SELECT
  /* references.issues */
  ask.place, p.full_path || '/-/issues/' || i.iid AS path, i.confidential, i.author_id AS "authorId",
  json_build_object(
    'id', p.id, 'ancestorIds', p.ancestor_ids, 'deletedAt', p.deleted_at, 'visibility', p.visibility, 'archived',
    p.archived, 'releasesLevel', p.releases_level, 'repositoryLevel', p.repository_level, 'issuesLevel', p.issues_level,
    'mergeRequestsLevel', p.merge_requests_level
  ) AS project
FROM
  json_to_recordset($1::json) AS ask (place int, project int, path text, iid int)
  JOIN projects p ON p.id = coalesce(
    ask.project,
    (
      SELECT
        max(found.id)
      FROM
        (
          SELECT
            id
          FROM
            projects
          WHERE
            lower(full_path) = ask.path
          UNION ALL
          SELECT
            project_id
          FROM
            old_paths
          WHERE
            full_path = ask.path
        ) AS found (id)
    )
  )
  JOIN issues i ON i.project_id = p.id
  AND i.iid = ask.iid;

-- References in notes (references.milestones)
--   by groups_pkey
--   by milestones_group_id_title_key
--   by milestones_project_id_iid_key
--   by milestones_project_id_title_key
--   by projects_pkey
SELECT
  /* references.milestones */
  ask.place, found.path || '/-/milestones/' || found.iid AS path, found.group
FROM
  json_to_recordset($1::json) AS ask (place int, project int, "group" int, iid int, title text)
  JOIN LATERAL (
    SELECT
      1 AS rank, p.full_path AS path, m.iid, NULL::json AS group
    FROM
      milestones m
      JOIN projects p ON p.id = m.project_id
    WHERE
      m.project_id = ask.project
      AND (
        m.iid = ask.iid
        OR m.title = ask.title
      )
    UNION ALL
    SELECT
      2, 'groups/' || g.full_path, m.iid,
      json_build_object('visibility', g.visibility, 'ancestorIds', g.ancestor_ids, 'deletedAt', g.deleted_at)
    FROM
      milestones m
      JOIN groups g ON g.id = m.group_id
    WHERE
      m.group_id = ask.group
      AND m.title = ask.title
    ORDER BY
      rank
    LIMIT
      1
  ) AS found ON true;

-- References in notes (references.names)
--   by groups_lower_full_path_key
--   by users_lower_username_key
SELECT
  /* references.names */
  sought.place::int - 1 AS place, coalesce(u.username, 'groups/' || g.full_path) AS path,
  CASE
    WHEN u.id IS NULL THEN json_build_object('visibility', g.visibility, 'ancestorIds', g.ancestor_ids, 'deletedAt', g.deleted_at)
  END AS group
FROM
  unnest($1::text[]) WITH ORDINALITY AS sought (name, place)
  LEFT JOIN users u ON lower(u.username) = sought.name
  LEFT JOIN groups g ON lower(g.full_path) = sought.name
WHERE
  u.id IS NOT NULL
  OR g.id IS NOT NULL;
