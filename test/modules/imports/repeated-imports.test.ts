// The record of what was brought belongs to the project at the source, however the source is named.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import type { Project } from '../../../src/generated/prisma/client.ts'
import { work } from '../../jobs/job-world.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { mutate } from '../../support/mutate.ts'
import { emptyTarget, fullSource, importFrom, type Side, written } from './import-world.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['0.0.0.0/0', '::/0'] })

const nothing = { MILESTONE: '0 0 1', ISSUE: '0 0 2', PACKAGE_FILE: '0 0 1', RELEASE: '0 0 3', PROTECTED_TAG: '0 0 1' }

const at = (project: Project, tag: string) => ({ projectId_tag: { projectId: project.id, tag } })

/** People change one release and delete another. */
async function editCopy({ project, token }: Side): Promise<void> {
  const named = (tagName: string) => ({ projectPath: project.fullPath, tagName })
  expect(await mutate(app, token, 'releaseUpdate', { ...named('v1'), description: 'Better notes' })).toEqual([])
  expect(await mutate(app, token, 'releaseDelete', named('v3'))).toEqual([])
  await db.packageFile.deleteMany({ where: { package: { projectId: project.id } } })
}

async function expectEditsKept({ project }: Side): Promise<void> {
  const rows = await db.release.findMany({ where: { projectId: project.id }, orderBy: { tag: 'asc' } })
  expect(rows.map(({ tag, description }) => [tag, description])).toEqual([
    ['v1', 'Better notes'],
    ['v2', 'Notes of v2'],
  ])
  expect(await db.packageFile.count({ where: { package: { projectId: project.id } } })).toBe(0)
}

test('what people have edited or deleted stays, whichever way the project at the source is spelled', {
  timeout: 60_000,
}, async () => {
  const server = await startAnotherServer(app)
  const source = await fullSource(server)
  const { id, fullPath } = source.project
  // A link may name the project by its path.
  const url = `${server.url}/api/v4/projects/${encodeURIComponent(fullPath)}/packages/generic/app/1.0/bin/app.txt`
  await db.assetLink.updateMany({ where: { name: 'app', release: { projectId: id } }, data: { url } })
  const target = await emptyTarget(app)
  await work(app)
  expect(await importFrom(app, server, source, target)).toMatchObject({ state: 'FINISHED', left: [] })
  const link = await db.assetLink.findFirstOrThrow({
    where: { name: 'app', release: { projectId: target.project.id } },
  })
  expect(link.url).toContain(`${app.url}/api/v4/projects/${target.project.id}/packages/generic/`)
  await editCopy(target)

  const otherCase = await importFrom(app, server, source, target, { sourcePath: fullPath.toUpperCase() })
  expect([otherCase.error, written(otherCase)]).toEqual([null, nothing])
  await expectEditsKept(target)

  const rename = { projectPath: fullPath, path: `${source.project.path}-renamed` }
  expect(await mutate(server, source.token, 'projectUpdate', rename)).toEqual([])
  const renamed = await importFrom(app, server, source, target, { sourcePath: `${fullPath}-renamed` })
  expect([renamed.error, written(renamed)]).toEqual([null, nothing])
  const before = await importFrom(app, server, source, target)
  expect([before.error, written(before)]).toEqual([null, nothing])
  await expectEditsKept(target)

  // What the source changes still comes along.
  await db.release.update({ where: at(source.project, 'v1'), data: { description: 'New notes' } })
  expect(written(await importFrom(app, server, source, target))).toMatchObject({ RELEASE: '0 1 2' })
})

const sha256 = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** The records that earlier versions have kept: by the URL and the path as they were written. */
async function keepFormerRecords(server: { url: string }, source: Side, target: Side): Promise<void> {
  const { fullPath } = source.project
  const name = `${server.url}/ ${fullPath}`
  const file = 'packages/generic/app/1.0/bin/app.txt'
  const tagged = await db.release.findMany({ where: { projectId: source.project.id } })
  const releases = tagged.map(({ tag, name: title, description, releasedAt, sha }) => {
    const url = `${app.url}/api/v4/projects/${target.project.id}/${file}`
    const links = [
      { name: 'manual', url: `https://docs.example.com/${tag}`, linkType: 'other', filepath: null },
      { name: 'app', url, linkType: 'package', filepath: '/bin/app' },
    ]
    const row = { tag, name: title ?? tag, description, releasedAt, milestones: tag === 'v2' ? ['Spring'] : [], links }
    return ['release', tag, { ...row, sha }] as const
  })
  const bytes = { hidden: false, sha256: createHash('sha256').update('bytes').digest('hex') }
  const named = { packageName: 'app', packageVersion: '1.0', fileName: 'bin/app.txt', ...bytes }
  const path = `api/v4/projects/${encodeURIComponent(fullPath)}/packages/generic/app/1.0/bin/app.txt`
  const rows = [...releases, ['package_file', 'app/1.0/bin/app.txt', { ...named, path }] as const]
  const projectId = target.project.id
  await db.importedRecord.deleteMany({ where: { projectId } })
  await db.importedRecord.createMany({
    data: rows.map(([subject, key, row]) => ({ projectId, key: sha256([name, subject, key]), digest: sha256(row) })),
  })
}

test('the records of earlier versions count, also after the project at the source is spelled otherwise', {
  timeout: 60_000,
}, async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  await importFrom(app, app, source, target)
  await editCopy(target)
  await keepFormerRecords(app, source, target)
  const { fullPath } = source.project
  const otherCase = await importFrom(app, app, source, target, { sourcePath: fullPath.toUpperCase() })
  expect([otherCase.error, written(otherCase)]).toEqual([null, nothing])
  const rename = { projectPath: fullPath, path: `${source.project.path}-renamed` }
  expect(await mutate(app, source.token, 'projectUpdate', rename)).toEqual([])
  const renamed = await importFrom(app, app, source, target, { sourcePath: `${fullPath}-renamed` })
  expect([renamed.error, written(renamed)]).toEqual([null, nothing])
  await expectEditsKept(target)
})
