-- What the server sends to read this module's rows, printed by `npm run sql`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.

-- GET /projects/:id/releases (releases.numberedPageOfProject)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by releases_project_id_released_at_id_idx
--   by users_pkey
SELECT
  /* releases.numberedPageOfProject */
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
          END AS "descriptionBytes", r.author_id AS "authorId", r.links_count AS "linksCount",
          r.created_at AS "createdAt", r.released_at AS "releasedAt",
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
          ) AS child0,
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
                  coalesce(m.due_date, $1::date) ASC, coalesce(m.start_date, $2::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $3
              ) AS row
          ) AS child1,
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
                  $4
              ) AS row
          ) AS child2,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $5
              ) AS row
          ) AS child3
        FROM
          releases r
        WHERE
          r.project_id = $6
        ORDER BY
          r.released_at desc, r.id desc
        LIMIT
          $7
        OFFSET
          $8::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/releases/:tag_name (releases.byProjectIdAndTag)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by releases_project_id_tag_key
--   by users_pkey
SELECT
  /* releases.byProjectIdAndTag */
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
          END AS "descriptionBytes", r.author_id AS "authorId", r.links_count AS "linksCount",
          r.created_at AS "createdAt", r.released_at AS "releasedAt",
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
          ) AS child0,
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
                  coalesce(m.due_date, $1::date) ASC, coalesce(m.start_date, $2::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $3
              ) AS row
          ) AS child1,
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
                  $4
              ) AS row
          ) AS child2,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $5
              ) AS row
          ) AS child3
        FROM
          unnest($6::int[], $7::text[]) AS key (value0, value1), releases r
        WHERE
          r.project_id = key.value0
          AND r.tag = key.value1
      ) AS row
  )::text AS rows;

-- GET /projects/:id/releases/:tag_name/draft (releaseDrafts.byProjectIdAndTag)
--   by release_drafts_project_id_tag_key
SELECT
  /* releaseDrafts.byProjectIdAndTag */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          d.id AS "id", d.project_id AS "projectId", d.tag AS "tag", d.ref AS "ref",
          CASE
            WHEN octet_length(d.tag_message) <= 1000 THEN d.tag_message
          END AS "tagMessage",
          CASE
            WHEN octet_length(d.tag_message) > 1000 THEN octet_length(d.tag_message)
          END AS "tagMessageBytes", d.name AS "name",
          CASE
            WHEN octet_length(d.description) <= 1000 THEN d.description
          END AS "description",
          CASE
            WHEN octet_length(d.description) > 1000 THEN octet_length(d.description)
          END AS "descriptionBytes", d.released_at AS "releasedAt", d.prerelease AS "prerelease",
          d.makes_latest AS "makesLatest",
          CASE
            WHEN octet_length(d.links) <= 1000 THEN d.links
          END AS "links",
          CASE
            WHEN octet_length(d.links) > 1000 THEN octet_length(d.links)
          END AS "linksBytes", d.milestone_ids AS "milestoneIds", d.author_id AS "authorId", d.version AS "version",
          d.created_at AS "createdAt", d.updated_at AS "updatedAt"
        FROM
          unnest($1::int[], $2::text[]) AS key (value0, value1), release_drafts d
        WHERE
          d.project_id = key.value0
          AND d.tag = key.value1
      ) AS row
  )::text AS rows;

-- GET /projects/:id/releases/:tag_name/evidence (releases.byProjectIdAndTag)
--   by releases_project_id_tag_key
SELECT
  /* releases.byProjectIdAndTag */
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
          r.released_at AS "releasedAt"
        FROM
          unnest($1::int[], $2::text[]) AS key (value0, value1), releases r
        WHERE
          r.project_id = key.value0
          AND r.tag = key.value1
      ) AS row
  )::text AS rows;

-- GET /projects/:id/releases/:tag_name/downloads/:direct_asset_path{.+} (assetLinks.byReleaseIdAndFilepath)
--   by asset_links_release_id_filepath_key
SELECT
  /* assetLinks.byReleaseIdAndFilepath */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          l.id AS "id", l.release_id AS "releaseId", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
          l.link_type AS "linkType", l.created_at AS "createdAt", l.updated_at AS "updatedAt"
        FROM
          unnest($1::int[], $2::text[]) AS key (value0, value1), asset_links l
        WHERE
          l.release_id = key.value0
          AND l.filepath = key.value1
      ) AS row
  )::text AS rows;

