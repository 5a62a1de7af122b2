-- The data set. Settings: bench.releases, bench.big and bench.secret (releases of those projects); temporary tables: notes,
-- commits (of the repository of bench/big, of which the others have the first). Rows lie in the order of time, as they would have come.

INSERT INTO users (username, name, email)
SELECT 'bench-user-' || n, 'Bench User ' || n, 'bench-user-' || n || '@example.com' FROM generate_series(1, 200) n
UNION ALL SELECT 'bench-' || role, 'Bench ' || role, 'bench-' || role || '@example.com' FROM unnest('{developer,guest}'::text[]) role;

-- By the triggers of the database: paths and ancestors.
INSERT INTO groups (name, path, visibility) VALUES ('bench', 'bench', 'public');
INSERT INTO groups (parent_id, name, path, visibility)
SELECT g.id, sub, sub, 'public'
FROM groups g, unnest('{wide,team-1,team-2,team-3,team-4}'::text[]) sub WHERE g.path = 'bench';
-- The big project first: its repository has been made for the number that it gets.
INSERT INTO projects (group_id, name, path, visibility) SELECT id, 'big', 'big', 'public' FROM groups WHERE path = 'bench';
INSERT INTO projects (group_id, name, path, visibility) SELECT id, 'secret', 'secret', 'private' FROM groups WHERE path = 'bench';
INSERT INTO projects (group_id, name, path, visibility)
SELECT g.id, 'project-' || n, 'project-' || n, (CASE WHEN n % 5 = 0 THEN 'private' ELSE 'public' END)::"Visibility"
FROM generate_series(1, 498) n JOIN groups g ON g.path = CASE WHEN n <= 100 THEN 'wide' ELSE 'team-' || 1 + n % 4 END;

INSERT INTO project_members (project_id, user_id, role)
SELECT p.id, u.id, CASE u.username WHEN 'bench-guest' THEN 10 ELSE 30 END
FROM projects p, users u WHERE p.path IN ('big', 'secret') AND u.username IN ('bench-guest', 'bench-developer');
INSERT INTO group_members (group_id, user_id, role)
SELECT g.id, u.id, CASE u.username WHEN 'bench-guest' THEN 10 ELSE 30 END
FROM groups g, users u WHERE g.path IN ('bench', 'wide') AND u.username IN ('bench-guest', 'bench-developer');

-- From here on without triggers, which would count row by row what is counted once below.
SET session_replication_role = replica;

CREATE TEMPORARY TABLE sizes AS
SELECT id AS project_id, path, size, greatest(5, size / 100) AS milestones
FROM projects, LATERAL (SELECT current_setting('bench.releases')::int AS total, current_setting('bench.big')::int AS big,
                               current_setting('bench.secret')::int AS secret) s,
LATERAL (SELECT CASE path WHEN 'big' THEN big WHEN 'secret' THEN secret
  ELSE (total - big - secret) / 498 + (substr(path, 9)::int <= (total - big - secret) % 498)::int END AS size) c;

INSERT INTO releases (project_id, tag, sha, name, description, description_html, renderer_version, author_id, semver_key,
                      links_count, created_at, updated_at, released_at)
SELECT s.project_id, 'v' || major || '.' || minor || '.' || patch,
  c.sha,
  'Release ' || major || '.' || minor || '.' || patch, notes.description, notes.html, notes.version,
  (SELECT id FROM users WHERE username = 'bench-user-' || 1 + (s.project_id + step) % 200),
  lpad(length(major::text)::text, 3, '0') || major || lpad(length(minor::text)::text, 3, '0') || minor || '001' || patch || '~',
  3, at + interval '1 minute', at + interval '2 minutes', at
FROM sizes s
CROSS JOIN generate_series(1, s.size) step
CROSS JOIN LATERAL (SELECT step / 1000 AS major, step / 10 % 100 AS minor, step % 10 AS patch,
  timestamptz '2024-06-01Z' + interval '730 days' * (step::float8 / s.size) + interval '0.1 seconds' * s.project_id AS at) v
JOIN notes ON notes.n = (s.project_id + step) % 50
JOIN commits c ON c.n = step
ORDER BY at;

INSERT INTO group_releases (group_id, release_id, released_at)
SELECT unnest(p.ancestor_ids), r.id, r.released_at FROM releases r JOIN projects p ON p.id = r.project_id ORDER BY r.id;

