-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- The releases of a project: nothing beside the row (projects.byPath)
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
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

-- The releases of a project: everything (projects.byPath)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_project_id_released_at_id_idx
--   by users_pkey
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.name AS "name",
                    CASE
                      WHEN octet_length(r.description) <= 10000 THEN r.description
                    END AS "description",
                    CASE
                      WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
                    END AS "descriptionBytes",
                    CASE
                      WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
                    END AS "descriptionHtml",
                    CASE
                      WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
                    END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
                    r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark", r.links_count AS "linksCount",
                    r.created_at AS "createdAt", r.released_at AS "releasedAt",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
                            l.link_type AS "linkType"
                          FROM
                            asset_links l
                          WHERE
                            l.release_id = r.id
                          ORDER BY
                            l.created_at DESC, l.id DESC
                          LIMIT
                            $1
                        ) AS row
                    ) AS child0,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                            u.state AS "state"
                          FROM
                            users u
                          WHERE
                            u.id = r.author_id
                        ) AS row
                    ) AS child1,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                          FROM
                            evidences e
                          WHERE
                            e.release_id = r.id
                          ORDER BY
                            e.created_at ASC, e.id ASC
                          LIMIT
                            $2
                        ) AS row
                    ) AS child2,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                            m.title AS "title",
                            CASE
                              WHEN octet_length(m.description) <= 1000 THEN m.description
                            END AS "description",
                            CASE
                              WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                            END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate",
                            m.due_date AS "dueDate", m.issues_count AS "issuesCount",
                            m.closed_issues_count AS "closedIssuesCount", m.created_at AS "createdAt",
                            m.updated_at AS "updatedAt"
                          FROM
                            milestone_releases mr
                            JOIN milestones m ON m.id = mr.milestone_id
                          WHERE
                            mr.release_id = r.id
                          ORDER BY
                            coalesce(m.due_date, $3::date) ASC, coalesce(m.start_date, $4::date) ASC, m.title ASC,
                            m.id ASC
                          LIMIT
                            $5
                        ) AS row
                    ) AS child3
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.released_at DESC, r.id DESC
                  LIMIT
                    $6
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($7::json) AS reader (
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

-- The releases of a project: everything (evidences.textsWithin)
--   by evidences_pkey
SELECT
  /* evidences.textsWithin */
  id, bytes,
  CASE
    WHEN sum(bytes) OVER (
      ORDER BY
        place
    ) <= $1::bigint THEN text
  END AS text
FROM
  (
    SELECT
      t.id, key.place, t.summary::text AS text, octet_length(t.summary::text) AS bytes
    FROM
      unnest($2::int[]) WITH ORDINALITY AS key (id, place)
      JOIN evidences t ON t.id = key.id
  ) AS found
WHERE
  bytes IS NOT NULL;

-- The releases of a project: everything (releases.keepRendered)
--   by releases_pkey
UPDATE /* releases.keepRendered */ releases r
SET
  description_html = rendered.html, renderer_version = $1::smallint
FROM
  unnest($2::int[], $3::text[], $4::text[]) AS rendered (id, description, html)
WHERE
  r.id = rendered.id
  AND r.description IS NOT DISTINCT FROM rendered.description;

-- The releases of a project: everything (latestReleases.byProjectId)
--   by latest_releases_pkey
SELECT
  /* latestReleases.byProjectId */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          l.project_id AS "projectId", l.release_id AS "releaseId"
        FROM
          latest_releases l
        WHERE
          l.project_id = ANY ($1::int[])
      ) AS row
  )::text AS rows;

-- The releases of a project: everything (milestones.countOfRelease)
--   by milestone_releases_release_id_idx
--   by milestones_pkey
SELECT
  /* milestones.countOfRelease */
  mr.release_id AS id, count(*)::int AS count
FROM
  milestone_releases mr
  JOIN milestones m ON m.id = mr.milestone_id
WHERE
  mr.release_id = ANY ($1::int[])
GROUP BY
  1;

-- The releases of a project: everything (evidences.countOfRelease)
--   by evidences_release_id_occasion_key
SELECT
  /* evidences.countOfRelease */
  e.release_id AS id, count(*)::int AS count
FROM
  evidences e
WHERE
  e.release_id = ANY ($1::int[])
GROUP BY
  1;

-- The releases of a project: only assets (projects.byPath)
--   by asset_links_release_id_created_at_id_idx
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.links_count AS "linksCount",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
                            l.link_type AS "linkType"
                          FROM
                            asset_links l
                          WHERE
                            l.release_id = r.id
                          ORDER BY
                            l.created_at DESC, l.id DESC
                          LIMIT
                            $1
                        ) AS row
                    ) AS child0
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.released_at DESC, r.id DESC
                  LIMIT
                    $2
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($3::json) AS reader (
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

-- The releases of a project: only author (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_project_id_released_at_id_idx
--   by users_pkey
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.author_id AS "authorId",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                            u.state AS "state"
                          FROM
                            users u
                          WHERE
                            u.id = r.author_id
                        ) AS row
                    ) AS child0
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