-- GET /projects/:id/releases/:tag_name/assets/links (assetLinks.numberedPageOfRelease)
--   by asset_links_release_id_created_at_id_idx
SELECT
  /* assetLinks.numberedPageOfRelease */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          l.id AS "id", l.release_id AS "releaseId", l.name AS "name", l.url AS "url", l.filepath AS "filepath",
          l.link_type AS "linkType", l.created_at AS "createdAt", l.updated_at AS "updatedAt"
        FROM
          asset_links l
        WHERE
          l.release_id = $1
        ORDER BY
          l.created_at desc, l.id desc
        LIMIT
          $2
        OFFSET
          $3::bigint
      ) AS row
  )::text AS rows;

-- GET /groups/:id/releases (releases.numberedPageOfGroup)
--   by asset_links_release_id_created_at_id_idx
--   by evidences_release_id_created_at_id_idx
--   by group_releases_group_id_released_at_release_id_idx
--   by milestone_releases_release_id_idx
--   by milestones_pkey
--   by projects_pkey
--   by releases_pkey
--   by users_pkey
SELECT
  /* releases.numberedPageOfGroup */
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
          END AS "descriptionBytes", r.author_id AS "authorId", r.links_count AS "linksCount",
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
                  u.id AS "id", u.username AS "username", u.name AS "name", u.avatar_url AS "avatarUrl",
                  u.state AS "state"
                FROM
                  users u
                WHERE
                  u.id = r.author_id
              ) AS row
          ) AS child0,
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
                  coalesce(m.due_date, $1::date) ASC, coalesce(m.start_date, $2::date) ASC, m.title ASC, m.id ASC
                LIMIT
                  $3
              ) AS row
          ) AS child1,
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
                  $4
              ) AS row
          ) AS child2,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  e.id AS "id", e.sha AS "sha", e.created_at AS "createdAt"
                FROM
                  evidences e
                WHERE
                  e.release_id = r.id
                ORDER BY
                  e.created_at ASC, e.id ASC
                LIMIT
                  $5
              ) AS row
          ) AS child3
        FROM
          group_releases gr
          JOIN releases r ON r.id = gr.release_id
          JOIN projects p ON p.id = r.project_id
        WHERE
          gr.group_id = $6
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
          gr.released_at desc, gr.release_id desc
        LIMIT
          $12
        OFFSET
          $13::bigint
      ) AS row
  )::text AS rows;

-- GET /groups/:id/releases (groups.byId)
--   by groups_pkey
SELECT
  /* groups.byId */
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
          g.id = ANY ($1::int[])
      ) AS row
  )::text AS rows;

-- GET /groups/:id/releases (releases.numberedPageOfGroup.count)
--   by group_releases_group_id_released_at_release_id_idx
--   by projects_pkey
--   by releases_pkey
SELECT
  /* releases.numberedPageOfGroup.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      group_releases gr
      JOIN releases r ON r.id = gr.release_id
      JOIN projects p ON p.id = r.project_id
    WHERE
      gr.group_id = $1
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
    LIMIT
      $7
  ) AS counted;

-- GET /projects/:id/packages (packages.numberedPageOfProject)
--   by packages_project_id_name_version_key
SELECT
  /* packages.numberedPageOfProject */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          k.id AS "id", k.project_id AS "projectId", k.name AS "name", k.version AS "version", k.hidden AS "hidden",
          k.creator_id AS "creatorId", k.created_at AS "createdAt", k.updated_at AS "updatedAt"
        FROM
          packages k
        WHERE
          k.project_id = $1
          AND k.hidden = $2
        ORDER BY
          k.created_at asc, k.id asc
        LIMIT
          $3
        OFFSET
          $4::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/packages (packages.numberedPageOfProject.count)
