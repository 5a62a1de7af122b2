// A viewer who may not read the code learns no tag by writing either: not from a payload, and not from the way in which a write
// is refused.
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type ViewerName, type World, type WorldOptions } from '../support/world.ts'

const app = useApp()

const TAG = 'v1.0.0-zqx'

const project = `project {
  releases { nodes { name tagName tagPath commit { sha } links { selfUrl editUrl } evidences { nodes { sha } } } }
  latestRelease { name tagName } auditEvents { nodes { message } } protectedTags { nodes { name } }
  release(tagName: "${TAG}") { id }
}`

async function send(world: World, viewer: ViewerName, name: string, input: object, fields = 'errors') {
  const document = `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) {
    ${name}(input: $input) { ${fields} }
  }`
  const { data, errors } = await query(app, document, { input }, { token: world.tokens[viewer] })
  return { data, errors }
}

/** The release has no title, so that its tag would stand in for it. */
async function createMarkedWorld(options: WorldOptions): Promise<World> {
  const world = await createWorld(app, { ...options, tag: TAG })
  await db.release.update({ where: { id: world.release.id }, data: { name: null } })
  return world
}

const worlds: [string, WorldOptions, ViewerName][] = [
  ['a Planner of a private project', { project: { visibility: 'private' } }, 'planner'],
  ['an Owner where the repository is switched off', { project: { repositoryLevel: 'disabled' } }, 'owner'],
]

describe.each(worlds)('%s', (_name, options, viewer) => {
  test('finds no tag in the payloads of mutations', async () => {
    const world = await createMarkedWorld(options)
    const { fullPath: projectPath } = world.project
    const milestone = await db.milestone.findFirstOrThrow({ where: { projectId: world.project.id } })
    const id = `gid://gitlab/Milestone/${milestone.id}`
    const shown = `errors milestone { releases { nodes { name tagName } } ${project} }`
    const answers = [
      await send(world, viewer, 'milestoneUpdate', { id, title: 'Renamed' }, shown),
      await send(
        world,
        viewer,
        'issueCreate',
        { projectPath, title: 'a' },
        `errors issue { milestone { ${project} } }`,
      ),
      await send(
        world,
        viewer,
        'memberRemove',
        { projectPath, username: world.users[viewer as 'owner'].username },
        `errors member { ${project} }`,
      ),
    ]
    for (const { data, errors } of answers) {
      expect(errors).toBeUndefined()
      expect(Object.values(data as object)).toMatchObject([{ errors: [] }])
      expect(JSON.stringify(data)).not.toContain('zqx')
    }
    expect(JSON.stringify(answers[0])).toContain(`Release-${world.release.id}`)
  })

  test('gets the same refusal whether or not a tag, release or link exists', async () => {
    const world = await createMarkedWorld(options)
    const { fullPath: projectPath } = world.project
    const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: world.release.id } })
    const inputs = (tagName: string, linkId: number): [string, object][] => [
      ['releaseCreate', { projectPath, tagName, ref: 'main' }],
      ['releaseUpdate', { projectPath, tagName, name: 'x' }],
      ['releaseDelete', { projectPath, tagName }],
      ['evidenceCollect', { projectPath, tagName }],
      ['releaseAssetLinkCreate', { projectPath, tagName, name: 'n', url: 'https://example.com' }],
      ['releaseAssetLinkUpdate', { id: `gid://gitlab/Releases::Link/${linkId}`, name: 'n' }],
      ['releaseAssetLinkDelete', { id: `gid://gitlab/Releases::Link/${linkId}` }],
      ['protectedTagCreate', { projectPath, name: tagName }],
    ]
    const refusals = async (tagName: string, linkId: number) => {
      const answers = []
      for (const [name, input] of inputs(tagName, linkId)) answers.push(await send(world, viewer, name, input))
      return answers
    }
    const present = await refusals(TAG, link.id)
    for (const { errors } of present) expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
    expect(await refusals('v0', 2_000_000_000)).toEqual(present)
  })
})
