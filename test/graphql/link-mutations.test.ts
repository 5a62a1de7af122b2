import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import type { ReleaseAssetLinkCreateInput, ReleaseAssetLinkUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const Create = graphql(`
  mutation createLink($input: ReleaseAssetLinkCreateInput!) {
    releaseAssetLinkCreate(input: $input) {
      clientMutationId
      errors
      link { id name url linkType directAssetPath directAssetUrl }
    }
  }
`)

const Update = graphql(`
  mutation updateLink($input: ReleaseAssetLinkUpdateInput!) {
    releaseAssetLinkUpdate(input: $input) { errors link { name url linkType directAssetPath } }
  }
`)

const Delete = graphql(`
  mutation deleteLink($input: ReleaseAssetLinkDeleteInput!) {
    releaseAssetLinkDelete(input: $input) { errors link { name } }
  }
`)

const add = (world: World, input: Partial<ReleaseAssetLinkCreateInput> = {}, viewer: ViewerName = 'developer') =>
  query(
    app,
    Create,
    {
      input: {
        projectPath: world.project.fullPath,
        tagName: 'v1.0.0',
        name: 'new',
        url: 'https://example.com/new',
        ...input,
      },
    },
    { token: world.tokens[viewer] },
  )

const idOf = async (world: World, name = 'binary') => {
  const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: world.release.id, name } })
  return `gid://gitlab/Releases::Link/${link.id}`
}

const change = (world: World, input: ReleaseAssetLinkUpdateInput, viewer: ViewerName = 'developer') =>
  query(app, Update, { input }, { token: world.tokens[viewer] })

const remove = (world: World, id: string, viewer: ViewerName = 'developer') =>
  query(app, Delete, { input: { id } }, { token: world.tokens[viewer] })

describe('releaseAssetLinkCreate', () => {
  test('releaseAssetLinkCreate adds a link, by default of the type OTHER', async () => {
    const world = await createWorld(app)
    const { data } = await add(world, { directAssetPath: '/bin/new', clientMutationId: 'c' })
    expect(data.releaseAssetLinkCreate).toEqual({
      clientMutationId: 'c',
      errors: [],
      link: {
        id: await idOf(world, 'new'),
        name: 'new',
        url: 'https://example.com/new',
        linkType: 'OTHER',
        directAssetPath: '/bin/new',
        directAssetUrl: `${app.url}/${world.project.fullPath}/-/releases/v1.0.0/downloads/bin/new`,
      },
    })
  })

  test.each<[string, Partial<ReleaseAssetLinkCreateInput>, string[]]>([
    ['a tag without a release', { tagName: 'v9' }, ['Release with tag "v9" was not found']],
    ['a blank name', { name: ' ' }, ["Name can't be blank"]],
    ['a name that is blank to the database only', { name: '\u0085' }, ["Name can't be blank"]],
    ['a long name', { name: 'x'.repeat(256) }, ['Name is too long (maximum is 255 characters)']],
    ['a name that is taken', { name: 'binary' }, ['Name has already been taken']],
    ['a blank url', { url: '' }, ["Url can't be blank"]],
    ['a url that is taken', { url: 'https://docs.example.com/' }, ['Url has already been taken']],
    ['a relative url', { url: '/x' }, ['Url is blocked: Only allowed schemes are http, https, ftp']],
    ['another scheme', { url: 'javascript:alert(1)' }, ['Url is blocked: Only allowed schemes are http, https, ftp']],
    [
      'a scheme of servers',
      { url: 'ssh://example.com/x' },
      ['Url is blocked: Only allowed schemes are http, https, ftp'],
    ],
    ['no host', { url: 'https://' }, ['Url is blocked: Only allowed schemes are http, https, ftp']],
    ['a path that is taken', { directAssetPath: '/bin/linux' }, ['Filepath has already been taken']],
    ['an empty path', { directAssetPath: '' }, ['Filepath is in an invalid format']],
    ['a path of 3 characters', { directAssetPath: '/ab' }, ['Filepath is in an invalid format']],
    [
      'a path of 3 characters, one of them outside of the basic plane',
      { directAssetPath: '/😀b' },
      ['Filepath is in an invalid format'],
    ],
    ['a trailing slash', { directAssetPath: '/abc/' }, ['Filepath is in an invalid format']],
    ['two slashes', { directAssetPath: '/ab//cd' }, ['Filepath is in an invalid format']],
    ['no leading slash', { directAssetPath: 'abcd' }, ['Filepath is in an invalid format']],
    [
      'a path of 129 characters',
      { directAssetPath: `/${'a'.repeat(128)}` },
      ['Filepath is too long (maximum is 128 characters)'],
    ],
    [
      'several faults at once',
      { name: '', url: 'x', directAssetPath: '/' },
      [
        "Name can't be blank",
        'Url is blocked: Only allowed schemes are http, https, ftp',
        'Filepath is in an invalid format',
      ],
    ],
    [
      'everything that is taken',
      { name: 'binary', url: 'https://docs.example.com/', directAssetPath: '/bin/linux' },
      ['Name has already been taken', 'Url has already been taken', 'Filepath has already been taken'],
    ],
    [
      'a name that is taken together with a fault',
      { name: 'binary', url: 'x' },
      ['Url is blocked: Only allowed schemes are http, https, ftp', 'Name has already been taken'],
    ],
  ])('releaseAssetLinkCreate refuses %s in the payload', async (_name, input, messages) => {
    const world = await createWorld(app)
    const { data, errors } = await add(world, input)
    expect(errors).toBeUndefined()
    expect(data.releaseAssetLinkCreate).toMatchObject({ link: null, errors: messages })
    expect(await db.assetLink.count({ where: { releaseId: world.release.id } })).toBe(2)
  })

  test.each(['/abc', `/😀${'a'.repeat(126)}`, '/a.b-c_d/e9', `/${'a'.repeat(127)}`, '/bin/Linux'])(
    'releaseAssetLinkCreate takes the path %s',
    async (directAssetPath) => {
      const { data } = await add(await createWorld(app), { directAssetPath })
      expect(data.releaseAssetLinkCreate).toMatchObject({ errors: [], link: { directAssetPath } })
    },
  )

  test('releaseAssetLinkCreate takes URLs on the local machine and of any allowed scheme', async () => {
    const world = await createWorld(app)
    for (const url of ['http://localhost:9000/x', 'HTTPS://example.com', 'ftp://10.0.0.1/x']) {
      expect((await add(world, { name: url, url })).data.releaseAssetLinkCreate?.errors).toEqual([])
    }
  })
})