--   by packages_project_id_name_version_key
SELECT
  /* packages.numberedPageOfProject.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      packages k
    WHERE
      k.project_id = $1
      AND k.hidden = $2
    LIMIT
      $3
  ) AS counted;

-- GET /projects/:id/uploads (uploads.numberedPageOfProject)
--   by uploads_project_id_id_idx
--   by users_pkey
SELECT
  /* uploads.numberedPageOfProject */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          a.id AS "id", a.project_id AS "projectId", a.secret AS "secret", a.file_name AS "fileName", a.size AS "size",
          a.sha256 AS "sha256", a.storage_key AS "storageKey", a.uploader_id AS "uploaderId",
          a.created_at AS "createdAt", u.username, u.name AS "userName"
        FROM
          uploads a
          LEFT JOIN users u ON u.id = a.uploader_id
        WHERE
          a.project_id = $1
        ORDER BY
          a.id desc
        LIMIT
          $2
        OFFSET
          $3::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/uploads (uploads.numberedPageOfProject.count)
--   by uploads_project_id_secret_key
SELECT
  /* uploads.numberedPageOfProject.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      uploads a
      LEFT JOIN users u ON u.id = a.uploader_id
    WHERE
      a.project_id = $1
    LIMIT
      $2
  ) AS counted;

-- GET /projects/:id/milestones (milestones.numberedPage)
--   by milestones_project_id_title_key
SELECT
  /* milestones.numberedPage */
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
          m.project_id = $1
        ORDER BY
          coalesce(m.due_date, $2::date) asc, coalesce(m.start_date, $3::date) asc, m.title asc, m.id asc
        LIMIT
          $4
        OFFSET
          $5::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/milestones (milestones.numberedPage.count)
--   by milestones_project_id_title_key
SELECT
  /* milestones.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      milestones m
    WHERE
      m.project_id = $1
    LIMIT
      $2
  ) AS counted;

-- GET /groups/:id/milestones (milestones.numberedPage)
--   by milestones_group_id_title_key
SELECT
  /* milestones.numberedPage */
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
          m.group_id = $1
        ORDER BY
          coalesce(m.due_date, $2::date) asc, coalesce(m.start_date, $3::date) asc, m.title asc, m.id asc
        LIMIT
          $4
        OFFSET
          $5::bigint
      ) AS row
  )::text AS rows;

-- GET /groups/:id/milestones (milestones.numberedPage.count)
--   by milestones_group_id_title_key
SELECT
  /* milestones.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      milestones m
    WHERE
      m.group_id = $1
    LIMIT
      $2
  ) AS counted;

-- GET /projects/:id/milestones/:milestone_id/issues (issues.numberedPageOfMilestone)
--   by issues_project_id_iid_key
--   by milestones_pkey
--   by projects_pkey
SELECT
  /* issues.numberedPageOfMilestone */
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
          issues i
          JOIN milestones m ON m.id = i.milestone_id
          JOIN projects p ON p.id = i.project_id
        WHERE
          m.title = $1
          AND i.project_id = $2
          AND p.deleted_at IS NULL
          AND (
            p.visibility::text = ANY ($3::text[])
            OR (
              p.id = ANY ($4::int[])
              OR p.ancestor_ids && $5::int[]
            )
          )
          AND (
            p.issues_level = 'enabled'
            OR (
              p.issues_level = 'private'
              AND (
                p.id = ANY ($6::int[])
                OR p.ancestor_ids && $7::int[]
              )
            )
          )
          AND (
            NOT i.confidential
            OR i.author_id = $8::int
            OR (
              p.id = ANY ($9::int[])
              OR p.ancestor_ids && $10::int[]
            )
          )
        ORDER BY
          i.iid desc, i.id desc
        LIMIT
          $11
        OFFSET
          $12::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/milestones/:milestone_id/issues (issues.numberedPageOfMilestone.count)
