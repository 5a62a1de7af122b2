export const userFragment = /* GraphQL */ `
  fragment User on UserCore {
    id: number
    username
    name
    state
    avatar_url: avatarUrl
    web_url: webUrl
  }
`