describe('releaseAssetLinkUpdate', () => {
  test('releaseAssetLinkUpdate changes what is given, removes a path that is null, and without anything given changes nothing', async () => {
    const world = await createWorld(app)
    const id = await idOf(world)
    const { data } = await change(world, { id, name: 'renamed', linkType: 'IMAGE' })
    const link = {
      name: 'renamed',
      url: 'https://downloads.example.com/binary',
      linkType: 'IMAGE',
      directAssetPath: '/bin/linux',
    }
    expect(data.releaseAssetLinkUpdate).toEqual({ errors: [], link })
    expect((await change(world, { id })).data.releaseAssetLinkUpdate).toEqual({ errors: [], link })
    expect(
      (await change(world, { id, directAssetPath: null })).data.releaseAssetLinkUpdate?.link?.directAssetPath,
    ).toBeNull()
  })

  test('releaseAssetLinkUpdate refuses what the rules of links refuse, in the payload', async () => {
    const world = await createWorld(app)
    const id = await idOf(world)
    expect((await change(world, { id, name: 'handbook' })).data.releaseAssetLinkUpdate).toEqual({
      link: null,
      errors: ['Name has already been taken'],
    })
    expect((await change(world, { id, url: 'x' })).data.releaseAssetLinkUpdate?.errors).toEqual([
      'Url is blocked: Only allowed schemes are http, https, ftp',
    ])
    const both = { id, name: 'handbook', url: 'https://docs.example.com/', directAssetPath: '/bin/linux' }
    expect((await change(world, both)).data.releaseAssetLinkUpdate?.errors).toEqual([
      'Name has already been taken',
      'Url has already been taken',
    ])
  })

  test.each(['name', 'url', 'linkType'] as const)('releaseAssetLinkUpdate refuses null for %s', async (field) => {
    const world = await createWorld(app)
    const { data, errors } = await change(world, { id: await idOf(world), [field]: null })
    expect(data.releaseAssetLinkUpdate).toBeNull()
    expect(errors?.[0]?.message).toContain(`"${field}" must not be null`)
  })
})