--   by issues_project_id_iid_key
--   by milestones_pkey
--   by projects_pkey
SELECT
  /* issues.numberedPageOfMilestone.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      issues i
      JOIN milestones m ON m.id = i.milestone_id
      JOIN projects p ON p.id = i.project_id
    WHERE
      m.title = $1
      AND i.project_id = $2
      AND p.deleted_at IS NULL
      AND (
        p.visibility::text = ANY ($3::text[])
        OR (
          p.id = ANY ($4::int[])
          OR p.ancestor_ids && $5::int[]
        )
      )
      AND (
        p.issues_level = 'enabled'
        OR (
          p.issues_level = 'private'
          AND (
            p.id = ANY ($6::int[])
            OR p.ancestor_ids && $7::int[]
          )
        )
      )
      AND (
        NOT i.confidential
        OR i.author_id = $8::int
        OR (
          p.id = ANY ($9::int[])
          OR p.ancestor_ids && $10::int[]
        )
      )
    LIMIT
      $11
  ) AS counted;

-- GET /projects/:id/issues (issues.numberedPageOfProject)
--   by issues_project_id_iid_key
SELECT
  /* issues.numberedPageOfProject */
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
          issues i
        WHERE
          i.project_id = $1
        ORDER BY
          i.iid desc
        LIMIT
          $2
        OFFSET
          $3::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/issues (issues.numberedPageOfProject.count)
--   by issues_project_id_iid_key
SELECT
  /* issues.numberedPageOfProject.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      issues i
    WHERE
      i.project_id = $1
    LIMIT
      $2
  ) AS counted;

-- GET /projects/:id/freeze_periods (freezePeriods.numberedPageOfProject)
--   by freeze_periods_project_id_created_at_id_idx
SELECT
  /* freezePeriods.numberedPageOfProject */
  (
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
          f.project_id = $1
        ORDER BY
          f.created_at asc, f.id asc
        LIMIT
          $2
        OFFSET
          $3::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/freeze_periods (freezePeriods.numberedPageOfProject.count)
--   by freeze_periods_project_id_created_at_id_idx
SELECT
  /* freezePeriods.numberedPageOfProject.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      freeze_periods f
    WHERE
      f.project_id = $1
    LIMIT
      $2
  ) AS counted;

-- GET /projects/:id/hooks (webhooks.numberedPage)
--   by webhooks_pkey
SELECT
  /* webhooks.numberedPage */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          w.id AS "id", w.project_id AS "projectId", w.group_id AS "groupId", w.url AS "url", w.host AS "host",
          w.name AS "name", w.description AS "description", w.events AS "events",
          w.enable_ssl_verification AS "enableSslVerification", w.branch_filter AS "branchFilter",
          w.branch_filter_strategy AS "branchFilterStrategy", w.template AS "template", w.secrets AS "secrets",
          w.failures AS "failures", w.proven AS "proven", w.disabled_until AS "disabledUntil",
          w.disabled_at AS "disabledAt", w.created_at AS "createdAt", w.updated_at AS "updatedAt"
        FROM
          webhooks w
        WHERE
          w.project_id = $1
        ORDER BY
          w.id asc
        LIMIT
          $2
        OFFSET
          $3::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/hooks (webhooks.numberedPage.count)
--   by webhooks_project_id_idx
SELECT
  /* webhooks.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      webhooks w
    WHERE
      w.project_id = $1
    LIMIT
      $2
  ) AS counted;

-- GET /groups/:id/hooks (webhooks.numberedPage)
--   by webhooks_pkey
SELECT
  /* webhooks.numberedPage */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          w.id AS "id", w.project_id AS "projectId", w.group_id AS "groupId", w.url AS "url", w.host AS "host",
          w.name AS "name", w.description AS "description", w.events AS "events",
          w.enable_ssl_verification AS "enableSslVerification", w.branch_filter AS "branchFilter",
          w.branch_filter_strategy AS "branchFilterStrategy", w.template AS "template", w.secrets AS "secrets",
          w.failures AS "failures", w.proven AS "proven", w.disabled_until AS "disabledUntil",
          w.disabled_at AS "disabledAt", w.created_at AS "createdAt", w.updated_at AS "updatedAt"
        FROM
          webhooks w
        WHERE
          w.group_id = $1
        ORDER BY
          w.id asc
        LIMIT
          $2
        OFFSET
          $3::bigint
      ) AS row
  )::text AS rows;

