// Files that do not come along are named, with what to do, until they are here.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { work } from '../../jobs/job-world.ts'
import { useApp } from '../../support/app.ts'
import { emptyTarget, fullSource, importFrom } from './import-world.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['0.0.0.0/0', '::/0'] })

const digestOf = (content: string) => createHash('sha256').update(content).digest('hex')

const pointerTo = (content: string) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(content)}\nsize ${content.length}\n`

async function commitFiles(repository: string, files: Record<string, string>): Promise<void> {
  const rows: string[] = []
  for (const [name, input] of Object.entries(files)) {
    const blob = await runGit(repository, ['hash-object', '-w', '--stdin'], { input })
    rows.push(`100644 blob ${blob.trim()}\t${name}\n`)
  }
  const tree = await runGit(repository, ['mktree'], { input: rows.join('') })
  const as = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  const commit = await runGit(repository, [...as, 'commit-tree', tree.trim(), '-m', 'Films'])
  await runGit(repository, ['update-ref', 'refs/heads/films', commit.trim()])
}

test('contents of Git LFS that stay at the source are counted once, until they are here', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  const films = { one: 'the first film', two: 'another film' }
  const files = { 'one.mp4': pointerTo(films.one), 'copy.mp4': pointerTo(films.one), 'two.mp4': pointerTo(films.two) }
  await commitFiles(app.repositories.directory(source.project.id), { ...files, 'notes.txt': 'x'.repeat(130) })
  const first = await importFrom(app, app, source, target)
  expect(first.left).toEqual([
    'Git LFS: 2 objects (26 bytes) are at the source alone: in a clone of it, run git lfs fetch --all, ' +
      'and git lfs push --all with the address of this project',
  ])
  const object = { projectId: target.project.id, sha256: digestOf(films.one), size: 14, storageKey: 'lfs/one' }
  await db.lfsObject.create({ data: object })
  expect((await importFrom(app, app, source, target)).left).toEqual([
    expect.stringMatching(/^Git LFS: 1 object \(12 bytes\) is at the source alone/),
  ])
})

test('notes that link to uploads of the source are named, until somebody has changed them here', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  const secret = '3f9a0c5b8d7e4a1f9b2c6d0e7f8a1b2c'
  const description = `![winch](/uploads/${secret}/winch.png)`
  await db.release.updateMany({
    where: { projectId: source.project.id, tag: { in: ['v1', 'v2'] } },
    data: { description },
  })
  await db.release.updateMany({
    where: { projectId: source.project.id, tag: 'v3' },
    data: { description: `https://source.example.com/uploads/${secret}/winch.png` },
  })
  await db.issue.updateMany({ where: { projectId: source.project.id, iid: 12 }, data: { description } })
  const lineOf = (places: string) =>
    `Uploads: upload 1 file here that is at the source alone, and change the links in ${places}`
  const first = await importFrom(app, app, source, target)
  expect(first.left).toEqual([lineOf('the issue #12, the release v1, the release v2')])
  const named = { projectId: target.project.id, tag: { in: ['v1', 'v2'] } }
  await db.release.updateMany({ where: named, data: { description: 'Without a picture' } })
  expect((await importFrom(app, app, source, target)).left).toEqual([lineOf('the issue #12')])
  await db.upload.create({
    data: {
      ...{ projectId: target.project.id, secret },
      fileName: 'winch.png',
      size: 1,
      sha256: 'a',
      storageKey: 'uploads/1',
    },
  })
  expect((await importFrom(app, app, source, target)).left).toEqual([])
})
