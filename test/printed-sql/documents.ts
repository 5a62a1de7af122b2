import { getNamedType, isLeafType, isObjectType, isRequiredArgument } from 'graphql'
import { schema } from '../../src/schema.ts'

/** The types of what belongs to a release or to a list. Of all other types only their own fields are asked for. */
const WITHIN = /^(Release(Assets|AssetLink|Evidence|Links)|UserCore|Milestone|MilestoneStats|\w+Connection)$/
/**
 * Fields that are left out. A row is the same below `edges` and below `nodes`. The releases of a milestone and the tokens of an
 * account are lists of their own. Commits and sources come from git.
 */
const SKIPPED = /^(edges|pageInfo|releases|accessTokens|commit|sources)$/

/** Of these types only plain fields are asked for, because their lists are rows of other modules. */
const ALONE = /^(Project|Group)$/

const fieldsOf = (typeName: string) => {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) throw new Error(`No object type ${typeName}`)
  return Object.values(type.getFields())
    .filter(({ name, args }) => !SKIPPED.test(name) && !args.some(isRequiredArgument))
    .map(({ name, type: given }) => ({ name, type: getNamedType(given) }))
    .filter((field) => isLeafType(field.type) || !ALONE.test(typeName))
}

/** All fields of a type, with all fields of what belongs to it. */
function everythingOf(typeName: string): string {
  return fieldsOf(typeName)
    .flatMap(({ name, type }) => {
      if (isLeafType(type)) return [name]
      return WITHIN.test(type.name) ? [`${name} { ${everythingOf(type.name)} }`] : []
    })
    .join(' ')
}

/** The selections for a row, each with a title: no field, all fields, and each part that is a row or a list of its own. */
export function selectionsOf(typeName: string): [title: string, selection: string][] {
  const parts = fieldsOf(typeName).filter(({ type }) => isObjectType(type) && WITHIN.test(type.name))
  return [
    ['nothing beside the row', '__typename'],
    ['everything', everythingOf(typeName)],
    ...parts.map(({ name, type }): [string, string] => [`only ${name}`, `${name} { ${everythingOf(type.name)} }`]),
  ]
}

type Place = { module: string; title: string; type: string; place: string }

const ofProject = (place: string) => `project(fullPath: $project) { ${place} }`
const ofGroup = (place: string) => `group(fullPath: $group) { ${place} }`
const ROWS = '{ nodes { FIELDS } }'