-- GET /groups/:id/hooks (webhooks.numberedPage.count)
--   by webhooks_group_id_idx
SELECT
  /* webhooks.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      webhooks w
    WHERE
      w.group_id = $1
    LIMIT
      $2
  ) AS counted;

-- GET /projects/:id/repository/tags (releases.ofTags)
--   by releases_semver_asc
SELECT
  /* releases.ofTags */
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
          r.released_at AS "releasedAt"
        FROM
          releases r
        WHERE
          r.project_id = $1
          AND r.tag = ANY ($2::text[])
      ) AS row
  )::text AS rows;

-- GET /projects (projects.numberedPage)
--   by projects_pkey
SELECT
  /* projects.numberedPage */
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
          p.id desc
        LIMIT
          $3
        OFFSET
          $4::bigint
      ) AS row
  )::text AS rows;

-- GET /projects (projects.numberedPage.count)
--   by all of projects
SELECT
  /* projects.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
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
    LIMIT
      $3
  ) AS counted;

-- GET /groups/:id/projects (projects.numberedPage)
--   by projects_group_id_idx
SELECT
  /* projects.numberedPage */
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
          (
            SELECT
              *
            FROM
              projects p
            WHERE
              true
              AND p.group_id = $1
            OFFSET
              0
          ) AS p
        WHERE
          true
          AND p.deleted_at IS NULL
          AND (
            p.visibility <> 'private'
            OR (
              p.id = ANY ($2::int[])
              OR p.ancestor_ids && $3::int[]
            )
          )
        ORDER BY
          p.id desc
        LIMIT
          $4
        OFFSET
          $5::bigint
      ) AS row
  )::text AS rows;

-- GET /groups/:id/projects (projects.numberedPage.count)
--   by projects_group_id_idx
SELECT
  /* projects.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      (
        SELECT
          *
        FROM
          projects p
        WHERE
          true
          AND p.group_id = $1
        OFFSET
          0
      ) AS p
    WHERE
      true
      AND p.deleted_at IS NULL
      AND (
        p.visibility <> 'private'
        OR (
          p.id = ANY ($2::int[])
          OR p.ancestor_ids && $3::int[]
        )
      )
    LIMIT
      $4
  ) AS counted;

-- GET /users/:id/projects (projects.numberedPage)
--   by group_members_pkey
--   by project_members_pkey
--   by projects_pkey
--   by projects_viewer_search
SELECT
  /* projects.numberedPage */
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
          (
            SELECT
              *
            FROM
              projects p
            WHERE
              true
              AND p.id IN (
                SELECT
                  s.project_id
                FROM
                  searched_projects s
                WHERE
                  s.readers && ARRAY(
                    SELECT
                      -1 - project_id
                    FROM
                      project_members
                    WHERE
                      user_id = $1
                      AND role = $2
                      AND (
                        expires_at IS NULL
                        OR expires_at > now()
                      )
                    UNION ALL
                    SELECT
                      group_id
                    FROM
                      group_members
                    WHERE
                      user_id = $3
                      AND role = $4
                      AND (
                        expires_at IS NULL
                        OR expires_at > now()
                      )
                  )
                  AND s.readers && $5::int[]
              )
            OFFSET
              0
          ) AS p
        WHERE
          true
          AND p.deleted_at IS NULL
          AND (
            p.visibility <> 'private'
            OR (
              p.id = ANY ($6::int[])
              OR p.ancestor_ids && $7::int[]
            )
          )
        ORDER BY
          p.id desc
        LIMIT
          $8
        OFFSET
          $9::bigint
      ) AS row
  )::text AS rows;

