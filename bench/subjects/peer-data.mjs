// How Mercurius and Apollo read and write: the driver, prepared statements, one statement per list of children. The pages
// are as deep as they like without cost, as ours; nobody is kept from anything.
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })

async function rows(name, text, values) {
  return (await pool.query({ name, text, values })).rows
}

const cursorOf = (order, { released_at, id }) =>
  Buffer.from(JSON.stringify([order, released_at.getTime(), id])).toString('base64url')
const positionIn = (cursor) => JSON.parse(Buffer.from(cursor, 'base64url').toString()).slice(1)

function connection(order, found, { first, after }, count) {
  const nodes = found.slice(0, first)
  const cursorAt = (row) => (row ? cursorOf(order, row) : null)
  const pageInfo = {
    startCursor: cursorAt(nodes[0]),
    endCursor: cursorAt(nodes.at(-1)),
    hasNextPage: found.length > first,
    hasPreviousPage: Boolean(after),
  }
  return { nodes, count, pageInfo }
}

const RELEASE = `r.id, r.project_id, r.tag, r.name, r.description_html, r.author_id, r.links_count, r.created_at, r.released_at`
const NEWEST = 'ORDER BY r.released_at DESC, r.id DESC LIMIT'

async function releasesOfProject(project, args) {
  const [time, id] = args.after ? positionIn(args.after) : []
  const found = args.after
    ? await rows(
        'deep',
        `SELECT ${RELEASE} FROM releases r WHERE r.project_id = $1 AND (r.released_at, r.id) < ($3, $4) ${NEWEST} $2`,
        [project.id, args.first + 1, new Date(time), id],
      )
    : await rows('page', `SELECT ${RELEASE} FROM releases r WHERE r.project_id = $1 ${NEWEST} $2`, [
        project.id,
        args.first + 1,
      ])
  const nodes = found.map((release) => ({ ...release, project }))
  return connection('RELEASED_AT_DESC', nodes, args, project.releases_count)
}

async function releasesOfGroup(group, args) {
  const found = await rows(
    'group page',
    `SELECT ${RELEASE} FROM group_releases gr JOIN releases r ON r.id = gr.release_id
    WHERE gr.group_id = $1 ORDER BY gr.released_at DESC, gr.release_id DESC LIMIT $2`,
    [group.id, args.first + 1],
  )
  return connection('GROUP_RELEASED_AT_DESC', found, args, group.releases_count)
}

async function releaseByTag(project, { tagName }) {
  const [release] = await rows('by tag', `SELECT ${RELEASE} FROM releases r WHERE r.project_id = $1 AND r.tag = $2`, [
    project.id,
    tagName,
  ])
  return release ? { ...release, project } : null
}

const byPath =
  (table) =>
  async (_root, { fullPath }) =>
    (await rows(table, `SELECT * FROM ${table} WHERE lower(full_path) = lower($1)`, [fullPath]))[0] ?? null

async function insert(client, { projectPath, tagName, name, description, assets }) {
  const {
    rows: [release],
  } = await client.query({
    name: 'insert release',
    text: `INSERT INTO releases (project_id, tag, name, description)
      SELECT id, $2, $3, $4 FROM projects WHERE lower(full_path) = lower($1) RETURNING *`,
    values: [projectPath, tagName, name, description],
  })
  const links = assets.links.map(({ linkType, ...link }) => ({ ...link, link_type: linkType.toLowerCase() }))
  await client.query({
    name: 'insert links',
    text: `INSERT INTO asset_links (release_id, name, url, link_type)
      SELECT $1, name, url, link_type::"LinkType" FROM json_to_recordset($2) AS l (name text, url text, link_type text)`,
    values: [release.id, JSON.stringify(links)],
  })
  return release
}

async function releaseCreate(_root, { input }) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const release = await insert(client, input)
    await client.query('COMMIT')
    return { errors: [], release }
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** Resolvers that each ask the database. */
export const single = {
  Query: { project: byPath('projects'), group: byPath('groups') },
  Mutation: { releaseCreate },
  Project: { releases: releasesOfProject, release: releaseByTag },
  Group: { releases: releasesOfGroup },
}

async function children(name, text, releases) {
  const byId = new Map(releases.map((release) => [release.id, { release, nodes: [] }]))
  for (const row of await rows(name, text, [[...byId.keys()]])) {
    const { release, nodes } = byId.get(row.release_id)
    nodes.push({ ...row, release })
  }
  return releases.map(({ id }) => ({ nodes: byId.get(id).nodes }))
}

async function authors(releases) {
  const found = await rows('authors', 'SELECT id, username, name, avatar_url FROM users WHERE id = ANY ($1)', [
    [...new Set(releases.map((release) => release.author_id))],
  ])
  const byId = new Map(found.map((user) => [user.id, user]))
  return releases.map(({ author_id }) => byId.get(author_id) ?? null)
}

/** Resolvers that ask for many parents at once. */
export const batched = {
  Release: {
    author: authors,
    evidences: (releases) =>
      children(
        'evidences',
        'SELECT id, release_id, sha, created_at FROM evidences WHERE release_id = ANY ($1) ORDER BY created_at, id',
        releases,
      ),
    milestones: (releases) =>
      children(
        'milestones',
        `SELECT m.*, mr.release_id FROM milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id
      WHERE mr.release_id = ANY ($1) ORDER BY m.due_date, m.start_date, m.title, m.id`,
        releases,
      ),
  },
  ReleaseAssets: {
    links: (releases) =>
      children(
        'links',
        `SELECT id, release_id, name, url, filepath, link_type FROM asset_links
      WHERE release_id = ANY ($1) ORDER BY created_at DESC, id DESC`,
        releases,
      ),
  },
}
