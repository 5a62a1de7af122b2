import { expect, test } from 'vitest'
import { graphql } from '../generated/gql.ts'
import { watchProcesses } from '../git/pool-world.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { rest } from './rest/client.ts'

const app = useApp()

const Titles = graphql(`
  query titlesOfCommits($fullPath: ID!, $first: Int!) {
    project(fullPath: $fullPath) { releases(first: $first) { nodes { commit { title } } } }
  }
`)

/** A project whose releases and commits the database knows, but whose repository does not exist yet. */
async function projectWithoutRepository() {
  const project = await create.createProject()
  const { commits } = await createRepository(`${app.repositories.directory(project.id)}.elsewhere`, { commits: 3 })
  for (const [at, sha] of commits.entries()) await create.createRelease(project, { tag: `v${at}`, sha })
  const byGraphql = async (first: number) => {
    const { data } = await query(app, Titles, { fullPath: project.fullPath, first })
    return data.project?.releases?.nodes?.map((node) => node?.commit?.title)
  }
  const byRest = async () => {
    const { body } = await rest(app, 'GET', `/projects/${project.id}/releases`)
    return body.map(({ commit }: { commit: { title?: string } | null }) => commit?.title)
  }
  return { project, byGraphql, byRest }
}

test('the pages of a project without a repository start no git', async () => {
  const { byGraphql, byRest } = await projectWithoutRepository()
  const { started } = await watchProcesses()
  const pages = await Promise.all([1, 2, 3].map(byGraphql))
  expect(pages.flat()).toEqual(Array(6).fill(undefined))
  expect(await byRest()).toEqual([undefined, undefined, undefined])
  expect(await byRest()).toEqual([undefined, undefined, undefined])
  expect(started()).toEqual([])
})

test('the pages of a project have its commits as soon as its repository is there, whoever made it', async () => {
  const { project, byGraphql, byRest } = await projectWithoutRepository()
  expect(await byGraphql(3)).toEqual([undefined, undefined, undefined])
  await createRepository(app.repositories.directory(project.id), { commits: 3 })
  const titles = ['Commit 2', 'Commit 1', 'Commit 0']
  expect(await byGraphql(3)).toEqual(titles)
  expect(await byRest()).toEqual(titles)
})
