import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { collectEvidence } from '../../src/modules/evidence/collect-evidence.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createWorld, type World } from '../support/world.ts'
import { releaseCommands, withoutPipeline } from './release-world.ts'

const app = useApp()
withoutPipeline()

type Answer = (request: IncomingMessage, response: ServerResponse) => void
type Downloaded = { files: { name: string; file: string; size: number; sha256: string; checkedAgainst: string[] }[] }

const sha256 = (text: string) => createHash('sha256').update(text)
const hex = (text: string) => sha256(text).digest('hex')

/** The server of the files, on another host than Waybill. */
const answers = new Map<string, Answer>()
const credentials: unknown[] = []
const files = createServer((request, response) => {
  const { authorization, 'private-token': privateToken, 'job-token': jobToken } = request.headers
  credentials.push(authorization ?? privateToken ?? jobToken)
  const answer = answers.get(request.url ?? '')
  if (answer) answer(request, response)
  else response.writeHead(404).end()
})
let filesUrl = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
  filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
})
afterAll(() => {
  files.closeAllConnections()
  files.close()
})

const serve = (path: string, text: string, headers: Record<string, string> = {}) => {
  answers.set(path, (_request, response) => void response.writeHead(200, headers).end(text))
  return `${filesUrl}${path}`
}

const serveBytes = (path: string, content: Buffer | string) => {
  answers.set(path, (_request, response) => void response.end(content))
  return `${filesUrl}${path}`
}

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, repository: { tags: ['v1.0.0', 'sources'] } })
})

/** A release with nothing but these links, and a folder for the download that does not exist yet. */
async function releaseOf(links: { name: string; url: string; filepath?: string }[], data: { tag?: string } = {}) {
  const release = await create.createRelease(world.project, { ...data, sha: world.release.sha })
  for (const link of links) await create.createLink(release, link)
  const directory = join(await temporaryDirectory(), 'new', 'folder')
  const commands = releaseCommands(app, world, 'reporter')
  const args = ['download', '--tag', release.tag, '--directory', directory]
  return {
    release,
    directory,
    run: (...more: string[]) => commands.run(...args, ...more),
    download: async (...more: string[]) => (await commands.json<Downloaded>(...args, ...more)).files,
    saved: () => readdir(directory).catch(() => []),
  }
}

describe('the files that a download saves', () => {
  test('a download saves every file of the latest published release, under the name of its permanent path', async () => {
    const other = await createWorld(app, { project: { visibility: 'private' } })
    const latest = await create.createRelease(other.project, { releasedAt: new Date(Date.now() - 1) })
    await create.createRelease(other.project, { releasedAt: new Date(Date.now() + 1e9) })
    await create.createLink(latest, { name: 'Linux', url: serve('/a', 'for linux'), filepath: '/bin/app-linux' })
    await create.createLink(latest, { name: 'Mac', url: serve('/b/app-mac', 'for mac') })
    const directory = await temporaryDirectory()
    const guest = releaseCommands(app, other, 'guest')
    const { stdout, exitCode } = await guest.run('download', '--latest', '--directory', directory)
    expect(exitCode).toBe(0)
    expect(stdout.trimEnd().split('\n').sort()).toEqual([
      `Saved app-linux (9 bytes), SHA-256 ${hex('for linux')}, NOT checked: none is published`,
      `Saved app-mac (7 bytes), SHA-256 ${hex('for mac')}, NOT checked: none is published`,
    ])
    expect((await readdir(directory)).sort()).toEqual(['app-linux', 'app-mac'])
    expect(await readFile(join(directory, 'app-linux'), 'utf8')).toBe('for linux')
  })

  test('a download saves files chosen by the name of a link or a file, and lists the names when a choice finds nothing', async () => {
    const { download, run, saved } = await releaseOf([
      { name: 'Linux', url: serve('/c/app.tar.gz', 'c') },
      { name: 'Mac', url: serve('/d/app.dmg', 'd') },
    ])
    expect(await download('--name', 'L*x')).toMatchObject([{ file: 'app.tar.gz' }])
    expect(await download('--name', '*.dmg')).toMatchObject([{ file: 'app.dmg' }])
    const { stderr, exitCode } = await run('--name', 'Windows')
    expect(stderr).toMatch(/^No link of the release .* is called 'Windows'\. It has: '(Mac|Linux)', '(Mac|Linux)'\n$/)
    expect(exitCode).toBe(1)
    expect(await saved()).toEqual(['app.dmg', 'app.tar.gz'])
  })

  test('a download saves the source code, too, when it is asked for', async () => {
    const { download, directory } = await releaseOf([], { tag: 'sources' })
    const [source] = await download('--sources', 'tar.gz')
    expect(source).toMatchObject({ file: `${world.project.path}-sources.tar.gz`, checkedAgainst: [] })
    const bytes = await readFile(join(directory, source?.file ?? ''))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(source?.sha256)
  })

  test('a download replaces a file of the same name, and a symbolic link without following it', async () => {
    const { download, directory } = await releaseOf([{ name: 'x', url: serve('/e/app', 'new') }])
    const outside = join(await temporaryDirectory(), 'precious')
    await writeFile(outside, 'precious')
    await mkdir(directory, { recursive: true })
    await symlink(outside, join(directory, 'app'))
    await download()
    expect(await readFile(join(directory, 'app'), 'utf8')).toBe('new')
    expect(await readFile(outside, 'utf8')).toBe('precious')
  })

  test('a download never saves outside of the folder, whatever a link is called', async () => {
    const { download, saved } = await releaseOf([
      { name: '../../up', url: `${serve('/..%2f..%2fescape', 'one')}` },
      { name: '..', url: serve('/%2e%2e%5cescape', 'two') },
    ])
    await download()
    expect((await saved()).sort()).toEqual(['-', '-..-up'])
  })

  test('a download never saves two files under one name', async () => {
    const links = [
      { name: 'one', url: serve('/f/App', '1') },
      { name: 'two', url: serve('/g/app', '2') },
    ]
    const { run, saved } = await releaseOf(links)
    expect((await run()).stderr).toContain('would both be saved as')
    expect(await saved()).toEqual([])
  })
})

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
      { name: 'one.sha256', url: `${filesUrl}/beside/gone/one.sha256` },
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
    const url = `${app.url}/api/v4/projects/${world.project.id}/packages/generic/app/1/app.bin`
    const headers = { 'private-token': world.tokens.developer ?? '' }
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
      { name: 'SHA256SUMS', url: `${filesUrl}/h/gone` },
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
    const url = `${app.url}/api/v4/projects/${world.project.id}/report_artifacts/${release.sha}/report.xml`
    const headers = { 'private-token': world.tokens.developer ?? '' }
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