-- The releases of a project: only evidences (projects.byPath)
--   by evidences_release_id_created_at_id_idx
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
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                          FROM
                            evidences e
                          WHERE
                            e.release_id = r.id
                          ORDER BY
                            e.created_at ASC, e.id ASC
                          LIMIT
                            $1
                        ) AS row
                    ) AS child0
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.released_at DESC, r.id DESC
                  LIMIT
                    $2
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($3::json) AS reader (
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

-- The releases of a project: only milestones (projects.byPath)
--   by milestone_releases_release_id_idx
--   by milestones_pkey
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
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                            m.title AS "title",
                            CASE
                              WHEN octet_length(m.description) <= 1000 THEN m.description
                            END AS "description",
                            CASE
                              WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                            END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate",
                            m.due_date AS "dueDate", m.issues_count AS "issuesCount",
                            m.closed_issues_count AS "closedIssuesCount", m.created_at AS "createdAt",
                            m.updated_at AS "updatedAt"
                          FROM
                            milestone_releases mr
                            JOIN milestones m ON m.id = mr.milestone_id
                          WHERE
                            mr.release_id = r.id
                          ORDER BY
                            coalesce(m.due_date, $1::date) ASC, coalesce(m.start_date, $2::date) ASC, m.title ASC,
                            m.id ASC
                          LIMIT
                            $3
                        ) AS row
                    ) AS child0
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.released_at DESC, r.id DESC
                  LIMIT
                    $4
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($5::json) AS reader (
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

-- A release by its tag: nothing beside the row (projects.byPath)
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
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

-- A release by its tag: everything (projects.byPath)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_project_id_tag_key
--   by users_pkey
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.name AS "name",
                    CASE
                      WHEN octet_length(r.description) <= 10000 THEN r.description
                    END AS "description",
                    CASE
                      WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
                    END AS "descriptionBytes",
                    CASE
                      WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
                    END AS "descriptionHtml",
                    CASE
                      WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
                    END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
                    r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark", r.links_count AS "linksCount",
                    r.created_at AS "createdAt", r.released_at AS "releasedAt",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
                            l.link_type AS "linkType"
                          FROM
                            asset_links l
                          WHERE
                            l.release_id = r.id
                          ORDER BY
                            l.created_at DESC, l.id DESC
                          LIMIT
                            $1
                        ) AS row
                    ) AS child0,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                            u.state AS "state"
                          FROM
                            users u
                          WHERE
                            u.id = r.author_id
                        ) AS row
                    ) AS child1,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                          FROM
                            evidences e
                          WHERE
                            e.release_id = r.id
                          ORDER BY
                            e.created_at ASC, e.id ASC
                          LIMIT
                            $2
                        ) AS row
                    ) AS child2,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                            m.title AS "title",
                            CASE
                              WHEN octet_length(m.description) <= 1000 THEN m.description
                            END AS "description",
                            CASE
                              WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                            END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate",
                            m.due_date AS "dueDate", m.issues_count AS "issuesCount",
                            m.closed_issues_count AS "closedIssuesCount", m.created_at AS "createdAt",
                            m.updated_at AS "updatedAt"
                          FROM
                            milestone_releases mr
                            JOIN milestones m ON m.id = mr.milestone_id
                          WHERE
                            mr.release_id = r.id
                          ORDER BY
                            coalesce(m.due_date, $3::date) ASC, coalesce(m.start_date, $4::date) ASC, m.title ASC,
                            m.id ASC
                          LIMIT
                            $5
                        ) AS row
                    ) AS child3
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                    AND r.tag = $6
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($7::json) AS reader (
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

-- A release by its tag: only assets (projects.byPath)
--   by asset_links_release_id_created_at_id_idx
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.links_count AS "linksCount",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
                            l.link_type AS "linkType"
                          FROM
                            asset_links l
                          WHERE
                            l.release_id = r.id
                          ORDER BY
                            l.created_at DESC, l.id DESC
                          LIMIT
                            $1
                        ) AS row
                    ) AS child0
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                    AND r.tag = $2
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($3::json) AS reader (
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

-- A release by its tag: only author (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_project_id_tag_key
--   by users_pkey
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.author_id AS "authorId",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                            u.state AS "state"
                          FROM
                            users u
                          WHERE
                            u.id = r.author_id
                        ) AS row
                    ) AS child0
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

-- A release by its tag: only evidences (projects.byPath)
--   by evidences_release_id_created_at_id_idx
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                          FROM
                            evidences e
                          WHERE
                            e.release_id = r.id
                          ORDER BY
                            e.created_at ASC, e.id ASC
                          LIMIT
                            $1
                        ) AS row
                    ) AS child0
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                    AND r.tag = $2
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($3::json) AS reader (
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

-- A release by its tag: only milestones (projects.byPath)
--   by milestone_releases_release_id_idx
--   by milestones_pkey
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                            m.title AS "title",
                            CASE
                              WHEN octet_length(m.description) <= 1000 THEN m.description
                            END AS "description",
                            CASE
                              WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                            END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate",
                            m.due_date AS "dueDate", m.issues_count AS "issuesCount",
                            m.closed_issues_count AS "closedIssuesCount", m.created_at AS "createdAt",
                            m.updated_at AS "updatedAt"
                          FROM
                            milestone_releases mr
                            JOIN milestones m ON m.id = mr.milestone_id
                          WHERE
                            mr.release_id = r.id
                          ORDER BY
                            coalesce(m.due_date, $1::date) ASC, coalesce(m.start_date, $2::date) ASC, m.title ASC,
                            m.id ASC
                          LIMIT
                            $3
                        ) AS row
                    ) AS child0
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                    AND r.tag = $4
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($5::json) AS reader (
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

-- A release by its id: nothing beside the row (releases.byId)
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.byId */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.sha AS "sha", r.name AS "name",
          CASE
            WHEN octet_length(r.description) <= 10000 THEN r.description
          END AS "description",
          CASE
            WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
          END AS "descriptionBytes",
          CASE
            WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
          END AS "descriptionHtml",
          CASE
            WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
          END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
          r.semver_key AS "semverKey", r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark",
          r.links_count AS "linksCount", r.created_at AS "createdAt", r.updated_at AS "updatedAt",
          r.released_at AS "releasedAt",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project
        FROM
          releases r
          JOIN projects p ON p.id = r.project_id
        WHERE
          r.id = ANY ($1::int[])
      ) AS row
  )::text AS rows;

-- A release by its id: everything (milestones.pageOfRelease)
--   by milestone_releases_release_id_idx
--   by milestones_pkey
SELECT
  /* milestones.pageOfRelease */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid", m.title AS "title",
          CASE
            WHEN octet_length(m.description) <= 1000 THEN m.description
          END AS "description",
          CASE
            WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
          END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate", m.due_date AS "dueDate",
          m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount", m.created_at AS "createdAt",
          m.updated_at AS "updatedAt"
        FROM
          milestone_releases mr
          JOIN milestones m ON m.id = mr.milestone_id
        WHERE
          mr.release_id = parent.id
        ORDER BY
          coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);

-- A release by its id: everything (assetLinks.pageOfRelease)
--   by asset_links_release_id_created_at_id_idx
SELECT
  /* assetLinks.pageOfRelease */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath", l.link_type AS "linkType"
        FROM
          asset_links l
        WHERE
          l.release_id = parent.id
        ORDER BY
          l.created_at DESC, l.id DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- A release by its id: everything (evidences.pageOfRelease)