INSERT INTO asset_links (release_id, name, url, filepath, link_type, created_at, updated_at)
SELECT r.id, l.name, 'https://downloads.example.com/' || p.path || '/' || r.tag || '/' || l.name, l.filepath,
  l.type::"LinkType", r.created_at, r.created_at
FROM releases r JOIN projects p ON p.id = r.project_id
CROSS JOIN (VALUES ('linux-x64', '/bin/linux-x64', 'package'), ('container', NULL, 'image'), ('handbook', NULL, 'runbook'))
  l (name, filepath, type)
ORDER BY r.id;

INSERT INTO evidences (release_id, summary, sha, created_at)
SELECT id, summary, encode(sha256(convert_to(summary::text, 'UTF8')), 'hex'), released_at + interval '2 seconds'
FROM (SELECT id, released_at, jsonb_build_object('release', jsonb_build_object('id', id, 'tag_name', tag, 'name', name,
        'description', description, 'created_at', created_at, 'project', jsonb_build_object('id', project_id),
        'milestones', '[]'::jsonb, 'report_artifacts', '[]'::jsonb)) AS summary FROM releases) r
ORDER BY id;

INSERT INTO milestones (project_id, iid, title, description, start_date, due_date)
SELECT project_id, n, 'Milestone ' || n, 'What belongs to step ' || n || '.', date '2024-01-01' + 3 * n, date '2024-06-01' + 3 * n
FROM sizes, generate_series(1, milestones) n;

-- One for each release, and for every second one the next as well.
INSERT INTO milestone_releases (milestone_id, release_id)
SELECT m.id, r.id
FROM (SELECT id, project_id, row_number() OVER (PARTITION BY project_id ORDER BY released_at) - 1 AS n FROM releases) r
JOIN sizes s ON s.project_id = r.project_id
CROSS JOIN LATERAL (SELECT n * s.milestones / s.size + 1 + next AS iid FROM generate_series(0, (n % 2 = 0)::int) next) o
JOIN milestones m ON m.project_id = r.project_id AND m.iid = o.iid
ORDER BY r.id;

INSERT INTO issues (project_id, iid, title, state, closed_at, author_id, milestone_id)
SELECT m.project_id, row_number() OVER (PARTITION BY m.project_id ORDER BY n), 'Issue ' || n,
  (CASE WHEN n % 5 < 3 THEN 'closed' ELSE 'opened' END)::"IssueState", CASE WHEN n % 5 < 3 THEN now() END, author.id, m.id
FROM generate_series(1, 2 * current_setting('bench.releases')::int) n
JOIN (SELECT id, project_id, row_number() OVER (ORDER BY id) - 1 AS place FROM milestones) m
  ON m.place = n % (SELECT count(*) FROM milestones)
CROSS JOIN (SELECT min(id) AS id FROM users) author;

-- What the database keeps.
UPDATE milestones m SET issues_count = c.total, closed_issues_count = c.closed
FROM (SELECT milestone_id, count(*) AS total, count(*) FILTER (WHERE state = 'closed') AS closed FROM issues GROUP BY milestone_id) c
WHERE c.milestone_id = m.id;
UPDATE projects p SET releases_count = s.size FROM sizes s WHERE s.project_id = p.id;
UPDATE groups g SET releases_count = c.releases, released_projects_count = c.released
FROM (SELECT unnest(ancestor_ids) AS id, sum(releases_count) AS releases, count(*) FILTER (WHERE releases_count > 0) AS released
      FROM projects GROUP BY 1) c
WHERE c.id = g.id;

SET session_replication_role = origin;

-- How PostGraphile writes a release with its links.
CREATE SCHEMA bench;
CREATE FUNCTION bench.publish_release(project_path text, tag text, name text, description text, links json) RETURNS releases
LANGUAGE sql VOLATILE AS $$
  WITH r AS (
    INSERT INTO releases (project_id, tag, name, description)
    SELECT id, publish_release.tag, publish_release.name, publish_release.description
    FROM projects WHERE lower(full_path) = lower(project_path) RETURNING *
  ), l AS (
    INSERT INTO asset_links (release_id, name, url, link_type)
    SELECT r.id, link.name, link.url, lower(link."linkType")::"LinkType"
    FROM r, json_to_recordset(links) AS link (name text, url text, "linkType" text)
  )
  SELECT * FROM r
$$;
