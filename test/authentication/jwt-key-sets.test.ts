import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createJwtVerifier } from '../../src/authentication/jwt.ts'
import { createIssuer, createKey, type Key, refused, serveKeySet, sign, writeKeySet } from '../support/jwt.ts'

const unpublished = 'a key that its issuer does not publish'

let key: Key
let successor: Key

beforeAll(async () => {
  ;[key, successor] = await Promise.all([createKey(), createKey()])
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a key set in a file', () => {
  test('a key set in a file is read again when it changes, so that a new key counts and a removed one does not', async () => {
    const { file, replace } = await writeKeySet([key])
    const verify = createJwtVerifier([createIssuer({ jwks: file })])
    const [old, fresh] = await Promise.all([sign(key), sign(successor)])
    await expect(verify(old)).resolves.toBeDefined()
    await replace([successor])
    await expect(verify(fresh)).resolves.toBeDefined()
    await expect(verify(old)).rejects.toEqual(refused(unpublished))
  })

  test.each([
    ['is not JSON', 'keys'],
    ['is not a key set', '{"keys": 1}'],
  ])('a key set in a file is a failure of the server when it %s', async (_title, content) => {
    const { file, replace } = await writeKeySet([])
    await replace(content)
    await expectOwnFailure(file)
  })

  test('a key set in a file is a failure of the server when the file is missing', async () => {
    const { file } = await writeKeySet([])
    await expectOwnFailure(`${file}.missing`)
  })
})

describe('a key set behind a URL', () => {
  test('a key set behind a URL is fetched once for many tokens', async () => {
    const { verify, state } = await remote([key])
    const tokens = await Promise.all(Array.from({ length: 5 }, () => sign(key)))
    await Promise.all(tokens.map(verify))
    await verify(await sign(key))
    expect(state.requests).toBe(1)
  })

  test('a key set behind a URL is not fetched again and again for keys that nobody has published', async () => {
    const { verify, state } = await remote([key])
    for (const kid of ['a', 'b', 'c']) {
      await expect(verify(await sign(successor, {}, { kid }))).rejects.toEqual(refused(unpublished))
    }
    expect(state.requests).toBe(1)
  })

  test('a key set behind a URL is fetched again for a new key', async () => {
    const { verify, state } = await remote([key])
    await verify(await sign(key))
    state.keys = [key, successor]
    passes(31)
    await expect(verify(await sign(successor))).resolves.toBeDefined()
  })

  test('a key set behind a URL loses a removed key after five minutes', async () => {
    const { verify, state } = await remote([key])
    await verify(await sign(key))
    state.keys = [successor]
    passes(301)
    await expect(verify(await sign(key))).rejects.toEqual(refused(unpublished))
  })

  test('a key set behind a URL is a failure of the server when it answers with an error, and recovers', async () => {
    const { verify, state } = await remote([key])
    state.status = 503
    await expect(verify(await sign(key))).rejects.toEqual(ownFailure)
    state.status = 200
    await expect(verify(await sign(key))).resolves.toBeDefined()
  })

  test('a key set behind a URL is a failure of the server when nobody listens there', async () => {
    const { url, close } = await serveKeySet([key])
    await close()
    await expectOwnFailure(url)
  })
})

const ownFailure = expect.objectContaining({
  name: 'Error',
  message: expect.stringContaining('Cannot load the keys of the issuer https://ci.example'),
})

async function expectOwnFailure(jwks: string) {
  const verify = createJwtVerifier([createIssuer({ jwks })])
  await expect(verify(await sign(key))).rejects.toEqual(ownFailure)
}

async function remote(keys: Key[]) {
  const { url, state, close } = await serveKeySet(keys)
  onTestFinished(close)
  return { verify: createJwtVerifier([createIssuer({ jwks: url })]), state }
}

function passes(secondsLater: number) {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + secondsLater * 1000 })
}
