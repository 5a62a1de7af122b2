-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- The account of a commit's author (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_project_id_tag_key
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.sha AS "sha"
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                    AND r.tag = $1
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

-- The account of a commit's author (users.byEmail)
--   by users_email_key
SELECT
  /* users.byEmail */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          u.id AS "id", u.username AS "username", u.name AS "name", u.email AS "email", u.avatar_url AS "avatarUrl",
          u.avatar_chosen AS "avatarChosen", u.state AS "state", u.admin AS "admin", u.created_at AS "createdAt",
          u.updated_at AS "updatedAt"
        FROM
          users u
        WHERE
          u.email = ANY ($1::text[])
      ) AS row
  )::text AS rows;
