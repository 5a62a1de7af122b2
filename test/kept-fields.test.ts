import { isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../src/schema.ts'

/** The fields that a kept answer may have, by their type. */
function keptFields(): Record<string, string> {
  const objects = Object.values(schema.getTypeMap()).filter(isObjectType)
  const fields = objects.map((type) => {
    const kept = Object.values(type.getFields()).filter(({ extensions }) => extensions.kept === true)
    return [
      type.name,
      kept
        .map(({ name }) => name)
        .sort()
        .join(' '),
    ] as const
  })
  return Object.fromEntries(fields.filter(([, names]) => names !== ''))
}

// A field in this list may depend on the project that the query begins with, on the names of accounts, and on what the viewer may
// do in that project. It must not depend on anything else.
test('an answer that is kept shows these fields and no others', () => {
  expect(keptFields()).toEqual({
    Query: 'project',
    Project:
      'archived avatarUrl createdAt description fullPath id lastActivityAt name path release releases topics updatedAt visibility webUrl',
    Release:
      'assets author commit createdAt description descriptionHtml evidences historicalRelease id links makeLatest milestones ' +
      'name next prerelease previous releasedAt tagName tagPath upcomingRelease',
    ReleaseAssets: 'count links sources',
    ReleaseAssetLink: 'directAssetPath directAssetUrl external id linkType name url',
    ReleaseSource: 'format url',
    ReleaseEvidence: 'collectedAt filepath id sha signature summary',
    ReleaseLinks:
      'closedIssuesUrl closedMergeRequestsUrl editUrl issuesUrl mergeRequestsUrl mergedMergeRequestsUrl openedIssuesUrl ' +
      'openedMergeRequestsUrl selfUrl',
    Commit:
      'author authorEmail authorName authoredDate committedDate description fullTitle id message sha shortId title titleHtml ' +
      'webPath webUrl',
    CurrentUser: 'avatarUrl id name state username webPath webUrl',
    UserCore: 'avatarUrl id name state username webPath webUrl',
    Milestone: 'createdAt description dueDate expired id iid startDate state stats title upcoming updatedAt webPath',
    MilestoneStats: 'closedIssuesCount totalIssuesCount',
  })
})
