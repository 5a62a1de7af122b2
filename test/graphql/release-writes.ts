// The mutations of releases as tests send them: without an input they write the usual thing.
import { graphql } from '../generated/gql.ts'
import type { ReleaseCreateInput, ReleaseUpdateInput } from '../generated/graphql.ts'
import type { TestApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import type { ViewerName, World } from '../support/world.ts'

export const Create = graphql(`
  mutation createRelease($input: ReleaseCreateInput!) {
    releaseCreate(input: $input) {
      clientMutationId
      errors
      release {
        id name tagName description releasedAt upcomingRelease historicalRelease author { username } commit { sha }
        milestones { nodes { title } }
        assets { links { nodes { name url directAssetPath linkType } } }
        links { selfUrl }
      }
    }
  }
`)

const Update = graphql(`
  mutation updateRelease($input: ReleaseUpdateInput!) {
    releaseUpdate(input: $input) {
      errors
      release { name description descriptionHtml releasedAt milestones { nodes { title } } }
    }
  }
`)

const Delete = graphql(`
  mutation deleteRelease($input: ReleaseDeleteInput!) {
    releaseDelete(input: $input) { clientMutationId errors release { tagName } }
  }
`)

export function releaseWrites(app: TestApp) {
  const publish = (world: World, input: Partial<ReleaseCreateInput>, viewer: ViewerName = 'developer') =>
    query(
      app,
      Create,
      { input: { projectPath: world.project.fullPath, tagName: 'v2.0.0', ref: 'main', ...input } },
      { token: world.tokens[viewer] },
    )

  const change = (world: World, input: Partial<ReleaseUpdateInput>, viewer: ViewerName = 'developer') =>
    query(
      app,
      Update,
      { input: { projectPath: world.project.fullPath, tagName: 'v1.0.0', ...input } },
      { token: world.tokens[viewer] },
    )

  const remove = (world: World, tagName = 'v1.0.0', viewer: ViewerName = 'maintainer') =>
    query(
      app,
      Delete,
      { input: { projectPath: world.project.fullPath, tagName, clientMutationId: 'm1' } },
      { token: world.tokens[viewer] },
    )

  return { publish, change, remove }
}
