import type { Client } from 'pg'

/** Compares each value that the database keeps with the same value computed from the rows, and returns those that differ. */
const DIFFERENCES = `
  WITH RECURSIVE tree AS (
    SELECT id, path::text AS full_path, ARRAY[id] AS ancestor_ids FROM groups WHERE parent_id IS NULL
    UNION ALL
    SELECT g.id, tree.full_path || '/' || g.path, tree.ancestor_ids || g.id FROM groups g JOIN tree ON g.parent_id = tree.id
  ),
  places AS (
    SELECT p.id, tree.full_path || '/' || p.path AS full_path, tree.ancestor_ids,
           (SELECT count(*) FROM releases r WHERE r.project_id = p.id) AS releases
    FROM projects p JOIN tree ON tree.id = p.group_id
  ),
  "values" AS (
    SELECT 'group path' AS what, g.id, jsonb_build_array(g.full_path, g.ancestor_ids) AS kept,
           jsonb_build_array(tree.full_path, tree.ancestor_ids) AS computed
    FROM groups g LEFT JOIN tree USING (id)
    UNION ALL
    SELECT 'project path and releases', p.id, jsonb_build_array(p.full_path, p.ancestor_ids, p.releases_count),
           jsonb_build_array(places.full_path, places.ancestor_ids, places.releases)
    FROM projects p LEFT JOIN places USING (id)
    UNION ALL
    SELECT 'what searches look at', coalesce(p.id, s.project_id), to_jsonb(s), to_jsonb(searched_project(p))
    FROM searched_projects s FULL JOIN (SELECT * FROM projects WHERE deleted_at IS NULL) p ON p.id = s.project_id
    UNION ALL
    SELECT 'group counters', g.id, jsonb_build_array(g.projects_count, g.released_projects_count, g.releases_count),
           (SELECT jsonb_build_array(count(*), count(*) FILTER (WHERE releases > 0), coalesce(sum(releases), 0))
            FROM places WHERE g.id = ANY (places.ancestor_ids))
    FROM groups g
    UNION ALL
    SELECT 'milestone issues', m.id, jsonb_build_array(m.issues_count, m.closed_issues_count),
           (SELECT jsonb_build_array(count(*), count(*) FILTER (WHERE state = 'closed')) FROM issues WHERE milestone_id = m.id)
    FROM milestones m
    UNION ALL
    SELECT 'release links', r.id, to_jsonb(r.links_count), to_jsonb((SELECT count(*) FROM asset_links WHERE release_id = r.id))
    FROM releases r
    UNION ALL
    SELECT 'group releases', coalesce(gr.release_id, r.id), to_jsonb(gr.released_at), to_jsonb(r.released_at)
    FROM group_releases gr
    FULL JOIN (SELECT releases.id, released_at, unnest(ancestor_ids) AS group_id
               FROM releases JOIN places ON places.id = project_id) r
      ON r.id = gr.release_id AND r.group_id = gr.group_id
  )
  SELECT * FROM "values" WHERE kept IS DISTINCT FROM computed`

export const wrongValues = async (client: Client): Promise<unknown[]> => (await client.query(DIFFERENCES)).rows