--   by evidences_release_id_created_at_id_idx
SELECT
  /* evidences.pageOfRelease */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
        FROM
          evidences e
        WHERE
          e.release_id = parent.id
        ORDER BY
          e.created_at ASC, e.id ASC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The latest release: nothing beside the row (releases.pageOfProject)
--   by releases_project_id_released_at_id_idx
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.sha AS "sha", r.name AS "name",
          CASE
            WHEN octet_length(r.description) <= 10000 THEN r.description
          END AS "description",
          CASE
            WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
          END AS "descriptionBytes",
          CASE
            WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
          END AS "descriptionHtml",
          CASE
            WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
          END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
          r.semver_key AS "semverKey", r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark",
          r.links_count AS "linksCount", r.created_at AS "createdAt", r.updated_at AS "updatedAt",
          r.released_at AS "releasedAt"
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The releases of a group: nothing beside the row (groups.byPath)
--   by group_releases_group_id_released_at_release_id_idx
--   by groups_lower_full_path_key
--   by projects_pkey
--   by releases_pkey
SELECT
  /* groups.byPath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
          CASE
            WHEN octet_length(g.description) <= 10000 THEN g.description
          END AS "description",
          CASE
            WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
          END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
          g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
          g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
          g.updated_at AS "updatedAt",
          CASE
            WHEN g.ancestor_ids && $1::int[] THEN (
              SELECT
                coalesce(json_agg(row), '[]')
              FROM
                (
                  SELECT
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
                    (
                      SELECT
                        row_to_json(project)
                      FROM
                        (
                          SELECT
                            p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path",
                            p.full_path AS "fullPath", p.visibility AS "visibility", p.archived AS "archived",
                            p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
                            p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
                            p.freeze_refuses_releases AS "freezeRefusesReleases",
                            p.permalink_is_stable AS "permalinkIsStable",
                            p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                            p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                            p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                            NULL AS description
                        ) AS project
                    ) AS project
                  FROM
                    group_releases gr
                    JOIN releases r ON r.id = gr.release_id
                    JOIN projects p ON p.id = r.project_id
                  WHERE
                    gr.group_id = g.id
                    AND p.deleted_at IS NULL
                    AND (
                      p.visibility::text = ANY ($2::text[])
                      OR (
                        p.id = ANY ($3::int[])
                        OR p.ancestor_ids && $4::int[]
                      )
                    )
                    AND (
                      p.releases_level = 'enabled'
                      OR (
                        p.releases_level = 'private'
                        AND (
                          p.id = ANY ($5::int[])
                          OR p.ancestor_ids && $6::int[]
                        )
                      )
                    )
                  ORDER BY
                    gr.released_at DESC, gr.release_id DESC
                  LIMIT
                    $7
                ) AS row
            )
          END AS child0
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($8::text[])
      ) AS row
  )::text AS rows;

-- The releases of a group: everything (groups.byPath)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by group_releases_group_id_released_at_release_id_idx
--   by groups_lower_full_path_key
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
--   by users_pkey
SELECT
  /* groups.byPath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
          CASE
            WHEN octet_length(g.description) <= 10000 THEN g.description
          END AS "description",
          CASE
            WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
          END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
          g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
          g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
          g.updated_at AS "updatedAt",
          CASE
            WHEN g.ancestor_ids && $1::int[] THEN (
              SELECT
                coalesce(json_agg(row), '[]')
              FROM
                (
                  SELECT
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.name AS "name",
                    CASE
                      WHEN octet_length(r.description) <= 10000 THEN r.description
                    END AS "description",
                    CASE
                      WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
                    END AS "descriptionBytes",
                    CASE
                      WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
                    END AS "descriptionHtml",
                    CASE
                      WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
                    END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
                    r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark", r.links_count AS "linksCount",
                    r.created_at AS "createdAt", r.released_at AS "releasedAt",
                    (
                      SELECT
                        row_to_json(project)
                      FROM
                        (
                          SELECT
                            p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path",
                            p.full_path AS "fullPath", p.visibility AS "visibility", p.archived AS "archived",
                            p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
                            p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
                            p.freeze_refuses_releases AS "freezeRefusesReleases",
                            p.permalink_is_stable AS "permalinkIsStable",
                            p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                            p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                            p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                            NULL AS description
                        ) AS project
                    ) AS project,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
                            l.link_type AS "linkType"
                          FROM
                            asset_links l
                          WHERE
                            l.release_id = r.id
                          ORDER BY
                            l.created_at DESC, l.id DESC
                          LIMIT
                            $2
                        ) AS row
                    ) AS child0,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                            u.state AS "state"
                          FROM
                            users u
                          WHERE
                            u.id = r.author_id
                        ) AS row
                    ) AS child1,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                          FROM
                            evidences e
                          WHERE
                            e.release_id = r.id
                          ORDER BY
                            e.created_at ASC, e.id ASC
                          LIMIT
                            $3
                        ) AS row
                    ) AS child2,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                            m.title AS "title",
                            CASE
                              WHEN octet_length(m.description) <= 1000 THEN m.description
                            END AS "description",
                            CASE
                              WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                            END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate",
                            m.due_date AS "dueDate", m.issues_count AS "issuesCount",
                            m.closed_issues_count AS "closedIssuesCount", m.created_at AS "createdAt",
                            m.updated_at AS "updatedAt"
                          FROM
                            milestone_releases mr
                            JOIN milestones m ON m.id = mr.milestone_id
                          WHERE
                            mr.release_id = r.id
                          ORDER BY
                            coalesce(m.due_date, $4::date) ASC, coalesce(m.start_date, $5::date) ASC, m.title ASC,
                            m.id ASC
                          LIMIT
                            $6
                        ) AS row
                    ) AS child3
                  FROM
                    group_releases gr
                    JOIN releases r ON r.id = gr.release_id
                    JOIN projects p ON p.id = r.project_id
                  WHERE
                    gr.group_id = g.id
                    AND p.deleted_at IS NULL
                    AND (
                      p.visibility::text = ANY ($7::text[])
                      OR (
                        p.id = ANY ($8::int[])
                        OR p.ancestor_ids && $9::int[]
                      )
                    )
                    AND (
                      p.releases_level = 'enabled'
                      OR (
                        p.releases_level = 'private'
                        AND (
                          p.id = ANY ($10::int[])
                          OR p.ancestor_ids && $11::int[]
                        )
                      )
                    )
                  ORDER BY
                    gr.released_at DESC, gr.release_id DESC
                  LIMIT
                    $12
                ) AS row
            )
          END AS child0
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($13::text[])
      ) AS row
  )::text AS rows;

-- The releases of a group: only assets (groups.byPath)
--   by asset_links_release_id_created_at_id_idx
--   by group_releases_group_id_released_at_release_id_idx
--   by groups_lower_full_path_key
--   by projects_pkey
--   by releases_pkey
SELECT
  /* groups.byPath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
          CASE
            WHEN octet_length(g.description) <= 10000 THEN g.description
          END AS "description",
          CASE
            WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
          END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
          g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
          g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
          g.updated_at AS "updatedAt",
          CASE
            WHEN g.ancestor_ids && $1::int[] THEN (
              SELECT
                coalesce(json_agg(row), '[]')
              FROM
                (
                  SELECT
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.links_count AS "linksCount",
                    (
                      SELECT
                        row_to_json(project)
                      FROM
                        (
                          SELECT
                            p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path",
                            p.full_path AS "fullPath", p.visibility AS "visibility", p.archived AS "archived",
                            p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
                            p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
                            p.freeze_refuses_releases AS "freezeRefusesReleases",
                            p.permalink_is_stable AS "permalinkIsStable",
                            p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                            p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                            p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                            NULL AS description
                        ) AS project
                    ) AS project,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
                            l.link_type AS "linkType"
                          FROM
                            asset_links l
                          WHERE
                            l.release_id = r.id
                          ORDER BY
                            l.created_at DESC, l.id DESC
                          LIMIT
                            $2
                        ) AS row
                    ) AS child0
                  FROM
                    group_releases gr
                    JOIN releases r ON r.id = gr.release_id
                    JOIN projects p ON p.id = r.project_id
                  WHERE
                    gr.group_id = g.id
                    AND p.deleted_at IS NULL
                    AND (
                      p.visibility::text = ANY ($3::text[])
                      OR (
                        p.id = ANY ($4::int[])
                        OR p.ancestor_ids && $5::int[]
                      )
                    )
                    AND (
                      p.releases_level = 'enabled'
                      OR (
                        p.releases_level = 'private'
                        AND (
                          p.id = ANY ($6::int[])
                          OR p.ancestor_ids && $7::int[]
                        )
                      )
                    )
                  ORDER BY
                    gr.released_at DESC, gr.release_id DESC
                  LIMIT
                    $8
                ) AS row
            )
          END AS child0
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($9::text[])
      ) AS row
  )::text AS rows;

-- The releases of a group: only author (groups.byPath)
--   by group_releases_group_id_released_at_release_id_idx
--   by groups_lower_full_path_key
--   by projects_pkey
--   by releases_pkey
--   by users_pkey
SELECT
  /* groups.byPath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
          CASE
            WHEN octet_length(g.description) <= 10000 THEN g.description
          END AS "description",
          CASE
            WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
          END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
          g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
          g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
          g.updated_at AS "updatedAt",
          CASE
            WHEN g.ancestor_ids && $1::int[] THEN (
              SELECT
                coalesce(json_agg(row), '[]')
              FROM
                (
                  SELECT
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.author_id AS "authorId",
                    (
                      SELECT
                        row_to_json(project)
                      FROM
                        (
                          SELECT
                            p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path",
                            p.full_path AS "fullPath", p.visibility AS "visibility", p.archived AS "archived",
                            p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
                            p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
                            p.freeze_refuses_releases AS "freezeRefusesReleases",
                            p.permalink_is_stable AS "permalinkIsStable",
                            p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                            p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                            p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                            NULL AS description
                        ) AS project
                    ) AS project,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                            u.state AS "state"
                          FROM
                            users u
                          WHERE
                            u.id = r.author_id
                        ) AS row
                    ) AS child0
                  FROM
                    group_releases gr
                    JOIN releases r ON r.id = gr.release_id
                    JOIN projects p ON p.id = r.project_id
                  WHERE
                    gr.group_id = g.id
                    AND p.deleted_at IS NULL
                    AND (
                      p.visibility::text = ANY ($2::text[])
                      OR (
                        p.id = ANY ($3::int[])
                        OR p.ancestor_ids && $4::int[]
                      )
                    )
                    AND (
                      p.releases_level = 'enabled'
                      OR (
                        p.releases_level = 'private'
                        AND (
                          p.id = ANY ($5::int[])
                          OR p.ancestor_ids && $6::int[]
                        )
                      )
                    )
                  ORDER BY
                    gr.released_at DESC, gr.release_id DESC
                  LIMIT
                    $7
                ) AS row
            )
          END AS child0
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($8::text[])
      ) AS row
  )::text AS rows;

-- The releases of a group: only evidences (groups.byPath)
--   by evidences_release_id_created_at_id_idx
--   by group_releases_group_id_released_at_release_id_idx
--   by groups_lower_full_path_key
--   by projects_pkey
--   by releases_pkey
SELECT
  /* groups.byPath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
          CASE
            WHEN octet_length(g.description) <= 10000 THEN g.description
          END AS "description",
          CASE
            WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
          END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
          g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
          g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
          g.updated_at AS "updatedAt",
          CASE
            WHEN g.ancestor_ids && $1::int[] THEN (
              SELECT
                coalesce(json_agg(row), '[]')
              FROM
                (
                  SELECT
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
                    (
                      SELECT
                        row_to_json(project)
                      FROM
                        (
                          SELECT
                            p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path",
                            p.full_path AS "fullPath", p.visibility AS "visibility", p.archived AS "archived",
                            p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
                            p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
                            p.freeze_refuses_releases AS "freezeRefusesReleases",
                            p.permalink_is_stable AS "permalinkIsStable",
                            p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                            p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                            p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                            NULL AS description
                        ) AS project
                    ) AS project,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                          FROM
                            evidences e
                          WHERE
                            e.release_id = r.id
                          ORDER BY
                            e.created_at ASC, e.id ASC
                          LIMIT
                            $2
                        ) AS row
                    ) AS child0
                  FROM
                    group_releases gr
                    JOIN releases r ON r.id = gr.release_id
                    JOIN projects p ON p.id = r.project_id
                  WHERE
                    gr.group_id = g.id
                    AND p.deleted_at IS NULL
                    AND (
                      p.visibility::text = ANY ($3::text[])
                      OR (
                        p.id = ANY ($4::int[])
                        OR p.ancestor_ids && $5::int[]
                      )
                    )
                    AND (
                      p.releases_level = 'enabled'
                      OR (
                        p.releases_level = 'private'
                        AND (
                          p.id = ANY ($6::int[])
                          OR p.ancestor_ids && $7::int[]
                        )
                      )
                    )
                  ORDER BY
                    gr.released_at DESC, gr.release_id DESC
                  LIMIT
                    $8
                ) AS row
            )
          END AS child0
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($9::text[])
      ) AS row
  )::text AS rows;

-- The releases of a group: only milestones (groups.byPath)
--   by group_releases_group_id_released_at_release_id_idx
--   by groups_lower_full_path_key
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
SELECT
  /* groups.byPath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
          CASE
            WHEN octet_length(g.description) <= 10000 THEN g.description
          END AS "description",
          CASE
            WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
          END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
          g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
          g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
          g.updated_at AS "updatedAt",
          CASE
            WHEN g.ancestor_ids && $1::int[] THEN (
              SELECT
                coalesce(json_agg(row), '[]')
              FROM
                (
                  SELECT
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
                    (
                      SELECT
                        row_to_json(project)
                      FROM
                        (
                          SELECT
                            p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path",
                            p.full_path AS "fullPath", p.visibility AS "visibility", p.archived AS "archived",
                            p.releases_level AS "releasesLevel", p.repository_level AS "repositoryLevel",
                            p.issues_level AS "issuesLevel", p.merge_requests_level AS "mergeRequestsLevel",
                            p.freeze_refuses_releases AS "freezeRefusesReleases",
                            p.permalink_is_stable AS "permalinkIsStable",
                            p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                            p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                            p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                            NULL AS description
                        ) AS project
                    ) AS project,
                    (
                      SELECT
                        coalesce(json_agg(row), '[]')
                      FROM
                        (
                          SELECT
                            m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                            m.title AS "title",
                            CASE
                              WHEN octet_length(m.description) <= 1000 THEN m.description
                            END AS "description",
                            CASE
                              WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                            END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate",
                            m.due_date AS "dueDate", m.issues_count AS "issuesCount",
                            m.closed_issues_count AS "closedIssuesCount", m.created_at AS "createdAt",
                            m.updated_at AS "updatedAt"
                          FROM
                            milestone_releases mr
                            JOIN milestones m ON m.id = mr.milestone_id
                          WHERE
                            mr.release_id = r.id
                          ORDER BY
                            coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC,
                            m.id ASC
                          LIMIT
                            $4
                        ) AS row
                    ) AS child0
                  FROM
                    group_releases gr
                    JOIN releases r ON r.id = gr.release_id
                    JOIN projects p ON p.id = r.project_id
                  WHERE
                    gr.group_id = g.id
                    AND p.deleted_at IS NULL
                    AND (
                      p.visibility::text = ANY ($5::text[])
                      OR (
                        p.id = ANY ($6::int[])
                        OR p.ancestor_ids && $7::int[]
                      )
                    )
                    AND (
                      p.releases_level = 'enabled'
                      OR (
                        p.releases_level = 'private'
                        AND (
                          p.id = ANY ($8::int[])
                          OR p.ancestor_ids && $9::int[]
                        )
                      )
                    )
                  ORDER BY
                    gr.released_at DESC, gr.release_id DESC
                  LIMIT
                    $10
                ) AS row
            )
          END AS child0
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($11::text[])
      ) AS row
  )::text AS rows;

-- The releases of a group by its id: nothing beside the row (releases.pageOfGroup)
--   by group_releases_group_id_released_at_release_id_idx
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project
        FROM
          group_releases gr
          JOIN releases r ON r.id = gr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          gr.group_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($2::text[])
            OR (
              p.id = ANY ($3::int[])
              OR p.ancestor_ids && $4::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($5::int[])
                OR p.ancestor_ids && $6::int[]
              )
            )
          )
        ORDER BY
          gr.released_at DESC, gr.release_id DESC
        LIMIT
          $7
      ) AS row
  ) AS page (rows);

-- The releases of a group by its id: everything (releases.pageOfGroup)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by group_releases_group_id_released_at_release_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
--   by users_pkey
SELECT
  /* releases.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.name AS "name",
          CASE
            WHEN octet_length(r.description) <= 10000 THEN r.description
          END AS "description",
          CASE
            WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
          END AS "descriptionBytes",
          CASE
            WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
          END AS "descriptionHtml",
          CASE
            WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
          END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
          r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark", r.links_count AS "linksCount",
          r.created_at AS "createdAt", r.released_at AS "releasedAt",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath", l.link_type AS "linkType"
                FROM
                  asset_links l
                WHERE
                  l.release_id = r.id
                ORDER BY
                  l.created_at DESC, l.id DESC
                LIMIT
                  $2
              ) AS row
          ) AS child0,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                  u.state AS "state"
                FROM
                  users u
                WHERE
                  u.id = r.author_id
              ) AS row
          ) AS child1,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $3
              ) AS row
          ) AS child2,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                  m.title AS "title",
                  CASE
                    WHEN octet_length(m.description) <= 1000 THEN m.description
                  END AS "description",
                  CASE
                    WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                  END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate", m.due_date AS "dueDate",
                  m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount",
                  m.created_at AS "createdAt", m.updated_at AS "updatedAt"
                FROM
                  milestone_releases mr
                  JOIN milestones m ON m.id = mr.milestone_id
                WHERE
                  mr.release_id = r.id
                ORDER BY
                  coalesce(m.due_date, $4::date) ASC, coalesce(m.start_date, $5::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $6
              ) AS row
          ) AS child3
        FROM
          group_releases gr
          JOIN releases r ON r.id = gr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          gr.group_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($7::text[])
            OR (
              p.id = ANY ($8::int[])
              OR p.ancestor_ids && $9::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($10::int[])
                OR p.ancestor_ids && $11::int[]
              )
            )
          )
        ORDER BY
          gr.released_at DESC, gr.release_id DESC
        LIMIT
          $12
      ) AS row
  ) AS page (rows);

-- The releases of a group by its id: only assets (releases.pageOfGroup)
--   by asset_links_release_id_created_at_id_idx
--   by group_releases_group_id_released_at_release_id_idx
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.links_count AS "linksCount",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath", l.link_type AS "linkType"
                FROM
                  asset_links l
                WHERE
                  l.release_id = r.id
                ORDER BY
                  l.created_at DESC, l.id DESC
                LIMIT
                  $2
              ) AS row
          ) AS child0
        FROM
          group_releases gr
          JOIN releases r ON r.id = gr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          gr.group_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($3::text[])
            OR (
              p.id = ANY ($4::int[])
              OR p.ancestor_ids && $5::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($6::int[])
                OR p.ancestor_ids && $7::int[]
              )
            )
          )
        ORDER BY
          gr.released_at DESC, gr.release_id DESC
        LIMIT
          $8
      ) AS row
  ) AS page (rows);

-- The releases of a group by its id: only author (releases.pageOfGroup)
--   by group_releases_group_id_released_at_release_id_idx
--   by projects_pkey
--   by releases_pkey
--   by users_pkey
SELECT
  /* releases.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.author_id AS "authorId",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                  u.state AS "state"
                FROM
                  users u
                WHERE
                  u.id = r.author_id
              ) AS row
          ) AS child0
        FROM
          group_releases gr
          JOIN releases r ON r.id = gr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          gr.group_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($2::text[])
            OR (
              p.id = ANY ($3::int[])
              OR p.ancestor_ids && $4::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($5::int[])
                OR p.ancestor_ids && $6::int[]
              )
            )
          )
        ORDER BY
          gr.released_at DESC, gr.release_id DESC
        LIMIT
          $7
      ) AS row
  ) AS page (rows);

-- The releases of a group by its id: only evidences (releases.pageOfGroup)
--   by evidences_release_id_created_at_id_idx
--   by group_releases_group_id_released_at_release_id_idx
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $2
              ) AS row
          ) AS child0
        FROM
          group_releases gr
          JOIN releases r ON r.id = gr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          gr.group_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($3::text[])
            OR (
              p.id = ANY ($4::int[])
              OR p.ancestor_ids && $5::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($6::int[])
                OR p.ancestor_ids && $7::int[]
              )
            )
          )
        ORDER BY
          gr.released_at DESC, gr.release_id DESC
        LIMIT
          $8
      ) AS row
  ) AS page (rows);

-- The releases of a group by its id: only milestones (releases.pageOfGroup)
--   by group_releases_group_id_released_at_release_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                  m.title AS "title",
                  CASE
                    WHEN octet_length(m.description) <= 1000 THEN m.description
                  END AS "description",
                  CASE
                    WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                  END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate", m.due_date AS "dueDate",
                  m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount",
                  m.created_at AS "createdAt", m.updated_at AS "updatedAt"
                FROM
                  milestone_releases mr
                  JOIN milestones m ON m.id = mr.milestone_id
                WHERE
                  mr.release_id = r.id
                ORDER BY
                  coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $4
              ) AS row
          ) AS child0
        FROM
          group_releases gr
          JOIN releases r ON r.id = gr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          gr.group_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($5::text[])
            OR (
              p.id = ANY ($6::int[])
              OR p.ancestor_ids && $7::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($8::int[])
                OR p.ancestor_ids && $9::int[]
              )
            )
          )
        ORDER BY
          gr.released_at DESC, gr.release_id DESC
        LIMIT
          $10
      ) AS row
  ) AS page (rows);

-- The releases of a milestone: nothing beside the row (releases.pageOfMilestone)
--   by milestone_releases_pkey
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfMilestone */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project
        FROM
          milestone_releases mr
          JOIN releases r ON r.id = mr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          mr.milestone_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($2::text[])
            OR (
              p.id = ANY ($3::int[])
              OR p.ancestor_ids && $4::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($5::int[])
                OR p.ancestor_ids && $6::int[]
              )
            )
          )
        ORDER BY
          mr.release_id DESC
        LIMIT
          $7
      ) AS row
  ) AS page (rows);

