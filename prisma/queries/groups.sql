-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- A group by its path: nothing beside the row (groups.byPath)
--   by groups_lower_full_path_key
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
          g.releases_count AS "releasesCount", g.created_at AS "createdAt", g.updated_at AS "updatedAt"
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($1::text[])
      ) AS row
  )::text AS rows;
