// The operations of GitLab's own front end (docs/contract/front-end.md), as its builds from 13.x on send them.
import { graphql } from '../generated/gql.ts'

/** @public Named by the operations below. */
export const ReleaseFields = graphql(`
  fragment ReleaseFields on Release {
    id
    name
    tagName
    tagPath
    descriptionHtml
    releasedAt
    createdAt
    upcomingRelease
    historicalRelease
    assets {
      count
      sources {
        nodes {
          format
          url
        }
      }
      links {
        nodes {
          id
          name
          url
          directAssetUrl
          linkType
          external
        }
      }
    }
    evidences {
      nodes {
        id
        filepath
        collectedAt
        sha
      }
    }
    links {
      editUrl
      selfUrl
      openedIssuesUrl
      closedIssuesUrl
      openedMergeRequestsUrl
      mergedMergeRequestsUrl
      closedMergeRequestsUrl
    }
    commit {
      id
      sha
      webUrl
      title
    }
    author {
      id
      webUrl
      avatarUrl
      username
    }
    milestones {
      nodes {
        id
        title
        description
        webPath
        stats {
          totalIssuesCount
          closedIssuesCount
        }
      }
    }
  }
`)

export const AllReleases = graphql(`
  query allReleases($fullPath: ID!, $first: Int, $last: Int, $before: String, $after: String, $sort: ReleaseSort) {
    project(fullPath: $fullPath) {
      id
      releases(first: $first, last: $last, before: $before, after: $after, sort: $sort) {
        nodes {
          ...ReleaseFields
        }
        pageInfo {
          startCursor
          hasPreviousPage
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

export const OneRelease = graphql(`
  query oneRelease($fullPath: ID!, $tagName: String!) {
    project(fullPath: $fullPath) {
      id
      release(tagName: $tagName) {
        ...ReleaseFields
      }
    }
  }
`)

export const OneReleaseForEditing = graphql(`
  query oneReleaseForEditing($fullPath: ID!, $tagName: String!) {
    project(fullPath: $fullPath) {
      id
      release(tagName: $tagName) {
        id
        name
        tagName
        description
        releasedAt
        createdAt
        tagPath
        assets {
          links {
            nodes {
              id
              name
              url
              linkType
              directAssetPath
            }
          }
        }
        links {
          selfUrl
        }
        milestones {
          nodes {
            id
            title
          }
        }
      }
    }
  }
`)

export const GroupReleaseStats = graphql(`
  query groupReleaseStats($fullPath: ID!) {
    group(fullPath: $fullPath) {
      id
      stats {
        releaseStats {
          releasesCount
          releasesPercentage
        }
      }
    }
  }
`)
