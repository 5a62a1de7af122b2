-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- The members of a project: nothing beside the row (projectMembers.pageOfProject)
--   by project_members_project_id_idx
SELECT
  /* projectMembers.pageOfProject */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.user_id AS "userId", m.role AS "role", m.expires_at AS "expiresAt", m.created_at AS "createdAt"
        FROM
          project_members m
        WHERE
          m.project_id = parent.id
        ORDER BY
          m.role DESC, (- m.user_id) DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);

-- The members of a project: everything (users.byId)
--   by users_pkey
SELECT
  /* users.byId */
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
          u.id = ANY ($1::int[])
      ) AS row
  )::text AS rows;

-- The members of a group: nothing beside the row (groupMembers.pageOfGroup)
--   by group_members_group_id_idx
SELECT
  /* groupMembers.pageOfGroup */
  parent.id, page.rows::text AS rows
FROM
  unnest($1::int[]) AS parent (id)
  CROSS JOIN LATERAL (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.user_id AS "userId", m.role AS "role", m.expires_at AS "expiresAt", m.created_at AS "createdAt"
        FROM
          group_members m
        WHERE
          m.group_id = parent.id
        ORDER BY
          m.role DESC, (- m.user_id) DESC
        LIMIT
          $2
      ) AS row
  ) AS page (rows);