-- The releases of a milestone: everything (releases.pageOfMilestone)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by milestone_releases_pkey
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
--   by users_pkey
SELECT
  /* releases.pageOfMilestone */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.name AS "name",
          CASE
            WHEN octet_length(r.description) <= 10000 THEN r.description
          END AS "description",
          CASE
            WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
          END AS "descriptionBytes",
          CASE
            WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
          END AS "descriptionHtml",
          CASE
            WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
          END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
          r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark", r.links_count AS "linksCount",
          r.created_at AS "createdAt", r.released_at AS "releasedAt",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath", l.link_type AS "linkType"
                FROM
                  asset_links l
                WHERE
                  l.release_id = r.id
                ORDER BY
                  l.created_at DESC, l.id DESC
                LIMIT
                  $2
              ) AS row
          ) AS child0,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                  u.state AS "state"
                FROM
                  users u
                WHERE
                  u.id = r.author_id
              ) AS row
          ) AS child1,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $3
              ) AS row
          ) AS child2,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                  m.title AS "title",
                  CASE
                    WHEN octet_length(m.description) <= 1000 THEN m.description
                  END AS "description",
                  CASE
                    WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                  END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate", m.due_date AS "dueDate",
                  m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount",
                  m.created_at AS "createdAt", m.updated_at AS "updatedAt"
                FROM
                  milestone_releases mr
                  JOIN milestones m ON m.id = mr.milestone_id
                WHERE
                  mr.release_id = r.id
                ORDER BY
                  coalesce(m.due_date, $4::date) ASC, coalesce(m.start_date, $5::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $6
              ) AS row
          ) AS child3
        FROM
          milestone_releases mr
          JOIN releases r ON r.id = mr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          mr.milestone_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($7::text[])
            OR (
              p.id = ANY ($8::int[])
              OR p.ancestor_ids && $9::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($10::int[])
                OR p.ancestor_ids && $11::int[]
              )
            )
          )
        ORDER BY
          mr.release_id DESC
        LIMIT
          $12
      ) AS row
  ) AS page (rows);

