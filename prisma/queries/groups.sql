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
          g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
          g.updated_at AS "updatedAt"
        FROM
          groups g
        WHERE
          lower(g.full_path) = ANY ($1::text[])
      ) AS row
  )::text AS rows;

-- The groups: nothing beside the row (groups.list)
--   by groups_name
SELECT
  /* groups.list */
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
              g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
              CASE
                WHEN octet_length(g.description) <= 10000 THEN g.description
              END AS "description",
              CASE
                WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
              END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
              g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
              g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
              g.updated_at AS "updatedAt"
            FROM
              groups g
            WHERE
              true
              AND g.deleted_at IS NULL
              AND (
                g.visibility <> 'private'
                OR g.ancestor_ids && $1::int[]
              )
            ORDER BY
              lower(g.name) COLLATE "C" ASC, g.id ASC
            LIMIT
              101
          ) AS page
        LIMIT
          $2
      ) AS row
  )::text AS rows;

-- The groups that a search finds: nothing beside the row (groups.list)
--   by groups_search
SELECT
  /* groups.list */
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
              g.id AS "id", g.parent_id AS "parentId", g.name AS "name", g.path AS "path", g.full_path AS "fullPath",
              CASE
                WHEN octet_length(g.description) <= 10000 THEN g.description
              END AS "description",
              CASE
                WHEN octet_length(g.description) > 10000 THEN octet_length(g.description)
              END AS "descriptionBytes", g.visibility AS "visibility", g.ancestor_ids AS "ancestorIds",
              g.projects_count AS "projectsCount", g.released_projects_count AS "releasedProjectsCount",
              g.releases_count AS "releasesCount", g.deleted_at AS "deletedAt", g.created_at AS "createdAt",
              g.updated_at AS "updatedAt"
            FROM
              (
                SELECT
                  *
                FROM
                  groups g
                WHERE
                  true
                  AND (lower(g.name || ' ' || g.full_path) LIKE lower($1::text))
                OFFSET
                  0
              ) AS g
            WHERE
              true
              AND g.deleted_at IS NULL
              AND (
                g.visibility <> 'private'
                OR g.ancestor_ids && $2::int[]
              )
            ORDER BY
              lower(g.name) COLLATE "C" ASC, g.id ASC
            LIMIT
              101
          ) AS page
        LIMIT
          $3
      ) AS row
  )::text AS rows;

-- The groups below a group: nothing beside the row (groups.pageOfTree)
--   by groups_ancestor_ids_idx
--   by groups_pkey
SELECT
  /* groups.pageOfTree */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
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
          g.updated_at AS "updatedAt"
        FROM
          (
            SELECT
              id AS tree_id
            FROM
              groups
          ) AS tree
          JOIN groups g ON g.ancestor_ids @> ARRAY[tree.tree_id]
          AND g.id <> tree.tree_id
        WHERE
          tree.tree_id = parent.id
          AND g.deleted_at IS NULL
          AND (
            g.visibility <> 'private'
            OR g.ancestor_ids && $2::int[]
          )
        ORDER BY
          lower(g.name) COLLATE "C" ASC, g.id ASC
        LIMIT
          $3
      ) AS row
  ) AS page (rows);
