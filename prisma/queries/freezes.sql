-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- The freeze periods of a project: nothing beside the row (freezePeriods.pageOfProject)
--   by freeze_periods_project_id_created_at_id_idx
SELECT
  /* freezePeriods.pageOfProject */
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
          f.created_at ASC, f.id ASC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The environments of a project: nothing beside the row (environments.pageOfProject)
--   by environments_project_id_name_key
SELECT
  /* environments.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          e.id AS "id", e.project_id AS "projectId", e.name AS "name", e.created_at AS "createdAt"
        FROM
          environments e
        WHERE
          e.project_id = parent.id
        ORDER BY
          e.id ASC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- How many freeze periods a project has (freezePeriods.countOfProject)
--   by freeze_periods_project_id_created_at_id_idx
SELECT
  /* freezePeriods.countOfProject */
  f.project_id AS id, count(*)::int AS count
FROM
  freeze_periods f
WHERE
  f.project_id = ANY ($1::int[])
GROUP BY
  1;

-- How many environments a project has (environments.countOfProject)
--   by environments_project_id_name_key
SELECT
  /* environments.countOfProject */
  e.project_id AS id, count(*)::int AS count
FROM
  environments e
WHERE
  e.project_id = ANY ($1::int[])
GROUP BY
  1;
