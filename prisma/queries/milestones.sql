-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- A milestone by its id: everything (projects.byId)
--   by projects_pkey
SELECT
  /* projects.byId */
  (
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
          p.id = ANY ($1::int[])
      ) AS row
  )::text AS rows;

-- The milestones of a project: nothing beside the row (milestones.pageOfProject)
--   by milestones_project_id_title_key
SELECT
  /* milestones.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.id AS "id"
        FROM
          milestones m
        WHERE
          m.project_id = parent.id
        ORDER BY
          coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);

-- The milestones of a project: everything (milestones.pageOfProject)
--   by milestones_project_id_title_key
SELECT
  /* milestones.pageOfProject */
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
          milestones m
        WHERE
          m.project_id = parent.id
        ORDER BY
          coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);

-- The milestones of a project: only stats (milestones.pageOfProject)
--   by milestones_project_id_title_key
SELECT
  /* milestones.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.id AS "id", m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount"
        FROM
          milestones m
        WHERE
          m.project_id = parent.id
        ORDER BY
          coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);

-- The milestones of a group: nothing beside the row (milestones.pageOfGroup)
--   by milestones_group_id_title_key
SELECT
  /* milestones.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.id AS "id"
        FROM
          milestones m
        WHERE
          m.group_id = parent.id
        ORDER BY
          coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);

-- The milestones of a group: everything (milestones.pageOfGroup)
--   by milestones_group_id_title_key
SELECT
  /* milestones.pageOfGroup */
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
          milestones m
        WHERE
          m.group_id = parent.id
        ORDER BY
          coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);

-- The milestones of a group: only stats (milestones.pageOfGroup)
--   by milestones_group_id_title_key
SELECT
  /* milestones.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.id AS "id", m.issues_count AS "issuesCount", m.closed_issues_count AS "closedIssuesCount"
        FROM
          milestones m
        WHERE
          m.group_id = parent.id
        ORDER BY
          coalesce(m.due_date, $2::date) ASC, coalesce(m.start_date, $3::date) ASC, m.title ASC, m.id ASC
        LIMIT
          $4
      ) AS row
  ) AS page (rows);
