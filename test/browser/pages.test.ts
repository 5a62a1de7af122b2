// Every page in a real browser, as each kind of viewer.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from './chromium.ts'
import { useDemoServer } from './demo-server.ts'
import { kindOf, type Viewer, walk } from './walk.ts'

const demo = useDemoServer()
const viewers = ['anonymous', 'guest', 'developer', 'maintainer'] as const
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const tokenOf = (viewer: Viewer) => (viewer === 'anonymous' ? null : demo.tokens[viewer])

/** Where a viewer begins: the first page, and what the interfaces answer about the projects. */
const beginnings = () =>
  [
    '/',
    '/groups/demo',
    '/demo/secret',
    '/demo/secret/-/releases',
    '/demo/waybill/-/releases',
    '/api/v4/projects',
    '/api/v4/groups',
  ].concat(
    ['demo%2Fwaybill', 'demo%2Fsecret'].flatMap((project) =>
      [
        '',
        '/releases',
        '/milestones',
        '/issues',
        '/repository/tags',
        '/repository/branches',
        '/repository/commits',
      ].map((rest) => `/api/v4/projects/${project}${rest}`),
    ),
  )

/** What a viewer is not shown is no dead address: the beginnings are asked for by everybody. */
const isBeginning = (address: string) => beginnings().some((path) => address === demo.url + path)

test.each(viewers)(
  'no address that a page or an answer gives out is dead for %s',
  async (viewer) => {
    const opened = await walk(demo.url, tokenOf(viewer), beginnings())
    const dead = opened.filter(({ address, status }) => status >= 400 && !isBeginning(address))
    expect(dead.map(({ address, status, from }) => `${status} ${address} on ${from}`)).toEqual([])
    expect(opened.length).toBeGreaterThan(40)
  },
  240_000,
)

/** A release of the private project, with a tag that occurs nowhere else. */
async function releaseCanary(): Promise<void> {
  const response = await fetch(`${demo.url}/api/v4/projects/demo%2Fsecret/releases`, {
    method: 'POST',
    headers: { 'private-token': demo.tokens.maintainer, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ tag_name: 'canary-7', ref: 'main', milestones: ['Hardening'], description: 'Notes' },
      assets: { links: [{ name: 'linux', url: 'https://example.com/linux', direct_asset_path: '/linux' }] },
    }),
  })
  expect([201, 409]).toContain(response.status)
}

test.each(['anonymous', 'guest'] as const)(
  'no page and no answer on the way of %s has the tag of a project whose code is hidden',
  async (viewer) => {
    await releaseCanary()
    const opened = await walk(demo.url, tokenOf(viewer), beginnings())
    const told = opened.filter((page) => `${page.address}${page.headers}${page.text}`.includes('canary-7'))
    expect(told.map(({ address }) => address)).toEqual([])
    const seen = await walk(demo.url, tokenOf('developer'), beginnings())
    expect(seen.filter(({ text }) => text.includes('canary-7')).length).toBeGreaterThan(5)
  },
  120_000,
)

async function signIn(page: Page, viewer: Viewer): Promise<void> {
  const token = tokenOf(viewer)
  if (token === null) return
  await page.goto(`${demo.url}/-/sign-in`)
  await page.getByLabel('Access token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText(`Signed in as ${viewer}`).first().waitFor()
}

type Finding = { id: string; nodes: { html: string }[] }

/** The order of headings is left out, because notes have headings of their own. */
async function check(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<{ violations: Finding[] }>(
    `${axe}; axe.run(document, { rules: { 'heading-order': { enabled: false } } })`,
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

test.each(viewers)(
  'every page is readable for everybody, complains of nothing and stays here, as %s',
  async (viewer) => {
    const opened = await walk(demo.url, tokenOf(viewer), beginnings())
    const pages = new Map(opened.filter(({ isPage }) => isPage).map(({ address }) => [kindOf(address), address]))
    const browser = await openBrowser()
    const context = await browser.newContext({ bypassCSP: true })
    const page = await context.newPage()
    await signIn(page, viewer)
    const complaints: string[] = []
    page.on('console', (message) => {
      // A missing page is missing on purpose: the beginnings are asked for by everybody.
      if (message.type() === 'error' && !/status of 404/.test(message.text()))
        complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(demo.url)) complaints.push(`${page.url()} asks for ${request.url()}`)
    })
    for (const address of pages.values()) {
      await page.goto(address)
      complaints.push(...(await check(page)).map((finding) => `${address}: ${finding}`))
    }
    expect(complaints).toEqual([])
    expect(pages.size).toBeGreaterThan(5)
  },
  240_000,
)
