// One statement per query, written by hand, that returns the final JSON. What it may know: the rows of the benchmark have
// no name or tag that must be escaped in a URL.
const TIME = (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
const GID = (type, column) => `'gid://gitlab/${type}/' || ${column}`
const nodes = (columns, from) =>
  `json_build_object('nodes', (SELECT coalesce(json_agg(c), '[]') FROM (SELECT ${columns} FROM ${from}) c))`
const object = (columns, from = '') => `(SELECT row_to_json(o) FROM (SELECT ${columns} ${from}) o)`

const STATS = object('m.issues_count AS "totalIssuesCount", m.closed_issues_count AS "closedIssuesCount"')
const LINKS = 'asset_links l WHERE l.release_id = r.id ORDER BY l.created_at DESC, l.id DESC'
const EVIDENCES = 'evidences e WHERE e.release_id = r.id ORDER BY e.created_at, e.id'
const MILESTONES = `milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id WHERE mr.release_id = r.id
  ORDER BY m.due_date, m.start_date, m.title, m.id`
const LINK = `${GID('Releases::Link', 'l.id')} AS id, l.name, l.url, upper(l.link_type::text) AS "linkType"`

/** `ifCode` gives what only readers of the code get, and what others get instead. */
const release = (ifCode) => `
  ${ifCode('coalesce(r.name, r.tag)', `'Release-' || r.id`)} AS name, ${ifCode('r.tag', 'NULL')} AS "tagName",
  coalesce(r.description_html, '') AS "descriptionHtml",
  ${TIME('r.released_at')} AS "releasedAt", ${TIME('r.created_at')} AS "createdAt",
  ${object('u.username, u.name', 'FROM users u WHERE u.id = r.author_id')} AS author,
  json_build_object('links', ${nodes(LINK, LINKS)}) AS assets,
  ${ifCode(nodes(`${GID('Releases::Evidence', 'e.id')} AS id, e.sha, ${TIME('e.created_at')} AS "collectedAt"`, EVIDENCES), `'{"nodes":[]}'::json`)} AS evidences,
  ${nodes(`${GID('Milestone', 'm.id')} AS id, m.title, ${STATS} AS stats`, MILESTONES)} AS milestones`

const always = (value) => value
const byCode = (value, otherwise) => `CASE WHEN r.code THEN ${value} ELSE ${otherwise} END`

function frontEndRelease(base) {
  const page = `'${base}/' || p.full_path || '/-/releases/' || r.tag`
  const list = (name, state) =>
    `'${base}/' || p.full_path || '/-/${name}?release_tag=' || r.tag || '&scope=all&state=${state}'`
  const source = `'${base}/' || p.full_path || '/-/archive/' || r.tag || '/' || p.path || '-' || r.tag || '.' || format`
  return `${GID('Release', 'r.id')} AS id, coalesce(r.name, r.tag) AS name, r.tag AS "tagName",
    '/' || p.full_path || '/-/tags/' || r.tag AS "tagPath", coalesce(r.description_html, '') AS "descriptionHtml",
    ${TIME('r.released_at')} AS "releasedAt", ${TIME('r.created_at')} AS "createdAt",
    date_trunc('second', r.released_at) > date_trunc('second', now()) AS "upcomingRelease",
    date_trunc('second', r.released_at) < date_trunc('second', r.created_at) AS "historicalRelease",
    ${object(`r.links_count + 4 AS count,
      ${nodes(`format, ${source} AS url`, `unnest('{zip,tar.gz,tar.bz2,tar}'::text[]) format`)} AS sources,
      ${nodes(`${LINK}, CASE WHEN l.filepath IS NULL THEN l.url ELSE ${page} || '/downloads' || l.filepath END AS "directAssetUrl"`, LINKS)} AS links`)} AS assets,
    ${nodes(
      `${GID('Releases::Evidence', 'e.id')} AS id, ${page} || '/evidences/' || e.id || '.json' AS filepath,
      ${TIME('e.created_at')} AS "collectedAt", e.sha`,
      EVIDENCES,
    )} AS evidences,
    ${object(`NULL::text AS "editUrl", ${page} AS "selfUrl",
      ${list('issues', 'opened')} AS "openedIssuesUrl", ${list('issues', 'closed')} AS "closedIssuesUrl",
      ${list('merge_requests', 'opened')} AS "openedMergeRequestsUrl",
      ${list('merge_requests', 'merged')} AS "mergedMergeRequestsUrl",
      ${list('merge_requests', 'closed')} AS "closedMergeRequestsUrl"`)} AS links,
    ${object(
      `${GID('User', 'u.id')} AS id, '${base}/' || u.username AS "webUrl", u.avatar_url AS "avatarUrl", u.username`,
      'FROM users u WHERE u.id = r.author_id',
    )} AS author,
    ${nodes(
      `${GID('Milestone', 'm.id')} AS id, m.title, m.description,
      '/' || p.full_path || '/-/milestones/' || m.iid AS "webPath", ${STATS} AS stats`,
      MILESTONES,
    )} AS milestones`
}

/** Everybody's projects, or with a token (its digest is $4) the viewer's as well; `code`: whether they may read its code. */
const PUBLIC = `p AS (SELECT *, true AS code FROM projects WHERE lower(full_path) = lower($1) AND visibility = 'public')`
const VIEWER = `viewer AS (SELECT u.id FROM access_tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = $4
    AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now()) AND u.state = 'active')`
const ROLE = (project) => `(SELECT coalesce(max(role), 0) AS role FROM (
    SELECT role FROM project_members m JOIN viewer ON viewer.id = m.user_id WHERE m.project_id = ${project}.id
    UNION ALL SELECT role FROM group_members m JOIN viewer ON viewer.id = m.user_id WHERE m.group_id = ANY (${project}.ancestor_ids)) roles)`
const READABLE = `${VIEWER}, p AS (SELECT projects.*, visibility <> 'private' OR role >= 20 AS code
    FROM projects, LATERAL ${ROLE('projects')} held WHERE lower(full_path) = lower($1) AND (visibility <> 'private' OR role >= 10))`

/** Cursors as Waybill makes them: the order, the time in milliseconds and the number, as JSON in base64url. */
const cursor = (order, time) => `rtrim(translate(replace(encode(convert_to('["${order}",' ||
  (extract(epoch FROM ${time}) * 1000)::bigint || ',' || id || ']', 'UTF8'), 'base64'), E'\\n', ''), '+/', '-_'), '=')`

function connection({ order, columns, count, after }) {
  const info = `'startCursor', (SELECT ${cursor(order, 'released_at')} FROM kept ORDER BY place LIMIT 1),
    'endCursor', (SELECT ${cursor(order, 'released_at')} FROM kept ORDER BY place DESC LIMIT 1),
    'hasNextPage', (SELECT count(*) > $2 FROM page), 'hasPreviousPage', ${Boolean(after)}`
  const total = count ? `'count', (SELECT releases_count FROM p),` : ''
  return `json_build_object(${total} 'nodes', (SELECT coalesce(json_agg(n), '[]') FROM (SELECT ${columns} FROM kept r, p ORDER BY place) n),
    'pageInfo', json_build_object(${info}))`
}

const KEPT = `kept AS (SELECT * FROM page WHERE place <= $2)`

/** $1 path, $2 first, $3 the cursor's time and number as JSON or null, $4 digest of the token. */
function projectPage({ token, after, count, fields, id }) {
  const columns = fields ?? release(token ? byCode : always)
  const found = `page AS (SELECT r.*, p.code, row_number() OVER (ORDER BY r.released_at DESC, r.id DESC) AS place
    FROM releases r, p WHERE r.project_id = (SELECT id FROM p)
    ${after ? 'AND (r.released_at, r.id) < (to_timestamp(($3::json->>0)::float8 / 1000), ($3::json->>1)::int)' : 'AND $3::json IS NULL'}
    ORDER BY r.released_at DESC, r.id DESC LIMIT $2 + 1)`
  return `WITH ${token ? READABLE : PUBLIC}, ${found}, ${KEPT}
    SELECT json_build_object('data', json_build_object('project', (SELECT json_build_object(${id ? `'id', ${GID('Project', 'p.id')},` : ''}
      'releases', ${connection({ order: 'RELEASED_AT_DESC', columns, count, after })}) FROM p)))::text AS answer`
}

export const statements = (base) => ({
  page: (variant) => projectPage(variant),
  pageWithCount: (variant) => projectPage({ ...variant, count: true }),
  allReleases: () => projectPage({ fields: frontEndRelease(base), id: true }),
  one: () => `WITH ${PUBLIC} SELECT json_build_object('data', json_build_object('project', (SELECT json_build_object('release',
    ${object(release(always), 'FROM releases r WHERE r.project_id = p.id AND r.tag = $2')}) FROM p)))::text AS answer`,
  groupPage:
    () => `WITH ${VIEWER}, g AS (SELECT g.* FROM groups g, LATERAL ${ROLE('g')} held WHERE lower(g.full_path) = lower($1) AND role >= 10),
    page AS (SELECT r.*, projects.visibility <> 'private' OR held.role >= 20 AS code, place
      FROM (SELECT *, row_number() OVER (ORDER BY released_at DESC, release_id DESC) AS place FROM group_releases
        WHERE group_id = (SELECT id FROM g) AND $3::json IS NULL ORDER BY released_at DESC, release_id DESC LIMIT $2 + 1) gr
      JOIN releases r ON r.id = gr.release_id JOIN projects ON projects.id = r.project_id, LATERAL ${ROLE('projects')} held),
    ${KEPT}, p AS (SELECT)
    SELECT json_build_object('data', json_build_object('group', (SELECT json_build_object('releases',
      ${connection({ order: 'GROUP_RELEASED_AT_DESC', columns: release(byCode), after: false })}) FROM g)))::text AS answer`,
  create: () => `WITH p AS (SELECT id FROM projects WHERE lower(full_path) = lower($1)),
    r AS (INSERT INTO releases (project_id, tag, name, description) SELECT id, $2, $3, $4 FROM p RETURNING *),
    l AS (INSERT INTO asset_links (release_id, name, url, link_type)
      SELECT r.id, link.name, link.url, lower(link."linkType")::"LinkType"
      FROM r, json_to_recordset($5) AS link (name text, url text, "linkType" text) RETURNING *)
    SELECT json_build_object('data', json_build_object('releaseCreate', json_build_object('errors', '[]'::json, 'release',
      (SELECT row_to_json(o) FROM (SELECT ${GID('Release', 'r.id')} AS id, r.tag AS "tagName",
        json_build_object('links', ${nodes(LINK, 'l ORDER BY l.id DESC')}) AS assets FROM r) o))))::text AS answer`,
})
