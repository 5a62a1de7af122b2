import { describe, expect, test } from 'vitest'
import { runGit } from '../../src/git/git.ts'
import { findTag } from '../../src/git/tags.ts'
import { useApp } from '../support/app.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()
const EXISTS = ['Release already exists']

const publish = ({ project, tokens }: World, input: Record<string, unknown>) =>
  mutate(app, tokens.developer, 'releaseCreate', { projectPath: project.fullPath, tagName: 'v1.0.0', ...input })

const deleteTag = async ({ project }: World) => {
  const repository = app.repositories.directory(project.id)
  await runGit(repository, ['tag', '--delete', 'v1.0.0'])
  return repository
}

describe('releaseCreate for a release that exists', () => {
  test.each([
    ['unknown milestones', { milestones: ['none'] }],
    ['notes that are too long', { description: 'x'.repeat(1_000_001) }],
    ['links without a name', { assets: { links: [{ name: '', url: 'x' }] } }],
  ])('releaseCreate says that the release exists before it looks at %s', async (_name, input) => {
    expect(await publish(await createWorld(app), input)).toEqual(EXISTS)
  })

  test('releaseCreate says that the release exists before it looks at the ref of a tag that is gone', async () => {
    const world = await createWorld(app)
    await deleteTag(world)
    for (const ref of [null, '', 'nowhere']) expect(await publish(world, { ref })).toEqual(EXISTS)
  })

  test('releaseCreate makes no new tag for a release that exists', async () => {
    const world = await createWorld(app)
    const repository = await deleteTag(world)
    expect(await publish(world, { ref: 'main' })).toEqual(EXISTS)
    expect(await findTag(repository, 'v1.0.0')).toBeNull()
  })
})

// One statement reads the viewer, one the project with its protected tags, and one the release.
test.each(['public', 'private'] as const)(
  'releaseCreate takes three statements to find that a tag in a %s project has a release',
  async (visibility) => {
    const world = await createWorld(app, {
      project: { visibility },
      repository: { tags: ['v1.0.0', 'v1.0.1', 'v1.0.2'] },
    })
    // Another request comes first, so that only the statements of a later request are counted.
    expect(await publish(world, { tagName: 'v1.0.1' })).toEqual([])
    const sent = await app.statementsOf(async () => expect(await publish(world, { tagName: 'v1.0.2' })).toEqual([]))
    expect(sent).toHaveLength(3)
  },
)
