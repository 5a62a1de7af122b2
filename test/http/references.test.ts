// Notes name issues, milestones, accounts, groups and commits, and files of the repository. Each viewer gets links to what it may see.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'
import { web } from './pages/web-client.ts'
import { rest } from './rest/client.ts'

const app = useApp()

/** A mark in the tag. */
const MARK = 'zqx'
const TAG = `${MARK}/v1`

let world: World
let hidden: Project
let sha: string

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
  sha = world.release.sha ?? ''
  hidden = await create.createProject({ visibility: 'private' })
  await create.createIssue(hidden, { iid: 5 })
  await create.createIssue(world.project, { iid: 901 })
  await create.createIssue(world.project, { iid: 902, confidential: true, authorId: world.users.guest.id })
  await create.createIssue(world.project, { iid: 903, confidential: true })
  await create.createMilestone({ projectId: world.project.id }, { iid: 77, title: 'Own "goal' })
  await create.createMilestone({ projectId: world.project.id }, { iid: 78, title: 'Both & more' })
  await create.createMilestone({ groupId: world.group.id }, { iid: 79, title: 'Both & more' })
  await create.createMilestone({ groupId: world.group.id }, { iid: 80, title: 'Of the group' })
})

async function write(description: string, release = world.release): Promise<void> {
  await db.release.update({ where: { id: release.id }, data: { description, descriptionHtml: null } })
}

type Data = { project: { releases: { nodes: { descriptionHtml: string }[] } } | null }
const NOTES = 'query ($path: ID!) { project(fullPath: $path) { releases(last: 100) { nodes { descriptionHtml } } } }'

async function shownTo(viewer: ViewerName, of = world): Promise<string> {
  const { data } = await query<Data, object>(app, NOTES, { path: of.project.fullPath }, { token: of.tokens[viewer] })
  return data.project?.releases.nodes[0]?.descriptionHtml ?? ''
}

const paragraph = (content: string) => `<p dir="auto">${content}</p>`

/** The notes as the viewer sees them, without the paragraph around them. */
async function rendered(description: string, viewer: ViewerName): Promise<string> {
  await write(description)
  const html = await shownTo(viewer)
  expect(html).toMatch(/^<p dir="auto">.*<\/p>$/s)
  return html.slice('<p dir="auto">'.length, -'</p>'.length)
}

const link = (path: string, text: string) => `<a href="/${path}">${text}</a>`