-- GET /users/:id/projects (projects.numberedPage.count)
--   by group_members_pkey
--   by project_members_pkey
--   by projects_pkey
--   by projects_viewer_search
SELECT
  /* projects.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      (
        SELECT
          *
        FROM
          projects p
        WHERE
          true
          AND p.id IN (
            SELECT
              s.project_id
            FROM
              searched_projects s
            WHERE
              s.readers && ARRAY(
                SELECT
                  -1 - project_id
                FROM
                  project_members
                WHERE
                  user_id = $1
                  AND role = $2
                  AND (
                    expires_at IS NULL
                    OR expires_at > now()
                  )
                UNION ALL
                SELECT
                  group_id
                FROM
                  group_members
                WHERE
                  user_id = $3
                  AND role = $4
                  AND (
                    expires_at IS NULL
                    OR expires_at > now()
                  )
              )
              AND s.readers && $5::int[]
          )
        OFFSET
          0
      ) AS p
    WHERE
      true
      AND p.deleted_at IS NULL
      AND (
        p.visibility <> 'private'
        OR (
          p.id = ANY ($6::int[])
          OR p.ancestor_ids && $7::int[]
        )
      )
    LIMIT
      $8
  ) AS counted;

-- GET /groups (groups.numberedPage)
--   by groups_ancestor_ids_idx
SELECT
  /* groups.numberedPage */
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
          (
            SELECT
              *
            FROM
              groups g
            WHERE
              true
              AND g.ancestor_ids && $1::int[]
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
          lower(g.name) COLLATE "C" asc, g.id asc
        LIMIT
          $3
        OFFSET
          $4::bigint
      ) AS row
  )::text AS rows;

-- GET /groups (groups.numberedPage.count)
--   by groups_ancestor_ids_idx
SELECT
  /* groups.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      (
        SELECT
          *
        FROM
          groups g
        WHERE
          true
          AND g.ancestor_ids && $1::int[]
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
    LIMIT
      $3
  ) AS counted;

-- GET /groups/:id/subgroups (groups.numberedPage)
--   by groups_parent_id_idx
SELECT
  /* groups.numberedPage */
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
          (
            SELECT
              *
            FROM
              groups g
            WHERE
              true
              AND g.ancestor_ids && $1::int[]
              AND g.parent_id = $2
            OFFSET
              0
          ) AS g
        WHERE
          true
          AND g.deleted_at IS NULL
          AND (
            g.visibility <> 'private'
            OR g.ancestor_ids && $3::int[]
          )
        ORDER BY
          lower(g.name) COLLATE "C" asc, g.id asc
        LIMIT
          $4
        OFFSET
          $5::bigint
      ) AS row
  )::text AS rows;

-- GET /groups/:id/subgroups (groups.numberedPage.count)
--   by groups_parent_id_idx
SELECT
  /* groups.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      (
        SELECT
          *
        FROM
          groups g
        WHERE
          true
          AND g.ancestor_ids && $1::int[]
          AND g.parent_id = $2
        OFFSET
          0
      ) AS g
    WHERE
      true
      AND g.deleted_at IS NULL
      AND (
        g.visibility <> 'private'
        OR g.ancestor_ids && $3::int[]
      )
    LIMIT
      $4
  ) AS counted;

-- GET /groups/:id/descendant_groups (groups.numberedPage)
--   by groups_ancestor_ids_idx
SELECT
  /* groups.numberedPage */
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
          (
            SELECT
              *
            FROM
              groups g
            WHERE
              true
              AND g.ancestor_ids && $1::int[]
              AND g.ancestor_ids @> ARRAY[$2::int]
              AND g.id <> $3
            OFFSET
              0
          ) AS g
        WHERE
          true
          AND g.deleted_at IS NULL
          AND (
            g.visibility <> 'private'
            OR g.ancestor_ids && $4::int[]
          )
        ORDER BY
          lower(g.name) COLLATE "C" asc, g.id asc
        LIMIT
          $5
        OFFSET
          $6::bigint
      ) AS row
  )::text AS rows;

