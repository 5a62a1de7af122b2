// The fields that a kept answer may contain. Each depends only on the project at the root of the query, on accounts' names and on
// the viewer's abilities in the project, because `content_versions` counts the changes of exactly these. A query with any other
// field is answered anew each time, so that a field that nobody lists is safe.
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

const CACHED: Readonly<Record<string, readonly string[]>> = {
  Query: ['project'],
  Project: [
    'id',
    'name',
    'path',
    'fullPath',
    'description',
    'visibility',
    'archived',
    'createdAt',
    'updatedAt',
    'webUrl',
    'release',
    'releases',
  ],
  Release: [
    'id',
    'tagName',
    'tagPath',
    'name',
    'description',
    'descriptionHtml',
    'createdAt',
    'releasedAt',
    'upcomingRelease',
    'historicalRelease',
    'author',
    'commit',
    'assets',
    'links',
    'evidences',
    'milestones',
  ],
  ReleaseAssets: ['count', 'links', 'sources'],
  ReleaseAssetLink: ['id', 'name', 'url', 'linkType', 'directAssetPath', 'directAssetUrl', 'external'],
  ReleaseSource: ['format', 'url'],
  ReleaseEvidence: ['id', 'sha', 'filepath', 'signature', 'collectedAt', 'summary'],
  ReleaseLinks: [
    'selfUrl',
    'editUrl',
    'openedIssuesUrl',
    'closedIssuesUrl',
    'openedMergeRequestsUrl',
    'mergedMergeRequestsUrl',
    'closedMergeRequestsUrl',
    'issuesUrl',
    'mergeRequestsUrl',
  ],
  Commit: [
    'id',
    'sha',
    'shortId',
    'title',
    'fullTitle',
    'titleHtml',
    'message',
    'description',
    'webPath',
    'webUrl',
    'authoredDate',
    'committedDate',
    'authorName',
    'authorEmail',
    'author',
  ],
  UserCore: ['id', 'username', 'name', 'state', 'avatarUrl', 'webPath', 'webUrl'],
  Milestone: [
    'id',
    'iid',
    'title',
    'description',
    'state',
    'webPath',
    'dueDate',
    'startDate',
    'createdAt',
    'updatedAt',
    'stats',
  ],
  MilestoneStats: ['totalIssuesCount', 'closedIssuesCount'],
}

const isCarrier = (type: string) => type === 'PageInfo' || /(Connection|Edge)$/.test(type)

const isCached = (type: string, field: string) =>
  field === '__typename' || isCarrier(type) || (CACHED[type]?.includes(field) ?? false)

function hasCachedFieldsOnly(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema)
  let all = true
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        all &&= isCached(types.getParentType()?.name ?? '', name.value)
      },
    }),
  )
  return all
}

function rootFields({ selectionSet }: OperationDefinitionNode): FieldNode[] | null {
  const fields = selectionSet.selections.filter((node) => node.kind === Kind.FIELD)
  return fields.length === selectionSet.selections.length ? fields : null
}

/** The paths of the projects in an answer; null when the variables are wrong. */
export type ProjectPaths = (variables: Readonly<Record<string, unknown>>) => string[] | null

/** The paths of the projects that a valid query reads; null when its answer cannot be kept. */
export function projectPathsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ProjectPaths | null {
  if (operation.operation !== 'query') return null
  const fields = rootFields(operation)?.filter(({ name }) => name.value !== '__typename')
  const definition = schema.getQueryType()?.getFields().project
  if (!fields?.length || !definition || !hasCachedFieldsOnly(schema, document)) return null
  return (variables) => {
    try {
      return fields.map((node) => String(getArgumentValues(definition, node, variables).fullPath))
    } catch {
      // The variables are wrong. Running the operation reports it.
      return null
    }
  }
}