describe('references', () => {
  test('an issue is a link for whoever may see it, and text for everybody else', async () => {
    const of = (iid: number) => link(`${world.project.fullPath}/-/issues/${iid}`, `#${iid}`)
    await write('#901 #902 #903 #999999')
    expect(await shownTo('guest')).toBe(paragraph(`${of(901)} ${of(902)} #903 #999999`))
    expect(await shownTo('planner')).toBe(paragraph(`${of(901)} ${of(902)} ${of(903)} #999999`))
    expect(await shownTo('reporter')).toBe(paragraph(`${of(901)} ${of(902)} ${of(903)} #999999`))
  })

  test('an issue of another project is named by its path, in any letter case, and also by an old path', async () => {
    const other = await create.createProject({ visibility: 'public' })
    await create.createIssue(other, { iid: 3 })
    await db.oldPath.create({ data: { fullPath: 'was/here', projectId: other.id } })
    const to = `${other.fullPath}/-/issues/3`
    const texts = [`${other.fullPath}#3`, `${other.fullPath.toUpperCase()}#3`, 'was/here#3']
    expect(await rendered(texts.join(' '), 'guest')).toBe(texts.map((text) => link(to, text)).join(' '))
  })

  test('an issue of a hidden project is answered as a missing one, by the same statements', async () => {
    const statements: string[][] = []
    for (const path of [hidden.fullPath, 'no/such']) {
      await write(`${path}#5`)
      await shownTo('developer') // The notes are rendered and kept.
      statements.push(
        await app.statementsOf(async () => expect(await shownTo('developer')).toBe(paragraph(`${path}#5`))),
      )
    }
    expect(statements[0]).toEqual(statements[1])
    await create.addMember({ project: hidden }, world.users.owner, 'guest')
    await write(`${hidden.fullPath}#5`)
    expect(await shownTo('owner')).toContain(`href="/${hidden.fullPath}/-/issues/5"`)
  })

  test('milestones are named by number and by title, and that of the project wins', async () => {
    const own = (iid: number, text: string) => link(`${world.project.fullPath}/-/milestones/${iid}`, text)
    expect(await rendered('%77 %"Both & more" %"Of the group" %80 %"None"', 'guest')).toBe(
      `${own(77, '%77')} ${own(78, '%"Both &#x26; more"')} ` +
        `${link(`groups/${world.group.fullPath}/-/milestones/80`, '%"Of the group"')} %80 %"None"`,
    )
    await db.project.update({
      where: { id: world.project.id },
      data: { issuesLevel: 'disabled', mergeRequestsLevel: 'disabled' },
    })
    expect(await rendered('%77 #901', 'owner')).toBe('%77 #901')
    await db.project.update({
      where: { id: world.project.id },
      data: { issuesLevel: 'enabled', mergeRequestsLevel: 'enabled' },
    })
  })

  test('a milestone of a private group is a link for members of the group alone', async () => {
    const group = await create.createGroup({ visibility: 'private' })
    const project = await create.createProject({ groupId: group.id })
    await create.createMilestone({ groupId: group.id }, { title: 'Theirs' })
    await create.createRelease(project, { description: '%"Theirs"' })
    await create.addMember({ group }, world.users.guest, 'guest')
    const of = { ...world, project }
    expect(await shownTo('guest', of)).toContain('<a href')
    for (const viewer of ['anonymous', 'owner'] as const) expect(await shownTo(viewer, of)).toBe(paragraph('%"Theirs"'))
  })

  test('accounts and groups are named with @, hidden groups excepted', async () => {
    const secret = await create.createGroup({ visibility: 'private', path: 'hidden-group' })
    const { username } = world.users.guest
    const text = `@${username}, @${username.toUpperCase()} @${world.group.fullPath}. @hidden-group @nobody.here a@${username} @${username}/x`
    expect(await rendered(text, 'guest')).toBe(
      `${link(username, `@${username}`)}, ${link(username, `@${username.toUpperCase()}`)} ` +
        `${link(`groups/${world.group.fullPath}`, `@${world.group.fullPath}`)}. @hidden-group @nobody.here a@${username} @${username}/x`,
    )
    await create.addMember({ group: secret }, world.users.owner, 'guest')
    expect(await rendered('@hidden-group', 'owner')).toBe(link('groups/hidden-group', '@hidden-group'))
  })

  test('a commit is a link for whoever reads the code, if it is there', async () => {
    const short = sha.slice(0, 7)
    const to = (text: string) => link(`${world.project.fullPath}/-/commit/${sha}`, text)
    const text = `${sha} ${short}, 1234567 ${sha.slice(0, 6)} x${short} ${short}-1`
    expect(await rendered(text, 'reporter')).toBe(
      `${to(sha)} ${to(short)}, 1234567 ${sha.slice(0, 6)} x${short} ${short}-1`,
    )
    expect(await rendered(text, 'guest')).toBe(text)
  })

  test('a branch that is called like the beginning of a commit is no commit', async () => {
    const { runGit } = await import('../../src/git/git.ts')
    await runGit(app.repositories.directory(world.project.id), ['branch', 'deadbee', 'main'])
    expect(await rendered('deadbee', 'owner')).toBe('deadbee')
  })

  test('nothing is a reference in code, in links and in attributes, and a merge request is none anywhere', async () => {
    const html = await rendered(
      '`#901` [#901](/x) <kbd>#901</kbd> <b title="#901">a</b> https://a.b/#901 !1 \\#901x',
      'owner',
    )
    expect(html).toBe(
      '<code>#901</code> <a href="/x">#901</a> <kbd>#901</kbd> <b title="#901">a</b> ' +
        '<a href="https://a.b/#901" rel="nofollow noreferrer noopener">https://a.b/#901</a> !1 #901x',
    )
    await write('```\n#901\n```')
    expect(await shownTo('owner')).toBe('<pre dir="auto"><code>#901\n</code></pre>')
  })

  test('the first 200 references of a text are looked at', async () => {
    const html = await rendered('#901 '.repeat(250).trim(), 'owner')
    expect(html.split('<a href').length - 1).toBe(200)
    expect(html.split('#901').length - 1).toBe(250)
  })

  test('the attributes of placeholders that a person types are left out', async () => {
    const typed =
      '<a data-ref="issue:%23901">x</a> <img data-file="y"> <b title=\'<a data-ref="issue:%23901">z</a>\'>w</b> &lt;a data-file="y"'
    expect(await rendered(typed, 'owner')).toBe(
      '<a>x</a> <img> <b title="<a data-ref=&#x22;issue:%23901&#x22;>z</a>">w</b> &#x3C;a data-file="y"',
    )
  })
})

