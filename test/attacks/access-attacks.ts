// Attacks by somebody who reaches for what belongs to others: with a short-lived token, with a stopwatch, from another account
// of the machine.
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'vitest'
import type { Answer, Attack, Send, Target } from './attack.ts'
import { post } from './graphql-texts.ts'
import { PROXY } from './stand.ts'
import { ask, dial, head, inTurn, unread } from './wire.ts'

const ME = 'projectPath: "demo/waybill"'

/** Requests that would outlive the token, or change who may do what. */
const REACHING_OUT = [
  `memberSet(input: { ${ME}, username: "reporter", role: DEVELOPER }) { errors }`,
  `memberRemove(input: { ${ME}, username: "reporter" }) { errors }`,
  `projectUpdate(input: { ${ME}, visibility: public }) { errors }`,
  `protectedTagCreate(input: { ${ME}, name: "job-*" }) { errors }`,
  `freezePeriodCreate(input: { ${ME}, freezeStart: "0 0 1 1 *", freezeEnd: "0 0 2 1 *" }) { errors }`,
  `jobTokenCreate(input: { ${ME} }) { errors token }`,
  'accessTokenCreate(input: { name: "mine", scopes: [API] }) { errors token }',
  'projectCreate(input: { groupPath: "demo", path: "mine" }) { errors }',
  'groupCreate(input: { path: "mine", name: "mine" }) { errors }',
]

const withJobToken: Send = async (target) => {
  const query = `mutation { jobTokenCreate(input: { ${ME}, expiresIn: 60 }) { token errors } }`
  const made = await ask(target, post({ query }, { as: 'maintainer' }))
  const { token } = (JSON.parse(made.body) as { data: { jobTokenCreate: { token: string } } }).data.jobTokenCreate
  const messages = REACHING_OUT.map((field) =>
    post({ query: `mutation { ${field} }` }, { headers: { 'job-token': token } }),
  )
  return inTurn(...messages)(target)
}

function nothingWasDone(answers: readonly Answer[]): void {
  expect(answers.map(({ body }) => body).filter((body) => !/"errors":\[[^\]]/.test(body))).toEqual([])
}

async function othersMayNotEnter(_answers: readonly Answer[], { dataDir }: Target): Promise<void> {
  const folder = path.join(dataDir, 'repositories')
  // The repositories that the server made. The others were written by this account, without the server.
  const demo = ['1.git', '2.git'].map((name) => path.join(folder, name))
  const below = await Promise.all(demo.map((one) => readdir(one, { recursive: true })))
  const names = demo.flatMap((one, at) => [one, ...(below[at] ?? []).map((name) => path.join(one, name))])
  const modes = await Promise.all(
    names.map(async (name) => [name, ((await stat(name)).mode & 0o077).toString(8)] as const),
  )
  expect(modes.length).toBeGreaterThan(20)
  expect(modes.filter(([, mode]) => mode !== '0').slice(0, 3)).toEqual([])
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const PAIRS = 200
/** The highest ratio of the medians. Answers that reveal a hidden project differ by more: 1.44 when they were kept. */
const MAX_RATIO = 1.25

const asksOfBoth =
  (make: (project: string) => Parameters<typeof ask>[1]): Send =>
  async (target) => {
    const answers: Answer[] = []
    for (let n = 0; n < PAIRS; n++) {
      answers.push(await ask(target, make('demo/secret')), await ask(target, make('demo/absent')))
    }
    return answers
  }

function tookTheSame(answers: readonly Answer[]): void {
  const [hidden, missing] = [0, 1].map((side) =>
    median(answers.filter((_, at) => at % 2 === side).map(({ ms }) => ms)),
  ) as [number, number]
  expect(
    Math.max(hidden, missing) / Math.min(hidden, missing),
    `${hidden} ms hidden, ${missing} ms missing`,
  ).toBeLessThan(MAX_RATIO)
}

const hiddenOrMissing = (name: string, make: (project: string) => Parameters<typeof ask>[1]): Attack => ({
  name: `${name}, hidden against missing, ${PAIRS} times: the clock does not tell`,
  send: asksOfBoth(make),
  statuses: [200, 401, 404],
  ms: 15_000,
  check: tookTheSame,
})

const subscription = encodeURIComponent('subscription { releaseUpdated(projectPath: "demo/waybill") { name } }')

/** The addresses of many people, as the trusted proxy passes them on. */
const throughProxy: Send = async (target) => {
  const proxied = { ...target, address: PROXY }
  const request = (_target: Target, n: number) =>
    head(
      `GET /graphql?query=${subscription} HTTP/1.1`,
      'Accept: text/event-stream',
      `X-Forwarded-For: 198.51.100.${n % 40}`,
    )
  return unread(160, request, 1_500)(proxied)
}

export const accessAttacks: readonly Attack[] = [
  {
    name: 'A job token of a Maintainer that lives a minute is refused whatever would outlive it',
    send: withJobToken,
    statuses: [200],
    ms: 4_000,
    check: nothingWasDone,
  },
  {
    name: 'Another account of the machine looks into the repositories',
    send: async (target) => {
      await dial(target)
      return []
    },
    statuses: [],
    check: othersMayNotEnter,
  },
  hiddenOrMissing('A project by GraphQL', (project) => post({ query: `{ project(fullPath: "${project}") { id } }` })),
  hiddenOrMissing('The releases of a project by GraphQL', (project) =>
    post({ query: `{ project(fullPath: "${project}") { releases { nodes { name } } } }` }),
  ),
  hiddenOrMissing('A project by REST', (project) => ({
    path: `/api/v4/projects/${encodeURIComponent(project)}/releases`,
  })),
  hiddenOrMissing('A project by git', (project) => ({ path: `/${project}.git/info/refs?service=git-upload-pack` })),
  hiddenOrMissing('An archive', (project) => ({ path: `/${project}/-/archive/v1.0.0/x.zip` })),
  {
    name: '160 subscriptions of 40 people behind one proxy that is trusted: each is one of 40',
    send: throughProxy,
    statuses: [200],
    ms: 4_000,
    check: (answers) => {
      const refused = answers.filter(({ body }) => body.includes('at most') || body.includes('errors'))
      expect(refused.length).toBe(0)
    },
  },
]
