import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { parametersOf } from '../../src/http/rest/documentation/openapi.ts'
import { endpoints } from '../../src/http/rest/endpoints.ts'
import type { Endpoint } from '../../src/http/rest/kit/endpoint.ts'
import { useApp } from '../support/app.ts'
import { fuzzTimeout, runs } from '../support/fuzz.ts'
import { createWorld, type World } from '../support/world.ts'
import { hostileJson } from './hostile.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
/** Half of a surrogate pair cannot be sent. */
const encode = (value: unknown) => encodeURIComponent(asText(value).toWellFormed())

/** A value that exists, so that the request gets past it. */
const known = (name: string): string | undefined =>
  ({
    id: String(world.project.id),
    tag_name: world.release.tag,
    name: 'v*',
    branch: 'main',
    sha: world.release.sha ?? '',
  })[name]

function pathOf({ path }: Endpoint, spoilt: string, value: unknown): string {
  return path.replace(/:(\w+)(?:\{[^}]*\})?/g, (_match, name: string) =>
    encode(name === spoilt ? value : (known(name) ?? '1')),
  )
}

/** Sends a request in which one parameter has this value and the other parts of the path are right. */
async function answerTo(endpoint: Endpoint, name: string, place: string, value: unknown) {
  const query = place === 'query' ? `?${encodeURIComponent(name)}=${encode(value)}` : ''
  const body = place === 'body' ? JSON.stringify({ [name]: value }) : null
  const url = `${app.url}/api/v4${pathOf(endpoint, place === 'path' ? name : '', value)}${query}`
  const response = await fetch(url, {
    method: endpoint.method.toUpperCase(),
    redirect: 'manual',
    headers: {
      'private-token': world.tokens.owner ?? '',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
  })
  return { status: response.status, text: await response.text(), url }
}

const parameters = endpoints.flatMap((endpoint) =>
  parametersOf(endpoint).map(({ name, place }) => ({ endpoint, name, place })),
)

test(
  'no value of a documented parameter of REST is answered with an error of the server',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...parameters), hostileJson, async ({ endpoint, name, place }, value) => {
        const { status, text, url } = await answerTo(endpoint, name, place, value)
        expect(status, `${endpoint.method} ${url}: ${text}`).toBeLessThan(500)
      }),
      runs(250),
    )
  },
  fuzzTimeout,
)