describe('files', () => {
  const text = '[a](docs/x.md) [b](./y.txt?c=d#e) ![p](img/p%20q.png "t") [up](../../z)'

  test('relative addresses lead to files at the tag, with access to the code', async () => {
    const base = `/${world.project.fullPath}/-`
    const at = encodeURIComponent(TAG)
    expect(await rendered(text, 'reporter')).toBe(
      `<a href="${base}/blob/${at}/docs/x.md">a</a> <a href="${base}/blob/${at}/y.txt?c=d#e">b</a> ` +
        `<img src="${base}/raw/${at}/img/p%20q.png" alt="p" title="t"> <a href="${base}/blob/${at}/z">up</a>`,
    )
  })

  test('relative addresses lead nowhere without access to the code', async () => {
    expect(await rendered(text, 'guest')).toBe('<a>a</a> <a>b</a> <img alt="p" title="t"> <a>up</a>')
  })

  test('other addresses stay', async () => {
    expect(await rendered('[a](/b) [c](#d) [e](?f) [g](//h.i) [j](mailto:k@l.m)', 'reporter')).toBe(
      '<a href="/b">a</a> <a href="#user-content-d">c</a> <a href="?f">e</a> ' +
        '<a href="//h.i" rel="nofollow noreferrer noopener">g</a> <a href="mailto:k@l.m" rel="nofollow noreferrer noopener">j</a>',
    )
  })

  test('below a path of BASE_URL all of these addresses begin with the path', async () => {
    const baseUrl = 'https://example.com/way/bill'
    const server = await startAnotherServer(app, { baseUrl })
    const upload = `/uploads/${'a'.repeat(32)}/b%20c.png?d=e`
    await write(`#901 [a](x.md) ![b](${upload}) <a href="/uploads/${'a'.repeat(32)}/f g.txt">h</a> [i](/j)`)
    const { data } = await query<Data, object>(
      server,
      NOTES,
      { path: world.project.fullPath },
      { token: world.tokens.owner },
    )
    const links = [...(data.project?.releases.nodes[0]?.descriptionHtml ?? '').matchAll(/(?:href|src)="([^"]+)"/g)]
    const { id, fullPath } = world.project
    expect(links.map(([, address]) => address)).toEqual([
      `/way/bill/${fullPath}/-/issues/901`,
      `/way/bill/${fullPath}/-/blob/${encodeURIComponent(TAG)}/x.md`,
      `/way/bill/-/project/${id}${upload}`,
      `/way/bill/-/project/${id}/uploads/${'a'.repeat(32)}/f%20g.txt`,
      '/j',
    ])
  })

  test('a file at the tag is found at the address in the notes', async () => {
    const html = await rendered('[a](file.txt) ![b](file.txt)', 'reporter')
    for (const [, address] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
      const token = world.tokens.reporter ?? ''
      expect((await fetch(app.url + address, { headers: { 'private-token': token } })).status).toBe(200)
    }
  })
})

test('GraphQL, REST, the pages and the feed show the same notes to a viewer, and no door names the tag to a Guest', async () => {
  await write(`#901 [a](docs/x.md) ![p](p.png) ${sha}`)
  for (const viewer of ['guest', 'reporter'] as const) {
    const token = world.tokens[viewer]
    const html = await shownTo(viewer)
    expect(html).toContain('<a href')
    expect(html.includes(MARK)).toBe(viewer === 'reporter')
    const list = `/projects/${world.project.id}/releases?include_html_description=true`
    expect((await rest(app, 'GET', list, { token })).body[0].description_html).toBe(html)
    expect(await (await web(app, world, `releases/id/${world.release.id}`, { token })).text()).toContain(html)
    const feed = await (await web(app, world, 'releases.atom', { token })).text()
    expect(feed).toContain(
      html.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    )
  }
})

describe('what is kept', () => {
  test('an issue that is made later turns its reference into a link at once', async () => {
    await write('#555')
    for (let time = 0; time < 3; time++) expect(await shownTo('owner')).toBe(paragraph('#555'))
    const issue = await create.createIssue(world.project, { iid: 555 })
    expect(await shownTo('owner')).toContain('<a href')
    await db.issue.update({ where: { id: issue.id }, data: { confidential: true } })
    expect([await shownTo('guest'), (await shownTo('owner')).includes('<a href')]).toEqual([paragraph('#555'), true])
  })

  test('an attribute that ends like a placeholder stays as it is, so that the text behind it becomes no attribute', async () => {
    const text =
      '<b title="<img data-file=">A "B" onmouseover="alert(1)" x="c">d</b> <b title="<a data-ref=">issue:1">e</b>'
    expect(await rendered(text, 'guest')).toBe(text)
    expect(await rendered(text, 'owner')).toBe(text)
  })

  test('what is stored with the release names neither tag nor target', async () => {
    await write('#901 [a](docs/x.md)')
    await shownTo('owner')
    const { descriptionHtml } = await db.release.findUniqueOrThrow({ where: { id: world.release.id } })
    expect(descriptionHtml).toBe(paragraph('<a data-ref="issue:%23901">#901</a> <a data-file="docs/x.md">a</a>'))
  })

  test('an answer with notes that name nothing is kept, and one with references costs as many statements for 20 releases as for 1', async () => {
    const of = await createWorld(app)
    const ask = async () => {
      await shownTo('developer', of)
      return (await app.statementsOf(() => shownTo('developer', of))).length
    }
    await write('plain [a](b)', of.release)
    const kept = await ask()
    await create.createIssue(of.project, { iid: 1 })
    const text = `#1 ${of.project.fullPath}#1 %"x" %1 @user-1 ${of.release.sha}`
    await write(text, of.release)
    const one = await ask()
    for (let at = 0; at < 19; at++)
      await create.createRelease(of.project, { description: `${text} #${at + 2} @user-${at}` })
    expect(await ask()).toBe(one)
    // The project with its releases, and three kinds of references.
    expect(one).toBeLessThanOrEqual(kept + 4)
  })
})