-- The releases of a milestone: only assets (releases.pageOfMilestone)
--   by asset_links_release_id_created_at_id_idx
--   by milestone_releases_pkey
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfMilestone */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.links_count AS "linksCount",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath", l.link_type AS "linkType"
                FROM
                  asset_links l
                WHERE
                  l.release_id = r.id
                ORDER BY
                  l.created_at DESC, l.id DESC
                LIMIT
                  $2
              ) AS row
          ) AS child0
        FROM
          milestone_releases mr
          JOIN releases r ON r.id = mr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          mr.milestone_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($3::text[])
            OR (
              p.id = ANY ($4::int[])
              OR p.ancestor_ids && $5::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($6::int[])
                OR p.ancestor_ids && $7::int[]
              )
            )
          )
        ORDER BY
          mr.release_id DESC
        LIMIT
          $8
      ) AS row
  ) AS page (rows);

-- The releases of a milestone: only author (releases.pageOfMilestone)
--   by milestone_releases_pkey
--   by projects_pkey
--   by releases_pkey
--   by users_pkey
SELECT
  /* releases.pageOfMilestone */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.author_id AS "authorId",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                  u.state AS "state"
                FROM
                  users u
                WHERE
                  u.id = r.author_id
              ) AS row
          ) AS child0
        FROM
          milestone_releases mr
          JOIN releases r ON r.id = mr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          mr.milestone_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($2::text[])
            OR (
              p.id = ANY ($3::int[])
              OR p.ancestor_ids && $4::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($5::int[])
                OR p.ancestor_ids && $6::int[]
              )
            )
          )
        ORDER BY
          mr.release_id DESC
        LIMIT
          $7
      ) AS row
  ) AS page (rows);

