-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- The protected tags of a project: nothing beside the row (protectedTags.allOfProject)
--   by protected_tag_access_levels_protected_tag_id_idx
--   by protected_tags_project_id_name_key
SELECT
  /* protectedTags.allOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          t.id AS "id", t.project_id AS "projectId", t.name AS "name", t.created_at AS "createdAt",
          t.updated_at AS "updatedAt",
          (
            SELECT
              coalesce(
                json_agg(
                  level
                  ORDER BY
                    level.id
                ),
                '[]'
              )
            FROM
              (
                SELECT
                  l.id AS "id", l.protected_tag_id AS "protectedTagId", l.access_level AS "accessLevel",
                  l.user_id AS "userId", l.group_id AS "groupId", l.deploy_key_id AS "deployKeyId"
                FROM
                  protected_tag_access_levels l
                WHERE
                  l.protected_tag_id = t.id
              ) AS level
          ) AS "accessLevels"
        FROM
          protected_tags t
        WHERE
          t.project_id = parent.id
        ORDER BY
          t.name COLLATE "C", t.id
      ) AS row
  ) AS page (rows);