describe('a transfer', () => {
  test('a transfer sends the token to the server alone, and not where a redirect leads', async () => {
    answers.set('/k', (_request, response) => void response.writeHead(302, { location: '/k/app' }).end())
    serve('/k/app', 'k')
    credentials.length = 0
    const { download } = await releaseOf([{ name: 'app', url: `${filesUrl}/k`, filepath: '/bin/app' }])
    expect(await download()).toMatchObject([{ file: 'app', size: 1 }])
    expect(credentials).toEqual([undefined, undefined])
  })

  test('a transfer cannot be led back to the server with the token', async () => {
    const location = `${app.url}/${world.project.fullPath}/-/releases/v1.0.0`
    answers.set('/p/app', (_request, response) => void response.writeHead(302, { location }).end())
    const { run, saved } = await releaseOf([{ name: 'app', url: `${filesUrl}/p/app` }])
    expect((await run()).stderr).toContain(`${location} answers 404: WAYBILL_TOKEN was not sent there`)
    expect(await saved()).toEqual([])
  })

  test('a transfer that needs a token elsewhere says that the token was not sent', async () => {
    const { run } = await releaseOf([{ name: 'app', url: `${filesUrl}/missing?signature=secret` }])
    expect((await run()).stderr).toBe(
      `${filesUrl}/missing answers 404: WAYBILL_TOKEN was not sent there, as it is for ${app.url} alone\n`,
    )
  })

  test('a transfer shows its progress on a terminal, and nothing elsewhere', async () => {
    const { run } = await releaseOf([{ name: 'app', url: serve('/o/app', 'x', { 'content-length': '1' }) }])
    expect((await run()).stderr).toBe('')
    const { isTTY, columns } = process.stderr
    Object.assign(process.stderr, { isTTY: true, columns: 80 })
    onTestFinished(() => void Object.assign(process.stderr, { isTTY, columns }))
    expect((await run()).stderr).toContain('app 0.0 MB of 0.0 MB')
  })

  test('a transfer that is cut off leaves nothing behind, and an earlier file stays', async () => {
    const { run, saved, directory } = await releaseOf([{ name: 'app', url: `${filesUrl}/l/app` }])
    answers.set('/l/app', (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('only this', () => response.destroy())
    })
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'app'), 'before')
    const { stderr, exitCode } = await run()
    expect(stderr).toMatch(/^Receiving app failed: .+\. Try again\.\n$/)
    expect({ exitCode, saved: await saved() }).toEqual({ exitCode: 1, saved: ['app'] })
    expect(await readFile(join(directory, 'app'), 'utf8')).toBe('before')
  })

  test('a transfer that is interrupted leaves nothing behind', async () => {
    const { run, saved } = await releaseOf([{ name: 'app', url: `${filesUrl}/m/app` }])
    answers.set('/m/app', (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('only this', () => void process.emit('SIGINT'))
    })
    expect(await run()).toEqual({ stdout: '', stderr: 'Interrupted\n', exitCode: 1 })
    expect(await saved()).toEqual([])
  })

  test('a transfer that is dead does not stop the others, is reported, and makes the exit code 1', async () => {
    const links = [
      { name: 'first', url: `${filesUrl}/dead/first` },
      { name: 'second', url: serve('/dead/second', '2') },
      { name: 'third', url: 'http://127.0.0.1:1/dead/third' },
      { name: 'fourth', url: 'ftp://files.example.com/fourth' },
      { name: 'fifth', url: serve('/dead/fifth', '5') },
    ]
    const { run, saved } = await releaseOf(links)
    const { stdout, stderr, exitCode } = await run()
    expect((await saved()).sort()).toEqual(['fifth', 'second'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    for (const said of [
      '/dead/first answers 404',
      'Cannot reach http://127.0.0.1:1/dead/third',
      'is no http or https URL',
    ]) {
      expect(stderr).toContain(said)
    }
    expect([exitCode, stderr.trimEnd().split('\n').at(-1)]).toEqual([1, '3 of 5 files were not saved.'])
    const json = await run('--json')
    expect([json.exitCode, JSON.parse(json.stdout)]).toMatchObject([1, { files: [{}, {}], failed: [{}, {}, {}] }])
  })

  test('a transfer that redirects for ever ends', async () => {
    answers.set('/n', (_request, response) => void response.writeHead(302, { location: '/n' }).end())
    const { run } = await releaseOf([{ name: 'n', url: `${filesUrl}/n` }])
    expect((await run()).stderr).toBe(`${filesUrl}/n redirects more than 10 times\n`)
  })
})