test('releaseAssetLinkDelete deletes the link and answers it, and finds nothing the second time', async () => {
  const world = await createWorld(app)
  const id = await idOf(world)
  expect((await remove(world, id)).data.releaseAssetLinkDelete).toEqual({ errors: [], link: { name: 'binary' } })
  const again = await remove(world, id)
  expect(again.data.releaseAssetLinkDelete).toBeNull()
  expect(again.errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
})

describe('the right to change the links of a release', () => {
  test.each(viewers)('%s may change links from the role Developer on', async (viewer) => {
    const world = await createWorld(app)
    const allowed = ['developer', 'maintainer', 'owner'].includes(viewer)
    const id = await idOf(world)
    const answers = [
      await add(world, {}, viewer),
      await change(world, { id, name: 'x' }, viewer),
      await remove(world, id, viewer),
    ]
    for (const { data, errors } of answers) {
      const [payload] = Object.values(data)
      if (allowed) expect(payload).toMatchObject({ errors: [] })
      else {
        expect(payload).toBeNull()
        expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
      }
    }
  })

  test('a link of a hidden project answers as a missing one', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const hidden = await remove(world, await idOf(world), 'stranger')
    const missing = await remove(world, 'gid://gitlab/Releases::Link/2000000000', 'stranger')
    expect(hidden.errors).toEqual(missing.errors)
    const wrongClass = await remove(world, 'gid://gitlab/Release/1', 'owner')
    expect(wrongClass.errors?.[0]?.message).toContain('does not represent an instance of Releases::Link')
  })
})

test('a link is external unless it leads to a page of its project', async () => {
  const world = await createWorld(app)
  const page = `${app.url}/${world.project.fullPath}`
  const { release } = world
  await db.assetLink.deleteMany({ where: { releaseId: release.id } })
  for (const url of ['https://example.com/', `${page}/-/issues`, app.url]) await create.createLink(release, { url })
  const document = `{ release(id: "gid://gitlab/Release/${release.id}") { assets { links { nodes { url external } } } } }`
  type Data = { release: { assets: { links: { nodes: { url: string; external: boolean }[] } } } }
  const { data } = await query<Data, object>(app, document)
  expect(Object.fromEntries(data.release.assets.links.nodes.map(({ url, external }) => [url, external]))).toEqual({
    'https://example.com/': true,
    [`${page}/-/issues`]: false,
    [app.url]: true,
  })
})

test('a change of a link touches its release', async () => {
  const world = await createWorld(app)
  const before = await create.createRelease(world.project)
  const { updatedAt } = await db.release.findUniqueOrThrow({ where: { id: world.release.id } })
  await add(world)
  const after = await db.release.findUniqueOrThrow({ where: { id: world.release.id } })
  expect(after.updatedAt.getTime()).toBeGreaterThan(updatedAt.getTime())
  expect(after.linksCount).toBe(3)
  expect(before.linksCount).toBe(0)
})

test('a mutation sees what earlier mutations of the same request have written', async () => {
  const world = await createWorld(app)
  const add = (alias: string) =>
    `${alias}: releaseAssetLinkCreate(input: { projectPath: "${world.project.fullPath}", tagName: "v1.0.0", name: "${alias}", url: "https://example.com/${alias}" }) { link { id } }`
  const rename = `releaseUpdate(input: { projectPath: "${world.project.fullPath}", tagName: "v1.0.0", name: "x" }) { release { assets { count links { nodes { name } } } } }`
  const document = `mutation { before: ${rename} ${add('one')} ${add('two')} after: ${rename} }`
  const { data } = await query(app, document, {}, { token: world.tokens.developer })
  const names = (alias: 'before' | 'after') =>
    (data as Record<string, { release: { assets: { links: { nodes: { name: string }[] } } } }>)[
      alias
    ]?.release.assets.links.nodes.map(({ name }) => name)
  expect(names('before')).toEqual(['handbook', 'binary'])
  expect(names('after')).toEqual(['two', 'one', 'handbook', 'binary'])
})
