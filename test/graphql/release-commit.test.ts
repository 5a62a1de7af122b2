import { describe, expect, test } from 'vitest'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'

const app = useApp()

describe('the commit of a release', () => {
  const Commits = graphql(`
    query commits($fullPath: ID!) {
      project(fullPath: $fullPath) {
        releases {
          nodes {
            tagName
            commit {
              id sha shortId title fullTitle titleHtml message description webPath webUrl authoredDate committedDate
              authorName authorEmail author { username }
            }
          }
        }
      }
    }
  `)

  async function publish(sha: string | null | ((commits: string[]) => string)) {
    const project = await create.createProject()
    const { commits } = await createRepository(app.repositories.directory(project.id), {
      commits: ['First\n', 'Add **it**\n\nBecause\nof this.\n'],
    })
    await create.createRelease(project, { sha: typeof sha === 'function' ? sha(commits) : sha })
    const ask = async () => {
      const { data, errors } = await query(app, Commits, { fullPath: project.fullPath })
      expect(errors).toBeUndefined()
      return data.project?.releases?.nodes?.[0]?.commit
    }
    return { project, commits, ask }
  }

  test('the commit is read from the repository, with its author when the author has an account', async () => {
    const account = await create.createUser({ email: 'ada@example.com' })
    const { project, commits, ask } = await publish((all) => all[1] ?? '')
    const [, sha = ''] = commits
    expect(await ask()).toMatchObject({
      id: `gid://gitlab/Commit/${sha}`,
      sha,
      shortId: sha.slice(0, 8),
      title: 'Add **it**',
      description: 'Because\nof this.',
      message: 'Add **it**\n\nBecause\nof this.\n',
      titleHtml: expect.stringContaining('<strong>it</strong>'),
      webPath: `/${project.fullPath}/-/commit/${sha}`,
      webUrl: `${app.url}/${project.fullPath}/-/commit/${sha}`,
      authorName: 'Ada Example',
      authorEmail: 'ada@example.com',
      author: { username: account.username },
      authoredDate: '2024-01-01T01:00:00Z',
      committedDate: '2024-01-01T01:10:00Z',
    })
  })

  test('the commit is null when none was recorded, and when the repository does not have it', async () => {
    expect(await (await publish(null)).ask()).toBeNull()
    expect(await (await publish('0'.repeat(40))).ask()).toBeNull()
  })

  test('the commit is null, with a warning in the log, when the repository is missing, and the rest of the query is answered', async () => {
    const project = await create.createProject()
    await create.createRelease(project, { tag: 'v1.0.0', sha: 'a'.repeat(40) })
    const { data, errors } = await query(app, Commits, { fullPath: project.fullPath })
    expect(errors).toBeUndefined()
    expect(data.project?.releases?.nodes).toEqual([{ tagName: 'v1.0.0', commit: null }])
    expect(app.logged().filter((line) => line.level === 40)).not.toHaveLength(0)
  })
})
