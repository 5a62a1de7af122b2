-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- The audit events of a project: nothing beside the row (auditEvents.pageOfProject)
--   by audit_events_project_id_created_at_id_idx
SELECT
  /* auditEvents.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          e.id AS "id", e.event_type AS "eventType", e.author_id AS "authorId", e.author_name AS "authorName",
          e.credential AS "credential", e.project_id AS "projectId", e.group_id AS "groupId",
          e.target_type AS "targetType", e.target_id AS "targetId", e.target_details AS "targetDetails",
          e.message AS "message", e.ip_address AS "ipAddress", e.request_id AS "requestId", e.created_at AS "createdAt"
        FROM
          audit_events e
        WHERE
          e.project_id = parent.id
        ORDER BY
          e.created_at DESC, e.id DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The audit events of a group: nothing beside the row (auditEvents.pageOfGroup)
--   by audit_events_group_id_created_at_id_idx
SELECT
  /* auditEvents.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          e.id AS "id", e.event_type AS "eventType", e.author_id AS "authorId", e.author_name AS "authorName",
          e.credential AS "credential", e.project_id AS "projectId", e.group_id AS "groupId",
          e.target_type AS "targetType", e.target_id AS "targetId", e.target_details AS "targetDetails",
          e.message AS "message", e.ip_address AS "ipAddress", e.request_id AS "requestId", e.created_at AS "createdAt"
        FROM
          audit_events e
        WHERE
          e.group_id = parent.id
        ORDER BY
          e.created_at DESC, e.id DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- How many audit events a project has (auditEvents.countOfProject)
--   by audit_events_project_id_created_at_id_idx
SELECT
  /* auditEvents.countOfProject */
  e.project_id AS id, count(*)::int AS count
FROM
  audit_events e
WHERE
  e.project_id = ANY ($1::int[])
GROUP BY
  1;
