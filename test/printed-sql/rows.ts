/**
 * So many rows of each kind that the planner chooses the indexes. A table has at most 30,000 rows, because ANALYZE reads no more
 * and so gets the same numbers each time. When the projects have their paths, triggers are switched off, because they would take
 * most of the time.
 */
export const ROWS = `
  INSERT INTO users (username, name, email) SELECT 'u' || n, 'U' || n, 'u' || n || '@example.com' FROM generate_series(1, 2000) n;
  INSERT INTO access_tokens (user_id, name, digest, scopes)
    SELECT id, 't', sha256(username::bytea), '{api}' FROM users WHERE username ~ '^u[0-9]+$';
  INSERT INTO groups (name, path) SELECT 'G', 'rows' || n FROM generate_series(1, 300) n;
  INSERT INTO projects (group_id, name, path) SELECT id, 'P', 'p' FROM groups WHERE path ~ '^rows';
  SET session_replication_role = replica;
  INSERT INTO group_members (group_id, user_id, role)
    SELECT g.id, u.id, 30 FROM groups g JOIN users u ON u.id % 300 = g.id % 300 WHERE g.path ~ '^rows';
  INSERT INTO project_members (project_id, user_id, role)
    SELECT p.id, u.id, 30 FROM projects p JOIN users u ON u.id % 300 = p.id % 300 WHERE p.path = 'p';
  INSERT INTO releases (project_id, tag, semver_key, author_id, released_at, created_at)
    SELECT p.id, 'v' || n, lpad(n::text, 8, '0'), (SELECT min(id) FROM users) + (p.id * n) % 2000,
      timestamptz '2026-01-01' + n * interval '1 hour', timestamptz '2026-01-01' + n * interval '1 hour'
    FROM projects p, generate_series(1, 27) n WHERE p.path = 'p';
  INSERT INTO group_releases (group_id, release_id, released_at)
    SELECT p.group_id, r.id, r.released_at FROM releases r JOIN projects p ON p.id = r.project_id WHERE p.path = 'p';
  INSERT INTO asset_links (release_id, name, url)
    SELECT id, 'l' || n, 'https://example.com/' || n FROM releases, generate_series(1, 3) n WHERE tag ~ '^v[0-9]+$';
  INSERT INTO evidences (release_id, summary, sha) SELECT id, '{}', repeat('a', 64) FROM releases WHERE tag ~ '^v[0-9]+$';
  INSERT INTO milestones (project_id, iid, title) SELECT p.id, n, 'M' || n FROM projects p, generate_series(1, 10) n WHERE p.path = 'p';
  INSERT INTO milestones (group_id, iid, title) SELECT g.id, n, 'M' || n FROM groups g, generate_series(1, 5) n WHERE g.path ~ '^rows';
  INSERT INTO milestone_releases (milestone_id, release_id)
    SELECT m.id, r.id FROM milestones m JOIN releases r USING (project_id) WHERE r.id % 10 = m.iid % 10 AND m.title ~ '^M[0-9]';
  INSERT INTO issues (project_id, iid, title, milestone_id)
    SELECT project_id, row_number() OVER (PARTITION BY project_id), 'I', id FROM milestones, generate_series(1, 3)
    WHERE project_id IS NOT NULL AND title ~ '^M';
  INSERT INTO freeze_periods (project_id, freeze_start, freeze_end)
    SELECT id, '0 23 * * 5', '0 7 * * 1' FROM projects, generate_series(1, 5) WHERE path = 'p';
  INSERT INTO environments (project_id, name) SELECT id, 'e' || n FROM projects, generate_series(1, 5) n WHERE path = 'p';
  INSERT INTO protected_tags (project_id, name) SELECT id, 't' || n FROM projects, generate_series(1, 5) n WHERE path = 'p';
  INSERT INTO protected_tag_access_levels (protected_tag_id, access_level) SELECT id, 40 FROM protected_tags WHERE name ~ '^t[0-9]$';
  INSERT INTO audit_events (event_type, author_name, project_id, target_type, target_id, target_details, message)
    SELECT 'project_created', 'u', id, 'Project', id, 'p', 'Made' FROM projects, generate_series(1, 30) WHERE path = 'p';
  INSERT INTO audit_events (event_type, author_name, group_id, target_type, target_id, target_details, message)
    SELECT 'group_created', 'u', id, 'Group', id, 'g', 'Made' FROM groups, generate_series(1, 30) WHERE path ~ '^rows';
  INSERT INTO packages (project_id, name, version) SELECT id, 'k' || n, '1' FROM projects, generate_series(1, 10) n WHERE path = 'p';
  RESET session_replication_role;
  ANALYZE`
