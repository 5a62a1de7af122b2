// Generates docs/roles.md from the tables of the code. The caller passes the code: the script its build, the test its source.

const FEATURES = {
  releases: 'releasesLevel',
  repository: 'repositoryLevel',
  issues: 'issuesLevel',
  'merge requests': 'mergeRequestsLevel',
}
const VISIBILITIES = ['public', 'internal', 'private']
const PROJECT_ID = 1
const GROUP_ID = 2

const capitalised = (word) => word.charAt(0).toUpperCase() + word.slice(1)
const code = (text) => `\`${text}\``
const row = (cells) => `| ${cells.join(' | ')} |`
const table = (titles, rows) => [row(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(row)].join('\n')

const project = (changes = {}) => ({
  id: PROJECT_ID,
  visibility: 'private',
  archived: false,
  ancestorIds: [GROUP_ID],
  deletedAt: null,
  ...Object.fromEntries(Object.values(FEATURES).map((level) => [level, 'enabled'])),
  ...changes,
})

const withRole = (held) => ({
  user: { id: 1 },
  credential: 'access_token',
  scopes: new Set(['api']),
  projectRoles: new Map([[PROJECT_ID, held]]),
  groupRoles: new Map([[GROUP_ID, held]]),
})

/** The viewers from nobody upwards. Each viewer has all abilities of the viewers before. */
const standingsOf = ({ role, anonymous }) =>
  Object.entries(role).flatMap(([name, held]) =>
    held === role.none
      ? [
          ['everybody', anonymous()],
          ['every account', { ...withRole(role.none), projectRoles: new Map(), groupRoles: new Map() }],
        ]
      : [[capitalised(name), withRole(held)]],
  )

function lowest(standings, holds) {
  const at = standings.findIndex(([, viewer]) => holds(viewer))
  if (at === -1) throw new Error('An ability that no role has cannot be shown')
  if (!standings.slice(at).every(([, viewer]) => holds(viewer))) throw new Error('A higher role has less')
  return standings[at][0]
}

/** The features without which even an Owner lacks the ability. */
function featuresOf(holds) {
  const goesWithout = (...names) =>
    !holds(project(Object.fromEntries(names.map((name) => [FEATURES[name], 'disabled']))))
  const single = Object.keys(FEATURES).filter((name) => goesWithout(name))
  const eitherTracker = goesWithout('issues', 'merge requests') && !single.includes('issues')
  return [...single, ...(eitherTracker ? ['issues or merge requests'] : [])].join(', ')
}

function projectTable(parts) {
  const { abilitiesOf, isOpenToPipelines, role } = parts
  const standings = standingsOf(parts)
  const owner = withRole(role.owner)
  const rows = [...abilitiesOf(owner, project())].map((ability) => {
    const holdsIn = (changes) => (viewer) => abilitiesOf(viewer, project(changes)).has(ability)
    return [
      code(ability),
      ...VISIBILITIES.map((visibility) => lowest(standings, holdsIn({ visibility }))),
      featuresOf((changed) => abilitiesOf(owner, changed).has(ability)),
      holdsIn({ archived: true })(owner) ? 'yes' : 'no',
      isOpenToPipelines(ability) ? 'yes' : 'no',
    ]
  })
  return table(['ability', 'public', 'internal', 'private', 'needs the feature', 'when archived', 'pipelines'], rows)
}

const groupTable = (parts) =>
  table(
    ['ability', 'lowest role in the group'],
    parts.groupAbilities.map((ability) => [
      code(ability),
      lowest(standingsOf(parts), (viewer) =>
        parts.canInGroup(viewer, ability, { ancestorIds: [GROUP_ID], deletedAt: null }),
      ),
    ]),
  )

const mutationsOf = (schema) =>
  Object.values(schema.getMutationType().getFields()).map(({ name, extensions }) => [
    extensions.pothosOptions.ability,
    name,
  ])

const routesOf = (endpoints) =>
  endpoints
    .filter(({ ability }) => ability !== undefined)
    .map(({ ability, method, path }) => [ability, `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '')}`])

function writesTable({ schema, endpoints }) {
  const [mutations, routes] = [mutationsOf(schema), routesOf(endpoints)]
  const abilities = [...new Set([...mutations, ...routes].map(([ability]) => ability))].sort()
  const namesFor = (pairs, ability) =>
    pairs
      .filter(([needed]) => needed === ability)
      .map(([, name]) => code(name))
      .join('<br>')
  return table(
    ['ability', 'mutations', 'REST'],
    abilities.map((ability) => [code(ability), namesFor(mutations, ability), namesFor(routes, ability)]),
  )
}

export const rolesPage = (parts) => `# Roles and abilities

Printed from the code by \`npm run docs\`; a test fails when this page is not what the code says. What the words mean is in
[contract/access.md](contract/access.md).

## In a project

The lowest standing that has an ability, in a project of each visibility whose features are all enabled. The higher ones have it, too:
everybody, every account, ${Object.keys(parts.role)
  .filter((name) => name !== 'none')
  .map(capitalised)
  .join(', ')}.
An administrator acts as Owner. Where the level of a needed feature is \`private\`, it is for members; where it is \`disabled\`, for
nobody. [Protected tags](contract/protected-tags.md) narrow \`release:create\`,
\`release:update\`, \`release:delete\` and \`code:write\` for single tags. \`pipelines\` says whether a
[pipeline](contract/access.md#pipelines) has it, as far as its role goes.

${projectTable(parts)}

## In a group

The role is the highest in the group and in the groups above it. No pipeline has any of these.

${groupTable(parts)}

## What writes ask for

What each mutation and route declares that it needs at least; abilities of a group begin with \`group/\`, those that belong to an account alone
with \`account/\`. Routes that only read and are open to pipelines declare none.

${writesTable(parts)}
`