-- The releases of a milestone: only evidences (releases.pageOfMilestone)
--   by evidences_release_id_created_at_id_idx
--   by milestone_releases_pkey
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfMilestone */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $2
              ) AS row
          ) AS child0
        FROM
          milestone_releases mr
          JOIN releases r ON r.id = mr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          mr.milestone_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($3::text[])
            OR (
              p.id = ANY ($4::int[])
              OR p.ancestor_ids && $5::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($6::int[])
                OR p.ancestor_ids && $7::int[]
              )
            )
          )
        ORDER BY
          mr.release_id DESC
        LIMIT
          $8
      ) AS row
  ) AS page (rows);

-- The releases of a milestone: only milestones (releases.pageOfMilestone)
--   by milestone_releases_pkey
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.pageOfMilestone */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              row_to_json(project)
            FROM
              (
                SELECT
                  p.id AS "id", p.group_id AS "groupId", p.name AS "name", p.path AS "path", p.full_path AS "fullPath",
                  p.visibility AS "visibility", p.archived AS "archived", p.releases_level AS "releasesLevel",
                  p.repository_level AS "repositoryLevel", p.issues_level AS "issuesLevel",
                  p.merge_requests_level AS "mergeRequestsLevel", p.freeze_refuses_releases AS "freezeRefusesReleases",
                  p.permalink_is_stable AS "permalinkIsStable",
                  p.package_duplicates_allowed AS "packageDuplicatesAllowed", p.avatar_url AS "avatarUrl",
                  p.topics AS "topics", p.ancestor_ids AS "ancestorIds", p.releases_count AS "releasesCount",
                  p.deleted_at AS "deletedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
                  NULL AS description
              ) AS project
          ) AS project,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                  m.title AS "title",
                  CASE
                    WHEN octet_length(m.description) <= 1000 THEN m.description
                  END AS "description",
                  CASE
                    WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                  END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate", m.due_date AS "dueDate",
                  m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount",
                  m.created_at AS "createdAt", m.updated_at AS "updatedAt"
                FROM
                  milestone_releases mr
                  JOIN milestones m ON m.id = mr.milestone_id
                WHERE
                  mr.release_id = r.id
                ORDER BY
                  coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $4
              ) AS row
          ) AS child0
        FROM
          milestone_releases mr
          JOIN releases r ON r.id = mr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          mr.milestone_id = parent.id
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($5::text[])
            OR (
              p.id = ANY ($6::int[])
              OR p.ancestor_ids && $7::int[]
            )
          )
          AND (
            p.releases_level = 'enabled'
            OR (
              p.releases_level = 'private'
              AND (
                p.id = ANY ($8::int[])
                OR p.ancestor_ids && $9::int[]
              )
            )
          )
        ORDER BY
          mr.release_id DESC
        LIMIT
          $10
      ) AS row
  ) AS page (rows);

