// What the forms of releases and drafts show.
import type {
  EditedDraftQuery,
  EditedDraftQueryVariables,
  EditedReleaseQuery,
  EditedReleaseQueryVariables,
  NewReleaseQuery,
  NewReleaseQueryVariables,
} from '../../../../generated/documents.ts'
import { document } from '../../../kit/document.ts'
import { milestoneChoices } from '../../planning/form-documents.ts'

const refsFragment = /* GraphQL */ `
  fragment RefChoices on Project {
    repository {
      headBranch
      branches(first: 50) { nodes { name } }
      tags(first: 50, search: $tag) { nodes { name } }
    }
  }
`

export const newRelease = document<NewReleaseQuery, NewReleaseQueryVariables>(
  'project',
  /* GraphQL */ `
    query NewRelease($project: Int!, $tag: String) {
      project: projectByNumber(number: $project) {
        may: userPermissions { creates: createRelease }
        ...MilestoneChoices
        ...RefChoices
      }
    }
    ${milestoneChoices} ${refsFragment}
  `,
)

export const editedRelease = document<EditedReleaseQuery, EditedReleaseQueryVariables>(
  'project',
  /* GraphQL */ `
    query EditedRelease($project: Int!, $number: Int!) {
      project: projectByNumber(number: $project) {
        may: userPermissions { deletes: deleteRelease }
        release: releaseByNumber(number: $number) {
          tagName
          name
          description
          releasedAt
          updatedAt
          prerelease: prereleaseMark
          makeLatest
          milestones: allMilestones { number title }
          assets { links: allLinks { number name url directAssetPath linkType } }
          links { editUrl selfUrl }
        }
        ...MilestoneChoices
      }
    }
    ${milestoneChoices}
  `,
)

export const editedDraft = document<EditedDraftQuery, EditedDraftQueryVariables>(
  'project',
  /* GraphQL */ `
    query EditedDraft($project: Int!, $draft: String!, $tag: String) {
      project: projectByNumber(number: $project) {
        draft: draftRelease(tagName: $draft) {
          tagName
          ref
          tagMessage
          name
          description
          releasedAt
          updatedAt
          prerelease
          makeLatest
          milestones { number title }
          links { name url directAssetPath linkType }
        }
        ...MilestoneChoices
        ...RefChoices
      }
    }
    ${milestoneChoices} ${refsFragment}
  `,
)