-- GET /groups/:id/descendant_groups (groups.numberedPage.count)
--   by groups_ancestor_ids_idx
SELECT
  /* groups.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      (
        SELECT
          *
        FROM
          groups g
        WHERE
          true
          AND g.ancestor_ids && $1::int[]
          AND g.ancestor_ids @> ARRAY[$2::int]
          AND g.id <> $3
        OFFSET
          0
      ) AS g
    WHERE
      true
      AND g.deleted_at IS NULL
      AND (
        g.visibility <> 'private'
        OR g.ancestor_ids && $4::int[]
      )
    LIMIT
      $5
  ) AS counted;

-- GET /projects/:id/members/all (members.numberedPageOfProject)
--   by group_members_group_id_idx
--   by project_members_project_id_idx
SELECT
  /* members.numberedPageOfProject */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.user_id AS "userId", m.role AS "role", m.expires_at AS "expiresAt", m.created_at AS "createdAt"
        FROM
          (
            SELECT DISTINCT
              ON (user_id) user_id, role, created_at, expires_at
            FROM
              (
                SELECT
                  user_id, role, created_at, expires_at
                FROM
                  project_members
                WHERE
                  project_id = $1
                UNION ALL
                SELECT
                  user_id, role, created_at, expires_at
                FROM
                  group_members
                WHERE
                  group_id = ANY ($2::int[])
              ) AS memberships
            WHERE
              expires_at IS NULL
              OR expires_at > now()
            ORDER BY
              user_id, role DESC
          ) AS m
        WHERE
          true
        ORDER BY
          m.user_id asc
        LIMIT
          $3
        OFFSET
          $4::bigint
      ) AS row
  )::text AS rows;

-- GET /projects/:id/members/all (members.numberedPageOfProject.count)
--   by group_members_group_id_idx
--   by project_members_project_id_idx
SELECT
  /* members.numberedPageOfProject.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      (
        SELECT DISTINCT
          ON (user_id) user_id, role, created_at, expires_at
        FROM
          (
            SELECT
              user_id, role, created_at, expires_at
            FROM
              project_members
            WHERE
              project_id = $1
            UNION ALL
            SELECT
              user_id, role, created_at, expires_at
            FROM
              group_members
            WHERE
              group_id = ANY ($2::int[])
          ) AS memberships
        WHERE
          expires_at IS NULL
          OR expires_at > now()
        ORDER BY
          user_id, role DESC
      ) AS m
    WHERE
      true
    LIMIT
      $3
  ) AS counted;

-- GET /projects/:id/members/all/:user_id (members.ofProject)
--   by group_members_pkey
--   by project_members_pkey
SELECT
  /* members.ofProject */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          m.user_id AS "userId", m.role AS "role", m.expires_at AS "expiresAt", m.created_at AS "createdAt"
        FROM
          (
            SELECT DISTINCT
              ON (user_id) user_id, role, created_at, expires_at
            FROM
              (
                SELECT
                  user_id, role, created_at, expires_at
                FROM
                  project_members
                WHERE
                  project_id = $1
                UNION ALL
                SELECT
                  user_id, role, created_at, expires_at
                FROM
                  group_members
                WHERE
                  group_id = ANY ($2::int[])
              ) AS memberships
            WHERE
              expires_at IS NULL
              OR expires_at > now()
            ORDER BY
              user_id, role DESC
          ) AS m
        WHERE
          m.user_id = $3
      ) AS row
  )::text AS rows;

-- GET /users (users.numberedPage)
--   by users_pkey
SELECT
  /* users.numberedPage */
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
          true
        ORDER BY
          u.id desc
        LIMIT
          $1
        OFFSET
          $2::bigint
      ) AS row
  )::text AS rows;

-- GET /users (users.numberedPage.count)
--   by users_pkey
SELECT
  /* users.numberedPage.count */
  count(*)::int AS count
FROM
  (
    SELECT
    FROM
      users u
    WHERE
      true
    LIMIT
      $1
  ) AS counted;

