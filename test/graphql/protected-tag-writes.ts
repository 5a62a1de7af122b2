// The mutations of protected tags as tests send them.
import { graphql } from '../generated/gql.ts'
import type { ProtectedTagCreateInput, ProtectedTagUpdateInput } from '../generated/graphql.ts'
import type { TestApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import type { ViewerName, World } from '../support/world.ts'

const Create = graphql(`
  mutation protectTag($input: ProtectedTagCreateInput!) {
    protectedTagCreate(input: $input) {
      clientMutationId
      errors
      protectedTag {
        id
        name
        createAccessLevels { accessLevel accessLevelDescription user { username } group { fullPath } deployKeyId }
      }
    }
  }
`)

const Update = graphql(`
  mutation changeProtectedTag($input: ProtectedTagUpdateInput!) {
    protectedTagUpdate(input: $input) {
      errors
      protectedTag { id name createAccessLevels { accessLevel user { username } } }
    }
  }
`)

const Delete = graphql(`
  mutation unprotectTag($input: ProtectedTagDeleteInput!) {
    protectedTagDelete(input: $input) { errors protectedTag { name createAccessLevels { accessLevel } } }
  }
`)

export function protectedTagWrites(app: TestApp) {
  const protect = (world: World, input: Partial<ProtectedTagCreateInput> = {}, viewer: ViewerName = 'maintainer') =>
    query(
      app,
      Create,
      { input: { projectPath: world.project.fullPath, name: 'v*', ...input } },
      { token: world.tokens[viewer] },
    )

  const change = (world: World, input: ProtectedTagUpdateInput, viewer: ViewerName = 'maintainer') =>
    query(app, Update, { input }, { token: world.tokens[viewer] })

  const unprotect = (world: World, id: string, viewer: ViewerName = 'maintainer') =>
    query(app, Delete, { input: { id } }, { token: world.tokens[viewer] })

  const protectedId = async (world: World) => (await protect(world)).data.protectedTagCreate?.protectedTag?.id ?? ''

  return { protect, change, unprotect, protectedId }
}
