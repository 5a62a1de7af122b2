export const commitFragment = /* GraphQL */ `
  fragment Commit on Commit {
    id: sha
    short_id: shortId
    created_at: committedAt
    parent_ids: parentIds
    title
    message
    author_name: authorName
    author_email: authorEmail
    authored_date: authoredAt
    committer_name: committerName
    committer_email: committerEmail
    committed_date: committedAt
    trailers
    extended_trailers: extendedTrailers
    web_url: webUrl
  }
`
