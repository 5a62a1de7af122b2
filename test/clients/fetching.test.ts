import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { newFolder, remoteOf, run, runPackage, startRepository } from './run-program.ts'
import { createProject, read, useWaybill } from './waybill.ts'

const waybill = useWaybill()

/** A project that everybody may read, and a project of a team. */
const projects = { public: '', private: '' }

beforeAll(async () => {
  for (const visibility of ['public', 'private'] as const) {
    const project = await createProject(waybill, `fetched-${visibility}`, visibility)
    const desk = await startRepository(remoteOf(waybill.url, project, waybill.tokens.developer))
    await desk.push('feat: sail', { 'sail.txt': 'old', 'docs/sail.md': '# Sails' })
    await desk.git('tag', 'v1.0.0')
    await desk.git('push', '--quiet', 'origin', 'v1.0.0')
    await desk.push('feat: a new sail', { 'sail.txt': 'new' })
    projects[visibility] = project
  }
})

/** The address that REST gives for people. */
const pageOf = async (project: string) => {
  const { web_url } = await read<{ web_url: string }>(waybill, project)
  expect(web_url).not.toMatch(/\.git$/)
  return web_url
}

const sailIn = (...folder: string[]) => readFile(path.join(...folder, 'sail.txt'), 'utf8')

describe('the address of a project', () => {
  test('git clones the address of a project', async () => {
    const cwd = await newFolder()
    expect(await run('git', ['clone', await pageOf(projects.public), 'clone'], { cwd })).toMatchObject({ code: 0 })
    expect(await sailIn(cwd, 'clone')).toBe('new')
  })

  test('isomorphic-git clones the address of a project, and pushes to it', async () => {
    const cwd = await newFolder()
    const credential = ['--username=whoever', `--password=${waybill.tokens.developer}`]
    const iso = async (...args: string[]) => {
      expect(await runPackage('isomorphic-git', [...args, ...credential], { cwd })).toMatchObject({ code: 0 })
    }
    await iso('clone', '--dir=.', `--url=${await pageOf(projects.private)}`)
    expect(await sailIn(cwd)).toBe('new')
    await iso('branch', '--ref=iso')
    await iso('push', '--ref=iso')
    const remote = remoteOf(waybill.url, projects.private, waybill.tokens.reporter)
    const { output } = await run('git', ['ls-remote', remote, 'iso'], { cwd })
    expect(output).toMatch(/^\w{40}\trefs\/heads\/iso\n$/)
  })

  test('tiged copies the address of a project, at a tag', async () => {
    const cwd = await newFolder()
    // tiged knows a server by its name only.
    const server = 'https://waybill.example'
    await run('git', ['config', '--global', `url.${waybill.url}/.insteadOf`, `${server}/`], { cwd })
    const ran = await runPackage('tiged', [`${server}/${projects.public}#v1.0.0`, 'copy'], { cwd })
    expect(ran).toMatchObject({ code: 0 })
    expect(await sailIn(cwd, 'copy')).toBe('old')
  })
})

describe('go get', () => {
  /** What Go does before it compiles: it asks for the repository of a package, and clones it with the token of ~/.netrc. */
  async function goGet(module: string, token: string | null) {
    const headers: Record<string, string> = token ? { authorization: `Basic ${btoa(`whoever:${token}`)}` } : {}
    const page = await (await fetch(`http://${module}?go-get=1`, { headers })).text()
    const [, content = ''] = /<meta name="go-import" content="([^"]+)">/.exec(page) ?? []
    const [prefix = '', , repository = ''] = content.split(' ')
    expect(module.startsWith(prefix)).toBe(true)
    const cwd = await newFolder()
    const { hostname } = new URL(waybill.url)
    if (token) await writeFile(path.join(path.dirname(cwd), '.netrc'), `machine ${hostname} login x password ${token}`)
    const ran = await run('git', ['clone', '--quiet', repository, '.'], { cwd })
    return { ...ran, cwd }
  }

  test('go get finds the repository of a package, and of a private one with a token', async () => {
    const host = waybill.url.replace('http://', '')
    const open = await goGet(`${host}/${projects.public}/rigging/knots`, null)
    expect(open).toMatchObject({ code: 0 })
    const own = await goGet(`${host}/${projects.private}/rigging`, waybill.tokens.reporter)
    expect(own).toMatchObject({ code: 0 })
    expect(await sailIn(own.cwd)).toBe('new')
  })
})

test('giget copies a project at a tag, and a folder of a private project with a token', async () => {
  const cwd = await newFolder()
  const get = (...args: string[]) => runPackage('giget', args, { cwd, env: { GIGET_GITLAB_URL: waybill.url } })
  expect(await get(`gitlab:${projects.public}#v1.0.0`, 'copy')).toMatchObject({ code: 0 })
  expect(await sailIn(cwd, 'copy')).toBe('old')
  expect(await get(`gitlab:${projects.private}::docs#main`, 'docs')).toMatchObject({ code: 1 })
  const auth = ['--auth', waybill.tokens.reporter]
  expect(await get(`gitlab:${projects.private}::docs#main`, 'docs', ...auth)).toMatchObject({ code: 0 })
  expect(await readFile(path.join(cwd, 'docs', 'sail.md'), 'utf8')).toBe('# Sails')
})
