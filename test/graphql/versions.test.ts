import { expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'

const app = useApp()

/** From the lowest version to the highest, by SemVer 2.0.0, section 11, and by common sense for what it leaves open. */
const ascending = [
  'v0.9.0',
  '1.0.0-1',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0-alpha',
  'v1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  'v1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  'v1.0.0',
  '1.0.1',
  'v1.2.0',
  'v1.10.0',
  '2.0.0',
  'app-10.0.0',
]

test('releases come in the order of their versions, whatever the order in which they were made', async () => {
  const project = await create.createProject()
  for (const tag of ascending.toSorted()) await create.createRelease(project, { tag })
  await create.createRelease(project, { tag: 'nightly' })
  const inOrder = async (sort: string) => {
    const document = `{ project(fullPath: "${project.fullPath}") { releases(semverSort: ${sort}) { nodes { tagName } } } }`
    type Data = { project: { releases: { nodes: { tagName: string }[] } } }
    return (await query<Data, object>(app, document)).data.project.releases.nodes.map(({ tagName }) => tagName)
  }
  expect(await inOrder('SEMVER_ASC')).toEqual([...ascending, 'nightly'])
  expect(await inOrder('SEMVER_DESC')).toEqual([...ascending.toReversed(), 'nightly'])
})