-- The releases of a project, by CREATED_ASC (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_created_asc
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.created_at ASC, (- r.id) ASC
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

-- The releases of a project, by CREATED_DESC (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_project_id_created_at_id_idx
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.created_at DESC, r.id DESC
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

-- The releases of a project, by RELEASED_AT_ASC (projects.byPath)
--   by old_paths_pkey
--   by projects_lower_full_path_key
--   by projects_pkey
--   by releases_released_asc
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                  ORDER BY
                    r.released_at ASC, (- r.id) ASC
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

-- How many releases a project has since a date (projects.byPath)
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
                    r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
                  FROM
                    releases r
                  WHERE
                    r.project_id = p.id
                    AND r.released_at > $1
                  ORDER BY
                    r.released_at DESC, r.id DESC
                  LIMIT
                    $2
                ) AS row
            )
          END AS child0
        FROM
          json_to_recordset($3::json) AS reader (
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

-- How many releases a project has since a date (releases.countOfProject)
--   by releases_released_asc
SELECT
  /* releases.countOfProject */
  r.project_id AS id, count(*)::int AS count
FROM
  releases r
WHERE
  r.project_id = ANY ($1::int[])
  AND r.released_at > $2
GROUP BY
  1;

-- How many releases a milestone has (releases.countOfMilestone)
--   by milestone_releases_pkey
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.countOfMilestone */
  mr.milestone_id AS id, count(*)::int AS count
FROM
  milestone_releases mr
  JOIN releases r ON r.id = mr.release_id
  JOIN projects p ON p.id = r.project_id
WHERE
  mr.milestone_id = ANY ($1::int[])
  AND p.deleted_at IS NULL
  AND (
    p.visibility::text = ANY ($2::text[])
    OR (
      p.id = ANY ($3::int[])
      OR p.ancestor_ids && $4::int[]
    )
  )
  AND (
    p.releases_level = 'enabled'
    OR (
      p.releases_level = 'private'
      AND (
        p.id = ANY ($5::int[])
        OR p.ancestor_ids && $6::int[]
      )
    )
  )
GROUP BY
  1;

-- The releases of a project: nothing beside the row, for a Guest (releases.pageOfProject)
--   by releases_project_id_released_at_id_idx
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The releases of a project: everything, for a Guest (releases.pageOfProject)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by releases_project_id_released_at_id_idx
--   by users_pkey
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.name AS "name",
          CASE
            WHEN octet_length(r.description) <= 10000 THEN r.description
          END AS "description",
          CASE
            WHEN octet_length(r.description) > 10000 THEN octet_length(r.description)
          END AS "descriptionBytes",
          CASE
            WHEN octet_length(r.description_html) <= 10000 THEN r.description_html
          END AS "descriptionHtml",
          CASE
            WHEN octet_length(r.description_html) > 10000 THEN octet_length(r.description_html)
          END AS "descriptionHtmlBytes", r.renderer_version AS "rendererVersion", r.author_id AS "authorId",
          r.prerelease AS "prerelease", r.prerelease_mark AS "prereleaseMark", r.links_count AS "linksCount",
          r.created_at AS "createdAt", r.released_at AS "releasedAt",
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath", l.link_type AS "linkType"
                FROM
                  asset_links l
                WHERE
                  l.release_id = r.id
                ORDER BY
                  l.created_at DESC, l.id DESC
                LIMIT
                  $2
              ) AS row
          ) AS child0,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                  u.state AS "state"
                FROM
                  users u
                WHERE
                  u.id = r.author_id
              ) AS row
          ) AS child1,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $3
              ) AS row
          ) AS child2,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                  m.title AS "title",
                  CASE
                    WHEN octet_length(m.description) <= 1000 THEN m.description
                  END AS "description",
                  CASE
                    WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                  END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate", m.due_date AS "dueDate",
                  m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount",
                  m.created_at AS "createdAt", m.updated_at AS "updatedAt"
                FROM
                  milestone_releases mr
                  JOIN milestones m ON m.id = mr.milestone_id
                WHERE
                  mr.release_id = r.id
                ORDER BY
                  coalesce(m.due_date, $4::date) ASC, coalesce(m.start_date, $5::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $6
              ) AS row
          ) AS child3
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $7
      ) AS row
  ) AS page (rows);

