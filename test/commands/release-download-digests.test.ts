import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { collectEvidence } from '../../src/modules/evidence/collect-evidence.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { hex, sha256, useDownloads } from './download-world.ts'

const app = useApp()
const { serve, serveBytes, releaseOf, filesUrl, world } = useDownloads(app)

describe('digests', () => {
  const lists: [string, string, string][] = [
    ['SHA256SUMS', `${hex('right')}  ./dist/app\n`, 'SHA256SUMS'],
    ['checksums.txt', `${'0'.repeat(64)} *other\n${hex('right').toUpperCase()} *app\n`, 'checksums.txt'],
    ['app_1.0_checksums.txt', `SHA256 (app) = ${hex('right')}\n`, 'app_1.0_checksums.txt'],
  ]
  test.each(lists)('a file is checked against %s', async (name, text, source) => {
    const { download, run, saved } = await releaseOf([
      { name: 'app', url: serve(`/${name}/app`, 'right') },
      { name, url: serve(`/${name}/${name}`, text) },
    ])
    expect(await download('--name', 'app')).toMatchObject([{ file: 'app', checkedAgainst: [source] }])
    serve(`/${name}/app`, 'wrong')
    const { stderr, exitCode } = await run('--name', 'app')
    expect(stderr).toBe(
      `app is not what was published: its SHA-256 is ${hex('wrong')}, but ${source} says ${hex('right')}. Nothing was saved.\n`,
    )
    expect(exitCode).toBe(1)
    expect(await saved()).toEqual(['app'])
  })

  const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')
  const forms: [string, Buffer | string][] = [
    ['checksums_sha256.txt', `${hex('right')}  app.tar.gz\n`],
    ['SHASUMS256.txt', `${hex('right')}  app.tar.gz\n`],
    ['SHA256SUMS-linux.txt', `${hex('right')}  app.tar.gz\n`],
    ['sha256sum.txt', `${hex('right')} *app.tar.gz\n`],
    ['sha256.txt', `app.tar.gz: ${hex('right')}\n`],
    ['hashes.txt', `${hex('right')}  app.tar.gz\n`],
    ['app-1.0-hashsums.txt', `${hex('right')}  app.tar.gz\n`],
    ['SHA512SUMS', `${digest('sha512', 'right')}  ./dist/app.tar.gz\n`],
    ['app_1.0_SHA256SUMS', `${hex('right')}\tapp.tar.gz\r\n`],
    ['CHECKSUM', `SHA256 (app.tar.gz) = ${hex('right')}\n`],
    ['CHECKSUMS.openssl.txt', `SHA2-256(app.tar.gz)= ${hex('right')}\n`],
    ['checksums.sha256', `sha256:${hex('right')}  app.tar.gz\n`],
    [
      'powershell-checksums.txt',
      Buffer.from(`\uFEFFSHA256          ${hex('right').toUpperCase()}       C:\\out\\app.tar.gz\r\n`, 'utf16le'),
    ],
    ['latin-checksums.txt', Buffer.from(`${hex('x')}  gr\xfc\xdfe\n${hex('right')}  app.tar.gz\n`, 'latin1')],
    ['app.tar.gz.sha256', `${hex('right')}\n`],
    ['app.tar.gz.SHA256', `${hex('right')}  -\n`],
    ['app.tar.gz.sha256sum', `${hex('right')}  another-name.tar.gz`],
    ['app.tar.gz.sha256.txt', `sha256:${hex('right')}`],
    ['app.tar.gz.sha512', `${digest('sha512', 'right')}  app.tar.gz\n`],
    ['app.tar.gz.sha384', `${digest('sha384', 'right')}\n`],
    ['bare/sha256.txt', hex('right')],
    ['ambiguous-checksums.txt', `${hex('other')}  mac/app.tar.gz\n${hex('right')}  linux/app.tar.gz\n`],
  ]
  test.each(forms)(
    'a list of digests in %s is read, so that an authentic file is saved and a tampered one never is',
    async (name, content) => {
      const [place, listName = ''] = [`/forms/${name}`, name.split('/').at(-1)]
      const { download, run, saved } = await releaseOf([
        { name: 'app.tar.gz', url: serve(`${place}/app.tar.gz`, 'tampered') },
        { name: listName, url: serveBytes(`${place}/list/${listName}`, content) },
      ])
      const refused = await run('--name', 'app.tar.gz')
      expect(refused.stderr).toContain('app.tar.gz is not what was published')
      expect([refused.exitCode, await saved()]).toEqual([1, []])
      serve(`${place}/app.tar.gz`, 'right')
      expect(await download('--name', 'app.tar.gz')).toMatchObject([{ file: 'app.tar.gz', checkedAgainst: [listName] }])
      expect(await saved()).toEqual(['app.tar.gz'])
    },
  )

  test.each([
    ['SHA256SUMS.asc', hex('other')],
    ['app.tar.gz.sha256.sig', hex('other')],
    ['app.tar.gz.md5', digest('md5', 'other')],
    ['MD5SUMS', `${digest('md5', 'other')}  app.tar.gz`],
    ['checksums-sha3-256.txt', `${digest('sha3-256', 'right')}  app.tar.gz`],
    ['shasta.txt', `${hex('other')}  app.tar.gz`],
  ])('a file called %s is no list of digests', async (name, content) => {
    const { download } = await releaseOf([
      { name: 'app.tar.gz', url: serve(`/none/${name}/app.tar.gz`, 'right') },
      { name, url: serve(`/none/${name}/list/${name}`, content) },
    ])
    expect(await download('--name', 'app.tar.gz')).toMatchObject([{ checkedAgainst: [] }])
  })

  test('each of several digests counts', async () => {
    const { run, saved } = await releaseOf([
      { name: 'app', url: serve('/several/app', 'right') },
      { name: 'SHA256SUMS', url: serve('/several/SHA256SUMS', `${hex('right')}  app\n`) },
      { name: 'app.sha512', url: serve('/several/app.sha512', digest('sha512', 'wrong')) },
    ])
    expect((await run('--name', 'app')).stderr).toContain('its SHA-512 is')
    expect(await saved()).toEqual([])
  })

  test('a checksum file that cannot be read or says nothing keeps its own file from being saved, and no other', async () => {
    const { run, saved } = await releaseOf([
      { name: 'one', url: serve('/beside/one', '1') },
      { name: 'one.sha256', url: `${filesUrl()}/beside/gone/one.sha256` },
      { name: 'two', url: serve('/beside/two', '2') },
      { name: 'two.sha256', url: serve('/beside/two.sha256', 'none\n') },
      { name: 'three', url: serve('/beside/three', '3') },
    ])
    const { stderr, stdout, exitCode } = await run()
    expect(stderr).toContain('two.sha256 holds no digest of two')
    expect(stderr).toContain('/beside/gone/one.sha256 answers 404')
    expect(stderr).toContain('3 of 5 files were not saved.')
    expect(stdout).toContain('Saved three')
    expect([exitCode, (await saved()).sort()]).toEqual([1, ['three', 'two.sha256']])
  })

  test('a checksum file of an unusual size is refused', async () => {
    const { run, saved } = await releaseOf([
      { name: 'app', url: serve('/huge/app', 'x') },
      { name: 'SHA256SUMS', url: serve('/huge/SHA256SUMS', 'x'.repeat(1_048_577)) },
    ])
    expect((await run('--name', 'app')).stderr).toContain('too large for a list of checksums')
    expect(await saved()).toEqual([])
  })

  test('the stored digest of a package counts, so that a file that the storage has changed is not saved', async () => {
    const url = `${app.url}/api/v4/projects/${world().project.id}/packages/generic/app/1/app.bin`
    const headers = { 'private-token': world().tokens.developer ?? '' }
    expect((await fetch(url, { method: 'PUT', headers, body: 'right' })).status).toBe(201)
    const { download, run, directory } = await releaseOf([{ name: 'app.bin', url }])
    expect((await download())[0]?.checkedAgainst).toContain('the header X-Checksum-SHA256')
    const { storageKey } = await db.packageFile.findFirstOrThrow({ where: { fileName: 'app.bin' } })
    await writeFile(join(app.packagesDir, storageKey), 'wrong')
    expect((await run()).stderr).toContain('app.bin is not what was published')
    expect(await readFile(join(directory, 'app.bin'), 'utf8')).toBe('right')
  })

  test('a list of checksums that cannot be read is an error, not a reason to check nothing', async () => {
    const { run, saved } = await releaseOf([
      { name: 'app', url: serve('/h/app', 'x') },
      { name: 'SHA256SUMS', url: `${filesUrl()}/h/gone` },
    ])
    const { stderr, exitCode } = await run('--name', 'app')
    expect(stderr).toContain('/h/gone answers 404')
    expect({ exitCode, saved: await saved() }).toEqual({ exitCode: 1, saved: [] })
  })

  test.each([
    ['Repr-Digest', `sha-512=:AAAA:, sha-256=:${sha256('right').digest('base64')}:`],
    ['Digest', `SHA-256=${sha256('right').digest('base64')}`],
  ])('a file is checked against the header %s', async (header, value) => {
    const { download, run, saved } = await releaseOf([
      { name: 'app', url: serve('/i/app', 'right', { [header]: value }) },
    ])
    expect(await download()).toMatchObject([{ checkedAgainst: [`the header ${header}`] }])
    serve('/i/app', 'wrong', { [header]: value })
    expect((await run('--name', 'app')).stderr).toContain('app is not what was published')
    expect(await saved()).toEqual(['app'])
  })

  test('an ETag of another server proves nothing, and an ETag of the server itself or evidence does', async () => {
    const foreign = serve('/j/app', 'x', { etag: `"${'0'.repeat(64)}"` })
    const { release, download } = await releaseOf([{ name: 'foreign', url: foreign }])
    const url = `${app.url}/api/v4/projects/${world().project.id}/report_artifacts/${release.sha}/report.xml`
    const headers = { 'private-token': world().tokens.developer ?? '' }
    expect((await fetch(url, { method: 'PUT', headers, body: '<tests/>' })).status).toBe(201)
    await db.$transaction((tx) => collectEvidence(tx, release.id, { occasion: null, baseUrl: app.url }))
    await create.createLink(release, { name: 'report', url, filepath: '/tests/report.xml' })
    const downloaded = await download()
    expect(downloaded.find(({ name }) => name === 'foreign')?.checkedAgainst).toEqual([])
    expect(downloaded.find(({ name }) => name === 'report')).toMatchObject({
      file: 'report.xml',
      sha256: hex('<tests/>'),
      checkedAgainst: ['the evidence', 'the header ETag'],
    })
  })
})
