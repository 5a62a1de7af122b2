// What the pages show of commits, folders and files. The schema gives no repository to viewers who may not read the code.
import type {
  CommitListQuery,
  CommitListQueryVariables,
  ComparedCommitsQuery,
  ComparedCommitsQueryVariables,
  OneCommitQuery,
  OneCommitQueryVariables,
  OneFileQuery,
  OneFileQueryVariables,
  OneFolderQuery,
  OneFolderQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

const listedCommit = /* GraphQL */ `
  fragment ListedCommit on Commit { shortId title authorName committedDate webUrl }
`

const changes = /* GraphQL */ `
  fragment ShownChanges on Changes {
    files { oldPath newPath isNew isDeleted isRenamed isTooLarge diff }
    isCut
  }
`

export const commitList = document<CommitListQuery, CommitListQueryVariables>(
  'project.repository',
  /* GraphQL */ `
    query CommitList($project: Int!, $address: String!, $page: Int) {
      project: projectByNumber(number: $project) {
        repository { place(address: $address) { ref path commits(page: $page) { rows { ...ListedCommit } number hasNext } } }
      }
    }
    ${listedCommit}
  `,
)

export const oneCommit = document<OneCommitQuery, OneCommitQueryVariables>(
  'project.repository',
  /* GraphQL */ `
    query OneCommit($project: Int!, $ref: String!) {
      project: projectByNumber(number: $project) {
        repository {
          commit(ref: $ref) {
            commit { sha shortId title message authorName authoredDate committerName committedDate parentIds }
            tags { name release { name links { selfUrl } } }
            changes { ...ShownChanges }
          }
        }
      }
    }
    ${changes}
  `,
)

export const comparedCommits = document<ComparedCommitsQuery, ComparedCommitsQueryVariables>(
  'project.repository',
  /* GraphQL */ `
    query ComparedCommits($project: Int!, $from: String!, $to: String!, $straight: Boolean!) {
      project: projectByNumber(number: $project) {
        repository {
          comparison(from: $from, to: $to, straight: $straight) {
            commits { ...ListedCommit }
            hasMoreCommits
            changes { ...ShownChanges }
          }
        }
      }
    }
    ${listedCommit}
    ${changes}
  `,
)

export const oneFolder = document<OneFolderQuery, OneFolderQueryVariables>(
  'project.repository',
  /* GraphQL */ `
    query OneFolder($project: Int!, $address: String!) {
      project: projectByNumber(number: $project) {
        repository { place(address: $address) { ref path folder { entries { path type } isCut } } }
      }
    }
  `,
)

export const oneFile = document<OneFileQuery, OneFileQueryVariables>(
  'project.repository',
  /* GraphQL */ `
    query OneFile($project: Int!, $ref: String!, $filePath: String!) {
      project: projectByNumber(number: $project) {
        repository { file(ref: $ref, filePath: $filePath) { path ref size text } }
      }
    }
  `,
)
