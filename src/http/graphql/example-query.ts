/** The query that GraphiQL shows first. It succeeds on the demo world. */
export const exampleQuery = `# Waybill: what was released, and from what.
# Run this with the play button, or Ctrl+Enter.
# Tokens of the demo are in .waybill/demo.json. Set one under
# "Headers" as {"Authorization": "Bearer <token>"} and try
# "demo/secret" as guest and as developer.
query Releases {
  currentUser {
    username
  }
  project(fullPath: "demo/waybill") {
    name
    releases(first: 5) {
      count
      nodes {
        name
        tagName
        releasedAt
        upcomingRelease
        commit {
          shortId
          title
        }
        assets {
          count
          links {
            nodes {
              name
              directAssetUrl
            }
          }
        }
        evidences {
          nodes {
            sha
            collectedAt
          }
        }
        milestones {
          nodes {
            title
            stats {
              totalIssuesCount
              closedIssuesCount
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`