-- GET /user/personal_data (accounts.personalData)
--   by access_tokens_user_id_idx
--   by audit_events_author_id_idx
--   by group_members_pkey
--   by groups_pkey
--   by identities_pkey
--   by issues_author_id_idx
--   by notification_settings_pkey
--   by packages_creator_id_idx
--   by project_imports_user_id_idx
--   by project_members_pkey
--   by projects_pkey
--   by protected_tag_access_levels_user_id_idx
--   by protected_tags_pkey
--   by release_drafts_author_id_idx
--   by release_mails_pkey
--   by releases_author_id_idx
--   by report_artifacts_uploader_id_idx
--   by sessions_pkey
--   by uploads_uploader_id_idx
SELECT
  /* accounts.personalData */
  (
    SELECT
      coalesce(json_agg(row), '[]')
    FROM
      (
        SELECT
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  name, scopes::text[], created_at, expires_at, revoked_at
                FROM
                  access_tokens
                WHERE
                  user_id = $1
                ORDER BY
                  id DESC
                LIMIT
                  $2
              ) AS row
          ) AS access_tokens,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  scopes::text[], host(ip_address) AS ip_address, user_agent, created_at, used_at
                FROM
                  sessions
                WHERE
                  user_id = $3
                ORDER BY
                  id DESC
                LIMIT
                  $4
              ) AS row
          ) AS sessions,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  issuer, subject, created_at
                FROM
                  identities
                WHERE
                  user_id = $5
                ORDER BY
                  id DESC
                LIMIT
                  $6
              ) AS row
          ) AS identities,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  p.full_path, m.role, m.expires_at, m.created_at
                FROM
                  project_members m
                  JOIN projects p ON p.id = m.project_id
                WHERE
                  m.user_id = $7
                  AND NOT coalesce(m.expires_at < now(), false)
                  AND p.deleted_at IS NULL
                UNION ALL
                SELECT
                  g.full_path, m.role, m.expires_at, m.created_at
                FROM
                  group_members m
                  JOIN groups g ON g.id = m.group_id
                WHERE
                  m.user_id = $8
                  AND NOT coalesce(m.expires_at < now(), false)
                  AND g.deleted_at IS NULL
                ORDER BY
                  4 DESC
                LIMIT
                  $9
              ) AS row
          ) AS memberships,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  CASE
                    WHEN project_id IS NOT NULL THEN 'Project'
                    WHEN group_id IS NOT NULL THEN 'Group'
                  END AS type, coalesce(project_id, group_id) AS id, level, events, own_activity, updated_at
                FROM
                  notification_settings
                WHERE
                  user_id = $10
                ORDER BY
                  notification_settings.id DESC
                LIMIT
                  $11
              ) AS row
          ) AS notification_settings,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  'Release' AS type, release_id AS id, refusal
                FROM
                  release_mails
                WHERE
                  user_id = $12
                ORDER BY
                  release_id DESC
                LIMIT
                  $13
              ) AS row
          ) AS release_mails,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  'Project' AS type, t.project_id AS id, t.created_at
                FROM
                  protected_tag_access_levels l
                  JOIN protected_tags t ON t.id = l.protected_tag_id
                WHERE
                  l.user_id = $14
                ORDER BY
                  l.id DESC
                LIMIT
                  $15
              ) AS row
          ) AS tag_rights,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  'Project' AS type, project_id AS id, url, source_path, kind, state, started_at, finished_at
                FROM
                  project_imports
                WHERE
                  user_id = $16
                ORDER BY
                  started_at DESC
                LIMIT
                  $17
              ) AS row
          ) AS imports,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  event_type, ip_address, request_id, created_at
                FROM
                  audit_events
                WHERE
                  author_id = $18
                ORDER BY
                  id DESC
                LIMIT
                  $19
              ) AS row
          ) AS audit_events,
          (
            SELECT
              coalesce(json_agg(row), '[]')
            FROM
              (
                SELECT
                  'Release' AS type, id, created_at
                FROM
                  releases
                WHERE
                  author_id = $20
                UNION ALL
                SELECT
                  'ReleaseDraft', id, created_at
                FROM
                  release_drafts
                WHERE
                  author_id = $21
                UNION ALL
                SELECT
                  'Issue', id, created_at
                FROM
                  issues
                WHERE
                  author_id = $22
                UNION ALL
                SELECT
                  'Packages::Package', id, created_at
                FROM
                  packages
                WHERE
                  creator_id = $23
                UNION ALL
                SELECT
                  'Upload', id, created_at
                FROM
                  uploads
                WHERE
                  uploader_id = $24
                UNION ALL
                SELECT
                  'ReportArtifact', id, created_at
                FROM
                  report_artifacts
                WHERE
                  uploader_id = $25
                ORDER BY
                  3 DESC
                LIMIT
                  $26
              ) AS row
          ) AS written
      ) AS row
  )::text AS rows;
