-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- A project by its path: nothing beside the row (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
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
          p.updated_at AS "updatedAt"
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

-- A project by its path: nothing beside the row (access.viewersByToken)
--   by access_tokens_digest_key
--   by group_members_pkey
--   by project_members_pkey
--   by users_pkey
SELECT
  /* access.viewersByToken */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          encode(t.digest, 'hex') AS digest, t.scopes::text[], u.id, u.username, u.name, u.email,
          u.avatar_url AS "avatarUrl", u.avatar_chosen AS "avatarChosen", u.state, u.admin, u.created_at AS "createdAt",
          u.updated_at AS "updatedAt",
          (
            SELECT
              coalesce(json_agg(json_build_array(m.project_id, m.role)), '[]')
            FROM
              project_members m
            WHERE
              m.user_id = u.id
              AND (
                m.expires_at IS NULL
                OR m.expires_at > now()
              )
          ) AS "projectRoles",
          (
            SELECT
              coalesce(json_agg(json_build_array(m.group_id, m.role)), '[]')
            FROM
              group_members m
            WHERE
              m.user_id = u.id
              AND (
                m.expires_at IS NULL
                OR m.expires_at > now()
              )
          ) AS "groupRoles"
        FROM
          access_tokens t
          JOIN users u ON u.id = t.user_id
        WHERE
          t.digest = ANY (
            ARRAY(
              SELECT
                decode(sought, 'hex')
              FROM
                unnest($1::text[]) AS sought
            )
          )
          AND t.revoked_at IS NULL
          AND (
            t.expires_at IS NULL
            OR t.expires_at > now()
          )
          AND u.state = 'active'
      ) AS row
  )::text AS rows;

-- A project by its path: nothing beside the row (keptAnswers.versions)
--   by content_versions_pkey
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
SELECT
  /* keptAnswers.versions */
  sought.path, p.id, p.visibility, p.ancestor_ids AS "ancestorIds", p.deleted_at AS "deletedAt",
  (
    SELECT
      coalesce(sum(v.version), 0)::text
    FROM
      content_versions v
    WHERE
      v.scope = ANY (
        ARRAY['users', 'project:' || coalesce(p.id, 0)] || ARRAY(
          SELECT
            'group:' || g
          FROM
            unnest(p.ancestor_ids) g
        )
      )
  ) AS version
FROM
  unnest($1::text[]) AS sought (path)
  LEFT JOIN projects p ON p.id = (
    SELECT
      max(found.id)
    FROM
      (
        SELECT
          id
        FROM
          projects
        WHERE
          lower(full_path) = sought.path
        UNION ALL
        SELECT
          project_id
        FROM
          old_paths
        WHERE
          full_path = sought.path
      ) AS found (id)
  );

-- A project by its path: everything (freezePeriods.allOfProject)
--   by freeze_periods_project_id_created_at_id_idx
SELECT
  /* freezePeriods.allOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          f.id AS "id", f.project_id AS "projectId", f.freeze_start AS "freezeStart", f.freeze_end AS "freezeEnd",
          f.cron_timezone AS "cronTimezone", f.created_at AS "createdAt", f.updated_at AS "updatedAt"
        FROM
          freeze_periods f
        WHERE
          f.project_id = parent.id
        ORDER BY
          f.created_at, f.id
      ) AS row
  ) AS page (rows);

-- The projects: nothing beside the row (projects.list)
--   by projects_pkey
SELECT
  /* projects.list */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          *
        FROM
          (
            SELECT
              p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
              CASE
                WHEN octet_length(p.description) <= 10000 THEN p.description
              END AS "description",
              CASE
                WHEN octet_length(p.description) > 10000 THEN octet_length(p.description)
              END AS "descriptionBytes", p.visibility AS "visibility", p.archived AS "archived",
              p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
              p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
              p.freeze_refuses_releases AS "freezeRefusesReleases", p.permalink_is_stable AS "permalinkIsStable",
              p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
              p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
              p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt"
            FROM
              projects p
            WHERE
              true
              AND p.deleted_at IS NULL
              AND (
                p.visibility <> 'private'
                OR (
                  p.id = ANY ($1::int[])
                  OR p.ancestor_ids && $2::int[]
                )
              )
            ORDER BY
              p.id DESC
            LIMIT
              101
          ) AS page
        LIMIT
          $3
      ) AS row
  )::text AS rows;

-- The projects that a search finds: nothing beside the row (projects.list)
--   by projects_pkey
--   by projects_viewer_search
--   by searched_projects_pkey
SELECT
  /* projects.list */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          *
        FROM
          (
            SELECT
              p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
              CASE
                WHEN octet_length(p.description) <= 10000 THEN p.description
              END AS "description",
              CASE
                WHEN octet_length(p.description) > 10000 THEN octet_length(p.description)
              END AS "descriptionBytes", p.visibility AS "visibility", p.archived AS "archived",
              p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
              p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
              p.freeze_refuses_releases AS "freezeRefusesReleases", p.permalink_is_stable AS "permalinkIsStable",
              p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
              p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
              p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt"
            FROM
              (
                SELECT
                  p.*
                FROM
                  (
                    SELECT
                      found.project_id
                    FROM
                      (
                        (
                          SELECT
                            array_agg('part ' || part) AS keys, false AS whole
                          FROM
                            generate_series(
                              (
                                SELECT
                                  max(s.project_id)
                                FROM
                                  searched_projects s
                                WHERE
                                  true
                              ) / 4000,
                              (
                                SELECT
                                  min(s.project_id)
                                FROM
                                  searched_projects s
                                WHERE
                                  true
                              ) / 4000,
                              -1
                            ) WITH ORDINALITY AS parts (part, at)
                          GROUP BY
                            at
                          ORDER BY
                            min(at)
                        )
                      ) AS step
                      CROSS JOIN LATERAL (
                        SELECT
                          s.project_id
                        FROM
                          searched_projects s
                        WHERE
                          s.keys && step.keys
                          AND s.readers && $1::int[]
                          AND (s.text LIKE lower($2::text))
                        ORDER BY
                          s.project_id DESC
                        LIMIT
                          $3::bigint
                      ) AS found
                    LIMIT
                      $4::bigint
                  ) AS found
                  CROSS JOIN LATERAL (
                    SELECT
                      *
                    FROM
                      projects
                    WHERE
                      id = found.project_id
                    OFFSET
                      0
                  ) AS p
              ) AS p
            WHERE
              true
            ORDER BY
              p.id DESC
            LIMIT
              101
          ) AS page
        LIMIT
          $5
      ) AS row
  )::text AS rows;

-- The projects of a group: nothing beside the row (projects.pageOfGroup)
--   by projects_group_id_idx
SELECT
  /* projects.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
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
          p.updated_at AS "updatedAt"
        FROM
          projects p
        WHERE
          p.group_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility <> 'private'
            OR (
              p.id = ANY ($2::int[])
              OR p.ancestor_ids && $3::int[]
            )
          )
        ORDER BY
          p.id DESC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);

-- The projects of a group and of the groups below it: nothing beside the row (projects.pageOfTree)
--   by groups_pkey
--   by projects_ancestor_ids_idx
SELECT
  /* projects.pageOfTree */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
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
          p.updated_at AS "updatedAt"
        FROM
          (
            SELECT
              id AS tree_id
            FROM
              groups
          ) AS tree
          JOIN projects p ON p.ancestor_ids @> ARRAY[tree.tree_id]
        WHERE
          tree.tree_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility <> 'private'
            OR (
              p.id = ANY ($2::int[])
              OR p.ancestor_ids && $3::int[]
            )
          )
        ORDER BY
          p.id DESC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);