/** The ways to a row. A selection takes the place of FIELDS. */
export const places: readonly Place[] = [
  {
    module: 'projects',
    title: 'A project by its path',
    type: 'Project',
    place: 'project(fullPath: $project) { FIELDS }',
  },
  { module: 'groups', title: 'A group by its path', type: 'Group', place: 'group(fullPath: $group) { FIELDS }' },
  { module: 'projects', title: 'The projects', type: 'Project', place: `projects ${ROWS}` },
  {
    ...{ module: 'projects', title: 'The projects that a search finds', type: 'Project' },
    place: `projects(search: "anchor") ${ROWS}`,
  },
  { module: 'projects', title: 'The projects of a group', type: 'Project', place: ofGroup(`projects ${ROWS}`) },
  {
    ...{ module: 'projects', title: 'The projects of a group and of the groups below it', type: 'Project' },
    place: ofGroup(`projects(includeSubgroups: true) ${ROWS}`),
  },
  { module: 'groups', title: 'The groups', type: 'Group', place: `groups ${ROWS}` },
  {
    ...{ module: 'groups', title: 'The groups that a search finds', type: 'Group' },
    place: `groups(search: "anchor") ${ROWS}`,
  },
  { module: 'groups', title: 'The groups below a group', type: 'Group', place: ofGroup(`descendantGroups ${ROWS}`) },
  {
    module: 'milestones',
    title: 'A milestone by its id',
    type: 'Milestone',
    place: 'milestone(id: $milestone) { FIELDS }',
  },
  {
    module: 'milestones',
    title: 'The milestones of a project',
    type: 'Milestone',
    place: ofProject(`milestones ${ROWS}`),
  },
  { module: 'milestones', title: 'The milestones of a group', type: 'Milestone', place: ofGroup(`milestones ${ROWS}`) },
  { module: 'issues', title: 'An issue by its number', type: 'Issue', place: ofProject('issue(iid: "1") { FIELDS }') },
  { module: 'issues', title: 'The issues of a project', type: 'Issue', place: ofProject(`issues ${ROWS}`) },
  { module: 'members', title: 'The members of a project', type: 'Member', place: ofProject(`members ${ROWS}`) },
  { module: 'members', title: 'The members of a group', type: 'Member', place: ofGroup(`members ${ROWS}`) },
  {
    module: 'freezes',
    title: 'The freeze periods of a project',
    type: 'CiFreezePeriod',
    place: ofProject(`freezePeriods ${ROWS}`),
  },
  {
    module: 'freezes',
    title: 'The environments of a project',
    type: 'Environment',
    place: ofProject(`environments ${ROWS}`),
  },
  {
    module: 'protected-tags',
    title: 'The protected tags of a project',
    type: 'ProtectedTag',
    place: ofProject(`protectedTags ${ROWS}`),
  },
  {
    module: 'audit',
    title: 'The audit events of a project',
    type: 'AuditEvent',
    place: ofProject(`auditEvents ${ROWS}`),
  },
  { module: 'audit', title: 'The audit events of a group', type: 'AuditEvent', place: ofGroup(`auditEvents ${ROWS}`) },
  { module: 'releases', title: 'The releases of a project', type: 'Release', place: ofProject(`releases ${ROWS}`) },
  {
    module: 'releases',
    title: 'A release by its tag',
    type: 'Release',
    place: ofProject('release(tagName: $tag) { FIELDS }'),
  },
  { module: 'releases', title: 'A release by its id', type: 'Release', place: 'release(id: $release) { FIELDS }' },
  { module: 'releases', title: 'The latest release', type: 'Release', place: ofProject('latestRelease { FIELDS }') },
  { module: 'releases', title: 'The releases of a group', type: 'Release', place: ofGroup(`releases ${ROWS}`) },
  {
    ...{ module: 'releases', title: 'The releases of a group by its id', type: 'Release' },
    place: `node(id: $groupId) { ... on Group { releases ${ROWS} } }`,
  },
  {
    ...{ module: 'releases', title: 'The releases of a milestone', type: 'Release' },
    place: `milestone(id: $milestone) { releases ${ROWS} }`,
  },
]

type Other = { module: string; title: string; document: string }

const COUNT = '{ count }'
const SINCE = 'releasedAfter: "2020-01-01T00:00:00Z"'

export const others: readonly Other[] = [
  {
    module: 'users',
    title: "The account of a commit's author",
    document: ofProject('release(tagName: $tag) { commit { author { username } } }'),
  },
  {
    module: 'releases',
    title: 'How many releases a project has since a date',
    document: ofProject(`releases(${SINCE}) ${COUNT}`),
  },
  {
    module: 'releases',
    title: 'How many releases a milestone has',
    document: `milestone(id: $milestone) { releases ${COUNT} }`,
  },
  { module: 'issues', title: 'How many issues a project has', document: ofProject(`issues ${COUNT}`) },
  { module: 'freezes', title: 'How many freeze periods a project has', document: ofProject(`freezePeriods ${COUNT}`) },
  { module: 'freezes', title: 'How many environments a project has', document: ofProject(`environments ${COUNT}`) },
  { module: 'audit', title: 'How many audit events a project has', document: ofProject(`auditEvents ${COUNT}`) },
]

export const sorts =
  (schema.getType('ReleaseSort') as { getValues?: () => readonly { name: string }[] }).getValues?.() ?? []
