-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- An issue by its number: nothing beside the row (issues.byProjectIdAndIid)
--   by issues_project_id_iid_key
SELECT
  /* issues.byProjectIdAndIid */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          i.id AS "id", i.project_id AS "projectId", i.iid AS "iid", i.title AS "title",
          CASE
            WHEN octet_length(i.description) <= 10000 THEN i.description
          END AS "description",
          CASE
            WHEN octet_length(i.description) > 10000 THEN octet_length(i.description)
          END AS "descriptionBytes", i.state AS "state", i.author_id AS "authorId", i.milestone_id AS "milestoneId",
          i.confidential AS "confidential", i.due_date AS "dueDate", i.closed_at AS "closedAt",
          i.created_at AS "createdAt", i.updated_at AS "updatedAt"
        FROM
          unnest($1::int[], $2::int[]) AS key (value0, value1), issues i
        WHERE
          i.project_id = key.value0
          AND i.iid = key.value1
      ) AS row
  )::text AS rows;

-- An issue by its number: everything (milestones.byId)
--   by milestones_pkey
SELECT
  /* milestones.byId */
  (
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
          m.id = ANY ($1::int[])
      ) AS row
  )::text AS rows;

-- The issues of a project: nothing beside the row (issues.pageOfProject)
--   by issues_project_id_iid_key
SELECT
  /* issues.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          i.id AS "id", i.project_id AS "projectId", i.iid AS "iid", i.title AS "title",
          CASE
            WHEN octet_length(i.description) <= 10000 THEN i.description
          END AS "description",
          CASE
            WHEN octet_length(i.description) > 10000 THEN octet_length(i.description)
          END AS "descriptionBytes", i.state AS "state", i.author_id AS "authorId", i.milestone_id AS "milestoneId",
          i.confidential AS "confidential", i.due_date AS "dueDate", i.closed_at AS "closedAt",
          i.created_at AS "createdAt", i.updated_at AS "updatedAt"
        FROM
          issues i
        WHERE
          i.project_id = parent.id
        ORDER BY
          i.iid DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- How many issues a project has (issues.countOfProject)
--   by issues_project_id_iid_key
SELECT
  /* issues.countOfProject */
  i.project_id AS id, count(*)::int AS count
FROM
  issues i
WHERE
  i.project_id = ANY ($1::int[])
GROUP BY
  1;

-- The issues of a project: nothing beside the row, for a Guest (issues.pageOfProject)
--   by issues_project_id_iid_key
SELECT
  /* issues.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          i.id AS "id", i.project_id AS "projectId", i.iid AS "iid", i.title AS "title",
          CASE
            WHEN octet_length(i.description) <= 10000 THEN i.description
          END AS "description",
          CASE
            WHEN octet_length(i.description) > 10000 THEN octet_length(i.description)
          END AS "descriptionBytes", i.state AS "state", i.author_id AS "authorId", i.milestone_id AS "milestoneId",
          i.confidential AS "confidential", i.due_date AS "dueDate", i.closed_at AS "closedAt",
          i.created_at AS "createdAt", i.updated_at AS "updatedAt"
        FROM
          issues i
        WHERE
          i.project_id = parent.id
          AND (
            NOT i.confidential
            OR i.author_id = $2::int
          )
        ORDER BY
          i.iid DESC
        LIMIT
          $3
      ) AS row
  ) AS page (rows);

-- How many issues a project has, for a Guest (issues.countOfProject)
--   by issues_project_id_iid_key
SELECT
  /* issues.countOfProject */
  i.project_id AS id, count(*)::int AS count
FROM
  issues i
WHERE
  i.project_id = ANY ($1::int[])
  AND (
    NOT i.confidential
    OR i.author_id = $2::int
  )
GROUP BY
  1;