-- The releases of a project: only assets, for a Guest (releases.pageOfProject)
--   by asset_links_release_id_created_at_id_idx
--   by releases_project_id_released_at_id_idx
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.links_count AS "linksCount",
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  l.id AS "id", l.name AS "name", l.url AS "url", l.filepath AS "filepath", l.link_type AS "linkType"
                FROM
                  asset_links l
                WHERE
                  l.release_id = r.id
                ORDER BY
                  l.created_at DESC, l.id DESC
                LIMIT
                  $2
              ) AS row
          ) AS child0
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $3
      ) AS row
  ) AS page (rows);

-- The releases of a project: only author, for a Guest (releases.pageOfProject)
--   by releases_project_id_released_at_id_idx
--   by users_pkey
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag", r.author_id AS "authorId",
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                  u.state AS "state"
                FROM
                  users u
                WHERE
                  u.id = r.author_id
              ) AS row
          ) AS child0
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The releases of a project: only evidences, for a Guest (releases.pageOfProject)
--   by evidences_release_id_created_at_id_idx
--   by releases_project_id_released_at_id_idx
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.signature AS "signature", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $2
              ) AS row
          ) AS child0
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $3
      ) AS row
  ) AS page (rows);

-- The releases of a project: only milestones, for a Guest (releases.pageOfProject)
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by releases_project_id_released_at_id_idx
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag",
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  m.id AS "id", m.project_id AS "projectId", m.group_id AS "groupId", m.iid AS "iid",
                  m.title AS "title",
                  CASE
                    WHEN octet_length(m.description) <= 1000 THEN m.description
                  END AS "description",
                  CASE
                    WHEN octet_length(m.description) > 1000 THEN octet_length(m.description)
                  END AS "descriptionBytes", m.state AS "state", m.start_date AS "startDate", m.due_date AS "dueDate",
                  m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount",
                  m.created_at AS "createdAt", m.updated_at AS "updatedAt"
                FROM
                  milestone_releases mr
                  JOIN milestones m ON m.id = mr.milestone_id
                WHERE
                  mr.release_id = r.id
                ORDER BY
                  coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $4
              ) AS row
          ) AS child0
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $5
      ) AS row
  ) AS page (rows);

-- The releases of a project, by CREATED_ASC, for a Guest (releases.pageOfProject)
--   by releases_created_asc
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.created_at ASC, (- r.id) ASC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The releases of a project, by CREATED_DESC, for a Guest (releases.pageOfProject)
--   by releases_project_id_created_at_id_idx
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.created_at DESC, r.id DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The releases of a project, by RELEASED_AT_ASC, for a Guest (releases.pageOfProject)
--   by releases_released_asc
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
        FROM
          releases r
        WHERE
          r.project_id = parent.id
        ORDER BY
          r.released_at ASC, (- r.id) ASC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- How many releases a project has since a date, for a Guest (releases.pageOfProject)
--   by releases_project_id_released_at_id_idx
SELECT
  /* releases.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          r.id AS "id", r.project_id AS "projectId", r.tag AS "tag"
        FROM
          releases r
        WHERE
          r.project_id = parent.id
          AND r.released_at > $2
        ORDER BY
          r.released_at DESC, r.id DESC
        LIMIT
          $3
      ) AS row
  ) AS page (rows);
