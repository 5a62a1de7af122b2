import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createWorld } from '../support/world.ts'
import { hex, useDownloads } from './download-world.ts'
import { releaseCommands } from './release-world.ts'

const app = useApp()
const { answers, credentials, serve, releaseOf, filesUrl, world } = useDownloads(app)

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
    expect(source).toMatchObject({ file: `${world().project.path}-sources.tar.gz`, checkedAgainst: [] })
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

describe('a transfer', () => {
  test('a transfer sends the token to the server alone, and not where a redirect leads', async () => {
    answers.set('/k', (_request, response) => void response.writeHead(302, { location: '/k/app' }).end())
    serve('/k/app', 'k')
    credentials.length = 0
    const { download } = await releaseOf([{ name: 'app', url: `${filesUrl()}/k`, filepath: '/bin/app' }])
    expect(await download()).toMatchObject([{ file: 'app', size: 1 }])
    expect(credentials).toEqual([undefined, undefined])
  })

  test('a transfer cannot be led back to the server with the token', async () => {
    const location = `${app.url}/${world().project.fullPath}/-/releases/v1.0.0`
    answers.set('/p/app', (_request, response) => void response.writeHead(302, { location }).end())
    const { run, saved } = await releaseOf([{ name: 'app', url: `${filesUrl()}/p/app` }])
    expect((await run()).stderr).toContain(`${location} answers 404: WAYBILL_TOKEN was not sent there`)
    expect(await saved()).toEqual([])
  })

  test('a transfer that needs a token elsewhere says that the token was not sent', async () => {
    const { run } = await releaseOf([{ name: 'app', url: `${filesUrl()}/missing?signature=secret` }])
    expect((await run()).stderr).toBe(
      `${filesUrl()}/missing answers 404: WAYBILL_TOKEN was not sent there, as it is for ${app.url} alone\n`,
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
    const { run, saved, directory } = await releaseOf([{ name: 'app', url: `${filesUrl()}/l/app` }])
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
    const { run, saved } = await releaseOf([{ name: 'app', url: `${filesUrl()}/m/app` }])
    answers.set('/m/app', (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('only this', () => void process.emit('SIGINT'))
    })
    expect(await run()).toEqual({ stdout: '', stderr: 'Interrupted\n', exitCode: 1 })
    expect(await saved()).toEqual([])
  })

  test('a transfer that is dead does not stop the others, is reported, and makes the exit code 1', async () => {
    const links = [
      { name: 'first', url: `${filesUrl()}/dead/first` },
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
    const { run } = await releaseOf([{ name: 'n', url: `${filesUrl()}/n` }])
    expect((await run()).stderr).toBe(`${filesUrl()}/n redirects more than 10 times\n`)
  })
})
